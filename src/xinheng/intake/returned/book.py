"""A plain workbook written row by row: memory does not grow with its length, no text becomes a formula."""

import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import IO, Self

from xinheng.core.cells import Cell, Uncalculated
from xinheng.intake.returned.xlsx_fills import COLOUR
from xinheng.intake.returned.xlsx_markup import cell_name, text_of
from xinheng.intake.returned.xlsx_notes import EMPTY_COMMENTS, EMPTY_DRAWING, Notes, noted

_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_APPLICATION = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_DAY, _MOMENT, _CLOCK, _SPAN = 1, 2, 3, 4
_FORMATS = ("0", "14", "22", "21", "46")
"""Built-in number formats of the styles: general, a day, a moment, a time of day, a duration."""
_HIDDEN = ' state="hidden"'
_EXACT_DIGITS = 15
_FIRST_SURE_DAY = date(1900, 3, 1)
_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - spreadsheets know no zones
_MOST_CHARS = 32_767
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
_LONGEST_NAME = 31


@dataclass(slots=True)
class Sheet:
    """One sheet being written."""

    name: str
    hidden: bool
    number: int
    stream: IO[bytes]
    notes: dict[tuple[int, int], str] = field(default_factory=dict)

    def row(self, number: int, cells: Sequence[Cell], marked: Iterable[int] = ()) -> None:
        """Write a row; ``marked`` columns get the fill, also where they are empty."""
        filled = frozenset(marked)
        wide = range(max(len(cells), max(filled, default=-1) + 1))
        held = [*cells, *[None] * (len(wide) - len(cells))]
        written = b"".join(_cell(number, column, held[column], column in filled) for column in wide)
        self.stream.write(b'<row r="%d">%b</row>' % (number, written))


class Book:
    """A workbook written to a stream, one sheet after the other."""

    def __init__(self, out: IO[bytes]) -> None:
        self._zip = zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED)
        self._sheets: list[Sheet] = []
        self._open: Sheet | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        if kind is None:
            self._finish()
        elif self._open is not None:
            self._open.stream.close()
        self._zip.close()

    def sheet(self, name: str, *, hidden: bool = False) -> Sheet:
        """Begin the next sheet, under a name as near to ``name`` as programs allow."""
        self._end_sheet()
        number = len(self._sheets) + 1
        taken = {each.name.casefold() for each in self._sheets}
        stream = self._zip.open(_entry(f"xl/worksheets/sheet{number}.xml"), "w", force_zip64=True)
        stream.write(f'{_HEAD}<worksheet xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheetData>'.encode())
        self._open = Sheet(_sheet_name(name, taken), hidden, number, stream)
        self._sheets.append(self._open)
        return self._open

    def _end_sheet(self) -> None:
        sheet, self._open = self._open, None
        if sheet is None:
            return
        drawing = b'<legacyDrawing r:id="rId1"/>' if sheet.notes else b""
        sheet.stream.write(b"</sheetData>%b</worksheet>" % drawing)
        sheet.stream.close()
        if sheet.notes:
            self._write_notes(sheet.number, sheet.notes)

    def _write_notes(self, number: int, notes: Notes) -> None:
        both = noted(EMPTY_COMMENTS, EMPTY_DRAWING, notes)
        self._part(f"xl/comments{number}.xml", both.comments)
        self._part(f"xl/drawings/vmlDrawing{number}.vml", both.drawing)
        related = {
            "rId1": ("vmlDrawing", f"../drawings/vmlDrawing{number}.vml"),
            "rId2": ("comments", f"../comments{number}.xml"),
        }
        self._part(f"xl/worksheets/_rels/sheet{number}.xml.rels", _relations(related))

    def _finish(self) -> None:
        self._end_sheet()
        self._part("xl/styles.xml", _styles())
        hides = not all(each.hidden for each in self._sheets)
        listed = "".join(
            f'<sheet name="{text_of(each.name).decode()}" sheetId="{each.number}"'
            f'{_HIDDEN if each.hidden and hides else ""} r:id="rId{each.number}"/>'
            for each in self._sheets
        )
        book = f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{listed}</sheets></workbook>'
        self._part("xl/workbook.xml", book.encode())
        related = {f"rId{each.number}": ("worksheet", f"worksheets/sheet{each.number}.xml") for each in self._sheets}
        self._part("xl/_rels/workbook.xml.rels", _relations(related | {"rIdStyles": ("styles", "styles.xml")}))
        self._part("_rels/.rels", _relations({"rId1": ("officeDocument", "xl/workbook.xml")}))
        self._part("[Content_Types].xml", self._types())

    def _types(self) -> bytes:
        parts = {"xl/workbook.xml": "sheet.main", "xl/styles.xml": "styles"}
        parts |= {f"xl/worksheets/sheet{each.number}.xml": "worksheet" for each in self._sheets}
        parts |= {f"xl/comments{each.number}.xml": "comments" for each in self._sheets if each.notes}
        overrides = "".join(
            f'<Override PartName="/{name}" ContentType="{_APPLICATION}.{kind}+xml"/>' for name, kind in parts.items()
        )
        return (
            f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types">'
            f'<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Default Extension="vml" ContentType="application/vnd.openxmlformats-officedocument.vmlDrawing"/>'
            f'<Default Extension="xml" ContentType="application/xml"/>{overrides}</Types>'
        ).encode()

    def _part(self, name: str, data: bytes) -> None:
        self._zip.writestr(_entry(name), data)


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


