"""XLS workbooks (Excel 97 to 2003): values by calamine, the rest from the records themselves."""

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from xinheng.core.cells import Cell, RawRow
from xinheng.intake.readers.biff import SheetFacts, read_facts
from xinheng.intake.readers.errors import too_large, unreadable
from xinheng.intake.readers.files import MIB, Limits, SourceFile
from xinheng.intake.readers.merges import Filled, Merge, open_merges
from xinheng.intake.readers.ole import CompoundFile

_EXACT = 2**53
_WORKBOOKS = ("workbook", "book")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class XlsSheet:
    """A worksheet as the workbook lists it."""

    name: str
    hidden: bool
    facts: SheetFacts


class XlsWorkbook:
    """An XLS file: its sheets, and their rows on demand."""

    def __init__(self, file: SourceFile, limits: Limits) -> None:
        if file.size > limits.xls_bytes:
            raise too_large("XLS 文件大小", "The size of the XLS file", f"{limits.xls_bytes // MIB} MiB")
        data = file.head(file.size)
        facts = read_facts(_workbook_stream(CompoundFile(data)))
        for sheet in facts:
            if sheet.rows * sheet.columns > limits.xls_cells:
                raise too_large("工作表的行列范围", "The area of the sheet", f"{limits.xls_cells}")
        self._workbook = _guarded(lambda: CalamineWorkbook.from_filelike(io.BytesIO(data)))
        listed = [
            (entry.name, entry.visible is not SheetVisibleEnum.Visible)
            for entry in self._workbook.sheets_metadata
            if entry.typ is SheetTypeEnum.WorkSheet
        ]
        if len(listed) != len(facts):
            raise unreadable("file.damaged")
        if not listed:
            raise unreadable("workbook.no_sheets")
        self.sheets = tuple(XlsSheet(*entry, fact) for entry, fact in zip(listed, facts, strict=True))

    def rows(self, sheet: XlsSheet) -> Iterator[RawRow]:
        """The rows of a sheet, merges opened up."""
        held = _guarded(lambda: self._workbook.get_sheet_by_name(sheet.name))
        return open_merges(_filled(held, sheet.facts), _merges(held))


def _guarded(call: Callable[[], Result]) -> Result:
    """Run the library. It reports damage by its own errors, and on some files by a panic, no ordinary
    exception.
    """
    try:
        return call()
    except (CalamineError, ValueError, OverflowError, OSError):
        raise unreadable("file.damaged") from None
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise unreadable("file.damaged") from None


def _workbook_stream(container: CompoundFile) -> bytes:
    if "encryptedpackage" in container.streams:
        raise unreadable("file.encrypted")
    for name in _WORKBOOKS:
        if name in container.streams:
            return container.read(name)
    raise unreadable("file.unknown_type")


def _filled(sheet: CalamineSheet, facts: SheetFacts) -> Iterator[Filled]:
    """The rows that hold anything; the library begins at the first row, but at the first filled column."""
    waiting = sorted(facts.cells, reverse=True)
    offset = sheet.start[1] if sheet.start else 0
    number = 0
    for number, values in enumerate(sheet.iter_rows(), 1):
        cells = {
            column: _cell(value)
            for column, value in enumerate(values, offset)
            if value != "" or isinstance(value, bool)
        }
        _add_noted(cells, number, waiting, facts)
        if cells:
            yield number, cells
    while waiting:
        number = waiting[-1][0] + 1
        cells = {}
        _add_noted(cells, number, waiting, facts)
        yield number, cells


def _add_noted(
    cells: dict[int, Cell], number: int, waiting: list[tuple[int, int]], facts: SheetFacts
) -> None:
    while waiting and waiting[-1][0] < number:
        place = waiting.pop()
        cells[place[1]] = facts.cells[place]


def _cell(value: Cell) -> Cell:
    """Numbers without fraction are whole: XLS stores most of them as fractions."""
    if isinstance(value, float) and value.is_integer() and abs(value) < _EXACT:
        return int(value)
    return value


def _merges(sheet: CalamineSheet) -> list[Merge]:
    return [
        Merge(top + 1, left, bottom + 1, right)
        for (top, left), (bottom, right) in sheet.merged_cell_ranges or ()
    ]
