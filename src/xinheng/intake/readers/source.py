"""Open a file that an agency sent, whatever it is, as tables of raw rows."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Protocol, Self, TypeVar

from xinheng.core.cells import RawRow, RawSheet
from xinheng.core.persons import mask_any
from xinheng.intake.readers.apart import Reading
from xinheng.intake.readers.encoding import Encoding
from xinheng.intake.readers.errors import unreadable
from xinheng.intake.readers.files import Limits, SourceFile, open_file
from xinheng.intake.readers.formats import DELIMITED, open_text_format
from xinheng.intake.readers.sniff import TEXT, container_of
from xinheng.intake.readers.tables import Opened, Table

if TYPE_CHECKING:
    from xinheng.intake.bulk.reading import ColumnBlock

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows read from the file anew each time they are iterated.

    ``UnreadableFile`` may still come while iterating: the disk may fail, or the file be changed in place.
    """

    start: Callable[[], Iterator[RawRow]]
    columns: "Callable[[], Iterator[ColumnBlock]] | None" = None

    def __iter__(self) -> Iterator[RawRow]:
        return _readable(self.start)

    def blocks(self) -> "Iterator[ColumnBlock] | None":
        """The same rows in blocks of columns, or None where the format gives single rows only."""
        return _readable(self.columns) if self.columns else None


def _readable(start: Callable[[], Iterator[T]]) -> Iterator[T]:
    try:
        yield from start()
    except OSError:
        raise unreadable("file.unavailable") from None


class Closable(Protocol):
    """Something to be given back."""

    def close(self) -> None:
        """Give it back."""


@dataclass(frozen=True, slots=True)
class Source:
    """An opened file: what it is, how its text is encoded, its sheets.

    ``kind`` is ``csv`` (text with any delimiter), ``json``, ``json_lines``, ``xlsx``, ``xls``, ``xml`` (Excel 2003),
    ``html`` or ``zip``; ``encoding`` and ``delimiter`` are ``None`` where the format has none. Text and JSON are one
    sheet without a name. Sheets of a ZIP carry their member as ``file``; their rows have ``keys`` where it is JSON.
    """

    kind: str
    encoding: str | None
    sheets: tuple[RawSheet, ...]
    delimiter: str | None = None
    text: SourceFile | None = None
    """The file itself where it is delimited text, which any process that has it can read."""
    encoded: Encoding | None = None
    """What was found out of a text's encoding, by reading it to its end."""
    _held: tuple[Closable, ...] = field(default=(), repr=False)

    def close(self) -> None:
        """Give the file back and end the process that read it; the rows cannot be read any more."""
        for each in self._held:
            each.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_source(path: Path, *, sheet: str | None = None, limits: Limits = Limits()) -> Source:  # noqa: B008
    """Open ``path``; its content decides what it is, never its name.

    ``sheet`` picks one sheet of a workbook by name, or all sheets of one member of a ZIP. Memory stays flat with the
    length of text, JSON arrays, JSON lines, web pages and XLSX sheets. Text is read here, everything else by a process
    with limits that ends with ``close``. Raises ``UnreadableFile`` when the file as a whole cannot be read; single
    broken rows are rows with a ``problem``.
    """
    file = open_file(path, limits)
    held: list[Closable] = [file]
    try:
        opened = _opened(file, limits, held)
        source = _source(opened, file, tuple(held))
        return source if sheet is None else _only(source, sheet)
    except BaseException as error:
        for each in held:
            each.close()
        if isinstance(error, OSError):
            raise unreadable("file.unavailable") from None
        raise


def open_text(file: SourceFile, limits: Limits, encoded: Encoding | None = None) -> Source:
    """The same of a text that is open already and whose encoding may be known; it stays open.

    Raises ``UnreadableFile``.
    """
    return _source(open_text_format(file, limits, encoded), file, ())


def _source(opened: Opened, file: SourceFile, held: tuple[Closable, ...]) -> Source:
    text = file if opened.kind == DELIMITED else None
    sheets = _sheets(opened.tables)
    return Source(opened.kind, opened.encoding, sheets, opened.delimiter, text, opened.encoded, held)


def _opened(file: SourceFile, limits: Limits, held: list[Closable]) -> Opened:
    if container_of(file) == TEXT:
        return open_text_format(file, limits)
    reading = Reading(file, limits)
    held.insert(0, reading)
    return reading.opened()


def _only(source: Source, name: str) -> Source:
    wanted = (name, mask_any(name))
    chosen = tuple(sheet for sheet in source.sheets if sheet.name in wanted or (sheet.file and sheet.file in wanted))
    if not chosen:
        raise unreadable("sheet.missing")
    return replace(source, sheets=chosen)


def _sheets(tables: tuple[Table, ...]) -> tuple[RawSheet, ...]:
    """The sheets under names without numbers of persons, since every receipt repeats them; names alike are numbered."""
    files: dict[str, str] = {}
    taken: set[tuple[str | None, str | None]] = set()
    sheets = []
    for table in tables:
        if table.file is not None and table.file not in files:
            files[table.file] = _free(mask_any(table.file), set(files.values()))
        file = None if table.file is None else files[table.file]
        beside = {name for owner, name in taken if owner == file and name is not None}
        name = None if table.name is None else _free(mask_any(table.name), beside)
        taken.add((file, name))
        sheets.append(RawSheet(name, table.hidden, Rows(table.start, table.columns), file))
    return tuple(sheets)


def _free(name: str, taken: set[str]) -> str:
    tries = (f"{name} ({count})" for count in range(2, len(taken) + 3))
    return next(each for each in (name, *tries) if each not in taken)
