"""What a made-up city consists of: the files in sending order and what must become of each row."""

import json
from collections import Counter
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from xinheng.synth.names import CITY
from xinheng.synth.plan import Plan
from xinheng.synth.rows import Row, Submission
from xinheng.synth.workbook import FIRST_DATA_ROW, SHEET


@dataclass(frozen=True, slots=True)
class ListedAgency:
    """An agency to be added before the first file: what it sends and for whom."""

    code: str
    name: str
    items: tuple[str, ...]
    sends_for: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ListedFile:
    """One file, its sender and the number of rows by expected outcome."""

    file: str
    item: str
    agency: str
    agency_name: str
    expected: str
    outcomes: dict[str, int]
    args: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Manifest:
    """``rows`` is without ignored ones; ``kinds`` counts the kinds of mess."""

    seed: int
    today: date
    city: str
    organisations: int
    rows: int
    agencies: tuple[ListedAgency, ...]
    submissions: tuple[ListedFile, ...]
    outcomes: dict[str, int]
    kinds: dict[str, int]

    def as_dict(self) -> dict[str, object]:
        """Plain values, as they stand in ``manifest.json``."""
        return json.loads(json.dumps(asdict(self), default=str))  # type: ignore[no-any-return]


def make_manifest(seed: int, planned: Plan) -> Manifest:
    """Count what was planned."""
    everything = [row for submission in planned.submissions for row in submission.rows]
    outcomes = Counter(row.outcome for row in everything)
    kinds = Counter(row.kind for row in everything if row.kind)
    return Manifest(
        seed,
        planned.city.today,
        CITY,
        len(planned.city.organisations),
        len(everything) - outcomes["ignored"],
        tuple(ListedAgency(a.code, a.name, a.items, a.sends_for) for a in planned.city.agencies),
        tuple(_listed(submission) for submission in planned.submissions),
        dict(sorted(outcomes.items())),
        dict(sorted(kinds.items())),
    )


def _listed(submission: Submission) -> ListedFile:
    outcomes = Counter(row.outcome for row in submission.rows)
    expected = f"expected/{Path(submission.file).stem}.jsonl"
    return ListedFile(
        submission.file,
        submission.item,
        submission.agency,
        submission.agency_name,
        expected,
        dict(sorted(outcomes.items())),
    )


def expected_lines(submission: Submission) -> str:
    """One line per physical row after the header.

    ``row`` as a spreadsheet program shows it, for JSON the position or the line from 1. ``subject`` only
    where the row ends with one. ``warned`` null: the rules leave it open. ``rules`` is empty: the exact
    finding is not asserted.
    """
    first = {"xlsx": FIRST_DATA_ROW, "json": 1, "jsonl": 1}.get(submission.form.kind, 2)
    sheet = SHEET if submission.form.kind == "xlsx" else None
    return "".join(_expected(number, sheet, row) for number, row in enumerate(submission.rows, first))


def _expected(number: int, sheet: str | None, row: Row) -> str:
    line: dict[str, object] = {
        "row": number,
        "sheet": sheet,
        "outcome": row.outcome,
        "rules": [],
        "subject": row.subject,
        "warned": row.warned,
        "kind": row.kind or None,
    }
    return json.dumps(line, ensure_ascii=False) + "\n"
