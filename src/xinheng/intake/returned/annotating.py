"""The sender's own file back, with what was said of every row in it; nothing of it stays with us."""

from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import IO

from xinheng.core.cells import RawSheet
from xinheng.core.rulebook.types import ItemEdition, Rulebook
from xinheng.intake.readers.archive import Archive, Budget
from xinheng.intake.readers.encoding import decide_encoding, open_text
from xinheng.intake.readers.errors import UnreadableFile
from xinheng.intake.readers.files import Content, Limits, open_file
from xinheng.intake.readers.formats import DELIMITED
from xinheng.intake.readers.json_rows import JSON, JSON_LINES, is_json, read_json
from xinheng.intake.readers.sniff import TEXT, ZIP, container_of
from xinheng.intake.readers.source import Source, open_source
from xinheng.intake.readers.xlsx_package import Package
from xinheng.intake.returned.blanked import write_blanked
from xinheng.intake.returned.delimited import SAMPLE_CHARS, annotate_delimited
from xinheng.intake.returned.heads import Find, by_catalogue
from xinheng.intake.returned.keyed import annotate_json
from xinheng.intake.returned.placing import placed
from xinheng.intake.returned.rebuilt import rebuild
from xinheng.intake.returned.said import Feed, Said
from xinheng.intake.returned.way import Way
from xinheng.intake.returned.xlsx import annotate_xlsx
from xinheng.intake.returned.zipped import annotate_zip
from xinheng.runtime.errors import RuntimeRefusal

XLSX, BUNDLE = "xlsx", "zip"

Write = Callable[[Content, IO[bytes], Way, Source], None]


def annotate(
    source: Path, said: Iterable[Said], out: Path, *, rulebook: Rulebook, item: ItemEdition, find: Find | None = None
) -> None:
    """Write ``source`` to ``out`` with what was said of its rows.

    ``said`` is read once, in file order. ``find`` finds a table's header where a confirmed mapping does, else the
    catalogue's headings do. Workbooks, text and JSON keep everything that they hold; XLS, web pages and XML
    spreadsheets become an XLSX with all values; a ZIP becomes a ZIP of such files. Memory stays flat with the length
    of text and tables. ``out`` appears whole or not at all, readable for its owner alone.

    Raises RuntimeRefusal: as ``placed`` does, ``annotated.changed`` where the file is not the one that was judged,
    ``annotated.unusual`` where a workbook cannot be edited, and what the reader says of a file it cannot read.
    """
    way = Way(Feed(said), rulebook, item, find or by_catalogue(item), out)
    _write(source, way, _annotated)


def blanked_copy(
    source: Path, said: Iterable[Said], out: Path, *, rulebook: Rulebook, item: ItemEdition, find: Find | None = None
) -> None:
    """The same file as one that may be kept: only judged records, rows about persons blank, numbers masked.

    Built from the values alone: comments, formulas, notes, hidden and foreign tables do not come over. Everything
    else as with ``annotate``.
    """
    way = Way(Feed(said), rulebook, item, find or by_catalogue(item), out)
    _write(source, way, _blanked)


def _write(source: Path, way: Way, write: Write) -> None:
    try:
        with placed(way.out, source=source) as sink, open_source(source) as opened:
            file = open_file(source, Limits())
            try:
                write(file, sink, way, opened)
            finally:
                file.close()
            way.feed.finish()
    except UnreadableFile as refused:
        raise RuntimeRefusal(refused.rule, refused.message.zh, refused.message.en) from None


def _blanked(_: Content, out: IO[bytes], way: Way, opened: Source) -> None:
    write_blanked(out, way, opened)


def _annotated(file: Content, out: IO[bytes], way: Way, opened: Source) -> None:
    if opened.kind == BUNDLE:
        annotate_zip(file, out, way, opened.sheets, partial(_member, way=way))
    else:
        _single(file, out, way, opened.kind, opened.sheets)


def _single(file: Content, out: IO[bytes], way: Way, kind: str, sheets: tuple[RawSheet, ...]) -> bool:
    """Write one file that is no archive; whether it became a workbook."""
    place = (sheets[0].file, sheets[0].name)
    if kind == DELIMITED:
        annotate_delimited(file, out, way, place)
    elif kind in (JSON, JSON_LINES):
        annotate_json(file, out, way, kind, place)
    elif kind == XLSX:
        annotate_xlsx(file, out, way, sheets)
    else:
        rebuild(out, way, sheets)
    return kind not in (DELIMITED, JSON, JSON_LINES)


def _member(file: Content, out: IO[bytes], sheets: tuple[RawSheet, ...], *, way: Way) -> bool:
    return _single(file, out, way, _kind(file), sheets)


def _kind(file: Content) -> str:
    """What a member of an archive is, as the reader tells it."""
    container = container_of(file)
    if container == ZIP:
        return XLSX if Package(Archive(file), Budget(Limits().unpacked_bytes)).is_document else container
    if container != TEXT:
        return container
    encoding = decide_encoding(file)
    if not is_json(open_text(file, encoding).read(SAMPLE_CHARS)):
        return DELIMITED
    return read_json(partial(open_text, file, encoding), Limits(), mixed=encoding.mixed).kind
