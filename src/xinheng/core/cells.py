"""What a reader hands to the gate: cells as the file held them, row by row.

Readers (``intake/readers``) produce these, the gate's pure checks consume them. A reader never interprets:
it does not trim, map, convert or drop a value; it only says what stood where.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum


class Uncalculated(StrEnum):
    """A cell that holds a formula for which the file stores no result."""

    FORMULA = "formula"


Cell = str | int | float | Decimal | bool | date | datetime | time | timedelta | None | Uncalculated
"""``None`` and ``""`` are empty. Spreadsheets give numbers and dates natively, text formats only ``str``."""


class RowProblem(StrEnum):
    """Why a physical row of a line format could not be read as a row."""

    BROKEN_LINE = "broken_line"
    UNDECODABLE = "undecodable"
    UNCLOSED_QUOTE = "unclosed_quote"


@dataclass(frozen=True, slots=True)
class RawRow:
    """One physical row.

    ``number`` is what a spreadsheet program shows (first row 1, blank lines count, a cell with line breaks is one row);
    for a JSON array the position from 1, for JSON lines the line number.
    ``keys`` is set for keyed formats (JSON): ``keys[i]`` names ``cells[i]``; nested values arrive as JSON text.
    ``spans`` are horizontal merges in this row as (first column, last column), 0-based; the value stands in the first
    column only. Vertical merges are already filled: the value stands in every row that the merge covers.
    """

    number: int
    cells: tuple[Cell, ...]
    keys: tuple[str, ...] | None = None
    spans: tuple[tuple[int, int], ...] = ()
    problem: RowProblem | None = None


@dataclass(frozen=True, slots=True)
class RawSheet:
    """One table of a file, its rows streamed in order, blank rows included."""

    name: str | None
    hidden: bool
    rows: Iterable[RawRow] = field(repr=False)
    file: str | None = None
