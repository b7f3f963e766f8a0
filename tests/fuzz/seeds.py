"""Whole files of every format, made by chance from a seed, to be damaged afterwards.

Each carries numbers in the shape of persons', those of textbooks, which no message may repeat.
"""

import csv
import io
import json
import random
import zipfile
from collections.abc import Callable, Iterable
from datetime import datetime

import openpyxl
import xlsxwriter
import xlwt

PERSONAL = ("11010519491231002X", "13812345678", "440524188001010014")
_WORDS = (
    "榕城某某有限公司",
    "91350100M000100Y43",
    "2025-03-04",
    "12345.60",
    "",
    "罚款",
    '含"引号',
    "两\n行",
    "a,b;c\td",
    "㐀𠮷",
)

Table = list[list[str]]
Maker = Callable[[random.Random], bytes]


def table(chance: random.Random) -> Table:
    """A small table with a header; every personal number stands in it somewhere."""
    width, height = chance.randint(2, 6), chance.randint(4, 14)
    rows = [[chance.choice(_WORDS) for _ in range(width)] for _ in range(height)]
    for number in PERSONAL:
        rows[chance.randrange(height)][chance.randrange(width)] = f"张某{number}"
    return [[f"列{place}" for place in range(width)], *rows]


def _delimited(chance: random.Random) -> bytes:
    buffer = io.StringIO(newline="")
    csv.writer(buffer, delimiter=chance.choice(",\t;|")).writerows(table(chance))
    return buffer.getvalue().encode(chance.choice(["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le"]))


def _mixed(chance: random.Random) -> bytes:
    lines = [",".join(cell.replace("\n", " ") for cell in row) + "\n" for row in table(chance)]
    return b"".join(line.encode(chance.choice(["utf-8", "gb18030", "gb18030"])) for line in lines)


def _json(chance: random.Random) -> bytes:
    header, *rows = table(chance)
    found = [dict(zip(header, row, strict=True)) | {"深": {"a": [1.5, None, chance.random()]}} for row in rows]
    wrapped: object = chance.choice([found, {"data": {"rows": found}}, found[0]])
    return json.dumps(wrapped, ensure_ascii=chance.random() < 0.5).encode()


def _json_lines(chance: random.Random) -> bytes:
    header, *rows = table(chance)
    lines = (json.dumps(dict(zip(header, row, strict=True)), ensure_ascii=False) for row in rows)
    return "\n".join(lines).encode(chance.choice(["utf-8", "gb18030"]))


def _xlsx(chance: random.Random) -> bytes:
    buffer = io.BytesIO()
    if chance.random() < 0.5:
        book = openpyxl.Workbook()
        for row in table(chance):
            book.active.append(row)
        book.active.merge_cells("A2:B4")
        book.create_sheet("暗").sheet_state = "hidden"
        book.save(buffer)
        return _timeless(buffer)
    with xlsxwriter.Workbook(buffer) as other:
        sheet = other.add_worksheet("处罚")
        for number, row in enumerate(table(chance)):
            sheet.write_row(number, chance.randint(0, 3), row)
        sheet.write_formula(20, 1, "=1+1")
        sheet.write_datetime(21, 1, datetime(2025, 3, 4, 5, 6), other.add_format({"num_format": "yyyy-mm-dd"}))
    return _timeless(buffer)


def _timeless(buffer: io.BytesIO) -> bytes:
    """The workbook without the moment of its making, so that a seed always gives the same bytes."""
    with zipfile.ZipFile(buffer) as archive:
        members = {name: archive.read(name) for name in archive.namelist() if "docProps" not in name}
    return pack(members.items())


def pack(members: Iterable[tuple[str, bytes]], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A ZIP of these members, of no date."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in members:
            archive.writestr(zipfile.ZipInfo(name), content, method)
    return buffer.getvalue()


def _xls(chance: random.Random) -> bytes:
    book = xlwt.Workbook()
    sheet = book.add_sheet("处罚")
    for number, row in enumerate(table(chance)):
        for column, cell in enumerate(row):
            sheet.write(number, column, cell if chance.random() < 0.8 else chance.random())
    sheet.merge(40, 42, 0, 1)
    sheet.write(50, 0, xlwt.Formula("1+1"))
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _page(chance: random.Random) -> bytes:
    def cells(row: list[str]) -> str:
        return "".join(f"<td colspan={chance.randint(1, 2)} x:num={chance.random()}>{cell}</td>" for cell in row)

    rows = "".join(f"<tr>{cells(row)}</tr>\n" for row in table(chance))
    head = "<html><meta charset=gb2312><style>td {}</style><!--[if gte mso 9]><xml></xml><![endif]-->"
    page = f"{head}<table>{rows}</table><table><tr><td rowspan=9>{PERSONAL[0]}<td><table><tr><td>内</table></table>"
    return page.encode(chance.choice(["utf-8", "gb18030", "utf-16"]))


def _xml(chance: random.Random) -> bytes:
    rows = "".join(
        "<Row>" + "".join(f'<Cell><Data ss:Type="String">{_escaped(cell)}</Data></Cell>' for cell in row) + "</Row>\n"
        for row in table(chance)
    )
    name = "urn:schemas-microsoft-com:office:spreadsheet"
    sheet = f'<Worksheet ss:Name="{PERSONAL[1]}"><Table>{rows}</Table></Worksheet>'
    return f'<?xml version="1.0"?><Workbook xmlns="{name}" xmlns:ss="{name}">{sheet}</Workbook>'.encode()


def _escaped(cell: str) -> str:
    return cell.replace("&", "&amp;").replace("<", "&lt;")


def _zip(chance: random.Random) -> bytes:
    names = [f"{chance.choice(['月报', PERSONAL[2], '子/a'])}-{place}.dat" for place in range(chance.randint(1, 3))]
    members = [(name, chance.choice(_PLAIN)(chance)) for name in names]
    return pack(members, chance.choice([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED]))


_PLAIN: tuple[Maker, ...] = (_delimited, _mixed, _json, _json_lines, _xlsx, _xls, _page, _xml)
MAKERS: dict[str, Maker] = {
    "delimited": _delimited, "mixed": _mixed, "json": _json, "json lines": _json_lines, "xlsx": _xlsx, "xls": _xls,
    "page": _page, "xml": _xml, "zip": _zip,
}  # fmt: skip
