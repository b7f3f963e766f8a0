"""A copy that may be kept: the records as their values alone, persons' rows blank, persons' numbers masked."""

import csv
import io
import json
import zipfile
from collections.abc import Iterator
from functools import partial
from itertools import chain, groupby, islice
from typing import IO

from xinheng.core.cells import Cell, RawRow, RawSheet, Uncalculated
from xinheng.core.persons import mask_any
from xinheng.core.rulebook.types import FieldKind
from xinheng.core.text import cell_text
from xinheng.core.validation.header import SEARCHED_ROWS, map_keys
from xinheng.core.validation.persons import NEARLY, names_persons, nearly_person_number
from xinheng.intake.readers.archive import CHUNK_BYTES
from xinheng.intake.readers.json_rows import JSON, JSON_LINES
from xinheng.intake.readers.source import Source
from xinheng.intake.returned.book import Book
from xinheng.intake.returned.heads import Head, head_of
from xinheng.intake.returned.placing import scratch
from xinheng.intake.returned.said import EXCLUDED, IGNORED, Said
from xinheng.intake.returned.way import Way
from xinheng.intake.returned.wording import MEMBER, TITLE, harmless, row_text

_CODES = frozenset({FieldKind.SUBJECT_CODE, FieldKind.OLD_CODE, FieldKind.AGENCY_CODE})
_PERSONAL = frozenset({FieldKind.PERSON_NAME, FieldKind.PERSON_PAPERS})


def write_blanked(out: IO[bytes], way: Way, opened: Source) -> None:
    """Write the copy: text stays text, JSON stays JSON, workbooks and pages become XLSX, a ZIP a ZIP of such files."""
    if opened.kind != "zip":
        _write(out, way, opened.kind in (JSON, JSON_LINES), opened.sheets)
        return
    groups = groupby(opened.sheets, key=lambda sheet: sheet.file)
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for number, (_, group) in enumerate(groups, 1):
            _write_member(target, number, way, tuple(group))


def _write_member(target: zipfile.ZipFile, number: int, way: Way, sheets: tuple[RawSheet, ...]) -> None:
    """One file of an archive. Its own name can be a person's, its place in the archive is no one's."""
    keyed = next((row.keys is not None for row in sheets[0].rows), False)
    kind = "xlsx" if sheets[0].name is not None else "json" if keyed else "csv"
    entry = zipfile.ZipInfo(f"{number:03d}.{kind}", (1980, 1, 1, 0, 0, 0))
    entry.compress_type = zipfile.ZIP_DEFLATED
    with scratch(way.out) as made, target.open(entry, "w", force_zip64=True) as stream:
        _write(made, way, keyed, sheets)
        made.seek(0)
        for piece in iter(partial(made.read, CHUNK_BYTES), b""):
            stream.write(piece)


def _write(out: IO[bytes], way: Way, keyed: bool, sheets: tuple[RawSheet, ...]) -> None:
    if keyed:
        _write_json(out, way, sheets[0])
    elif sheets[0].name is None:
        _write_csv(out, way, sheets[0])
    else:
        _write_book(out, way, sheets)


def _write_json(out: IO[bytes], way: Way, sheet: RawSheet) -> None:
    out.write(b"[\n")
    for place, row in enumerate(sheet.rows):
        said = way.feed.at((sheet.file, sheet.name), row.number)
        head = Head(frozenset(), 0, {}, 0, None, map_keys(row.keys or (), way.item))
        cells = _cells(row, said, head, way)
        members = {mask_any(key): cell for key, cell in zip(row.keys or (), cells, strict=False) if cells}
        if said is not None:
            members[MEMBER] = row_text(said, way.rulebook)
        out.write((",\n" if place else "").encode() + json.dumps(members, ensure_ascii=False, default=str).encode())
    out.write(b"\n]\n")


def _write_csv(out: IO[bytes], way: Way, sheet: RawSheet) -> None:
    text = io.TextIOWrapper(out, "utf-8-sig", newline="")
    table = csv.writer(text)
    for _, cells in _rows(sheet, way):
        table.writerow([harmless(cell_text(cell)) if isinstance(cell, str) else cell for cell in cells])
    # The file is not ours to close.
    text.detach()


def _write_book(out: IO[bytes], way: Way, sheets: tuple[RawSheet, ...]) -> None:
    with Book(out) as book:
        for sheet in sheets:
            target = book.sheet(sheet.name or "", hidden=sheet.hidden)
            rows = _rows(sheet, way) if way.feed.begins((sheet.file, sheet.name)) else ()
            for number, cells in rows:
                target.row(number, cells)


def _rows(sheet: RawSheet, way: Way) -> Iterator[tuple[int, list[Cell]]]:
    """The rows of a table as they may be kept, with the check column; blank where nothing may be."""
    place = (sheet.file, sheet.name)
    rows = iter(sheet.rows)
    first = list(islice(rows, SEARCHED_ROWS))
    head = head_of(first, way.find)
    width = head.width if head.again is None else head.again
    for row in chain(first, rows):
        if row.number in head.titles:
            cells: list[Cell] = [mask_any(cell_text(cell)) for cell in row.cells[:width]]
            yield row.number, [*cells, *[None] * (width - len(cells)), TITLE]
            continue
        said = way.feed.at(place, row.number) if row.number > head.last else None
        kept = _cells(row, said, head, way)[:width]
        if said is not None and said.outcome != IGNORED:
            kept += [*[None] * (width - len(kept)), row_text(said, way.rulebook)]
        yield row.number, kept


def _cells(row: RawRow, said: Said | None, head: Head, way: Way) -> list[Cell]:
    """The cells as they may be kept: none of a row of which nobody can tell whose it is."""
    if said is None or said.outcome in (EXCLUDED, IGNORED) or row.problem is not None or head.header is None:
        return []
    return [_kept(column, cell, head, way) for column, cell in enumerate(row.cells)]


def _kept(column: int, cell: Cell, head: Head, way: Way) -> Cell:
    text = cell_text(cell)
    assert head.header is not None
    name = head.header.columns.get(column)
    kind = way.item.field(name).kind if name else None
    if kind in _PERSONAL and not (kind is FieldKind.PERSON_NAME and way.item.keeps_representative):
        return None
    if name is None and names_persons(head.header.leftovers.get(column, ""), way.rulebook.person_headings):
        return None
    if kind in _CODES and nearly_person_number(text):
        return NEARLY
    masked = mask_any(text)
    if masked != text or isinstance(cell, Uncalculated):
        return masked
    return cell
