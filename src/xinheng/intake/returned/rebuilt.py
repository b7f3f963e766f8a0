"""Tables of formats that cannot be edited (XLS, web pages, XML sheets) as a new workbook with all their values."""

from itertools import chain, islice
from typing import IO

from xinheng.core.cells import RawRow, RawSheet
from xinheng.core.validation.header import SEARCHED_ROWS
from xinheng.intake.returned.book import Book, Sheet
from xinheng.intake.returned.heads import Head, head_of
from xinheng.intake.returned.said import IGNORED, Place
from xinheng.intake.returned.way import Way
from xinheng.intake.returned.wording import TITLE, cell_text, row_text
from xinheng.intake.returned.xlsx_notes import MOST_NOTES


def rebuild(out: IO[bytes], way: Way, sheets: tuple[RawSheet, ...]) -> None:
    """Write an XLSX with every sheet, row and value, and with the check column where something was said."""
    with Book(out) as book:
        for sheet in sheets:
            target = book.sheet(sheet.name or "数据", hidden=sheet.hidden)
            write = _annotated if way.feed.begins((sheet.file, sheet.name)) else _plain
            write(target, sheet, way)


def _plain(target: Sheet, sheet: RawSheet, _: Way) -> None:
    for row in sheet.rows:
        target.row(row.number, row.cells)


def _annotated(target: Sheet, sheet: RawSheet, way: Way) -> None:
    place = (sheet.file, sheet.name)
    rows = iter(sheet.rows)
    first = list(islice(rows, SEARCHED_ROWS))
    head = head_of(first, way.find)
    column = head.again
    if column is None:
        column = max((len(row.cells) for row in sheet.rows), default=0)
    for row in chain(first, rows):
        _row(target, row, head, column, place, way)


def _row(target: Sheet, row: RawRow, head: Head, column: int, place: Place, way: Way) -> None:
    said = None if row.number <= head.last else way.feed.at(place, row.number)
    cells = [*row.cells, *[None] * (column + 1 - len(row.cells))]
    if row.number in head.titles:
        cells[column] = TITLE
    elif head.again is not None and row.number > head.last:
        cells[column] = None
    marked: set[int] = set()
    if said is not None and (said.findings or said.outcome != IGNORED):
        cells[column] = row_text(said, way.rulebook)
        for name in dict.fromkeys(each.get("field") for each in said.findings):
            about = [each for each in said.findings if each.get("field") == name]
            marked.update(head.columns.get(name or "", ()))
            _note(target, row.number, head.columns.get(name or "", ()), cell_text(about))
    target.row(row.number, cells, marked)


def _note(target: Sheet, row: int, columns: tuple[int, ...], text: str) -> None:
    for column in columns:
        if len(target.notes) < MOST_NOTES:
            target.notes[row, column] = text
