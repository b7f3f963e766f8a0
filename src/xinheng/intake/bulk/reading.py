"""Delimited text by big blocks into columns: the same rows, numbers and problems that ``readers/delimited`` gives.

A line is regular when it has the usual number of cells and no quote, or quotes that close in it. Regular lines are
cut by Polars (quoted ones by the interpreter's own parser); every other line is read by the row reader, from where
it stands, and delivered as the raw row that it makes.
"""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import accumulate, islice
from typing import cast

import polars as pl

from xinheng.core.cells import RawRow, RowProblem
from xinheng.intake.readers.delimited import read_delimited
from xinheng.intake.readers.delimiters import Layout
from xinheng.intake.readers.encoding import (
    BYTE_ORDER_MARK,
    UNDECODABLE,
    Encoding,
    is_other_encoding,
    lines,
    marked,
    open_text,
)
from xinheng.intake.readers.files import MIB, Content, Limits

BLOCK_BYTES = 8 * MIB
_BYTES_PER_CHAR = 2
_QUOTE = '"'
_PLAIN, _QUOTED, _IRREGULAR = range(3)
_ROWS = 2000


@dataclass(slots=True)
class ColumnBlock:
    """Rows as columns: ``numbers`` (Int32), and one String column for each cell of a regular row.

    ``irregular``: the rows that do not fit, by their place in the block; there the columns hold null.
    """

    numbers: pl.Series
    columns: list[pl.Series]
    irregular: dict[int, RawRow] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.numbers)

    def after(self, number: int) -> "ColumnBlock":
        """The rows with higher numbers."""
        skipped = int((self.numbers <= number).sum())
        if not skipped:
            return self
        irregular = {place - skipped: row for place, row in self.irregular.items() if place >= skipped}
        return ColumnBlock(self.numbers[skipped:], [column[skipped:] for column in self.columns], irregular)

    def row(self, place: int) -> RawRow:
        """One row as the row reader gives it."""
        kept = self.irregular.get(place)
        return kept or RawRow(self.numbers[place], tuple(column[place] for column in self.columns))


