"""Every format by its content, read in the process that calls."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING

from xinheng.core.cells import RawRow
from xinheng.intake.readers.archive import Archive, Budget
from xinheng.intake.readers.delimited import read_delimited
from xinheng.intake.readers.delimiters import Layout, detect_layout
from xinheng.intake.readers.encoding import Encoding, decide_encoding, lines, marked, open_text
from xinheng.intake.readers.errors import unreadable
from xinheng.intake.readers.files import Content, Limits
from xinheng.intake.readers.html_page import open_html
from xinheng.intake.readers.json_rows import is_json, read_json
from xinheng.intake.readers.sniff import HTML, TEXT, XLS, XML, ZIP, container_of
from xinheng.intake.readers.tables import Opened, Table
from xinheng.intake.readers.xls import open_xls
from xinheng.intake.readers.xlsx import open_xlsx
from xinheng.intake.readers.xlsx_package import Package
from xinheng.intake.readers.xml_2003 import open_xml
from xinheng.intake.readers.zipped import open_bundle

if TYPE_CHECKING:
    from xinheng.intake.bulk.reading import ColumnBlock

DELIMITED = "csv"
_SAMPLE_CHARS = 64 * 1024


def open_content(file: Content, limits: Limits) -> Opened:
    """The tables of a file of any format, members of a ZIP included.

    Raises ``UnreadableFile`` when it cannot be read as a whole.
    """
    if container_of(file) != ZIP:
        return _open_single(file, limits)
    archive = Archive(file)
    package = Package(archive, Budget(limits.unpacked_bytes))
    if package.is_document:
        return open_xlsx(package, limits)
    return open_bundle(archive, lambda member: _open_member(member, limits), limits)


def open_text_format(file: Content, limits: Limits, known: Encoding | None = None) -> Opened:
    """Delimited text or JSON, streamed; single broken rows are rows with a ``problem``."""
    encoding = known or decide_encoding(file)
    sample = open_text(file, encoding).read(_SAMPLE_CHARS)
    if is_json(sample):
        found = read_json(partial(open_text, file, encoding), limits, mixed=encoding.mixed)
        return Opened(found.kind, (Table(None, False, found.start),), encoding.name)
    layout = detect_layout(sample)
    rows, columns = (partial(way, file, encoding, layout, limits) for way in (_delimited, _columns))
    table = Table(None, False, rows, columns=columns)
    return Opened(DELIMITED, (table,), encoding.name, layout.delimiter, encoding)


def _delimited(file: Content, encoding: Encoding, layout: Layout, limits: Limits) -> Iterator[RawRow]:
    found = lines(open_text(file, encoding), limits.line_chars)
    return read_delimited(marked(found) if encoding.mixed else found, layout, limits)


def _columns(file: Content, encoding: Encoding, layout: Layout, limits: Limits) -> "Iterator[ColumnBlock]":
    # Imported here: the process that reads workbooks does without columns.
    from xinheng.intake.bulk.reading import column_blocks

    return column_blocks(file, encoding, layout, limits)


def _open_member(file: Content, limits: Limits) -> Opened:
    """A file inside a ZIP, which may be anything but a further ZIP."""
    if container_of(file) != ZIP:
        return _open_single(file, limits)
    package = Package(Archive(file), Budget(limits.unpacked_bytes))
    if not package.is_document:
        raise unreadable("archive.nested")
    return open_xlsx(package, limits)


def _open_single(file: Content, limits: Limits) -> Opened:
    return _OPENERS[container_of(file)](file, limits)


_OPENERS: dict[str, Callable[[Content, Limits], Opened]] = {
    XLS: open_xls,
    HTML: open_html,
    XML: open_xml,
    TEXT: open_text_format,
}
