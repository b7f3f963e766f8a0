"""XLSX to the letter of its format: sheets written by hand, number formats, serials, hostile files."""

import tracemalloc
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest
import xlsxwriter

from tests.intake.readers.samples import outcome, read, rows_of, workbook
from xinheng.core.cells import RawRow, Uncalculated
from xinheng.intake.readers import Limits, UnreadableFile, open_source
from xinheng.intake.readers.number_formats import Shows, classify, from_serial


def test_what_hides_under_a_merge_is_not_shown(tmp_path: Path) -> None:
    rows = '<row r="1"><c r="A1"><v>1</v></c><c r="B1"><v>2</v></c></row><row r="2"><c r="A2"><v>3</v></c></row>'
    merged = '<mergeCells><mergeCell ref="A1:B2"/></mergeCells>'
    _, found = read(tmp_path / "m", workbook(rows, merged))
    assert found == [RawRow(1, (1,), spans=((0, 1),)), RawRow(2, (1,), spans=((0, 1),))]


def test_the_epoch_of_1904(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(tmp_path / "e", {"date_1904": True})
    sheet = book.add_worksheet()
    sheet.write_datetime(0, 0, datetime(2024, 5, 6), book.add_format({"num_format": 'yyyy"年"m"月"d"日"'}))
    book.close()
    assert rows_of(tmp_path / "e")[0].cells == (date(2024, 5, 6),)


@pytest.mark.parametrize(
    ("serial", "shows", "expected"),
    [
        (1, Shows.DATE, date(1900, 1, 1)),
        (59, Shows.DATE, date(1900, 2, 28)),
        (60, Shows.DATE, None),
        (61, Shows.DATE, date(1900, 3, 1)),
        (45292, Shows.DATE, date(2024, 1, 1)),
        (2958465, Shows.DATE, date(9999, 12, 31)),
        (2958466, Shows.DATE, None),
        (2958465.9999999999, Shows.DATE, None),
        (-1, Shows.DATE, None),
        (0, Shows.DATE, None),
        (0.5, Shows.TIME, time(12)),
        (1.25, Shows.DURATION, timedelta(hours=30)),
        (45292.5, Shows.DATE, datetime(2024, 1, 1, 12)),
        (float("nan"), Shows.DATE, None),
    ],
)
def test_serials_as_spreadsheets_show_them(serial: float, shows: Shows, expected: object) -> None:
    assert from_serial(serial, shows, epoch_1904=False) == expected


@pytest.mark.parametrize(
    ("code", "shows"),
    [
        ("General", Shows.NUMBER),
        ("G/通用格式", Shows.NUMBER),
        ("0.00E+00", Shows.NUMBER),
        ("#,##0.00_);[Red](#,##0.00)", Shows.NUMBER),
        ('0.00"days"', Shows.NUMBER),
        ("[$¥-804]#,##0.00", Shows.NUMBER),
        ("@", Shows.NUMBER),
        ("0%", Shows.NUMBER),
        ("yyyy-mm-dd", Shows.DATE),
        ('[$-804]yyyy"年"m"月"d"日";@', Shows.DATE),
        ("m/d", Shows.DATE),
        ("mmm", Shows.DATE),
        ("yyyy/m/d h:mm", Shows.DATE),
        ("h:mm:ss AM/PM", Shows.TIME),
        ('上午/下午h"时"mm"分"', Shows.TIME),
        ("[h]:mm:ss", Shows.DURATION),
    ],
)
def test_number_formats(code: str, shows: Shows) -> None:
    assert classify(code) is shows


def test_a_code_that_lost_its_digits_stays_a_number(tmp_path: Path) -> None:
    cells = '<c r="A1"><v>9.1350100123456794E+17</v></c><c><v>1.0</v></c><c><v>350100</v></c>'
    cells = read(tmp_path / "n", workbook(f"<row>{cells}</row>"))[1][0].cells
    assert cells == (9.1350100123456794e17, 1.0, 350100)
    assert [type(cell) for cell in cells] == [float, float, int]


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ('<c r="A1"><f>1+1</f><v>2</v></c>', 2),
        ('<c r="A1" t="str"><f>"a"</f><v>a</v></c>', "a"),
        ('<c r="A1"><f>1+1</f><v></v></c>', Uncalculated.FORMULA),
        ('<c r="A1"><f>1+1</f></c>', Uncalculated.FORMULA),
        ('<c r="A1"><f t="shared" si="0"/></c>', Uncalculated.FORMULA),
        ('<c r="A1" t="e"><v>#N/A</v></c>', "#N/A"),
        ('<c r="A1" t="e"><f>1/0</f><v>#DIV/0!</v></c>', "#DIV/0!"),
        (
            '<c r="A1" t="inlineStr"><is><r><t>甲</t></r><r><t>乙</t></r><rPh><t>jia</t></rPh></is></c>',
            "甲乙",
        ),
        ('<c r="A1" t="str"><v>a_x000D_b_x005F_</v></c>', "a\rb_"),
        ('<c r="A1" t="b"><v>1</v></c>', True),
        ("<c><v>5</v></c>", 5),
    ],
)
def test_cells_of_xlsx_written_by_hand(tmp_path: Path, cell: str, expected: object) -> None:
    assert read(tmp_path / "c", workbook(f'<row r="1">{cell}</row>'))[1] == [RawRow(1, (expected,))]


