"""A workbook given back: its own package, with edited sheets, styles and comments; every other part as it was."""

import posixpath
import re
import zipfile
from dataclasses import dataclass, field
from itertools import islice
from typing import IO

from xinheng.core.cells import RawSheet
from xinheng.core.validation.header import SEARCHED_ROWS
from xinheng.intake.readers.archive import Archive, Budget
from xinheng.intake.readers.files import Content, Limits
from xinheng.intake.readers.xlsx_package import Attributes, Package, local, parse, relations
from xinheng.intake.returned.heads import head_of
from xinheng.intake.returned.said import changed
from xinheng.intake.returned.way import Way
from xinheng.intake.returned.xlsx_fills import Fills, fills_of
from xinheng.intake.returned.xlsx_markup import before_end, held_part, whole_part
from xinheng.intake.returned.xlsx_notes import EMPTY_COMMENTS, EMPTY_DRAWING, noted
from xinheng.intake.returned.xlsx_rows import Table
from xinheng.intake.returned.xlsx_sheets import RELATIONS, free_column, measured, sheet_pieces, unusual

_TYPES = "[Content_Types].xml"
_DRAWING_TYPE = "application/vnd.openxmlformats-officedocument.vmlDrawing"
_COMMENTS_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"
_RELATION_NAMESPACE = "http://schemas.openxmlformats.org/package/2006/relationships"
_TYPE_NAMESPACE = "http://schemas.openxmlformats.org/package/2006/content-types"
_EMPTY_RELATIONS = (
    f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<Relationships xmlns="{_RELATION_NAMESPACE}"/>'
).encode()
_DRAWINGS = f'<Default xmlns="{_TYPE_NAMESPACE}" Extension="vml" ContentType="{_DRAWING_TYPE}"/>'.encode()
_NEW_DATE = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class _Comments:
    """Where a sheet's comments and their drawing are; with a relation where they are new ones."""

    comments: str
    drawing: str
    new_comments: str | None
    new_drawing: str | None


@dataclass(slots=True)
class _Book:
    """The package on its way: what was written already and what is to be written at the end."""

    archive: Archive
    package: Package
    out: zipfile.ZipFile
    fills: Fills | None
    styles: str | None
    done: set[str] = field(default_factory=set)
    later: dict[str, bytes] = field(default_factory=dict)
    types: list[bytes] = field(default_factory=list)


def annotate_xlsx(file: Content, out: IO[bytes], way: Way, sheets: tuple[RawSheet, ...]) -> None:
    """Write the workbook to ``out``. ``sheets`` are its tables as the reader gave them."""
    archive = Archive(file)
    package = Package(archive, Budget(Limits().unpacked_bytes))
    package.check()
    parts = sheet_parts(package)
    if len(parts) != len(sheets):
        raise changed()
    styles = _styles_part(package)
    data = whole_part(package, styles) if styles else None
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        book = _Book(archive, package, target, fills_of(data) if data else None, styles)
        for part, sheet in zip(parts, sheets, strict=True):
            if way.feed.begins((sheet.file, sheet.name)):
                _sheet(book, part, sheet, way)
        _rest(book)


def sheet_parts(package: Package) -> list[str]:
    """The worksheets' parts in the workbook's order."""
    main = _main(package)
    related = relations(package, main)
    found: list[str] = []

    def start(element: str, attributes: Attributes) -> None:
        if element == "sheet":
            by_local = {local(name): value for name, value in attributes.items() if ":" in name}
            kind, part = related.get(by_local.get("id", ""), ("", ""))
            if kind == "worksheet":
                found.append(part)

    parse(package, main, start)
    return found


def _main(package: Package) -> str:
    found = (part for kind, part in relations(package, "").values() if kind == "officeDocument")
    return next((part for part in found if package.has(part)), "xl/workbook.xml")


def _styles_part(package: Package) -> str | None:
    found = (part for kind, part in relations(package, _main(package)).values() if kind == "styles")
    return next((part for part in found if package.has(part)), None)


def _sheet(book: _Book, part: str, sheet: RawSheet, way: Way) -> None:
    found = measured(book.package, part)
    if found.is_odd:
        raise unusual()
    head = head_of(list(islice(sheet.rows, SEARCHED_ROWS)), way.find)
    column = free_column(found, head.again)
    table = Table((sheet.file, sheet.name), head, column, found.reach, b"", book.fills)
    where = None if found.is_strict else _comments_of(book, part, found.drawing)
    with book.out.open(_entry(book, part), "w", force_zip64=True) as target:
        for piece in sheet_pieces(book.package, part, table, way, where.new_drawing if where else None):
            target.write(piece)
    book.done.add(part.lower())
    if where and (table.notes or not (where.new_comments or where.new_drawing)):
        _write_comments(book, part, where, table)


