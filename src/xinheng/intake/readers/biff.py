"""What the records of an XLS workbook say that the spreadsheet library does not pass on.

Formulas without a stored result, cell errors, encryption and how far the cells reach (MS-XLS 2.4).
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from xinheng.core.cells import Cell, Uncalculated
from xinheng.intake.readers.errors import unreadable

_FORMULA, _EOF, _FILEPASS, _BOUNDSHEET, _BOOLERR, _BOF = 0x06, 0x0A, 0x2F, 0x85, 0x205, 0x809
_CELLS = frozenset({_FORMULA, _BOOLERR, 0x201, 0x203, 0x204, 0x27E, 0xFD, 0xD6})
_SEVERAL_CELLS = frozenset({0xBD, 0xBE})
_WORKSHEET = 0
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
_BLANK_RESULT = 3
_ERROR_RESULT = 2


@dataclass(slots=True)
class SheetFacts:
    """Of one worksheet: its cells that need our word, by (row, column) from 0, and its extent."""

    cells: dict[tuple[int, int], Cell] = field(default_factory=dict)
    blank_formulas: list[tuple[int, int]] = field(default_factory=list)
    formulas: int = 0
    rows: int = 0
    columns: int = 0


def read_facts(stream: bytes) -> list[SheetFacts]:
    """The facts of each worksheet of a workbook stream, in the order of the workbook.

    Raises ``UnreadableFile``: ``file.encrypted``, ``file.damaged``.
    """
    try:
        offsets = _sheet_offsets(stream)
        sheets = [_facts(stream, offset) for offset in offsets]
    except (struct.error, IndexError):
        raise unreadable("file.damaged") from None
    _settle_blank_formulas(sheets)
    return sheets


def _settle_blank_formulas(sheets: list[SheetFacts]) -> None:
    """A blank result is a real one where other formulas of the workbook have results.

    Programs that only write formulas store the blank result in every one of them.
    """
    if sum(sheet.formulas for sheet in sheets) > sum(len(sheet.blank_formulas) for sheet in sheets):
        return
    for sheet in sheets:
        sheet.cells.update(dict.fromkeys(sheet.blank_formulas, Uncalculated.FORMULA))


def _records(stream: bytes, offset: int) -> Iterator[tuple[int, bytes]]:
    """The records from ``offset`` to the end of that part; parts inside it (charts) are passed over."""
    depth = 0
    while offset + 4 <= len(stream):
        kind, size = struct.unpack_from("<2H", stream, offset)
        offset += 4
        depth += (kind == _BOF) - (kind == _EOF)
        if depth <= 0:
            return
        if depth == 1:
            yield kind, stream[offset : offset + size]
        offset += size
    raise unreadable("file.truncated")


def _sheet_offsets(stream: bytes) -> list[int]:
    found = []
    for kind, data in _records(stream, 0):
        if kind == _FILEPASS:
            raise unreadable("file.encrypted")
        if kind == _BOUNDSHEET and data[5] == _WORKSHEET:
            found.append(struct.unpack_from("<I", data)[0])
    return found


def _facts(stream: bytes, offset: int) -> SheetFacts:
    facts = SheetFacts()
    for kind, data in _records(stream, offset):
        if kind in _CELLS:
            _reach(facts, *struct.unpack_from("<2H", data))
        elif kind in _SEVERAL_CELLS:
            _reach(facts, struct.unpack_from("<H", data)[0], struct.unpack_from("<H", data, len(data) - 2)[0])
        if kind == _FORMULA:
            _note_formula(facts, data)
        elif kind == _BOOLERR and data[7]:
            facts.cells[struct.unpack_from("<2H", data)] = _ERRORS.get(data[6], "#ERR!")
    return facts


def _reach(facts: SheetFacts, row: int, column: int) -> None:
    facts.rows = max(facts.rows, row + 1)
    facts.columns = max(facts.columns, column + 1)


def _note_formula(facts: SheetFacts, data: bytes) -> None:
    place = struct.unpack_from("<2H", data)
    kind, detail, mark = data[6], data[8], struct.unpack_from("<H", data, 12)[0]
    facts.formulas += 1
    if mark == _NOT_A_NUMBER and kind == _BLANK_RESULT:
        facts.blank_formulas.append(place)
    elif mark == _NOT_A_NUMBER and kind == _ERROR_RESULT:
        facts.cells[place] = _ERRORS.get(detail, "#ERR!")
