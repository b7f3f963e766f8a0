"""Web pages named .xls: tables as sheets, spans as merges, encodings, stored numbers, what is left out."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.intake.readers.samples import outcome, read, table
from xinheng.core.cells import RawRow, RowProblem
from xinheng.intake.readers import Limits, Source, open_source
from xinheng.intake.readers.files import HeldFile
from xinheng.intake.readers.html_page import open_html

EXCEL = """<html xmlns:v="urn:schemas-microsoft-com:vml" xmlns:x="urn:schemas-microsoft-com:office:excel">
<head><meta http-equiv=Content-Type content="text/html; charset=gb2312"><link rel=File-List href="x.files/filelist.xml">
<style><!-- .xl24 {mso-number-format:"\\@";} td > p {color:red} --></style>
<!--[if gte mso 9]><xml><x:ExcelWorkbook><x:ExcelWorksheets/></x:ExcelWorkbook></xml><![endif]--></head>
<body link=blue><script>document.write("<table><tr><td>不是数据</td></tr></table>")</script>
<table x:str border=0 cellpadding=0><col width=72>
 <tr height=19><td colspan=4 class=xl24>某局行政处罚信息表</td></tr>
 <tr><td class=xl24>统一社会信用代码</td><td>名称</td><td>金额</td><td>日期</td></tr>
 <tr><td class=xl24>91350100M000100Y43</td><td>榕城&amp;某某<br>有限公司&nbsp;</td><td align=right
   x:num="12345.5">12,345.50</td><td x:num="45658">2025-1-1</td></tr>
 <tr><td>&nbsp;</td><td><font color=red>甲</font> <b>乙</b>
   丙</td><td x:num>7</td><td x:fmla="=1/0" x:err="#DIV/0!">#DIV/0!</td></tr>
</table></body></html>"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "sent.xls"


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8", "utf-8-sig", "utf-16"])
def test_a_page_as_a_spreadsheet_program_saves_it(path: Path, encoding: str) -> None:
    source, rows = read(path, EXCEL.encode(encoding))
    assert (source.kind, [sheet.name for sheet in source.sheets]) == ("html", ["表1"])
    assert rows == [
        RawRow(1, ("某局行政处罚信息表",), spans=((0, 3),)),
        RawRow(2, ("统一社会信用代码", "名称", "金额", "日期")),
        RawRow(3, ("91350100M000100Y43", "榕城&某某\n有限公司\xa0", 12345.5, "2025-1-1")),
        RawRow(4, (None, "甲 乙 丙", "7", "#DIV/0!")),
    ]


def test_a_page_in_big5_says_so_itself(path: Path) -> None:
    page = "<html><meta charset=big5><table><tr><td>統一社會信用代碼</td></tr></table></html>"
    assert table(path, page.encode("big5")) == [("統一社會信用代碼",)]


def test_cells_reach_down_and_to_the_right(path: Path) -> None:
    page = """<table><tr><td rowspan=3>竖</td><td colspan=2>横</td><td rowspan=2 colspan=2>块</td><td>1</td></tr>
    <tr><td>2</td><td>3</td><td>4</td></tr><tr><td>5</td></tr><tr><td>6</td></tr></table>"""
    assert read(path, page)[1] == [
        RawRow(1, ("竖", "横", None, "块", None, "1"), spans=((1, 2), (3, 4))),
        RawRow(2, ("竖", "2", "3", "块", None, "4"), spans=((3, 4),)),
        RawRow(3, ("竖", "5")),
        RawRow(4, ("6",)),
    ]


def test_a_span_ends_with_its_group_of_rows(path: Path) -> None:
    page = (
        "<table><thead><tr><th rowspan=9>代码<th>名称</thead><tbody><tr><td rowspan=0>甲<td>1<tr><td>2"
        "<tbody><tr><td>乙<td>3</table>"
    )
    assert table(path, page) == [("代码", "名称"), ("甲", "1"), ("甲", "2"), ("乙", "3")]


def test_several_tables_are_several_sheets(path: Path) -> None:
    page = """<body><table><tr><td> </td></tr></table><table><tr><td>甲</td></tr></table>
    <table style="width:1px; display: none"><tr><td>暗</td></tr></table><table hidden><tr><td>藏</td></tr></table>"""
    path.write_text(page)
    with open_source(path) as source:
        found = [(sheet.name, sheet.hidden, [row.cells for row in sheet.rows]) for sheet in source.sheets]
    assert found == [("表1", False, [("甲",)]), ("表2", True, [("暗",)]), ("表3", True, [("藏",)])]
    with open_source(path, sheet="表2") as source:
        assert [sheet.name for sheet in source.sheets] == ["表2"]


