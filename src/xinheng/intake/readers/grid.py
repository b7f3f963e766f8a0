"""Tables whose cells say themselves how far they reach (HTML, XML spreadsheets), laid out in columns."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from xinheng.core.cells import Cell, RawRow
from xinheng.intake.readers.errors import too_large
from xinheng.intake.readers.merges import as_tuple

COLUMNS = 16_384


@dataclass(frozen=True, slots=True)
class Laid:
    """A cell: its value, how many columns and rows it covers, its column where the file states it."""

    value: Cell
    width: int = 1
    height: int = 1
    column: int | None = None


@dataclass(slots=True)
class _Reaching:
    """A cell of a row above that reaches further down."""

    value: Cell
    last_column: int
    rows_left: int


class Grid:
    """One table, row by row. What a cell shows over several rows stands in each of them."""

    def __init__(self) -> None:
        self._reaching: dict[int, _Reaching] = {}

    def row(self, number: int, cells: Iterable[Laid]) -> RawRow:
        """The row with these cells, and with what reaches into it from above."""
        placed: dict[int, Cell] = {}
        spans: list[tuple[int, int]] = []
        taken = self._from_above(placed, spans)
        column = 0
        for cell in cells:
            column = self._free(column if cell.column is None else max(column, cell.column), taken)
            last = column + cell.width - 1
            if last >= COLUMNS:
                raise too_large("表格列数", "The number of columns", str(COLUMNS))
            self._place(cell, column, last, placed, spans)
            column = last + 1
        return RawRow(number, as_tuple(placed), spans=tuple(sorted(spans)))

    def end_group(self) -> None:
        """Nothing reaches beyond the end of a group of rows."""
        self._reaching = {}

    def rest(self, first: int) -> Iterator[RawRow]:
        """The rows below the last one that a filled cell still covers."""
        while any(each.value is not None for each in self._reaching.values()):
            yield self.row(first, ())
            first += 1

    def between(self, first: int, stop: int) -> Iterator[RawRow]:
        """The rows that the file leaves out."""
        return (self.row(number, ()) for number in range(first, stop))

    def _from_above(self, placed: dict[int, Cell], spans: list[tuple[int, int]]) -> dict[int, int]:
        """Place what reaches down; the columns it takes, first to last."""
        taken: dict[int, int] = {}
        for column, cell in self._reaching.items():
            taken[column] = cell.last_column
            _put(cell.value, column, cell.last_column, placed, spans)
            cell.rows_left -= 1
        if taken:
            self._reaching = {column: cell for column, cell in self._reaching.items() if cell.rows_left}
        return taken

    def _place(self, cell: Laid, column: int, last: int, placed: dict[int, Cell], spans: list[tuple[int, int]]) -> None:
        _put(cell.value, column, last, placed, spans)
        if cell.height > 1:
            self._reaching[column] = _Reaching(cell.value, last, cell.height - 1)

    @staticmethod
    def _free(column: int, taken: dict[int, int]) -> int:
        while column in taken:
            column = taken[column] + 1
        return column


def _put(value: Cell, column: int, last: int, placed: dict[int, Cell], spans: list[tuple[int, int]]) -> None:
    if value is not None and value != "":
        placed[column] = value
    if last > column:
        spans.append((column, last))
