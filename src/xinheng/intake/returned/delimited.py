"""Delimited text with one more cell a row; every other byte of the file stays."""

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import IO

from xinheng.core.cells import RawRow
from xinheng.core.validation.header import SEARCHED_ROWS
from xinheng.intake.readers.delimited import read_delimited
from xinheng.intake.readers.delimiters import Layout, detect_layout
from xinheng.intake.readers.encoding import decide_encoding, open_text
from xinheng.intake.readers.files import MIB, Content, Limits
from xinheng.intake.returned.cuts import cell_places
from xinheng.intake.returned.heads import Head, head_of
from xinheng.intake.returned.lines import Line, Wire, physical_lines
from xinheng.intake.returned.said import IGNORED, Place
from xinheng.intake.returned.way import Way
from xinheng.intake.returned.wording import TITLE, row_text, starts

SAMPLE_CHARS = 64 * 1024
"""What the reader decides the delimiter by; the same here, or rows would begin elsewhere."""
_BREAK = re.compile(r"\r\n|\n|\r")
_MOST_BYTES_PER_CHAR = 4
_WIDE = str.maketrans(',;|"', "，；｜”")

Record = tuple[RawRow, list[Line]]


@dataclass(frozen=True, slots=True)
class _Text:
    file: Content
    wire: Wire
    layout: Layout
    limits: Limits
    starts: tuple[str, ...] = field(default=())


def annotate_delimited(file: Content, out: IO[bytes], way: Way, place: Place = (None, None)) -> None:
    """Write the text to ``out`` with the check column behind its last column (in place of an earlier one)."""
    encoding = decide_encoding(file)
    layout = detect_layout(open_text(file, encoding).read(SAMPLE_CHARS))
    text = _Text(file, Wire(encoding), layout, Limits(), starts(way.rulebook))
    records = _records(text)
    first = list(islice(records, SEARCHED_ROWS))
    head = head_of([row for row, _ in first], way.find)
    for row, lines in chain(first, records):
        cell = _cell(row, head, way, place)
        *before, last = lines
        if not last.is_held:
            copy_range(file, out, last.start, last.size)
        body = b"".join(line.body + line.end for line in before) + last.body
        out.write(_annotated(row, body, cell, head, text) + last.end)


def _records(text: _Text) -> Iterator[Record]:
    """Rows as the reader tells them apart, each with the lines that it takes."""
    pending: deque[Line] = deque()

    def readable() -> Iterator[str | None]:
        for line in physical_lines(text.file, text.wire, text.limits.line_chars * _MOST_BYTES_PER_CHAR):
            pending.append(line)
            yield text.wire.readable(line, text.limits.line_chars)

    for row in read_delimited(readable(), text.layout, text.limits):
        breaks = sum(len(_BREAK.findall(cell)) for cell in row.cells if isinstance(cell, str))
        yield row, [pending.popleft() for _ in range(1 + breaks)]


def _cell(row: RawRow, head: Head, way: Way, place: Place) -> str | None:
    """What the row gets; nothing for rows above the header and for what is no record and has no word said of it."""
    if row.number in head.titles:
        return TITLE
    said = way.feed.at(place, row.number)
    if said is None or (said.outcome == IGNORED and not said.findings):
        return None
    return row_text(said, way.rulebook)


def _annotated(row: RawRow, body: bytes, cell: str | None, head: Head, text: _Text) -> bytes:
    """The row with the cell in its column."""
    if head.again is None:
        return body if cell is None else _appended(row, body, cell, head.width, text)
    if row.number <= head.last:
        return body
    column = _own_column(row, head.again, head.width, text)
    if column is not None:
        return _replaced(body, column, _quoted(cell or "", text), text)
    if not row.cells and body:
        body = _without_words(body, text)
    return body if cell is None else _appended(row, body, cell, head.again, text)


def _own_column(row: RawRow, column: int, width: int, text: _Text) -> int | None:
    """Where an earlier check wrote into this row: the end of one that reaches beyond the header, else its column."""
    count = len(row.cells)
    ours = {place for place, cell in enumerate(row.cells) if isinstance(cell, str) and cell.startswith(text.starts)}
    if count > width and count - 1 in ours:
        return count - 1
    is_free = count <= width and column < count and not row.cells[column]
    return column if column in ours or is_free else None


def _appended(row: RawRow, body: bytes, cell: str, column: int, text: _Text) -> bytes:
    """The row with a further cell: in the check column, or behind its last cell where it reaches further."""
    mark = text.layout.delimiter
    filled = len(row.cells) or body.count(text.wire.encoded(mark)) + 1
    # Quotes of ours would close the one that a broken line leaves open.
    written = _quoted(cell, text) if row.problem is None else _without_marks(cell)
    return body + text.wire.encoded(mark * (1 + max(0, column - filled)) + written)


def _replaced(body: bytes, column: int, cell: str, text: _Text) -> bytes:
    whole = text.wire.text(body)
    start, end = cell_places(whole, text.layout.delimiter)[column]
    return text.wire.encoded(whole[:start] + cell + whole[end:])


def _without_words(body: bytes, text: _Text) -> bytes:
    """A broken line has no columns to go by: what was said of it stands at its end and begins in our words."""
    whole = text.wire.text(body)
    marks = (f"{text.layout.delimiter}{quote}{start}" for start in text.starts for quote in ("", '"'))
    found = [place for mark in marks if (place := whole.rfind(mark)) >= 0]
    return text.wire.encoded(whole[: max(found)].rstrip(text.layout.delimiter)) if found else body


def _without_marks(cell: str) -> str:
    return cell.translate(_WIDE)


def _quoted(cell: str, text: _Text) -> str:
    needs = text.layout.delimiter in cell or '"' in cell
    return f'"{cell.replace(chr(34), chr(34) * 2)}"' if needs else cell


def copy_range(file: Content, out: IO[bytes], start: int, size: int) -> None:
    """Copy ``size`` bytes of the file from ``start`` on."""
    cursor = file.cursor()
    cursor.seek(start)
    while size:
        piece = cursor.read(min(size, MIB))
        if not piece:
            break
        out.write(piece)
        size -= len(piece)
