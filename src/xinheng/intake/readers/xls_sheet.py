"""The cells of one XLS worksheet (MS-XLS 2.4)."""

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from math import isfinite

from xinheng.core.cells import Cell, Uncalculated
from xinheng.intake.readers.biff import Text, records
from xinheng.intake.readers.errors import unreadable
from xinheng.intake.readers.merges import Filled, Merge
from xinheng.intake.readers.number_formats import Shows, Styles, from_serial

_FORMULA, _STRING = 0x06, 0x207
_COLUMNS = 256
_EXACT = 2**53
_ERRORS = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
}
_NOT_A_NUMBER = 0xFFFF


@dataclass(frozen=True, slots=True)
class XlsBook:
    """What the sheets of a workbook share; ``encoding`` is ``None`` for Excel 97 and later."""

    strings: tuple[str, ...]
    styles: Styles
    epoch_1904: bool
    encoding: str | None


@dataclass(slots=True)
class SheetCells:
    """The filled cells by row and column from 0, the merged ranges, and the formulas with a blank result."""

    cells: dict[int, dict[int, Cell]] = field(default_factory=dict)
    merges: list[Merge] = field(default_factory=list)
    blank_formulas: list[tuple[int, int]] = field(default_factory=list)
    formulas: int = 0

    def put(self, row: int, column: int, value: Cell) -> None:
        """Set a cell; empty ones are left out."""
        if column >= _COLUMNS:
            raise unreadable("file.damaged")
        if value is not None and value != "":
            self.cells.setdefault(row, {})[column] = value

    def filled(self) -> Iterator[Filled]:
        """The rows that hold anything, numbered from 1."""
        for row in sorted(self.cells):
            yield row + 1, dict(self.cells[row])


def read_cells(stream: bytes, offset: int, book: XlsBook) -> SheetCells:
    """All cells of the sheet whose first record stands at ``offset``."""
    sheet = SheetCells()
    waiting: tuple[int, int] | None = None
    for kind, pieces in records(stream, offset):
        if kind == _FORMULA:
            waiting = _formula(sheet, book, pieces[0])
        elif kind == _STRING and waiting is not None:
            sheet.put(*waiting, Text(pieces, book.encoding).string(2))
            waiting = None
        elif kind in _READERS:
            _READERS[kind](sheet, book, pieces)
    return sheet


def _formula(sheet: SheetCells, book: XlsBook, data: bytes) -> tuple[int, int] | None:
    """Take in a formula's result; its place when the result is a text, which comes in a record of its own."""
    row, column, style = struct.unpack_from("<3H", data)
    sheet.formulas += 1
    if struct.unpack_from("<H", data, 12)[0] != _NOT_A_NUMBER:
        sheet.put(row, column, _number(struct.unpack_from("<d", data, 6)[0], style, book))
        return None
    kind, detail = data[6], data[8]
    if kind == 0:
        return row, column
    if kind == 1:
        sheet.put(row, column, bool(detail))
    elif kind == 2:
        sheet.put(row, column, _ERRORS.get(detail, "#ERR!"))
    else:
        sheet.blank_formulas.append((row, column))
    return None


def settle_blank_formulas(sheets: list[SheetCells]) -> None:
    """A blank result is a real one where other formulas of the workbook have results.

    Programs that only write formulas store the blank result in every one of them.
    """
    if sum(sheet.formulas for sheet in sheets) > sum(len(sheet.blank_formulas) for sheet in sheets):
        return
    for sheet in sheets:
        for place in sheet.blank_formulas:
            sheet.put(*place, Uncalculated.FORMULA)


def _number(value: float, style: int, book: XlsBook) -> Cell:
    """A number as its format shows it; whole where nothing follows the point: XLS keeps no other sign."""
    if not isfinite(value):
        return _ERRORS[0x24]
    shows = book.styles.of(style)
    if shows is not Shows.NUMBER:
        moment = from_serial(value, shows, book.epoch_1904)
        if moment is not None:
            return moment
    return int(value) if value.is_integer() and abs(value) < _EXACT else value


def _shared(sheet: SheetCells, book: XlsBook, pieces: list[bytes]) -> None:
    row, column, _, index = struct.unpack_from("<3HI", pieces[0])
    sheet.put(row, column, book.strings[index])


def _label(sheet: SheetCells, book: XlsBook, pieces: list[bytes]) -> None:
    row, column = struct.unpack_from("<2H", pieces[0])
    sheet.put(row, column, Text(pieces, book.encoding, 6).string(2))


def _float(sheet: SheetCells, book: XlsBook, pieces: list[bytes]) -> None:
    row, column, style, value = struct.unpack_from("<3Hd", pieces[0])
    sheet.put(row, column, _number(value, style, book))


def _short(sheet: SheetCells, book: XlsBook, pieces: list[bytes]) -> None:
    row, column, style, value = struct.unpack_from("<3HI", pieces[0])
    sheet.put(row, column, _number(_unpacked(value), style, book))


def _shorts(sheet: SheetCells, book: XlsBook, pieces: list[bytes]) -> None:
    row, column = struct.unpack_from("<2H", pieces[0])
    # The last two bytes name the last column.
    for at in range(4, len(pieces[0]) - 7, 6):
        style, value = struct.unpack_from("<HI", pieces[0], at)
        sheet.put(row, column, _number(_unpacked(value), style, book))
        column += 1


def _unpacked(value: int) -> float:
    """A number packed into 30 bits: a whole one or the head of a fraction, perhaps in hundredths."""
    if value & 2:
        number = float(struct.unpack("<i", struct.pack("<I", value))[0] >> 2)
    else:
        number = struct.unpack("<d", struct.pack("<2I", 0, value & 0xFFFFFFFC))[0]
    return number / 100 if value & 1 else number


def _truth_or_error(sheet: SheetCells, _: XlsBook, pieces: list[bytes]) -> None:
    row, column, _style, value, is_error = struct.unpack_from("<3H2B", pieces[0])
    sheet.put(row, column, _ERRORS.get(value, "#ERR!") if is_error else bool(value))


def _merged(sheet: SheetCells, _: XlsBook, pieces: list[bytes]) -> None:
    count = struct.unpack_from("<H", pieces[0])[0]
    for index in range(count):
        top, bottom, left, right = struct.unpack_from("<4H", pieces[0], 2 + 8 * index)
        if bottom < top or right < left:
            raise unreadable("file.damaged")
        sheet.merges.append(Merge(top + 1, left, bottom + 1, right))


_READERS: dict[int, Callable[[SheetCells, XlsBook, list[bytes]], None]] = {
    0xFD: _shared,
    0x204: _label,
    0xD6: _label,
    0x203: _float,
    0x27E: _short,
    0xBD: _shorts,
    0x205: _truth_or_error,
    0xE5: _merged,
}
