"""Which character parts the cells of a delimited text, and how many cells its rows usually have."""

import re
from collections import Counter
from dataclasses import dataclass

_COMMON = (",", "\t", ";")
_RARE = "|"
_SAMPLE_LINES = 50
_QUOTED = re.compile(r'(^|[,\t;|])"(?:[^"]|"")*+"(?=[,\t;|\r\n]|$)', re.MULTILINE)
_LINE_END = re.compile(r"\r\n|\n|\r")


@dataclass(frozen=True, slots=True)
class Layout:
    """The delimiter and the usual number of cells in a row."""

    delimiter: str
    width: int


def detect_layout(sample: str) -> Layout:
    """Decide from the first characters of a text.

    Quoted cells are left out. Each line that holds one kind of delimiter only votes for it, once per
    delimiter: header lines do, while a comma inside an address mixes with the real delimiter of its line. A
    vertical bar counts only where nothing else votes.
    """
    bare = _QUOTED.sub(r"\1", sample)
    rows = [line for line in _LINE_END.split(bare) if line.strip(" ")][:_SAMPLE_LINES]
    delimiter = _by_votes(rows) or _by_agreement(rows)
    return Layout(delimiter, _usual_width(rows, delimiter))


def _by_votes(rows: list[str]) -> str | None:
    votes: Counter[str] = Counter()
    for row in rows:
        present = [mark for mark in _COMMON if mark in row]
        if len(present) == 1:
            votes[present[0]] += row.count(present[0])
    if votes:
        return max(_COMMON, key=lambda mark: votes[mark])
    if any(mark in row for row in rows for mark in _COMMON):
        return None
    counts = {row.count(_RARE) for row in rows}
    return _RARE if len(counts) == 1 and counts != {0} else ","


def _by_agreement(rows: list[str]) -> str:
    def score(mark: str) -> tuple[int, int]:
        width = _usual_width(rows, mark)
        return sum(row.count(mark) + 1 == width for row in rows if width > 1), width

    return max(_COMMON, key=score)


def _usual_width(rows: list[str], delimiter: str) -> int:
    widths = Counter(row.count(delimiter) + 1 for row in rows)
    return widths.most_common(1)[0][0] if widths else 1