def test_a_formula_with_an_empty_text_as_result_is_an_empty_cell(tmp_path: Path) -> None:
    cell = '<c r="A1" t="str"><f>""</f><v></v></c><c r="B1"><v>1</v></c>'
    assert read(tmp_path / "c", workbook(f"<row>{cell}</row>"))[1] == [RawRow(1, (None, 1))]


def test_styled_blank_rows_at_the_end_are_no_rows(tmp_path: Path) -> None:
    rows = '<row r="1"><c r="A1"><v>1</v></c></row><row r="2"/><row r="900"><c r="A900" s="0"/></row>'
    assert read(tmp_path / "b", workbook(rows))[1] == [RawRow(1, (1,))]


@pytest.mark.parametrize(
    "rows",
    [
        '<row r="2"/><row r="1"/>',
        '<row r="1048577"/>',
        '<row r="0"/>',
        '<row r="x"/>',
        '<row r="1"><c r="XFE1"><v>1</v></c></row>',
        '<row r="1"><c r="a1"><v>1</v></c></row>',
        '<row r="1"><c r="A1" t="s"><v>7</v></c></row>',
        '<row r="1"><c r="A1"><v>many</v></c></row>',
        '<row r="1"><c r="A1" t="new"><v>1</v></c></row>',
        '<row r="1"><c r="A1"><v>1</v></row>',
    ],
)
def test_a_sheet_against_its_format(tmp_path: Path, rows: str) -> None:
    assert outcome(tmp_path / "x", workbook(rows)) == "file.damaged"


def test_a_merge_against_its_format(tmp_path: Path) -> None:
    for reference in ("A2:A1", "A1:A9999999", "A1:ZZZZ1", "", "R1C1"):
        behind = f'<mergeCells><mergeCell ref="{reference}"/></mergeCells>'
        assert outcome(tmp_path / "x", workbook("", behind)) == "file.damaged"


def test_entities_are_refused(tmp_path: Path) -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;">]>'
    assert outcome(tmp_path / "x", workbook("<row/>", before=bomb)) == "file.entities"


def test_a_workbook_that_unpacks_to_too_much(tmp_path: Path) -> None:
    content = workbook("<row/>" * 200_000)
    path = tmp_path / "x"
    path.write_bytes(content)
    tracemalloc.start()
    try:
        with pytest.raises(UnreadableFile) as refused:
            open_source(path, limits=Limits(unpacked_bytes=1_000_000))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert refused.value.rule == "file.too_large"
    assert peak < 3_000_000


def test_two_far_corners_cost_no_memory(tmp_path: Path) -> None:
    rows = '<row r="1"><c r="A1"><v>1</v></c></row><row r="100000"><c r="XFD100000"><v>2</v></c></row>'
    path = tmp_path / "x"
    path.write_bytes(workbook(rows))
    with open_source(path) as source:
        tracemalloc.start()
        try:
            last = None
            for row in source.sheets[0].rows:
                last = row
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
    assert last is not None
    assert (last.number, len(last.cells), last.cells[-1]) == (100_000, 16_384, 2)
    assert peak < 2_000_000