def _comments_of(book: _Book, part: str, drawing_relation: str | None) -> _Comments | None:
    """Where this sheet's comments go; None where they are kept in a way that cannot be added to."""
    related = relations(book.package, part)
    comments = next((name for kind, name in related.values() if kind == "comments"), None)
    drawing = related.get(drawing_relation or "", ("", None))[1]
    given = [name for name in (comments, drawing) if name is not None]
    if (drawing_relation and not drawing) or any(name in book.later or not book.package.has(name) for name in given):
        return None
    number = 1
    while any(book.package.has(name) or name in book.later for name in _new_names(number)):
        number += 1
    new = _new_names(number)
    free = (f"rIdXh{n}" for n in range(1, len(related) + 3) if f"rIdXh{n}" not in related)
    first, second = next(free), next(free)
    return _Comments(comments or new[0], drawing or new[1], None if comments else first, None if drawing else second)


def _new_names(number: int) -> tuple[str, str]:
    return f"xl/xhcomments{number}.xml", f"xl/drawings/xhdrawing{number}.vml"


def _write_comments(book: _Book, part: str, where: _Comments, table: Table) -> None:
    comments = EMPTY_COMMENTS if where.new_comments else whole_part(book.package, where.comments)
    boxes = EMPTY_DRAWING if where.new_drawing else held_part(book.package, where.drawing)
    if comments is None or boxes is None or b"</xml>" not in boxes:
        raise unusual()
    both = noted(comments, boxes, table.notes)
    book.later[where.comments] = both.comments
    book.later[where.drawing] = both.drawing
    new = [(where.new_comments, "comments", where.comments, _COMMENTS_TYPE),
           (where.new_drawing, "vmlDrawing", where.drawing, _DRAWING_TYPE)]  # fmt: skip
    _relate(book, part, [each for each in new if each[0] is not None])


def _relate(book: _Book, part: str, new: list[tuple[str | None, str, str, str]]) -> None:
    """Tell the sheet and the package of new parts."""
    if not new:
        return
    folder, name = posixpath.split(part)
    listed = posixpath.join(folder, "_rels", f"{name}.rels")
    held = whole_part(book.package, listed) if book.package.has(listed) else _EMPTY_RELATIONS
    if held is None:
        raise unusual()
    added = "".join(
        f'<Relationship xmlns="{_RELATION_NAMESPACE}" Id="{identifier}" Type="{RELATIONS}/{kind}" Target="/{target}"/>'
        for identifier, kind, target, _ in new
    )
    book.later[listed] = before_end(held, added.encode())
    book.types += [_type(target, kind) for _, _, target, kind in new]


def _type(target: str, kind: str) -> bytes:
    """How the package is told what a new part is: drawings of comments by their ending, as programs write it."""
    if kind == _DRAWING_TYPE:
        return _DRAWINGS
    return f'<Override xmlns="{_TYPE_NAMESPACE}" PartName="/{target}" ContentType="{kind}"/>'.encode()


def _rest(book: _Book) -> None:
    """Everything that is no annotated sheet: edited parts, then the others as they were."""
    if book.fills is not None and book.styles is not None:
        written = book.fills.written()
        if written is not None:
            book.later[book.styles] = written
    if book.types:
        held = whole_part(book.package, _TYPES)
        if held is None:
            raise unusual()
        known = re.search(rb"Extension\s*=\s*[\"']vml[\"']", held, re.IGNORECASE)
        new = [each for each in dict.fromkeys(book.types) if each != _DRAWINGS or not known]
        book.later[_TYPES] = before_end(held, b"".join(new))
    for name, data in book.later.items():
        book.out.writestr(_entry(book, name), data, zipfile.ZIP_DEFLATED)
        book.done.add(name.lower())
    budget = Budget(Limits().unpacked_bytes)
    for info in book.archive.infos:
        if _plain(info.filename) not in book.done:
            _copy(book, info, budget)


def _copy(book: _Book, info: zipfile.ZipInfo, budget: Budget) -> None:
    copy = zipfile.ZipInfo(info.filename, info.date_time)
    copy.compress_type = zipfile.ZIP_DEFLATED
    copy.external_attr = info.external_attr
    with book.out.open(copy, "w", force_zip64=info.file_size > 1 << 30) as target:
        for chunk in book.archive.chunks(info, budget):
            target.write(chunk)


def _entry(book: _Book, name: str) -> zipfile.ZipInfo:
    """The entry of an edited part, under the name and date that it has, or of a new one."""
    old = next((info for info in book.archive.infos if _plain(info.filename) == name.lower()), None)
    entry = zipfile.ZipInfo(old.filename if old else name, old.date_time if old else _NEW_DATE)
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


def _plain(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").lower()
