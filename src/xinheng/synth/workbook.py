"""A small writer of XLSX workbooks: title, two-level header, merged cells, dates, a hidden sheet."""

import io
import zipfile
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from xml.sax.saxutils import escape

from xinheng.synth.rows import Formula, Submission, Value
from xinheng.synth.writers import cells

SHEET = "报送数据"
FIRST_DATA_ROW = 4
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_DATE_STYLE = 1
_DAY_ZERO = date(1899, 12, 30)

_FIXED_PARTS = {
    "[Content_Types].xml": f"""{_HEAD}<Types xmlns="{_PACKAGE}/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Default Extension="xml" ContentType="application/xml"/>
<Override PartName="/xl/workbook.xml" ContentType="{_KIND}.sheet.main+xml"/>
<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_KIND}.worksheet+xml"/>
<Override PartName="/xl/worksheets/sheet2.xml" ContentType="{_KIND}.worksheet+xml"/>
<Override PartName="/xl/styles.xml" ContentType="{_KIND}.styles+xml"/></Types>""",
    "_rels/.rels": f"""{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">
<Relationship Id="rId1" Type="{_REL}/officeDocument" Target="xl/workbook.xml"/></Relationships>""",
    "xl/workbook.xml": f"""{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_REL}"><sheets>
<sheet name="{SHEET}" sheetId="1" r:id="rId1"/><sheet name="字典" sheetId="2" state="hidden" r:id="rId2"/>
</sheets></workbook>""",
    "xl/_rels/workbook.xml.rels": f"""{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">
<Relationship Id="rId1" Type="{_REL}/worksheet" Target="worksheets/sheet1.xml"/>
<Relationship Id="rId2" Type="{_REL}/worksheet" Target="worksheets/sheet2.xml"/>
<Relationship Id="rId3" Type="{_REL}/styles" Target="styles.xml"/></Relationships>""",
    "xl/styles.xml": f"""{_HEAD}<styleSheet xmlns="{_MAIN}">
<numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/></numFmts>
<fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts>
<fills count="2"><fill><patternFill patternType="none"/></fill>
<fill><patternFill patternType="gray125"/></fill></fills>
<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>
<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>
<cellXfs count="2"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>
<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs>
<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>""",
}


def column_name(index: int) -> str:
    """0 is A, 26 is AA."""
    letters = ""
    while index >= 0:
        letters = chr(65 + index % 26) + letters
        index = index // 26 - 1
    return letters


def _cell(place: str, value: Value) -> str:
    if value == "":
        return ""
    if isinstance(value, date):
        return f'<c r="{place}" s="{_DATE_STYLE}"><v>{(value - _DAY_ZERO).days}</v></c>'
    if isinstance(value, Decimal):
        return f'<c r="{place}"><v>{value:f}</v></c>'
    if isinstance(value, Formula):
        return f'<c r="{place}"><f>{escape(value.text)}</f></c>'
    return f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'


def _line(number: int, values: Iterable[Value]) -> str:
    filled = "".join(_cell(f"{column_name(i)}{number}", value) for i, value in enumerate(values))
    return f'<row r="{number}">{filled}</row>'


def _sheet(lines: Iterable[str], merges: Sequence[str]) -> str:
    merged = "".join(f'<mergeCell ref="{ref}"/>' for ref in merges)
    tail = f'<mergeCells count="{len(merges)}">{merged}</mergeCells>' if merges else ""
    return f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetData>{"".join(lines)}</sheetData>{tail}</worksheet>'


def _ref(first_column: int, first_row: int, last_column: int, last_row: int) -> str:
    return f"{column_name(first_column)}{first_row}:{column_name(last_column)}{last_row}"


def _head(submission: Submission) -> tuple[list[str], list[str]]:
    """A title over everything, group names over their columns, the other columns over both header rows."""
    headers = submission.layout.headers(submission.form.headers)
    upper = list(headers)
    merges = [_ref(0, 1, len(headers) - 1, 1)]
    grouped: set[int] = set()
    for name, first, last in submission.layout.groups:
        upper[first : last + 1] = [name] + [""] * (last - first)
        merges.append(_ref(first, 2, last, 2))
        grouped |= set(range(first, last + 1))
    lower = [header if i in grouped else "" for i, header in enumerate(headers)]
    merges += [_ref(i, 2, i, 3) for i in range(len(headers)) if i not in grouped]
    title = f"{submission.agency_name}{submission.layout.title}报送表"
    return [_line(1, [title]), _line(2, upper), _line(3, lower)], merges


def _same_source(submission: Submission) -> tuple[int, int, int] | None:
    """Column, first and last row number of a run of rows whose sender's name is one merged cell."""
    column = [code for code, _ in submission.layout.columns].index(submission.layout.part("source"))
    length = 0
    for row in submission.rows[:5]:
        if row.outcome == "ignored" or row.values != row.values | {
            submission.layout.part("source"): submission.agency_name
        }:
            break
        length += 1
    return (column, FIRST_DATA_ROW, FIRST_DATA_ROW + length - 1) if length >= 2 else None


def workbook(submission: Submission) -> bytes:
    """The whole file. Inline strings, no shared ones, so that any reader must do without a string table."""
    lines, merges = _head(submission)
    run = _same_source(submission)
    width = len(submission.layout.columns)
    for number, row in enumerate(submission.rows, FIRST_DATA_ROW):
        values = cells(row, submission)
        if run and run[1] < number <= run[2]:
            values[run[0]] = ""
        lines.append(_line(number, values))
        if row.kind == "note":
            merges.append(_ref(0, number, width - 1, number))
    if run:
        merges.append(_ref(run[0], run[1], run[0], run[2]))
    hidden = _sheet([_line(1, ["当前状态"]), _line(2, ["1 有效"]), _line(3, ["2 无效"])], [])
    return _zip(
        {
            **_FIXED_PARTS,
            "xl/worksheets/sheet1.xml": _sheet(lines, merges),
            "xl/worksheets/sheet2.xml": hidden,
        }
    )


def _zip(parts: dict[str, str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name, text in parts.items():
            member = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            member.compress_type = zipfile.ZIP_DEFLATED
            member.create_system = 3
            archive.writestr(member, text.encode())
    return out.getvalue()