def test_a_table_inside_a_cell_is_a_sheet_of_its_own(path: Path) -> None:
    page = """<div><table><tr><td>外<table><tr><td>内1</td></tr><tr><td>内2</td></tr></table>层</td><td>右</td></tr>
    <tr><td>下</td></tr></table>"""
    path.write_text(page)
    with open_source(path) as source:
        assert [[row.cells for row in sheet.rows] for sheet in source.sheets] == [
            [("外层", "右"), ("下",)],
            [("内1",), ("内2",)],
        ]


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ('<td x:num="0.05">5%</td>', 0.05),
        ('<td x:num="913501001234567940">9.135E+17</td>', 913501001234567940.0),
        ('<td x:num="1234567">#######</td>', 1234567),
        ('<td x:num="1200">¥1,200.00</td>', 1200),
        ('<td x:num="39448">二〇〇八年一月一日</td>', "二〇〇八年一月一日"),
        ('<td x:num="many">12</td>', "12"),
        ("<td style=\"mso-number-format:'\\@'\">007</td>", "007"),
        ("<td>1 < 2 &lt; 3 &#20013;&hearts; & co</td>", "1 < 2 < 3 中♥ & co"),
        ('<td title="a > b">x</td>', "x"),
        ('<td title=5">x</td>', "x"),
        ("<TD>x</TD>", "x"),
        ("<td>甲<!-- <td>乙 -->丙</td>", "甲丙"),
        ("<td><p>甲</p><p>乙</p></td>", "甲\n\n乙"),
        ("<td>a<script>b</td></script>c</td>", "ac"),
        ("<td><a href='http://127.0.0.1:9/x'>甲</a><img src='file:///etc/passwd'></td>", "甲"),
    ],
)
def test_cells(path: Path, cell: str, expected: object) -> None:
    assert read(path, f"<table><tr>{cell}</tr></table>")[1] == [RawRow(1, (expected,))]


def test_a_row_that_does_not_decode_is_refused_alone(path: Path) -> None:
    rows = [f"<tr><td>第{number}家公司</td></tr>\n".encode() for number in range(1, 9)]
    rows[4] = "<tr><td>第五家公司</td></tr>\n".encode("gbk")
    found = read(path, b"<table>\n" + b"".join(rows) + b"</table>")[1]
    assert [row.problem for row in found] == [None] * 4 + [RowProblem.UNDECODABLE] + [None] * 3
    assert [row.number for row in found] == list(range(1, 9))


@pytest.mark.parametrize(
    ("page", "rule"),
    [
        ("<html><table><tr><td>1</td></tr><tr><td>2", "file.truncated"),
        ("<html><table><tr><td>1</td></tr><!-- ", "file.truncated"),
        ("<html><p>服务器错误</p></html>", "file.html"),
        ("<table>" * 60, "file.truncated"),
        ("<table><tr><td>" * 60, "file.damaged"),
        ("<table></table>" * 1001, "file.too_large"),
        (f"<table><tr>{'<td colspan=1000>x</td>' * 17}</tr></table>", "file.too_large"),
        (f"<table><tr><td>{'字' * 1_000_001}</td></tr></table>", "file.too_large"),
        (f"<table><tr>{'<td>' * 16_400}</tr></table>", "file.too_large"),
        ("<table></table>", "html"),
    ],
)
def test_pages_that_are_no_tables(path: Path, page: str, rule: str) -> None:
    assert outcome(path, page.encode()) == rule


def test_a_page_cut_into_any_pieces_reads_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = _rows(EXCEL.encode())
    for size in range(1, 40):
        monkeypatch.setattr("xinheng.intake.readers.html_tokens._PIECE_CHARS", size)
        assert _rows(EXCEL.encode()) == whole


def _rows(page: bytes) -> list[RawRow]:
    return list(open_html(HeldFile(page), Limits()).tables[0].start())


@st.composite
def layouts(
    draw: st.DrawFn,
) -> tuple[list[list[tuple[str, int, int]]], list[dict[int, str]], list[list[tuple[int, int]]]]:
    """Cells as a page writes them; what a person sees in each row, by column; merges of each row.

    Told slowly: every place of the table is looked at and given to the cell that covers it.
    """
    height, width = draw(st.integers(1, 5)), draw(st.integers(1, 5))
    owner: dict[tuple[int, int], tuple[int, int, str, int]] = {}
    written: list[list[tuple[str, int, int]]] = [[] for _ in range(height)]
    for row in range(height):
        for column in range(width):
            if (row, column) in owner:
                continue
            room = next((far for far in range(column, width) if (row, far) in owner), width) - column
            across, down = draw(st.integers(1, room)), draw(st.integers(1, height - row))
            text = draw(st.sampled_from(["甲", "乙", "丙", ""]))
            written[row].append((text, across, down))
            for place in [(row + below, column + beside) for below in range(down) for beside in range(across)]:
                owner[place] = (row, column, text, across)
    seen = [{cell[1]: cell[2] for place, cell in owner.items() if place[0] == row and cell[2]} for row in range(height)]
    merges = [
        sorted({(cell[1], cell[1] + cell[3] - 1) for place, cell in owner.items() if place[0] == row and cell[3] > 1})
        for row in range(height)
    ]
    return written, seen, merges


@settings(max_examples=200, deadline=None)
@given(layout=layouts())
def test_any_layout_is_seen_as_a_person_sees_it(
    layout: tuple[list[list[tuple[str, int, int]]], list[dict[int, str]], list[list[tuple[int, int]]]],
) -> None:
    written, seen, merges = layout
    rows = "".join(
        "<tr>" + "".join(f'<td colspan="{across}" rowspan={down}>{text}' for text, across, down in row)
        for row in written
    )
    found = _rows(f"<table>{rows}</table>".encode())
    assert [{place: cell for place, cell in enumerate(row.cells) if cell} for row in found] == seen
    assert [list(row.spans) for row in found] == merges


def test_a_source_without_sheets_of_that_name(path: Path) -> None:
    source: Source = read(path, EXCEL)[0]
    assert source.encoding == "utf-8"
    assert source.delimiter is None
