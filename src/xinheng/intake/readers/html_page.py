"""Web pages: each table that holds anything is a sheet. Old systems call such pages .xls.

The reader knows no network and follows no link; what a page would load or run is not looked at.
"""

import re
from collections.abc import Iterator
from functools import partial

from xinheng.core.cells import RawRow, RowProblem
from xinheng.intake.readers.encoding import UNDECODABLE, Encoding, decide_encoding, is_strictly, open_text
from xinheng.intake.readers.errors import too_large, unreadable
from xinheng.intake.readers.files import Content, Limits
from xinheng.intake.readers.grid import Grid
from xinheng.intake.readers.html_tables import GroupEnd, TableRow, TableStart, parts_of
from xinheng.intake.readers.tables import Opened, Table

_HEAD_BYTES = 8192
_DECLARED = re.compile(rb"charset\s*=\s*[\"']?\s*([A-Za-z0-9_-]+)", re.I)
_BIG5 = (b"big5", b"big5-hkscs", b"x-x-big5")
_MOST_TABLES = 1000


def open_html(file: Content, _limits: Limits) -> Opened:
    """The page's tables. Raises ``UnreadableFile`` without any (``file.html``), or where one has no end."""
    encoding = _encoding(file)
    hidden: list[bool] = []
    filled: set[int] = set()
    for part in parts_of(open_text(file, encoding)):
        if isinstance(part, TableStart):
            hidden.append(part.hidden)
        elif isinstance(part, TableRow) and any(cell.value != "" for cell in part.cells):
            filled.add(part.table)
        if len(hidden) > _MOST_TABLES:
            raise too_large("表格数量", "The number of tables", str(_MOST_TABLES))
    if not hidden:
        raise unreadable("file.html")
    shown = [number for number in range(len(hidden)) if number in filled] or [0]
    tables = (
        Table(f"表{place}", hidden[number], partial(_rows, file, encoding, number))
        for place, number in enumerate(shown, 1)
    )
    return Opened("html", tuple(tables), encoding.name)


def _encoding(file: Content) -> Encoding:
    """By its bytes; what the page declares counts where bytes alone cannot tell."""
    found = decide_encoding(file)
    declared = _DECLARED.search(file.head(_HEAD_BYTES))
    if found.name == "gb18030" and declared and declared[1].lower() in _BIG5 and is_strictly(file, "big5hkscs"):
        return Encoding("big5hkscs")
    return found


def _rows(file: Content, encoding: Encoding, table: int) -> Iterator[RawRow]:
    grid = Grid()
    number = 0
    for part in parts_of(open_text(file, encoding)):
        if part.table != table or isinstance(part, TableStart):
            continue
        if isinstance(part, GroupEnd):
            grid.end_group()
            continue
        number += 1
        row = grid.row(number, part.cells)
        is_whole = not any(isinstance(cell, str) and UNDECODABLE in cell for cell in row.cells)
        yield row if is_whole else RawRow(number, (), problem=RowProblem.UNDECODABLE)
