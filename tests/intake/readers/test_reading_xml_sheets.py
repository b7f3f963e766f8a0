"""XML spreadsheets of Excel 2003, named .xls."""

from datetime import date, datetime
from pathlib import Path

import pytest

from tests.intake.readers.samples import outcome, read
from xinheng.core.cells import RawRow, RowProblem, Uncalculated
from xinheng.intake.readers import open_source

HEAD = '<?xml version="1.0"{}?>\n<?mso-application progid="Excel.Sheet"?>\n'
NAMESPACES = (
    'xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"'
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "sent.xls"


def book(rows: str, behind: str = "", encoding: str = "") -> str:
    sheet = f'<Worksheet ss:Name="处罚"><Table ss:ExpandedColumnCount="9">{rows}</Table>{behind}</Worksheet>'
    return HEAD.format(f' encoding="{encoding}"' if encoding else "") + f"<Workbook {NAMESPACES}>{sheet}</Workbook>"


def data(value: str, kind: str = "String", more: str = "") -> str:
    return f'<Cell{more}><Data ss:Type="{kind}">{value}</Data></Cell>'


def test_values_and_places(path: Path) -> None:
    rows = (
        f'<Row ss:Index="2">{data("代码")}{data("金额", more=" ss:Index=" + chr(34) + "3" + chr(34))}</Row>'
        f"<Row>{data('12', 'Number')}{data('1.5', 'Number')}{data('9.1350100123456794E+17', 'Number')}"
        f"{data('2024-02-29T00:00:00.000', 'DateTime')}{data('2024-02-29T08:30:00.000', 'DateTime')}"
        f"{data('1', 'Boolean')}{data('#N/A', 'Error')}<Cell ss:Formula='=1+1'/>"
        "<Cell><Data ss:Type='String'>甲&amp;<B>乙</B></Data><Comment><Data>批注</Data></Comment></Cell></Row>"
    )
    source, found = read(path, book(rows))
    assert (source.kind, source.sheets[0].name) == ("xml", "处罚")
    days = (date(2024, 2, 29), datetime(2024, 2, 29, 8, 30))
    assert found == [
        RawRow(1, ()),
        RawRow(2, ("代码", None, "金额")),
        RawRow(3, (12, 1.5, 9.1350100123456794e17, *days, True, "#N/A", Uncalculated.FORMULA, "甲&乙")),
    ]


def test_merges(path: Path) -> None:
    rows = (
        f"<Row>{data('题', more=' ss:MergeAcross=' + chr(34) + '2' + chr(34))}</Row>"
        f"<Row>{data('竖', more=' ss:MergeDown=' + chr(34) + '2' + chr(34))}{data('1')}</Row>"
        f"<Row>{data('2', more=' ss:Index=' + chr(34) + '2' + chr(34))}</Row>"
    )
    assert read(path, book(rows))[1] == [
        RawRow(1, ("题",), spans=((0, 2),)),
        RawRow(2, ("竖", "1")),
        RawRow(3, ("竖", "2")),
        RawRow(4, ("竖",)),
    ]


@pytest.mark.parametrize(("declared", "written"), [("gb2312", "gb18030"), ("GBK", "utf-8"), ("utf-16", "utf-16")])
def test_bytes_decide_the_encoding(path: Path, declared: str, written: str) -> None:
    content = book(f"<Row>{data('榕城某某有限公司')}</Row>", encoding=declared).encode(written)
    assert read(path, content)[1] == [RawRow(1, ("榕城某某有限公司",))]


def test_a_hidden_sheet(path: Path) -> None:
    options = "<WorksheetOptions><Visible>SheetHidden</Visible></WorksheetOptions>"
    path.write_text(book("<Row/>", options))
    with open_source(path) as source:
        assert [sheet.hidden for sheet in source.sheets] == [True]


def test_a_row_that_does_not_decode_is_refused_alone(path: Path) -> None:
    content = book("".join(f"<Row>{data(f'第{number}家')}</Row>\n" for number in range(6))).encode()
    content = content.replace("第3家".encode(), "第3家".encode("gbk"))
    found = read(path, content)[1]
    assert [row.problem for row in found] == [None] * 3 + [RowProblem.UNDECODABLE] + [None] * 2


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (book("<Row>")[:-30], "file.damaged"),
        (book('<Row ss:Index="3"/><Row ss:Index="2"/>'), "file.damaged"),
        (book('<Row ss:Index="2000000"/>'), "file.damaged"),
        (book(f"<Row>{data('x', more=' ss:Index=' + chr(34) + '20000' + chr(34))}</Row>"), "file.damaged"),
        (book(f"<Row>{data('many', 'Number')}</Row>"), "file.damaged"),
        (HEAD.format("") + f"<Workbook {NAMESPACES}/>", "workbook.no_sheets"),
        (HEAD.format("") + f"<!DOCTYPE a SYSTEM 'file:///etc/passwd'><Workbook {NAMESPACES}/>", "file.entities"),
        (HEAD.format("") + f"<!DOCTYPE a [<!ENTITY x 'y'>]><Workbook {NAMESPACES}>&x;</Workbook>", "file.entities"),
        (book("<Row/>", "<x>" + "y" * 100), "file.damaged"),
    ],
)
def test_what_breaks_the_format(path: Path, content: str, rule: str) -> None:
    assert outcome(path, content.encode()) == rule