def _relations(related: Mapping[str, tuple[str, str]]) -> bytes:
    each = "".join(
        f'<Relationship Id="{identifier}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for identifier, (kind, target) in related.items()
    )
    return f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{each}</Relationships>'.encode()


def _styles() -> bytes:
    """Each number format without and with the fill."""
    formats = "".join(
        f'<xf numFmtId="{number}" fontId="0" fillId="{fill}" borderId="0" xfId="0" applyNumberFormat="1"/>'
        for fill in (0, 2)
        for number in _FORMATS
    )
    fills = "".join(f'<fill><patternFill patternType="{kind}"/></fill>' for kind in ("none", "gray125"))
    ours = f'<patternFill patternType="solid"><fgColor rgb="{COLOUR}"/><bgColor indexed="64"/></patternFill>'
    return (
        f'{_HEAD}<styleSheet xmlns="{_MAIN}"><fonts count="1"><font><sz val="11"/><name val="宋体"/></font></fonts>'
        f'<fills count="3">{fills}<fill>{ours}</fill></fills>'
        '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
        f'<cellXfs count="{2 * len(_FORMATS)}">{formats}</cellXfs>'
        '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
    ).encode()


def _sheet_name(name: str, taken: set[str]) -> str:
    clean = _NOT_IN_NAMES.sub("_", name).strip("' ")[:_LONGEST_NAME] or "表"
    tries = (f"{clean[: _LONGEST_NAME - 6]} ({count})" for count in range(2, len(taken) + 3))
    return next(each for each in (clean, *tries) if each.casefold() not in taken)


def _cell(row: int, column: int, value: Cell, marked: bool) -> bytes:
    kind, text, style = _stored(value)
    style += len(_FORMATS) if marked else 0
    name = cell_name(row, column).encode()
    styled = b' s="%d"' % style if style else b""
    if not text:
        return b'<c r="%b"%b/>' % (name, styled) if marked else b""
    if kind == "inlineStr":
        return b'<c r="%b"%b t="inlineStr"><is><t xml:space="preserve">%b</t></is></c>' % (name, styled, text_of(text))
    return b'<c r="%b"%b t="%b"><v>%b</v></c>' % (name, styled, kind.encode(), text.encode())


def _stored(value: Cell) -> tuple[str, str, int]:
    """The kind, the text and the style by which a cell holds this value; what it could not hold exactly is text."""
    if value is None or isinstance(value, Uncalculated):
        return "n", "", 0
    if isinstance(value, str):
        return "inlineStr", value[:_MOST_CHARS], 0
    if isinstance(value, bool):
        return "b", str(int(value)), 0
    if isinstance(value, int | float | Decimal):
        text = str(value)
        exact = sum(map(str.isdigit, text)) <= _EXACT_DIGITS or isinstance(value, float)
        return ("n" if exact else "inlineStr"), text, 0
    return _stored_time(value)


def _stored_time(value: date | datetime | time | timedelta) -> tuple[str, str, int]:
    if isinstance(value, timedelta):
        return "n", _days(value), _SPAN
    if isinstance(value, time):
        clock = timedelta(hours=value.hour, minutes=value.minute, seconds=value.second, microseconds=value.microsecond)
        return "n", _days(clock), _CLOCK
    day = value.date() if isinstance(value, datetime) else value
    if day < _FIRST_SURE_DAY:
        return "inlineStr", value.isoformat(), 0
    moment = value if isinstance(value, datetime) else datetime(value.year, value.month, value.day)  # noqa: DTZ001
    return "n", _days(moment - _EPOCH), _MOMENT if isinstance(value, datetime) else _DAY


def _days(span: timedelta) -> str:
    return repr(span / timedelta(days=1)).removesuffix(".0")
