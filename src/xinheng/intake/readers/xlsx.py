"""XLSX workbooks, streamed.

Read here rather than by a library: the libraries at hand turn cell errors into empty cells, whole numbers
into fractions and formulas without a result into blanks, and hold a sheet in memory, however far apart its
cells lie.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from xinheng.core.cells import RawRow
from xinheng.intake.readers.errors import too_large, unreadable
from xinheng.intake.readers.files import MIB, Limits
from xinheng.intake.readers.merges import Merge, open_merges
from xinheng.intake.readers.number_formats import Styles
from xinheng.intake.readers.tables import Opened, Table
from xinheng.intake.readers.xlsx_package import Attributes, Package, local, parse, relations
from xinheng.intake.readers.xlsx_sheet import Book, check_sheet, read_sheet, unescaped
from xinheng.intake.readers.xlsx_styles import read_styles

_WORKBOOK = "xl/workbook.xml"
_TRUE = ("1", "true")
_MOST_SHEETS = 1000
_STRING_BYTES = 80
_CHAR_BYTES = 2
"""What a text takes in memory: itself, and so much for each Chinese character."""


@dataclass(frozen=True, slots=True)
class SheetEntry:
    """A worksheet as the workbook lists it, found to be whole."""

    name: str
    hidden: bool
    part: str
    merges: tuple[Merge, ...]


@dataclass(slots=True)
class _Listing:
    """What workbook.xml says."""

    sheets: list[tuple[str, bool, str]]
    epoch_1904: bool = False

    def start(self, element: str, attributes: Attributes) -> None:
        if element == "sheet":
            by_local = {local(name): value for name, value in attributes.items() if ":" in name}
            hidden = attributes.get("state", "visible") != "visible"
            self.sheets.append((attributes.get("name", ""), hidden, by_local.get("id", "")))
        elif element == "workbookPr":
            self.epoch_1904 = attributes.get("date1904") in _TRUE


def open_xlsx(package: Package, limits: Limits) -> Opened:
    """The workbook's sheets. Raises ``UnreadableFile`` where any part of it is not sound."""
    package.check()
    book = Workbook(package, limits)
    return Opened("xlsx", tuple(Table(each.name, each.hidden, partial(book.rows, each)) for each in book.sheets))


class Workbook:
    """An XLSX file whose sheets have all been looked through once."""

    def __init__(self, package: Package, limits: Limits) -> None:
        main = _main_part(package)
        related = relations(package, main)
        listing = _Listing([])
        parse(package, main, listing.start)
        parts = {kind: part for kind, part in related.values() if package.has(part)}
        strings = _shared_strings(package, parts["sharedStrings"], limits) if "sharedStrings" in parts else ()
        styles = read_styles(package, parts["styles"]) if "styles" in parts else Styles()
        self._package = package
        self._book = Book(strings, styles, listing.epoch_1904)
        self.sheets = tuple(_entries(package, listing, related))
        if not self.sheets:
            raise unreadable("workbook.no_sheets")

    def rows(self, sheet: SheetEntry) -> Iterator[RawRow]:
        """The rows of a sheet, merges opened up."""
        return open_merges(read_sheet(self._package, sheet.part, self._book), sheet.merges)


def _main_part(package: Package) -> str:
    found = (part for kind, part in relations(package, "").values() if kind == "officeDocument")
    return next((part for part in found if package.has(part)), _WORKBOOK)


def _entries(package: Package, listing: _Listing, related: dict[str, tuple[str, str]]) -> Iterator[SheetEntry]:
    if len(listing.sheets) > _MOST_SHEETS:
        raise too_large("工作表数量", "The number of sheets", str(_MOST_SHEETS))
    seen = set()
    for name, hidden, identifier in listing.sheets:
        kind, part = related.get(identifier, ("", ""))
        if kind == "xlMacrosheet":
            raise unreadable("file.macros")
        if kind == "worksheet":
            if not package.has(part) or part in seen:
                raise unreadable("file.damaged")
            seen.add(part)
            yield SheetEntry(name, hidden, part, tuple(check_sheet(package, part)))


def _shared_strings(package: Package, part: str, limits: Limits) -> tuple[str, ...]:
    """The texts that cells refer to by number, without the pronunciation that may stand beside them."""
    listener = _Strings(limits.shared_text_bytes)
    parse(package, part, listener.start, listener.end, listener.text)
    return tuple(listener.found)


class _Strings:
    def __init__(self, budget: int) -> None:
        self.found: list[str] = []
        self._budget = budget
        self._limit = budget
        self._pieces: list[str] = []
        self._listening = False
        self._phonetic = False

    def start(self, name: str, _: Attributes) -> None:
        if name == "si":
            self._pieces = []
        elif name == "rPh":
            self._phonetic = True
        elif name == "t":
            self._listening = not self._phonetic

    def end(self, name: str) -> None:
        if name == "t":
            self._listening = False
        elif name == "rPh":
            self._phonetic = False
        elif name == "si":
            self.found.append(unescaped("".join(self._pieces)))
            self._spend(_STRING_BYTES)

    def text(self, data: str) -> None:
        if self._listening:
            self._pieces.append(data)
            self._spend(_CHAR_BYTES * len(data))

    def _spend(self, count: int) -> None:
        self._budget -= count
        if self._budget < 0:
            limit = f"{self._limit // MIB} MiB"
            raise too_large("工作簿的文字总量", "The text in the workbook", limit)
