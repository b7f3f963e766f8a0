"""A table of which nobody knows yet what it holds: where its headings stand, and sample cells of its columns.

Rows about persons give no samples.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from xinheng.core.cells import Cell, RawRow
from xinheng.core.identifiers.uscc import judge_uscc
from xinheng.core.persons import LATEST, PAPERS, find_person_numbers, mask_any
from xinheng.core.rulebook.types import ItemEdition, Rulebook
from xinheng.core.text import fold
from xinheng.core.validation.columns import block_levels, heading_text, read_block
from xinheng.core.validation.desk import plain_text
from xinheng.core.validation.header import DEEPEST_HEADER, SEARCHED_ROWS, find_block, map_keys
from xinheng.core.validation.headings import CHECK_KEY, CHECK_TITLE, headings_of

SAMPLES = 200
"""Rows under the headings that are looked at."""

_DATA = re.compile(r"[0-9A-Z]{15,20}|[12][0-9]{3}[-/.年][0-9]{1,2}[-/.月]|^-?[0-9]+(?:\.[0-9]+)?$|〔[0-9]{4}〕")
_LONGEST_TITLE = 60


@dataclass(frozen=True, slots=True)
class Place:
    """Where headings stand: positions in a table's rows, the second one behind them. Both 0: there are none.

    ``keyed``: every row names its cells by keys.
    """

    first: int
    last: int
    keyed: bool = False

    @property
    def depth(self) -> int:
        """How many rows of headings there are."""
        return self.last - self.first


NO_HEADINGS = Place(0, 0)
KEYS = Place(0, 0, keyed=True)


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its position from 0, its heading without numbers of persons, filled and empty sample cells, and
    the field that the catalogue itself knows it as.
    """

    position: int
    title: str
    cells: tuple[Cell, ...]
    known: str | None = None


def find_place(rows: Sequence[RawRow], item: ItemEdition) -> Place:
    """Where the headings stand: where the catalogue knows enough of them, else the first row that looks like
    headings, else nowhere.
    """
    if any(row.keys for row in rows):
        return KEYS
    known = find_block(rows, item)
    if known:
        return Place(*known)
    searched = rows[:SEARCHED_ROWS]
    widest = max((_filled(row) for row in searched), default=0)
    for start, row in enumerate(searched):
        if _looks_like_headings(row, widest):
            return Place(start, start + 1)
    return NO_HEADINGS


def titles_at(rows: Sequence[RawRow], place: Place) -> tuple[str, ...]:
    """The headings of all columns, levels joined by `` / ``, numbers of persons masked; positions where there
    are no headings (第1列). Blank ones at the end do not count.
    """
    if place.keyed:
        return tuple(dict.fromkeys(mask_any(key) for row in rows for key in row.keys or () if key != CHECK_KEY))
    if place.depth:
        levels = block_levels(rows[place.first : place.last])
        titles = [mask_any(" / ".join(levels[column])) for column in sorted(levels)]
        titles = [title for title in titles if title != CHECK_TITLE]
        return tuple(titles[: max((n for n, title in enumerate(titles, 1) if title), default=0)])
    return tuple(f"第{number}列" for number in range(1, _width(rows) + 1))


def columns_at(
    rows: Sequence[RawRow], place: Place, item: ItemEdition, rulebook: Rulebook, today: date = LATEST
) -> tuple[Column, ...]:
    """All columns with sample cells of the rows below the headings; rows about persons are left out."""
    below = [row for row in rows[place.last :] if not _about_person(row, rulebook, today)][:SAMPLES]
    titles = titles_at(rows, place)
    known = _known_columns(rows, place, titles, item)
    cells = [_keyed_cells(row) if place.keyed else _placed_cells(row) for row in below]
    return tuple(
        Column(n, title, tuple(row.get(title if place.keyed else n) for row in cells), known.get(n))
        for n, title in enumerate(titles)
    )


def _known_columns(
    rows: Sequence[RawRow], place: Place, titles: tuple[str, ...], item: ItemEdition
) -> Mapping[int, str]:
    if place.keyed:
        return map_keys(titles, item).columns
    return read_block(rows[place.first : place.last], headings_of(item), item).columns if place.depth else {}


def _placed_cells(row: RawRow) -> dict[str | int, Cell]:
    return dict(enumerate(row.cells))


def _keyed_cells(row: RawRow) -> dict[str | int, Cell]:
    return dict(zip(map(mask_any, row.keys or ()), row.cells, strict=False))


def is_deep_enough(place: Place, rows: Sequence[RawRow]) -> bool:
    """Whether a place that somebody named lies inside the rows that are searched for headings."""
    return 0 <= place.first <= place.last <= min(len(rows), SEARCHED_ROWS) and place.depth <= DEEPEST_HEADER


def _looks_like_headings(row: RawRow, widest: int) -> bool:
    texts = [heading_text(cell) for cell in row.cells if heading_text(cell)]
    if len(texts) < 2 or len(texts) * 2 < widest or len(set(texts)) * 4 < len(texts) * 3:
        return False
    return not any(_DATA.search(text) or len(text) > _LONGEST_TITLE for text in texts)


def _filled(row: RawRow) -> int:
    return sum(bool(heading_text(cell)) for cell in row.cells)


def _width(rows: Sequence[RawRow]) -> int:
    return max((n for row in rows for n, cell in enumerate(row.cells, 1) if heading_text(cell)), default=0)


def _about_person(row: RawRow, rulebook: Rulebook, today: date) -> bool:
    """Whether a row can be a person's: it says so, or it holds a person's number and no organisation's code."""
    texts = [plain_text(cell) for cell in row.cells]
    if any(fold(text).startswith(("自然人", "个人")) for text in texts):
        return True
    numbered = any(span.kind in PAPERS for text in texts for span in find_person_numbers(text, today))
    return numbered and not any(judge_uscc(cell, rulebook.uscc).usable for cell in row.cells)
