"""Delimited text by big blocks into columns: the same rows, numbers and problems that ``readers/delimited`` gives.

A line is regular when it has the usual number of cells and no quote. Regular lines are cut by Polars, a piece of the
file at a time. A line whose quotes close in it is cut by the interpreter's own parser; every other line is read by the
row reader, from where it stands, and delivered as the raw row that it makes.
"""

import csv
import io
from bisect import bisect_left
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
    Decoder,
    Encoding,
    is_other_encoding,
    lines,
    marked,
    open_text,
)
from xinheng.intake.readers.files import MIB, Content, Limits

BLOCK_BYTES = 6 * MIB
_ASCII_STAYS = frozenset({"utf-8", "gb18030"})
"""Encodings in which line ends are bytes that occur in no other character."""
_QUOTE = '"'
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
    pieces = _Pieces(file, encoding, block_bytes)
    text = _Characters(pieces, 4 * limits.line_chars)
    number = 1
    while not text.ended():
        block, rest = _Cutter(text, layout, limits, mixed=encoding.mixed).block(number)
        number += len(block)
        yield block
        if rest is not None:
            yield from _row_blocks(rest, number, layout)
            return


class _Pieces:
    """The bytes of a text behind its byte order marks, by large pieces that end with a line where one ends in reach."""

    def __init__(self, file: Content, encoding: Encoding, size: int) -> None:
        self._cursor = file.cursor()
        self._size = size
        self._carried = b""
        self._by_lines = encoding.name in _ASCII_STAYS
        self.complete = False
        opened = open_text(file, encoding)
        self.decoder = Decoder(encoding.name, opened.errors or "strict")
        mark = BYTE_ORDER_MARK.encode(encoding.name)
        while self._cursor.peek(len(mark)).startswith(mark):
            self._cursor.read(len(mark))

    def next(self) -> bytes:
        """The next piece; empty only at the end, or where a line is longer than a piece."""
        data = self._cursor.read(self._size)
        self.complete = len(data) < self._size
        end = len(data) if self.complete or not self._by_lines else data.rfind(b"\n") + 1 or len(data)
        piece = b"".join((self._carried, memoryview(data)[:end]))
        self._carried = data[end:]
        return piece


class _Characters:
    """A text read by large pieces, with a place in it and, behind that, an anchor to which one may go back.

    ``ready``: the piece that comes next, where nothing of the text before it is left; ``lost``: the anchor was given
    up, since more than ``longest`` characters stood between it and the place.
    """

    def __init__(self, pieces: _Pieces, longest: int) -> None:
        self._pieces = pieces
        self._longest = longest
        self.ready = b""
        self.buffer = ""
        self.place = 0
        self.anchor = 0
        self.lost = False

    def ended(self) -> bool:
        """Whether nothing is left; has the next piece ready where nothing else is in reach."""
        self.anchor = self.place
        if self.place < len(self.buffer) or self.ready:
            return False
        while not self.ready and not self._pieces.complete:
            self.ready = self._pieces.next()
        return not self.ready and self._flushed()

    def _flushed(self) -> bool:
        """At the end: whether the decoder held nothing back."""
        self._take()
        return self.place >= len(self.buffer)

    def lines_end(self) -> int:
        """Where the last whole line in reach ends; the place itself where no line ends in reach."""
        if self.ready:
            self._take()
        if self._pieces.complete:
            return len(self.buffer)
        return max(self.buffer.rfind("\n", self.place) + 1, self.place)

    def readline(self, limit: int) -> str:
        """The next line with its end, or its first ``limit`` characters."""
        while (feed := self.buffer.find("\n", self.place, self.place + limit)) < 0:
            if len(self.buffer) - self.place >= limit or not self._take():
                break
        end = min(feed + 1 or len(self.buffer), self.place + limit)
        found = self.buffer.find("\r", self.place, end)
        if found >= 0:
            end = found + 2 if found + 1 < end and self.buffer[found + 1] == "\n" else found + 1
        line = self.buffer[self.place : end]
        self.place = end
        return line

    def _take(self) -> bool:
        """Decode one more piece behind what is left; false where there is none."""
        if self.place - self.anchor > self._longest:
            self.anchor, self.lost = self.place, True
        complete = self._pieces.complete and not self.ready
        data = b"" if complete else self.ready or self._pieces.next()
        self.ready = b""
        more = self._pieces.decoder.decode(data, final=complete or self._pieces.complete)
        if more or self.anchor:
            self.buffer = self.buffer[self.anchor :] + more
            self.place -= self.anchor
            self.anchor = 0
        return not complete