def column_blocks(
    file: Content, encoding: Encoding, layout: Layout, limits: Limits, *, block_bytes: int = BLOCK_BYTES
) -> Iterator[ColumnBlock]:
    """The rows of a delimited text in blocks of about ``block_bytes``. Memory is that of a few blocks."""
    text = _Characters(open_text(file, encoding), max(1, block_bytes // _BYTES_PER_CHAR), 4 * limits.line_chars)
    number = 1
    while not text.ended():
        cutter = _Cutter(text, layout, limits, mixed=encoding.mixed)
        block = cutter.block(number)
        number += len(block)
        yield block
        if cutter.rest is not None:
            yield from _row_blocks(cutter.rest, number, layout)


class _Characters:
    """A text read by large pieces, with a place in it and, behind that, an anchor to which one may go back.

    ``lost``: the anchor was given up, since more than ``longest`` characters stood between it and the place.
    """

    def __init__(self, source: io.TextIOWrapper, piece: int, longest: int) -> None:
        self._source = source
        self._piece = piece
        self._longest = longest
        self._complete = False
        self.buffer = ""
        self.place = 0
        self.anchor = 0
        self.lost = False

    def ended(self) -> bool:
        """Whether nothing is left; takes in the next piece where little is."""
        self.anchor = self.place
        if not self._complete and len(self.buffer) - self.place < self._piece:
            self._take(self._piece)
        return self.place >= len(self.buffer)

    def lines_end(self) -> int:
        """Where the last whole line in reach ends; the place itself where no line ends in reach."""
        if self._complete:
            return len(self.buffer)
        return max(self.buffer.rfind("\n", self.place) + 1, self.place)

    def readline(self, limit: int) -> str:
        """The next line with its end, or its first ``limit`` characters, as a text file gives them."""
        while (feed := self.buffer.find("\n", self.place, self.place + limit)) < 0:
            if self._complete or len(self.buffer) - self.place >= limit:
                break
            self._take(self._piece)
        end = min(feed + 1 or len(self.buffer), self.place + limit)
        found = self.buffer.find("\r", self.place, end)
        if found >= 0:
            end = found + 2 if found + 1 < end and self.buffer[found + 1] == "\n" else found + 1
        line = self.buffer[self.place : end]
        self.place = end
        return line

    def _take(self, count: int) -> None:
        if self.place - self.anchor > self._longest:
            self.anchor, self.lost = self.place, True
        piece = self._source.read(count)
        self._complete = len(piece) < count
        self.buffer = self.buffer[self.anchor :] + piece
        self.place -= self.anchor
        self.anchor = 0


class _Cutter:
    """One block's lines on their way into columns."""

    def __init__(self, text: _Characters, layout: Layout, limits: Limits, *, mixed: bool) -> None:
        self._text = text
        self._layout = layout
        self._limits = limits
        self._mixed = mixed
        self._plain: list[str] = []
        self._quoted: list[list[str]] = []
        self._irregular: list[RawRow] = []
        self._order: list[tuple[int, int]] = []
        self.rest: Iterator[RawRow] | None = None
        """All further rows, where the row reader went on too far to come back from."""

    def block(self, number: int) -> ColumnBlock:
        """The rows up to the last whole line in reach (at least one), numbered from ``number``."""
        start, end = self._text.place, self._text.lines_end()
        stretch = self._text.buffer[start:end]
        whole = bool(stretch) and self._layout.width > 1 and stretch.count("\r") == stretch.count("\r\n")
        if not whole:
            self._by_rows(number, end - start)
            return self._assembled(number)
        lines = stretch.replace("\r\n", "\n").removesuffix("\n").split("\n")
        if not self._all_plain(stretch, lines):
            self._by_lines(number, stretch)
            return self._assembled(number)
        self._text.place = end
        self._plain = lines
        return ColumnBlock(_numbers(number, len(lines)), self._cut(lines).get_columns())

    def _all_plain(self, stretch: str, lines: list[str]) -> bool:
        """Whether every line is regular and unquoted, by a few quick looks at all of them."""
        if self._mixed or _QUOTE in stretch or UNDECODABLE in stretch or stretch.startswith(BYTE_ORDER_MARK):
            return False
        wanted, delimiter = self._layout.width - 1, self._layout.delimiter
        fitting = sum(line.count(delimiter) == wanted for line in lines)
        return fitting == len(lines) and len(max(lines, key=len)) + 2 < self._limits.line_chars

    def _by_lines(self, number: int, stretch: str) -> None:
        """Line by line: regular ones are collected, the others read as rows, which may take further lines."""
        start = self._text.place
        lines = stretch.removesuffix("\n").split("\n")
        before = self._text.buffer
        for line, place in zip(lines, accumulate((len(line) + 1 for line in lines), initial=start), strict=False):
            if place < self._text.place:
                continue
            if self._take_regular(line.removesuffix("\r")):
                self._text.place = min(place + len(line) + 1, start + len(stretch))
                continue
            self._take_row(number + len(self._order))
            if self._text.buffer is not before or self.rest is not None:
                return

    def _take_regular(self, line: str) -> bool:
        if UNDECODABLE in line or line.startswith(BYTE_ORDER_MARK) or len(line) + 2 >= self._limits.line_chars:
            return False
        if self._mixed and is_other_encoding(line):
            return False
        if _QUOTE not in line:
            if line.count(self._layout.delimiter) != self._layout.width - 1:
                return False
            self._order.append((_PLAIN, len(self._plain)))
            self._plain.append(line)
            return True
        cells = _quoted_cells(line, self._layout.delimiter)
        if cells is None or len(cells) != self._layout.width:
            return False
        self._order.append((_QUOTED, len(self._quoted)))
        self._quoted.append(cells)
        return True

    def _by_rows(self, number: int, characters: int) -> None:
        """Row by row where lines are not parted by line feeds alone, or none ends in reach."""
        before, end = self._text.buffer, self._text.place + characters
        while True:
            self._take_row(number + len(self._order))
            if self._text.buffer is not before or self._text.place >= end or self.rest is not None:
                return

    def _take_row(self, number: int) -> None:
        """The row that begins here, by the row reader; a stray quote gives back all but its own line."""
        text = self._text
        text.anchor, text.lost = text.place, False
        physical = lines(cast(io.TextIOWrapper, text), self._limits.line_chars)
        rows = read_delimited(marked(physical) if self._mixed else physical, self._layout, self._limits)
        row = next(rows)
        if row.problem is RowProblem.UNCLOSED_QUOTE and text.lost:
            self.rest = rows
        elif row.problem is RowProblem.UNCLOSED_QUOTE:
            text.place = text.anchor
            text.readline(self._limits.line_chars)
        self._order.append((_IRREGULAR, len(self._irregular)))
        self._irregular.append(RawRow(number, row.cells, problem=row.problem))

    def _assembled(self, number: int) -> ColumnBlock:
        """The columns of all rows collected, in the order of the file."""
        width = self._layout.width
        quoted = {f"c{i}": [cells[i] for cells in self._quoted] for i in range(width)}
        parts = [
            self._cut(self._plain),
            pl.DataFrame(quoted, schema=_schema(width)),
            pl.DataFrame({name: [None] * len(self._irregular) for name in _schema(width)}, schema=_schema(width)),
        ]
        offsets = [0, len(self._plain), len(self._plain) + len(self._quoted)]
        places = pl.Series([offsets[part] + index for part, index in self._order], dtype=pl.UInt32)
        columns = [column.gather(places) for column in pl.concat(parts).get_columns()]
        irregular = {at: self._irregular[index] for at, (part, index) in enumerate(self._order) if part == _IRREGULAR}
        return ColumnBlock(_numbers(number, len(self._order)), columns, irregular)

    def _cut(self, lines: list[str]) -> pl.DataFrame:
        schema = _schema(self._layout.width)
        if not lines:
            return pl.DataFrame(schema=schema)
        return pl.read_csv(
            "\n".join(lines).encode() + b"\n",
            has_header=False,
            schema=schema,
            separator=self._layout.delimiter,
            quote_char=None,
            empty_string_is_null=False,
        ).rechunk()


def _row_blocks(rows: Iterator[RawRow], number: int, layout: Layout) -> Iterator[ColumnBlock]:
    """Rows that the row reader gives, in blocks where every row is irregular."""
    while some := list(islice(rows, _ROWS)):
        columns = [pl.repeat(None, len(some), dtype=pl.String, eager=True) for _ in range(layout.width)]
        kept = {at: RawRow(number + at, row.cells, problem=row.problem) for at, row in enumerate(some)}
        yield ColumnBlock(_numbers(number, len(some)), columns, kept)
        number += len(some)


def _quoted_cells(line: str, delimiter: str) -> list[str] | None:
    """The cells of a line whose quotes all close in it, else None; stray quotes are read as the row reader does."""
    reader = csv.reader((line, _QUOTE), delimiter=delimiter)
    try:
        cells = next(reader)
    except csv.Error:
        return None
    return cells if reader.line_num == 1 else None


def _schema(width: int) -> dict[str, type[pl.String]]:
    return {f"c{i}": pl.String for i in range(width)}


def _numbers(first: int, count: int) -> pl.Series:
    return pl.int_range(first, first + count, dtype=pl.Int32, eager=True)
