"""Files for the reader tests, and a short way to read them back."""

import io
import zipfile
from pathlib import Path

from xinheng.core.cells import RawRow
from xinheng.intake.readers import Limits, Source, UnreadableFile, open_source


def read(path: Path, content: bytes | str, limits: Limits | None = None) -> tuple[Source, list[RawRow]]:
    """Write ``content``, open it, and read the first sheet to its end."""
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    with open_source(path, limits=limits or Limits()) as source:
        return source, list(source.sheets[0].rows)


def table(path: Path, content: bytes | str) -> list[tuple[object, ...]]:
    """The cells only."""
    return [row.cells for row in read(path, content)[1]]


def rows_of(path: Path, limits: Limits | None = None) -> list[RawRow]:
    """The rows of the first sheet of a file that is there."""
    with open_source(path, limits=limits or Limits()) as source:
        return list(source.sheets[0].rows)


def outcome(path: Path, content: bytes) -> str:
    """The rule that refuses the file, or the kind that it was read as, all sheets to their end."""
    path.write_bytes(content)
    try:
        with open_source(path) as source:
            for sheet in source.sheets:
                for _ in sheet.rows:
                    pass
            return source.kind
    except UnreadableFile as error:
        return error.rule


def zipped(parts: dict[str, str]) -> bytes:
    """A ZIP with these members."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return buffer.getvalue()


SHEET = "xl/worksheets/sheet1.xml"
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


def workbook(rows: str, behind: str = "", more: dict[str, str] | None = None, before: str = "") -> bytes:
    """A workbook of one sheet written by hand: the XML inside ``sheetData`` and behind it."""
    return zipped(
        {
            "[Content_Types].xml": "<Types/>",
            "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}"><Relationship Id="r1" '
            f'Type="{_RELATION}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
            "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATION}">'
            '<sheets><sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>',
            "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}"><Relationship Id="r1" '
            f'Type="{_RELATION}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
            SHEET: f'{before}<worksheet xmlns="{_MAIN}"><sheetData>{rows}</sheetData>{behind}</worksheet>',
        }
        | (more or {})
    )
