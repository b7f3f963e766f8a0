"""One worksheet written anew piece by piece: its head, its rows, what stands behind them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from xinheng.intake.readers.archive import damage_named
from xinheng.intake.readers.xlsx_package import Attributes, Package, Parser
from xinheng.intake.readers.xlsx_sheet import column_number
from xinheng.intake.returned.way import Way
from xinheng.intake.returned.xlsx_markup import (
    PART_BYTES,
    Tag,
    attribute,
    column_letters,
    is_plain,
    tags,
    with_attribute,
)
from xinheng.intake.returned.xlsx_rows import Table, annotated_rows, missing_rows
from xinheng.runtime.errors import RuntimeRefusal

LAST_COLUMN = 16_383
_WIDTH = 60
_HEAD_BYTES = 4096
_HELD_BYTES = 16 * 1024 * 1024
"""What stands before the rows, or one row, is far smaller in any workbook that people use."""
_STRICT = b"purl.oclc.org/ooxml"
_DECLARATION = re.compile(rb"^(?:\xef\xbb\xbf)?<\?xml.*?\?>", re.DOTALL)
_SHEET_DATA_END = re.compile(rb"</(?:[\w.-]+:)?sheetData\s*>")
_RANGE = re.compile(r"\$?([A-Z]{1,3})\$?(\d{1,7})(?::\$?([A-Z]{1,3})\$?(\d{1,7}))?")
_BEHIND_DRAWING = frozenset({
    "legacyDrawingHF", "drawingHF", "picture", "oleObjects", "controls", "webPublishItems", "tableParts", "extLst",
    "AlternateContent",
})  # fmt: skip
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


@dataclass(slots=True)
class Measured:
    """How far a sheet reaches (last columns of any cell, and of any that holds something), whether it can be edited.

    ``is_strict``: in the strict form, which has no comments of this kind; ``drawing``: the relation of the drawing
    that holds comments' boxes or controls.
    """

    reach: int = -1
    filled: int = -1
    is_odd: bool = False
    is_strict: bool = False
    drawing: str | None = None
    _column: int = -1

    def start(self, name: str, attributes: Attributes) -> None:
        """Take in a start tag."""
        if name == "c":
            reference = attributes.get("r", "").rstrip("0123456789").replace("$", "")
            self._column = column_number(reference) if reference else self._column + 1
            self.reach = max(self.reach, self._column)
        elif name in ("v", "is", "f"):
            self.filled = max(self.filled, self._column)
        elif name == "row":
            self._column = -1
        elif name == "legacyDrawing":
            self.drawing = next((value for key, value in attributes.items() if key.endswith(":id")), None)
        elif name == "mergeCell":
            found = _RANGE.fullmatch(attributes.get("ref", ""))
            if found:
                self.reach = max(self.reach, column_number(found[3] or found[1]))


def measured(package: Package, part: str) -> Measured:
    """Look through a sheet once. What it holds beside plain tags and text makes it odd."""
    found = Measured()
    parser = Parser()
    parser.listen(found.start, None, None)
    tail: bytes | None = None
    with damage_named():
        for chunk in package.chunks(part):
            parser.feed(chunk)
            rest = chunk
            if tail is None:
                found.is_odd = not is_plain(chunk[:_HEAD_BYTES])
                found.is_strict = _STRICT in chunk[:_HEAD_BYTES]
                rest = _DECLARATION.sub(b"", chunk, count=1)
            # Comments and quoted sections may hold what looks like a row.
            found.is_odd = found.is_odd or any(mark in (tail or b"") + rest for mark in (b"<!", b"<?"))
            tail = chunk[-1:]
        parser.close()
    return found


def free_column(found: Measured, again: int | None) -> int | None:
    """Where the check column goes: where it was, else right of everything that the sheet holds."""
    if again is not None:
        return again
    column = (found.reach if found.reach < LAST_COLUMN else found.filled) + 1
    return column if column <= LAST_COLUMN else None


def sheet_pieces(package: Package, part: str, table: Table, way: Way, drawing: str | None) -> Iterator[bytes]:
    """The sheet with its check column. ``drawing`` is the relation of a drawing of comments that it shall get.

    What stands behind the rows is written after the notes are known: whether a drawing is needed is asked then.
    """
    chunks = package.chunks(part)
    held = b""
    opening = None
    while opening is None:
        held += _next(chunks, held)
        opening = next((tag for tag in tags(held) if tag.name == "sheetData" and tag.opens), None)
    if opening.empty:
        raise unusual()
    table.prefix = opening.prefix
    yield _head(held[: opening.start], table) + held[opening.start : opening.end]
    held = held[opening.end :]
    while (closing := _SHEET_DATA_END.search(held)) is None:
        *done, held = annotated_rows(held, table, way)
        yield b"".join(done)
        held += _next(chunks, held)
    yield b"".join(annotated_rows(held[: closing.start()], table, way))
    yield b"".join(missing_rows(table, way, None))
    tail = held[closing.start() :]
    while more := next(chunks, b""):
        tail += more
        if len(tail) > PART_BYTES:
            raise unusual()
    yield _tail(tail, drawing) if drawing is not None and table.notes else tail


def unusual() -> RuntimeRefusal:
    """The workbook is written in a way that cannot be edited without touching the rest."""
    return RuntimeRefusal(
        "annotated.unusual",
        "工作簿的内部写法特殊，无法在保留原样的前提下写回结果。请用表格软件另存为 XLSX 后重新报送，"
        "或改用 --findings 取得结果表。",
        "The workbook is written in an unusual way: the results cannot be added without touching the rest. Save it as "
        "XLSX in a spreadsheet program and send that, or take the findings as a table with --findings.",
    )


def _next(chunks: Iterator[bytes], held: bytes) -> bytes:
    if len(held) > _HELD_BYTES:
        raise unusual()
    more = next(chunks, b"")
    if not more:
        raise unusual()
    return more


def _head(head: bytes, table: Table) -> bytes:
    """What stands before the rows: the extent grows by our column, which gets a width of its own if none is set."""
    if table.column is None:
        return head
    found = {tag.name: tag for tag in tags(head) if tag.depth == 1 and tag.opens}
    edits: list[tuple[int, int, bytes]] = []
    if "dimension" in found:
        tag = found["dimension"]
        edits.append((tag.start, tag.end, _extent(head[tag.start : tag.end], table.column)))
    edits += _widths(head, table)
    for start, end, new in sorted(edits, reverse=True):
        head = head[:start] + new + head[end:]
    return head


def _extent(tag: bytes, column: int) -> bytes:
    found = _RANGE.fullmatch(attribute(tag, "ref") or "")
    if found is None:
        return tag
    last = max(column_number(found[3] or found[1]), column)
    return with_attribute(tag, "ref", f"{found[1]}{found[2]}:{column_letters(last)}{found[4] or found[2]}")


def _widths(head: bytes, table: Table) -> list[tuple[int, int, bytes]]:
    number = (table.column or 0) + 1
    p = table.prefix
    ours = b'<%bcol min="%d" max="%d" width="%d" customWidth="1"/>' % (p, number, number, _WIDTH)
    every = [tag for tag in tags(head) if tag.depth in (1, 2)]
    columns = [tag for tag in every if tag.name == "col"]
    if any(int(attribute(head[tag.start : tag.end], "max") or 0) >= number for tag in columns):
        return []
    ends = [tag for tag in every if tag.name == "cols" and not tag.opens]
    if ends:
        return [(ends[0].start, ends[0].start, ours)]
    if any(tag.name == "cols" for tag in every):
        return []
    return [(len(head), len(head), b"<%bcols>%b</%bcols>" % (p, ours, p))]


def _tail(tail: bytes, drawing: str) -> bytes:
    """What stands behind the rows, with a drawing of comments at its place among the rest."""
    # The tail begins inside the worksheet, with the end of its rows.
    behind: Tag | None = None
    for tag in tags(tail, 0, 2):
        ends = tag.depth == 0 and not tag.opens
        if ends or (tag.depth == 1 and tag.opens and tag.name in _BEHIND_DRAWING):
            behind = tag
            break
    if behind is None:
        raise unusual()
    prefix = next(tags(tail)).prefix
    new = b'<%blegacyDrawing xmlns:r="%b" r:id="%b"/>' % (prefix, RELATIONS.encode(), drawing.encode())
    return tail[: behind.start] + new + tail[behind.start :]