class _Cutter:
    """One block's lines on their way into columns."""

    def __init__(self, text: _Characters, layout: Layout, limits: Limits, *, mixed: bool) -> None:
        self._text = text
        self._layout = layout
        self._limits = limits
        self._mixed = mixed
        self._cut = pl.DataFrame(schema=_schema(layout.width))
        self._places: list[int | None] = []
        """For each row the line of the cut in which it stands."""
        self._quoted: dict[int, list[str]] = {}
        self._irregular: dict[int, RawRow] = {}
        self.rest: Iterator[RawRow] | None = None
        """All further rows, where the row reader went on too far to come back from."""

    def block(self, number: int) -> tuple[ColumnBlock, Iterator[RawRow] | None]:
        """The rows up to the last whole line in reach (at least one), numbered from ``number``, and ``rest``."""
        end = self._text.lines_end()
        stretch = self._text.buffer[self._text.place : end]
        lines = _parted(stretch) if stretch and self._layout.width > 1 else None
        if lines is None:
            self._by_rows(number, len(stretch))
        else:
            self._by_lines(number, stretch, lines)
        return self._assembled(number), self.rest

    def _by_lines(self, number: int, stretch: str, lines: list[str]) -> None:
        """Regular lines are cut together; the others are read as rows, which may take further lines."""
        start, before = self._text.place, self._text.buffer
        places = list(accumulate((len(line) + 1 for line in lines), initial=start))
        places[-1] = start + len(stretch)
        self._cut, strange = _cut(stretch, lines, self._layout, self._limits)
        if self._mixed:
            strange.update(at for at, line in enumerate(lines) if is_other_encoding(line))
        strange.update(at for at, line in enumerate(lines) if _QUOTE in line)
        done = 0
        for at in sorted(strange):
            if at < done:
                continue
            self._places.extend(range(done, at))
            self._text.place = places[at]
            cells = self._closed(lines[at])
            if cells is not None:
                self._quoted[len(self._places)] = cells
                self._places.append(at)
                done = at + 1
                continue
            self._take_row(number)
            if self._text.buffer is not before or self.rest is not None:
                return
            done = bisect_left(places, self._text.place, at)
        self._places.extend(range(done, len(lines)))
        # The last row may have gone on behind the last whole line: over a line that ends otherwise.
        self._text.place = max(self._text.place, places[-1])

    def _closed(self, line: str) -> list[str] | None:
        """The cells of a line whose quotes all close in it, which the row reader would read as they stand."""
        if _QUOTE not in line or UNDECODABLE in line or line.startswith(BYTE_ORDER_MARK):
            return None
        if len(line) + 2 >= self._limits.line_chars or (self._mixed and is_other_encoding(line)):
            return None
        cells = _quoted_cells(line.removesuffix("\r"), self._layout.delimiter)
        return cells if cells is not None and len(cells) == self._layout.width else None

    def _by_rows(self, number: int, characters: int) -> None:
        """Row by row where lines are not parted by line feeds alone, or none ends in reach."""
        before, end = self._text.buffer, self._text.place + characters
        while True:
            self._take_row(number)
            if self._text.buffer is not before or self._text.place >= end or self.rest is not None:
                return

    def _take_row(self, first: int) -> None:
        """The row that begins here, by the row reader; a stray quote gives back all but its own line.

        ``first``: the number of the block's first row.
        """
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
        place = len(self._places)
        self._irregular[place] = RawRow(first + place, row.cells, problem=row.problem)
        self._places.append(None)

    def _assembled(self, number: int) -> ColumnBlock:
        """The columns of all rows collected, in the order of the file."""
        cut = self._cut[pl.Series(self._places, dtype=pl.UInt32)] if self._irregular else self._cut
        columns = cut.get_columns()
        if self._quoted:
            rows = list(self._quoted)
            told = zip(*self._quoted.values(), strict=True)
            columns = [
                column.scatter(rows, pl.Series(cells, dtype=pl.String))
                for column, cells in zip(columns, told, strict=True)
            ]
        return ColumnBlock(_numbers(number, len(self._places)), columns, self._irregular)


def _parted(stretch: str) -> list[str] | None:
    """The lines of a text that is parted by line feeds alone, before which returns may stand; else None."""
    lines = stretch.split("\n")
    if not lines[-1]:
        lines.pop()
    returns = stretch.count("\r")
    return lines if not returns or returns == sum(line.endswith("\r") for line in lines) else None


def _cut(stretch: str, lines: list[str], layout: Layout, limits: Limits) -> tuple[pl.DataFrame, set[int]]:
    """All lines cut at the delimiters, and those that are not regular, whose cells mean nothing.

    Polars cuts off cells too many and fills up cells too few. That it did neither, nor stripped anything but line
    ends, shows in the sum: all cells and delimiters make up the line.
    """
    undecodable: set[int] = set()
    try:
        octets = stretch.encode()
    except UnicodeEncodeError:
        octets = stretch.encode(errors="replace")
        undecodable.update(at for at, line in enumerate(lines) if UNDECODABLE in line)
    try:
        frame = _cells(octets, layout)
    except pl.exceptions.PolarsError:
        frame = pl.DataFrame()
    if frame.height != len(lines):
        nothing = pl.repeat(None, len(lines), dtype=pl.String, eager=True)
        return pl.DataFrame(dict.fromkeys(_schema(layout.width), nothing)), set(range(len(lines)))
    size = pl.lit(pl.Series([len(line) - line.endswith("\r") for line in lines], dtype=pl.UInt32))
    whole = pl.sum_horizontal(pl.all().str.len_chars()) + (layout.width - 1)
    marked = pl.first().str.starts_with(BYTE_ORDER_MARK)
    strange = frame.select((whole != size) | (size + 2 >= limits.line_chars) | marked).to_series().arg_true()
    return frame, undecodable.union(strange.to_list())


def _cells(octets: bytes, layout: Layout) -> pl.DataFrame:
    # The first line decides how many columns there are: an empty one of the right width, that no other one has a say.
    first = layout.delimiter.encode() * (layout.width - 1) + b"\n"
    frame = pl.read_csv(
        first + octets,
        has_header=False,
        schema=_schema(layout.width),
        separator=layout.delimiter,
        quote_char=None,
        empty_string_is_null=False,
        truncate_ragged_lines=True,
        missing_columns="insert",
    )
    return frame[1:].rechunk()


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
