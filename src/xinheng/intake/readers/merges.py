"""Merged cells of a spreadsheet, opened up: what a person sees over several rows stands in each of them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from xinheng.core.cells import Cell, RawRow
from xinheng.intake.readers.errors import unreadable

Filled = tuple[int, dict[int, Cell]]
"""A row number from 1 and its filled cells by column from 0."""
_MOST_SIDE_BY_SIDE = 16_384


@dataclass(frozen=True, slots=True, order=True)
class Merge:
    """A merged block; rows from 1, columns from 0, both ends included."""

    first_row: int
    first_column: int
    last_row: int
    last_column: int


@dataclass(slots=True)
class _Open:
    merge: Merge
    value: Cell = None


def open_merges(rows: Iterable[Filled], merges: Iterable[Merge]) -> Iterator[RawRow]:
    """The rows as a spreadsheet shows them, blank ones included, up to the last filled one.

    The value of a merged block is the one of its first cell (what lies hidden under the rest is not shown
    by any program). It stands in the first column of every row of the block; ``spans`` tells how far it
    reaches.
    """
    spread = _Spread(merges)
    last = 0
    for number, cells in rows:
        yield from spread.between(last + 1, number)
        yield spread.row(number, cells)
        last = number
    yield from spread.rest(last + 1)


class _Spread:
    def __init__(self, merges: Iterable[Merge]) -> None:
        self._waiting = sorted(merges, reverse=True)
        self._open: list[_Open] = []

    def row(self, number: int, cells: dict[int, Cell]) -> RawRow:
        """The row with every merge applied that covers it."""
        self._step(number, cells)
        for block in self._open:
            self._apply(block, cells)
        spans = sorted(
            (block.merge.first_column, block.merge.last_column)
            for block in self._open
            if block.merge.last_column > block.merge.first_column
        )
        return RawRow(number, as_tuple(cells), spans=tuple(spans))

    def between(self, first: int, stop: int) -> Iterator[RawRow]:
        """The rows that the file leaves out."""
        for number in range(first, stop):
            yield self.row(number, {}) if self._open or self._waiting else RawRow(number, ())

    def rest(self, first: int) -> Iterator[RawRow]:
        """The rows below the last filled one that a filled block still covers."""
        ends = [block.merge.last_row for block in self._open if block.value is not None]
        yield from self.between(first, max(ends, default=0) + 1)

    def _step(self, number: int, cells: dict[int, Cell]) -> None:
        if self._open:
            self._open = [block for block in self._open if block.merge.last_row >= number]
        while self._waiting and self._waiting[-1].first_row <= number:
            merge = self._waiting.pop()
            value = cells.get(merge.first_column) if merge.first_row == number else None
            self._open.append(_Open(merge, value))
        if len(self._open) > _MOST_SIDE_BY_SIDE:
            raise unreadable("file.damaged")

    @staticmethod
    def _apply(block: _Open, cells: dict[int, Cell]) -> None:
        if block.value is None:
            return
        merge = block.merge
        if merge.last_column > merge.first_column:
            for column in [found for found in cells if merge.first_column < found <= merge.last_column]:
                del cells[column]
        cells[merge.first_column] = block.value


def as_tuple(cells: dict[int, Cell]) -> tuple[Cell, ...]:
    """The cells from the first column to the last filled one."""
    return tuple(cells.get(column) for column in range(max(cells, default=-1) + 1))
