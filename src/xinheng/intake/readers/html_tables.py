"""The rows of the tables of a page, nested ones apart from their outer ones."""

import html
import io
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache

from xinheng.core.cells import Cell
from xinheng.intake.readers.errors import too_large, unreadable
from xinheng.intake.readers.grid import COLUMNS, Laid
from xinheng.intake.readers.html_tokens import Tag, tokens
from xinheng.intake.readers.number_formats import number_of

_DEPTH = 50
_CELL_CHARS = 1_000_000
_MOST_WIDTH, _MOST_HEIGHT = 1000, 65_534
"""As far as a cell can reach in HTML (HTML 4.9.11)."""
_GROUPS = ("thead", "tbody", "tfoot")
_LINES = frozenset({"br", "p", "div", "li", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "pre"})
_BLANKS = re.compile(r"[ \t\r\n\f]+")
_SPACES = re.compile(" +")
_LINE_END = re.compile(r" ?\n ?")
_ATTRIBUTE = re.compile(r"([^\s=\"'>/]+)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s>]+)))?")
_NOT_DISPLAYED = re.compile(r"display\s*:\s*none", re.IGNORECASE)
_FIGURE = re.compile(r"[(（]?[-+]?\s*[¥￥$]?\s*[-+]?[0-9.,]+(?:E[-+]?[0-9]+)?\s*%?[)）]?|#+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class TableStart:
    """A table begins; tables are numbered from 0 in the order of their beginnings."""

    table: int
    hidden: bool


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row of a table is complete."""

    table: int
    cells: tuple[Laid, ...]


@dataclass(frozen=True, slots=True)
class GroupEnd:
    """Cells of this table reach no further down than here."""

    table: int


Part = TableStart | TableRow | GroupEnd


@dataclass(frozen=True, slots=True)
class _Shape:
    """What the attributes of a table or a cell say."""

    width: int = 1
    height: int = 1
    hidden: bool = False
    number: str | None = None


@dataclass(slots=True)
class _Open:
    """A table whose end has not come yet."""

    number: int
    row: list[Laid] | None = None
    shape: _Shape | None = None
    pieces: list[str] = field(default_factory=list)
    chars: int = 0


def parts_of(text: io.TextIOWrapper) -> Iterator[Part]:
    """The tables of a page, row by row. Raises ``UnreadableFile`` where a table has no end (``file.truncated``)."""
    page = _Page()
    for token in tokens(text):
        if isinstance(token, str):
            page.words(token)
        elif token.name in _LINES:
            page.words("\n", is_line=True)
        else:
            yield from page.tag(token)
    if page.open:
        raise unreadable("file.truncated")


class _Page:
    """Reads tags as browsers do: what must have ended ends by itself."""

    def __init__(self) -> None:
        self.open: list[_Open] = []
        self._count = 0

    def words(self, words: str, *, is_line: bool = False) -> None:
        """Text belongs to the innermost open cell; outside of cells it belongs to no row."""
        if not self.open or self.open[-1].shape is None:
            return
        table = self.open[-1]
        table.chars += len(words)
        if table.chars > _CELL_CHARS:
            raise too_large("单元格文字", "The text of a cell", str(_CELL_CHARS))
        table.pieces.append("\n" if is_line else _BLANKS.sub(" ", words))

    def tag(self, tag: Tag) -> Iterator[Part]:
        """Take in a tag."""
        if tag.name == "table":
            yield from self._end_table() if tag.ends else self._begin_table(tag)
        elif not self.open:
            return
        elif tag.name in ("td", "th"):
            self._end_cell()
            if not tag.ends:
                self._begin_cell(tag)
        elif tag.name == "tr":
            yield from self._end_row()
            self.open[-1].row = None if tag.ends else []
        elif tag.name in _GROUPS:
            yield from self._end_row()
            yield GroupEnd(self.open[-1].number)

    def _begin_table(self, tag: Tag) -> Iterator[Part]:
        if self.open and self.open[-1].shape is None:
            # Not inside a cell: browsers end the outer table here.
            yield from self._end_table()
        if len(self.open) == _DEPTH:
            raise unreadable("file.damaged")
        self.open.append(_Open(self._count))
        yield TableStart(self._count, _shape(tag.attributes).hidden)
        self._count += 1

    def _end_table(self) -> Iterator[Part]:
        if self.open:
            yield from self._end_row()
            self.open.pop()

    def _end_row(self) -> Iterator[Part]:
        self._end_cell()
        table = self.open[-1]
        if table.row is not None:
            yield TableRow(table.number, tuple(table.row))
            table.row = None

    def _begin_cell(self, tag: Tag) -> None:
        table = self.open[-1]
        table.shape = _shape(tag.attributes)
        if table.row is None:
            table.row = []
        if len(table.row) == COLUMNS:
            raise too_large("表格列数", "The number of columns", str(COLUMNS))

    def _end_cell(self) -> None:
        table = self.open[-1]
        if table.shape is None or table.row is None:
            return
        value = _value("".join(table.pieces), table.shape)
        table.row.append(Laid(value, table.shape.width, table.shape.height))
        table.shape, table.pieces, table.chars = None, [], 0


def _value(written: str, shape: _Shape) -> Cell:
    """What a cell shows; the stored number, where it only shows that number in a format."""
    text = _LINE_END.sub("\n", _SPACES.sub(" ", written)).strip(" \n")
    if not text.strip("\xa0 "):
        return ""
    if shape.number and _FIGURE.fullmatch(text):
        with suppress(ValueError):
            return number_of(shape.number)
    return text


@lru_cache(maxsize=2048)
def _shape(written: str) -> _Shape:
    if not written:
        return _Shape()
    found = {
        match[1].lower(): html.unescape(match[2] or match[3] or match[4] or "")
        for match in _ATTRIBUTE.finditer(written)
    }
    height = _count(found.get("rowspan"), _MOST_HEIGHT)
    return _Shape(
        width=_count(found.get("colspan"), _MOST_WIDTH) or 1,
        # Zero means: to the end of the group of rows.
        height=height if height else _MOST_HEIGHT,
        hidden="hidden" in found or _NOT_DISPLAYED.search(found.get("style", "")) is not None,
        number=found.get("x:num"),
    )


def _count(written: str | None, most: int) -> int:
    """A span; one where none, or nothing readable, is written."""
    digits = re.match(r"\s*([0-9]{1,9})", written or "")
    return min(int(digits[1]), most) if digits else 1
