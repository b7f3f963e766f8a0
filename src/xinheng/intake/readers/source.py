"""Open a file that an agency sent, whatever it is, as tables of raw rows."""

import io
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self

from xinheng.core.cells import RawRow, RawSheet
from xinheng.core.persons import mask_any
from xinheng.intake.readers.delimited import read_delimited
from xinheng.intake.readers.delimiters import detect_layout
from xinheng.intake.readers.encoding import decide_encoding, open_text
from xinheng.intake.readers.errors import unreadable
from xinheng.intake.readers.files import Limits, SourceFile, open_file
from xinheng.intake.readers.json_rows import is_json, read_json
from xinheng.intake.readers.sniff import XLS, XLSX, check_is_xlsx, check_zip, container_of
from xinheng.intake.readers.xls import XlsWorkbook
from xinheng.intake.readers.xlsx import Workbook
from xinheng.intake.readers.xlsx_package import Package

DELIMITED = "csv"
_SAMPLE_CHARS = 64 * 1024


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows read from the file anew each time they are iterated.

    ``UnreadableFile`` may still come while iterating: the disk may fail, or the file be changed in place.
    """

    start: Callable[[], Iterator[RawRow]]

    def __iter__(self) -> Iterator[RawRow]:
        try:
            yield from self.start()
        except OSError:
            raise unreadable("file.unavailable") from None


@dataclass(frozen=True, slots=True)
class Source:
    """An opened file: what it is, how its text is encoded, its sheets.

    ``kind`` is ``csv`` (text with any delimiter), ``xlsx``, ``xls``, ``json`` or ``json_lines``;
    ``encoding`` and ``delimiter`` are ``None`` where the format has none. Text and JSON are one sheet
    without a name.
    """

    kind: str
    encoding: str | None
    sheets: tuple[RawSheet, ...]
    delimiter: str | None = None
    _file: SourceFile | None = field(default=None, repr=False)

    def close(self) -> None:
        """Give the file back; the rows cannot be read any more."""
        if self._file is not None:
            self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_source(path: Path, *, sheet: str | None = None, limits: Limits = Limits()) -> Source:  # noqa: B008
    """Open ``path``; its content decides what it is, never its name.

    ``sheet`` picks one sheet of a workbook by name. Memory stays flat with the length of text, JSON arrays,
    JSON lines and XLSX sheets. Raises ``UnreadableFile`` when the file as a whole cannot be read; single
    broken rows are rows with a ``problem``.
    """
    file = open_file(path, limits)
    try:
        source = _read(file, limits)
        return source if sheet is None else _only(source, sheet)
    except OSError:
        file.close()
        raise unreadable("file.unavailable") from None
    except BaseException:
        file.close()
        raise


def _only(source: Source, name: str) -> Source:
    chosen = tuple(sheet for sheet in source.sheets if sheet.name in (name, mask_any(name)))
    if not chosen:
        raise unreadable("sheet.missing")
    return Source(source.kind, source.encoding, chosen, source.delimiter, source._file)


def _read(file: SourceFile, limits: Limits) -> Source:
    container = container_of(file)
    if container == XLSX:
        return _xlsx(file, limits)
    if container == XLS:
        return _xls(file, limits)
    return _text(file, limits)


def _xlsx(file: SourceFile, limits: Limits) -> Source:
    check_zip(file)
    package = Package(file.cursor(), limits)
    check_is_xlsx(package)
    workbook = Workbook(package, limits)
    sheets = _named((entry.name, entry.hidden, Rows(partial(workbook.rows, entry))) for entry in workbook.sheets)
    return Source("xlsx", None, sheets, _file=file)


def _xls(file: SourceFile, limits: Limits) -> Source:
    workbook = XlsWorkbook(file, limits)
    sheets = _named((entry.name, entry.hidden, Rows(partial(workbook.rows, entry))) for entry in workbook.sheets)
    return Source("xls", None, sheets, _file=file)


def _named(found: Iterable[tuple[str, bool, Rows]]) -> tuple[RawSheet, ...]:
    """The sheets under names without numbers of persons, since every receipt repeats them; names alike are numbered."""
    sheets: list[RawSheet] = []
    for name, hidden, rows in found:
        shown = mask_any(name)
        taken = {sheet.name for sheet in sheets}
        tries = (f"{shown} ({count})" for count in range(2, len(sheets) + 3))
        sheets.append(RawSheet(next(each for each in (shown, *tries) if each not in taken), hidden, rows))
    return tuple(sheets)


def _text(file: SourceFile, limits: Limits) -> Source:
    encoding = decide_encoding(file)
    sample = open_text(file, encoding).read(_SAMPLE_CHARS)
    opened: Callable[[], io.TextIOWrapper] = partial(open_text, file, encoding)
    if is_json(sample):
        found = read_json(opened, limits)
        return Source(found.kind, encoding, (RawSheet(None, False, Rows(found.start)),), _file=file)
    layout = detect_layout(sample)
    rows = Rows(lambda: read_delimited(opened(), layout, limits))
    return Source(DELIMITED, encoding, (RawSheet(None, False, rows),), layout.delimiter, file)
