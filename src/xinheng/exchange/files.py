"""Files that go out: one header row of field codes, then one row a record; all cells are text."""

import csv
import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import Any

import xlsxwriter

from xinheng.runtime.disk import file_errors
from xinheng.runtime.errors import RuntimeRefusal

Row = Sequence[str]

SHEET_ROWS = 1_048_576
"""The most rows that a sheet holds, its header included."""

_BLOCK = 1 << 20
_PROGRAM = ("=", "+", "-", "@", "\t", "\r")
"""How a text begins that a spreadsheet program would run."""


def ending_of(out: Path) -> str:
    """The kind of file that a name asks for. Raises RuntimeRefusal for another one."""
    ending = out.suffix.lower()
    if ending in WRITERS:
        return ending
    known = ", ".join(WRITERS)
    raise RuntimeRefusal(
        "export.ending",
        f"无法写出“{out.name}”这种文件；请使用扩展名 {known}",
        f"files like {out.name!r} are not written; use one of {known}",
    )


@contextmanager
def beside(out: Path) -> Iterator[Path]:
    """Where to write before ``out`` stands: it appears whole or not at all, and never over a file that is there."""
    if out.exists():
        raise _refused_existing(out)
    if not out.parent.is_dir():
        raise RuntimeRefusal(
            "export.no_folder", f"没有文件夹 {out.parent}；请先建立", f"there is no folder {out.parent}"
        )
    place = out.with_name(f".{out.name}.part")
    with file_errors(out):
        try:
            yield place
            _put(place, out)
        finally:
            place.unlink(missing_ok=True)


def write(place: Path, ending: str, header: Row, rows: Iterable[Row], *, created: datetime) -> int:
    """Write header and rows; how many rows there were. ``created`` is noted where the format notes it."""
    return WRITERS[ending](place, header, rows, created)


def digest_of(place: Path) -> str:
    """SHA-256 of the file, in hexadecimal."""
    hashed = hashlib.sha256()
    with place.open("rb") as file:
        while block := file.read(_BLOCK):
            hashed.update(block)
    return hashed.hexdigest()


def _put(place: Path, out: Path) -> None:
    with place.open("rb") as file:
        os.fsync(file.fileno())
    try:
        os.link(place, out)
    except FileExistsError:
        raise _refused_existing(out) from None
    except OSError:
        place.replace(out)


def _refused_existing(out: Path) -> RuntimeRefusal:
    return RuntimeRefusal(
        "export.exists", f"文件 {out} 已存在，未覆盖；请换一个文件名", f"{out} is there already; choose another name"
    )


def _write_csv(place: Path, header: Row, rows: Iterable[Row], _: datetime) -> int:
    """UTF-8 with a byte order mark, as spreadsheet programs expect it; a text they would run stands behind a mark."""
    count = 0
    with place.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        for count, row in enumerate(rows, 1):  # noqa: B007
            writer.writerow([f"'{cell}" if cell.startswith(_PROGRAM) else cell for cell in row])
    return count


def _write_xlsx(place: Path, header: Row, rows: Iterable[Row], created: datetime) -> int:
    """One sheet, written row by row: memory does not grow with it."""
    number = 0
    with xlsxwriter.Workbook(str(place), {"constant_memory": True, "tmpdir": str(place.parent)}) as book:
        book.set_properties({"created": created.replace(tzinfo=None)})
        sheet = book.add_worksheet("data")
        for number, row in enumerate(chain((header,), rows)):
            if number >= SHEET_ROWS:
                raise _too_long()
            _write_cells(sheet, number, row)
    return number


def _write_cells(sheet: Any, number: int, row: Row) -> None:
    for column, cell in enumerate(row):
        if cell:
            sheet.write_string(number, column, cell)


def _too_long() -> RuntimeRefusal:
    return RuntimeRefusal(
        "export.too_long",
        f"一张工作表最多 {SHEET_ROWS - 1} 行；请改用 .csv，或用 --from、--to 分段导出",
        f"a sheet holds {SHEET_ROWS - 1} rows; use .csv, or export by parts with --from and --to",
    )


WRITERS: Mapping[str, Callable[[Path, Row, Iterable[Row], datetime], int]] = {
    ".csv": _write_csv,
    ".xlsx": _write_xlsx,
}
"""The kinds of file, by the ending of their names."""
