"""XLS workbooks (Excel 95 to 2003).

Read here rather than by a library: the one at hand ends the whole process on some damaged files, and passes
on neither cell errors nor formulas without a result.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial

from xinheng.core.cells import RawRow
from xinheng.intake.readers.biff import BIFF_8, BOF, Text, code_page, records
from xinheng.intake.readers.errors import too_large, unreadable
from xinheng.intake.readers.files import MIB, Content, Limits
from xinheng.intake.readers.merges import open_merges
from xinheng.intake.readers.number_formats import Shows, classify, styles_of
from xinheng.intake.readers.ole import CompoundFile
from xinheng.intake.readers.tables import Opened, Table
from xinheng.intake.readers.xls_sheet import SheetCells, XlsBook, read_cells, settle_blank_formulas

_CODEPAGE, _DATEMODE, _FILEPASS, _BOUNDSHEET, _XF, _SST, _FORMAT = 0x42, 0x22, 0x2F, 0x85, 0xE0, 0xFC, 0x41E
_LINKS = 0x1AE
_MOST_SHEETS = 1000
_WORKSHEET, _MACRO_SHEET = 0, 1
_OWN_LINKS = (0x0401, 0x3A01)
"""Links of a workbook to its own sheets and to built-in functions."""
_VISUAL_BASIC = "_vba_project_cur"
_STREAMS = ("workbook", "book")


@dataclass(frozen=True, slots=True)
class XlsSheet:
    """A worksheet as the workbook lists it."""

    name: str
    hidden: bool
    cells: SheetCells


def open_xls(file: Content, limits: Limits) -> Opened:
    """The workbook's sheets. Raises ``UnreadableFile`` where any part of it is not sound."""
    book = XlsWorkbook(file, limits)
    return Opened("xls", tuple(Table(each.name, each.hidden, partial(book.rows, each)) for each in book.sheets))


class XlsWorkbook:
    """An XLS file, its sheets held in memory."""

    def __init__(self, file: Content, limits: Limits) -> None:
        if file.size > limits.xls_bytes:
            raise too_large("XLS 文件大小", "The size of the XLS file", f"{limits.xls_bytes // MIB} MiB")
        stream = _workbook_stream(CompoundFile(file.head(file.size)))
        try:
            self.sheets = _sheets(stream)
        except (struct.error, IndexError, OverflowError, ValueError):
            raise unreadable("file.damaged") from None
        if not self.sheets:
            raise unreadable("workbook.no_sheets")

    def rows(self, sheet: XlsSheet) -> Iterator[RawRow]:
        """The rows of a sheet, merges opened up."""
        return open_merges(sheet.cells.filled(), sheet.cells.merges)


def _workbook_stream(container: CompoundFile) -> bytes:
    if "encryptedpackage" in container.streams:
        raise unreadable("file.encrypted")
    if _VISUAL_BASIC in container.storages:
        raise unreadable("file.macros")
    for name in _STREAMS:
        if name in container.streams:
            return container.read(name)
    raise unreadable("file.unknown_type")


@dataclass(slots=True)
class _Globals:
    """The part of the workbook that stands before its sheets."""

    encoding: str | None = None
    epoch_1904: bool = False
    formats: dict[int, Shows] = field(default_factory=dict)
    styles: list[int] = field(default_factory=list)
    strings: tuple[str, ...] = ()
    listed: list[tuple[str, bool, int]] = field(default_factory=list)

    def take(self, kind: int, pieces: list[bytes]) -> None:
        """Take in one record."""
        data = pieces[0]
        if kind == _FILEPASS:
            raise unreadable("file.encrypted")
        if kind == BOF:
            self.encoding = None if _word(data, 0) == BIFF_8 else code_page(0)
        elif kind == _CODEPAGE and self.encoding is not None:
            self.encoding = code_page(_word(data, 0))
        elif kind == _DATEMODE:
            self.epoch_1904 = _word(data, 0) == 1
        elif kind == _FORMAT:
            code = Text(pieces, self.encoding, 2).string(1 if self.encoding else 2)
            self.formats[_word(data, 0)] = classify(code)
        elif kind == _XF:
            self.styles.append(_word(data, 2))
        elif kind == _SST:
            self.strings = _shared_strings(pieces)
        elif kind == _BOUNDSHEET:
            self._list(pieces)
        elif kind == _LINKS and _word(data, 2) not in _OWN_LINKS:
            raise unreadable("file.external_links")

    def _list(self, pieces: list[bytes]) -> None:
        data = pieces[0]
        if data[5] == _MACRO_SHEET:
            raise unreadable("file.macros")
        if data[5] == _WORKSHEET:
            offset = struct.unpack_from("<I", data)[0]
            if len(self.listed) == _MOST_SHEETS or any(offset == at for _, _, at in self.listed):
                raise unreadable("file.damaged")
            self.listed.append((Text(pieces, self.encoding, 6).string(1), data[4] & 3 != 0, offset))


def _sheets(stream: bytes) -> tuple[XlsSheet, ...]:
    head = _Globals()
    for kind, pieces in records(stream, 0):
        head.take(kind, pieces)
    book = XlsBook(head.strings, styles_of(head.styles, head.formats), head.epoch_1904, head.encoding)
    sheets = tuple(XlsSheet(name, hidden, read_cells(stream, at, book)) for name, hidden, at in head.listed)
    settle_blank_formulas([sheet.cells for sheet in sheets])
    return sheets


def _shared_strings(pieces: list[bytes]) -> tuple[str, ...]:
    text = Text(pieces, None, 4)
    return tuple([text.string(2) for _ in range(text.number(4))])


def _word(data: bytes, at: int) -> int:
    return int(struct.unpack_from("<H", data, at)[0])
