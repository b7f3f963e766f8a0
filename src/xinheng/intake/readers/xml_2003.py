"""XML spreadsheets of Excel 2003, which carry the name .xls."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from xinheng.core.cells import Cell, RawRow, RowProblem, Uncalculated
from xinheng.intake.readers.archive import damage_named
from xinheng.intake.readers.encoding import UNDECODABLE, Encoding, decide_encoding, open_text
from xinheng.intake.readers.errors import too_large, unreadable
from xinheng.intake.readers.files import Content, Limits
from xinheng.intake.readers.grid import COLUMNS, Grid, Laid
from xinheng.intake.readers.number_formats import number_of
from xinheng.intake.readers.tables import Opened, Table
from xinheng.intake.readers.xlsx_package import Attributes, Parser, local

_PIECE_CHARS = 128 * 1024
_ROWS = 1_048_576
_CELL_CHARS = 1_000_000
_MOST_SHEETS = 1000
_ASIDE = ("Comment", "PhoneticText")
_SEEN = "SheetVisible"
_UNDECODABLE_CHARACTER = "\ufffd"

_Row = tuple[int, int, list[Laid]]
"""Sheet from 0, row from 1, its cells."""


def open_xml(file: Content, _limits: Limits) -> Opened:
    """The worksheets. Raises ``UnreadableFile`` where the XML is not sound or holds no worksheet."""
    encoding = decide_encoding(file)
    listener = _Listener()
    for _ in _rows_of(file, encoding, listener):
        pass
    if not listener.sheets:
        raise unreadable("workbook.no_sheets")
    tables = (
        Table(sheet.name, sheet.hidden, partial(_rows, file, encoding, number))
        for number, sheet in enumerate(listener.sheets)
    )
    return Opened("xml", tuple(tables), encoding.name)


def _rows_of(file: Content, encoding: Encoding, listener: "_Listener") -> Iterator[_Row]:
    # The parser knows few encodings: it is given UTF-8, whatever the document says of itself.
    parser = Parser("utf-8")
    parser.listen(listener.start, listener.end, listener.text)
    text = open_text(file, encoding)
    with damage_named():
        while piece := text.read(_PIECE_CHARS):
            parser.feed(piece.replace(UNDECODABLE, _UNDECODABLE_CHARACTER).encode("utf-8"))
            ready, listener.ready = listener.ready, []
            yield from ready
        parser.close()


def _rows(file: Content, encoding: Encoding, sheet: int) -> Iterator[RawRow]:
    grid = Grid()
    last = 0
    for owner, number, cells in _rows_of(file, encoding, _Listener()):
        if owner != sheet:
            continue
        yield from grid.between(last + 1, number)
        last = number
        is_whole = not any(isinstance(cell.value, str) and _UNDECODABLE_CHARACTER in cell.value for cell in cells)
        row = grid.row(number, cells)
        yield row if is_whole else RawRow(number, (), problem=RowProblem.UNDECODABLE)
    yield from grid.rest(last + 1)


@dataclass(slots=True)
class _Sheet:
    name: str
    hidden: bool = False


@dataclass(slots=True)
class _Listener:
    """Builds rows from the events of the parser."""

    sheets: list[_Sheet] = field(default_factory=list)
    ready: list[_Row] = field(default_factory=list)
    _row: int = 0
    _column: int = 0
    _cells: list[Laid] = field(default_factory=list)
    _cell: Attributes = field(default_factory=dict)
    _kind: str | None = None
    _text: str = ""
    _inside: str = ""
    _is_aside: bool = False

    def start(self, name: str, attributes: Attributes) -> None:
        """An element begins."""
        if name in _ASIDE:
            self._is_aside = True
        elif name == "Data" and not self._is_aside:
            self._kind = _local(attributes).get("Type", "String")
        elif name == "Cell":
            self._begin_cell(_local(attributes))
        elif name == "Row":
            self._row = _number(_local(attributes).get("Index"), self._row + 1, _ROWS)
            self._column, self._cells = 0, []
        elif name == "Worksheet":
            self._begin_sheet(_local(attributes).get("Name", ""))
        self._inside = name

    def end(self, name: str) -> None:
        """An element ends."""
        if name in _ASIDE:
            self._is_aside = False
        elif name == "Cell" and self.sheets:
            self._end_cell()
        elif name == "Row" and self.sheets:
            self.ready.append((len(self.sheets) - 1, self._row, self._cells))
        elif name == "Visible" and self.sheets:
            self.sheets[-1].hidden = self._text.strip() != _SEEN
            self._text = ""
        self._inside = ""

    def text(self, data: str) -> None:
        """Characters of a cell, however they are dressed, or of the one setting that is wanted."""
        if (self._kind is not None and not self._is_aside) or self._inside == "Visible":
            self._text += data
            if len(self._text) > _CELL_CHARS:
                raise too_large("单元格文字", "The text of a cell", str(_CELL_CHARS))

    def _begin_sheet(self, name: str) -> None:
        self.sheets.append(_Sheet(name))
        self._row = 0
        if len(self.sheets) > _MOST_SHEETS:
            raise too_large("工作表数量", "The number of sheets", str(_MOST_SHEETS))

    def _begin_cell(self, attributes: Attributes) -> None:
        self._cell = attributes
        self._column = _number(attributes.get("Index"), self._column + 1, COLUMNS)
        self._kind, self._text = None, ""

    def _end_cell(self) -> None:
        width = _number(self._cell.get("MergeAcross"), 0, COLUMNS) + 1
        height = _number(self._cell.get("MergeDown"), 0, _ROWS) + 1
        self._cells.append(Laid(self._value(), width, min(height, _ROWS - self._row + 1), self._column - 1))
        self._column += width - 1
        self._kind, self._text = None, ""

    def _value(self) -> Cell:
        if not self._text:
            return Uncalculated.FORMULA if "Formula" in self._cell and self._kind != "String" else None
        if self._kind == "Number":
            return number_of(self._text.strip())
        if self._kind == "Boolean":
            return self._text.strip() == "1"
        return _moment(self._text) if self._kind == "DateTime" else self._text


def _moment(text: str) -> Cell:
    """A day or an instant of the wall clock; what is neither stays as it is written."""
    with suppress(ValueError):
        moment = datetime.fromisoformat(text.strip())
        if moment.tzinfo is None:
            return moment if moment.time().isoformat() != "00:00:00" else moment.date()
    return text


def _local(attributes: Attributes) -> Attributes:
    return {local(name): value for name, value in attributes.items()}


def _number(written: str | None, otherwise: int, most: int) -> int:
    """A count or a place. Places never go back: ``otherwise`` is the least."""
    number = int(written) if written is not None else otherwise
    if not otherwise <= number <= most:
        raise unreadable("file.damaged")
    return number
