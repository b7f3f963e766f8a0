"""One worksheet of an XLSX, row by row: values as the file states them, in their true rows and columns."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from xinheng.core.cells import Cell, Uncalculated
from xinheng.intake.readers.archive import damage_named
from xinheng.intake.readers.errors import too_large, unreadable
from xinheng.intake.readers.merges import Filled, Merge
from xinheng.intake.readers.number_formats import Shows, Styles, from_serial, number_of
from xinheng.intake.readers.xlsx_package import Attributes, Package, Parser

_ROWS = 1_048_576
_COLUMNS = 16_384
_CELL_CHARS = 1_000_000
_MOST_MERGES = 1_000_000
_REFERENCE = re.compile(r"\$?([A-Z]{1,3})\$?([0-9]{1,7})")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_MERGE_TAG = b"mergeCell"


@dataclass(frozen=True, slots=True)
class Book:
    """What the sheets of a workbook share."""

    strings: tuple[str, ...]
    styles: Styles
    epoch_1904: bool


def check_sheet(package: Package, part: str) -> list[Merge]:
    """Read a sheet once to its end, so that it is known to be whole, and give its merged ranges.

    The listener is switched on only where the ranges come, behind the cells: most of the sheet passes at
    full speed.
    """
    merges: list[Merge] = []

    def start(name: str, attributes: Attributes) -> None:
        if name == "mergeCell":
            merges.append(_merge(attributes.get("ref", "")))
            if len(merges) > _MOST_MERGES:
                raise too_large("合并单元格数量", "The number of merged cells", str(_MOST_MERGES))

    parser = Parser()
    tail = b""
    with damage_named():
        for chunk in package.chunks(part):
            if _MERGE_TAG in tail + chunk:
                parser.listen(start, None, None)
            tail = chunk[-len(_MERGE_TAG) :]
            parser.feed(chunk)
        parser.close()
    return merges


def read_sheet(package: Package, part: str, book: Book) -> Iterator[Filled]:
    """The rows that hold anything, in order."""
    listener = _Listener(book)
    parser = Parser()
    parser.listen(listener.start, listener.end, listener.text)
    with damage_named():
        for chunk in package.chunks(part):
            parser.feed(chunk)
            ready, listener.ready = listener.ready, []
            yield from ready


class _Listener:
    """Builds rows from the events of the parser."""

    def __init__(self, book: Book) -> None:
        self.ready: list[Filled] = []
        self._book = book
        self._row = 0
        self._column = -1
        self._cells: dict[int, Cell] = {}
        self._cell = _Stored()
        self._listening = False
        self._phonetic = False

    def start(self, name: str, attributes: Attributes) -> None:
        if name == "c":
            self._column = _column(attributes.get("r"), self._column)
            self._cell = _Stored(attributes.get("t", "n"), attributes.get("s"))
        elif name == "v" or (name == "t" and not self._phonetic):
            self._listening = True
        elif name == "f":
            self._cell.has_formula = True
        elif name == "rPh":
            self._phonetic = True
        elif name == "row":
            self._begin_row(attributes.get("r"))

    def end(self, name: str) -> None:
        if name in ("v", "t"):
            self._listening = False
        elif name == "c":
            value = self._cell.value(self._book)
            if value is not None and value != "":
                self._cells[self._column] = value
        elif name == "rPh":
            self._phonetic = False
        elif name == "row" and self._cells:
            self.ready.append((self._row, self._cells))

    def text(self, data: str) -> None:
        if self._listening:
            self._cell.text += data
            if len(self._cell.text) > _CELL_CHARS:
                raise too_large("单元格文字", "The text of a cell", str(_CELL_CHARS))

    def _begin_row(self, reference: str | None) -> None:
        number = int(reference) if reference else self._row + 1
        if not self._row < number <= _ROWS:
            raise unreadable("file.damaged")
        self._row = number
        self._column = -1
        self._cells = {}


class _Stored:
    """A cell as the XML states it."""

    __slots__ = ("has_formula", "kind", "style", "text")

    def __init__(self, kind: str = "n", style: str | None = None) -> None:
        self.kind = kind
        self.style = style
        self.text = ""
        self.has_formula = False

    def value(self, book: Book) -> Cell:
        """What stands in the cell; a formula without a result says so."""
        if not self.text:
            # A formula whose result is an empty text is stored as type "str" without characters.
            return Uncalculated.FORMULA if self.has_formula and self.kind != "str" else None
        convert = _CONVERSIONS.get(self.kind)
        if convert is None:
            raise unreadable("file.damaged")
        return convert(self, book)


def _number(cell: _Stored, book: Book) -> Cell:
    shows = book.styles.of(int(cell.style)) if cell.style else Shows.NUMBER
    if shows is not Shows.NUMBER:
        moment = from_serial(float(cell.text), shows, book.epoch_1904)
        if moment is not None:
            return moment
    return number_of(cell.text)


def _shared(cell: _Stored, book: Book) -> Cell:
    index = int(cell.text)
    if index < 0:
        raise unreadable("file.damaged")
    return book.strings[index]


def _plain(cell: _Stored, _: Book) -> Cell:
    return unescaped(cell.text)


def _boolean(cell: _Stored, _: Book) -> Cell:
    return cell.text.strip() in ("1", "true")


_CONVERSIONS: dict[str, Callable[[_Stored, Book], Cell]] = {
    "n": _number,
    "s": _shared,
    "str": _plain,
    "inlineStr": _plain,
    "b": _boolean,
    "e": _plain,
    "d": _plain,
}


def unescaped(text: str) -> str:
    """Text with the ``_xHHHH_`` spelling of characters undone (ECMA-376 part 1, 22.9.2.19)."""
    if "_x" not in text:
        return text
    plain = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
    return plain.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


_columns: dict[str, int] = {}


def _column(reference: str | None, previous: int) -> int:
    """The column of a cell from 0; a cell without reference stands right of the one before."""
    if reference is None:
        return _within(previous + 1)
    letters = reference.rstrip("0123456789")
    found = _columns.get(letters)
    if found is None:
        found = _columns[letters] = column_number(letters)
    return found


def column_number(letters: str) -> int:
    """The column named by letters, from 0 (A)."""
    number = 0
    for letter in letters:
        if not "A" <= letter <= "Z" or number > _COLUMNS:
            raise unreadable("file.damaged")
        number = number * 26 + ord(letter) - ord("A") + 1
    return _within(number - 1)


def _within(column: int) -> int:
    if not 0 <= column < _COLUMNS:
        raise unreadable("file.damaged")
    return column


def _merge(reference: str) -> Merge:
    first, _, last = reference.partition(":")
    top = _REFERENCE.fullmatch(first)
    bottom = _REFERENCE.fullmatch(last or first)
    if top is None or bottom is None:
        raise unreadable("file.damaged")
    merge = Merge(int(top[2]), column_number(top[1]), int(bottom[2]), column_number(bottom[1]))
    if merge.last_row < merge.first_row or merge.last_column < merge.first_column or merge.last_row > _ROWS:
        raise unreadable("file.damaged")
    return merge
