"""The rows of a sheet with the check column, in pieces: what is not touched passes byte for byte."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from xinheng.intake.readers.xlsx_sheet import column_number
from xinheng.intake.returned.heads import Head
from xinheng.intake.returned.said import IGNORED, Said, changed
from xinheng.intake.returned.way import Way
from xinheng.intake.returned.wording import TITLE, cell_text, row_text
from xinheng.intake.returned.xlsx_fills import Fills
from xinheng.intake.returned.xlsx_markup import attribute, cell_name, tags, text_of, with_attribute
from xinheng.intake.returned.xlsx_notes import MOST_NOTES

_ROW = re.compile(rb"<(?:[\w.-]+:)?row(?=[\s/>])(?:[^<>\"']|\"[^\"]*\"|'[^']*')*>")
_ROW_END = re.compile(rb"</(?:[\w.-]+:)?row\s*>")
_CELL_END = re.compile(rb"</(?:[\w.-]+:)?c\s*>")
_NAME = re.compile(r"\$?([A-Z]{1,3})\$?[0-9]{1,7}")


@dataclass(slots=True)
class Cell:
    """A cell of a row: its column from 0 and its bytes."""

    column: int
    raw: bytes


@dataclass(slots=True)
class Table:
    """One sheet being annotated.

    ``column``: where the check column stands, None where the sheet has no free one; ``reach``: the last column in
    which any row has a cell; ``notes`` gathers what is to be said in comments, by row and column.
    """

    place: tuple[str | None, str | None]
    head: Head
    column: int | None
    reach: int
    prefix: bytes
    fills: Fills | None
    notes: dict[tuple[int, int], str] = field(default_factory=dict)
    last: int = 0


def annotated_rows(data: bytes, table: Table, way: Way) -> Iterator[bytes]:
    """The rows in ``data``, whole ones only, each with its cell, rows that only now have one among them."""
    at = 0
    while begin := _ROW.search(data, at):
        end = begin.end()
        if not begin[0].endswith(b"/>"):
            closing = _ROW_END.search(data, end)
            if closing is None:
                break
            end = closing.end()
        number = int(attribute(begin[0], "r") or table.last + 1)
        yield data[at : begin.start()]
        yield from missing_rows(table, way, number)
        yield _row(data[begin.start() : end], len(begin[0]), number, table, way)
        table.last = number
        at = end
    yield data[at:]


def missing_rows(table: Table, way: Way, before: int | None) -> Iterator[bytes]:
    """Rows that the sheet leaves out, as those in which only merged cells show, where something is said of them."""
    for said in way.feed.up_to(table.place, before):
        if said.row <= table.last:
            raise changed()
        if _is_silent(said):
            continue
        p = table.prefix
        raw = b'<%brow r="%d"></%brow>' % (p, said.row, p)
        yield _written(raw, raw.index(b">") + 1, said.row, _cells_of(said, table, way), table)


def _row(raw: bytes, head: int, number: int, table: Table, way: Way) -> bytes:
    """One row with what is said of it."""
    if number in table.head.titles:
        return _written(raw, head, number, {} if table.column is None else {table.column: TITLE}, table)
    said = way.feed.at(table.place, number)
    if said is None or _is_silent(said):
        return _written(raw, head, number, {}, table) if _needs_clearing(number, table) else raw
    return _written(raw, head, number, _cells_of(said, table, way), table)


def _is_silent(said: Said) -> bool:
    return said.outcome == IGNORED and not said.findings


def _needs_clearing(number: int, table: Table) -> bool:
    return table.head.again is not None and number > table.head.last


def _cells_of(said: Said, table: Table, way: Way) -> dict[int, str | None]:
    """What is to be done with cells of the row: a text to write, or None: to be marked. Comments are put aside."""
    cells: dict[int, str | None] = {}
    by_field: dict[str, list[object]] = {}
    for finding in said.findings:
        by_field.setdefault(finding.get("field") or "", []).append(finding)
    for name, findings in by_field.items():
        for column in table.head.columns.get(name, ()):
            cells[column] = None
            if len(table.notes) < MOST_NOTES:
                table.notes[said.row, column] = cell_text(findings)  # type: ignore[arg-type]
    if table.column is not None:
        cells[table.column] = row_text(said, way.rulebook)
    return cells


def _written(raw: bytes, head: int, number: int, cells: dict[int, str | None], table: Table) -> bytes:
    """The row with these cells changed; the quick way where only the last one is new."""
    start, inner, end = _parts(raw, head, table.prefix)
    start = _start_of_row(start, number, table)
    clears = _needs_clearing(number, table)
    if not clears and all(column > table.reach and text is not None for column, text in cells.items()):
        new = b"".join(_text_cell(number, column, text or "", b"", table) for column, text in cells.items())
        return start + inner + new + end
    if clears and cells.keys() <= {table.column} and not _has_marks(inner, table):
        spliced = _spliced(inner, number, cells.get(table.column or 0), table)
        if spliced is not None:
            return start + spliced + end
    found = {cell.column: cell.raw for cell in _cells(inner)}
    if clears:
        _clear(found, table)
    for column, text in cells.items():
        old = found.get(column, b"")
        found[column] = (
            _marked(old, number, column, table) if text is None else _text_cell(number, column, text, old, table)
        )
    ordered = (_named(raw, number, column) for column, raw in sorted(found.items()) if raw)
    return start + b"".join(ordered) + end


def _has_marks(inner: bytes, table: Table) -> bool:
    """Whether a cell of the row has the fill of an earlier check."""
    marks = None if table.fills is None else table.fills.earlier
    return marks is not None and marks.search(inner) is not None


def _spliced(inner: bytes, number: int, text: str | None, table: Table) -> bytes | None:
    """The cells with another text in the check column; None where its cell is not found by its plain name."""
    at = inner.find(b' r="%b"' % cell_name(number, table.column or 0).encode())
    start = inner.rfind(b"<", 0, max(at, 0))
    if at < 0 or not inner.startswith(b"<%bc " % table.prefix, start):
        return None
    end = inner.index(b">", at) + 1
    if not inner.endswith(b"/>", 0, end):
        closing = _CELL_END.search(inner, end)
        if closing is None:
            return None
        end = closing.end()
    new = b"" if text is None else _text_cell(number, table.column or 0, text, inner[start:end], table)
    return inner[:start] + new + inner[end:]


def _parts(raw: bytes, head: int, prefix: bytes) -> tuple[bytes, bytes, bytes]:
    start = raw[:head]
    if start.endswith(b"/>"):
        return start[:-2] + b">", b"", b"</%brow>" % prefix
    end = raw.rindex(b"</")
    return start, raw[head:end], raw[end:]


def _start_of_row(start: bytes, number: int, table: Table) -> bytes:
    if attribute(start, "r") is None:
        start = with_attribute(start, "r", str(number))
    spans = attribute(start, "spans")
    if spans is None or table.column is None or ":" not in spans or " " in spans:
        return start
    first, _, last = spans.partition(":")
    return with_attribute(start, "spans", f"{first}:{max(int(last), table.column + 1)}")


def _cells(inner: bytes) -> Iterator[Cell]:
    """The cells of a row in their columns; one without a name stands right of the one before."""
    column, start = -1, 0
    for tag in tags(inner):
        if tag.depth or tag.name != "c":
            continue
        if tag.opens:
            start = tag.start
            written = _NAME.fullmatch(attribute(inner[tag.start : tag.end], "r") or "")
            column = column_number(written[1]) if written else column + 1
        if tag.empty or not tag.opens:
            yield Cell(column, inner[start : tag.end])


def _clear(cells: dict[int, bytes], table: Table) -> None:
    """Take out what an earlier check left: its text, and the fill of cells that may be right by now."""
    cells.pop(table.head.again if table.head.again is not None else -1, None)
    if table.fills is None:
        return
    for column, raw in cells.items():
        head = raw[: raw.index(b">") + 1]
        style = attribute(head, "s")
        if style and table.fills.plain(int(style)) != int(style):
            cells[column] = with_attribute(head, "s", str(table.fills.plain(int(style)))) + raw[len(head) :]


def _marked(raw: bytes, number: int, column: int, table: Table) -> bytes:
    if table.fills is None:
        return raw
    if not raw:
        return b'<%bc r="%b" s="%d"/>' % (table.prefix, cell_name(number, column).encode(), table.fills.marked(0))
    head = raw[: raw.index(b">") + 1]
    return with_attribute(head, "s", str(table.fills.marked(int(attribute(head, "s") or 0)))) + raw[len(head) :]


def _text_cell(number: int, column: int, text: str, old: bytes, table: Table) -> bytes:
    """A cell whose text stands in itself: it can be no formula. It keeps the style of the one in its place."""
    style = attribute(old[: old.index(b">") + 1], "s") if old else None
    p, name = table.prefix, cell_name(number, column).encode()
    styled = b' s="%b"' % style.encode() if style else b""
    words = text_of(text)
    return b'<%bc r="%b"%b t="inlineStr"><%bis><%bt xml:space="preserve">%b</%bt></%bis></%bc>' % (
        p, name, styled, p, p, words, p, p, p,
    )  # fmt: skip


def _named(raw: bytes, number: int, column: int) -> bytes:
    head = raw[: raw.index(b">") + 1]
    if attribute(head, "r") is not None:
        return raw
    return with_attribute(head, "r", cell_name(number, column)) + raw[len(head) :]
