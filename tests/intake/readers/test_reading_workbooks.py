"""XLSX and XLS: true rows and columns, merges, hidden sheets, formulas, errors, dates, numbers."""

import tracemalloc
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
import xlwt
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.intake.readers.samples import outcome, read, workbook

from xinheng.core.cells import RawRow, Uncalculated
from xinheng.intake.readers import Limits, UnreadableFile, open_source
from xinheng.intake.readers.xlsx_styles import Shows, classify, from_serial

Writer = Callable[[Path, list[tuple[int, int, object]], list[tuple[int, int, int, int]]], None]


def write_xlsx(
    path: Path, cells: list[tuple[int, int, object]], merges: list[tuple[int, int, int, int]]
) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    for row, column, value in cells:
        sheet.cell(row, column + 1, value)
    for top, left, bottom, right in merges:
        sheet.merge_cells(start_row=top, start_column=left + 1, end_row=bottom, end_column=right + 1)
    book.save(path)


def write_xls(
    path: Path, cells: list[tuple[int, int, object]], merges: list[tuple[int, int, int, int]]
) -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("S")
    dated = xlwt.easyxf(num_format_str="yyyy-mm-dd hh:mm:ss")
    for row, column, value in cells:
        style = (dated,) if isinstance(value, date) else ()
        sheet.write(row - 1, column, value, *style)
    for top, left, bottom, right in merges:
        sheet.merge(top - 1, bottom - 1, left, right)
    book.save(str(path))


@pytest.fixture(params=[write_xlsx, write_xls], ids=["xlsx", "xls"])
def write(request: pytest.FixtureRequest) -> Writer:
    return request.param


def rows_of(path: Path, limits: Limits | None = None) -> list[RawRow]:
    with open_source(path, limits=limits or Limits()) as source:
        return list(source.sheets[0].rows)


def test_data_that_does_not_begin_at_the_corner(tmp_path: Path, write: Writer) -> None:
    path = tmp_path / "named.csv"
    write(path, [(3, 2, "题"), (5, 3, 7), (5, 5, "尾")], [])
    assert rows_of(path) == [
        RawRow(1, ()),
        RawRow(2, ()),
        RawRow(3, (None, None, "题")),
        RawRow(4, ()),
        RawRow(5, (None, None, None, 7, None, "尾")),
    ]


def test_merges_are_opened_up_where_they_truly_lie(tmp_path: Path, write: Writer) -> None:
    path = tmp_path / "m"
    cells = [
        (3, 2, "表头"),
        (5, 2, "竖"),
        (5, 3, 1),
        (6, 3, 2),
        (7, 3, 3),
        (8, 3, "块"),
        (8, 2, "x"),
        (10, 2, "y"),
    ]
    write(path, cells, [(3, 2, 3, 4), (5, 2, 7, 2), (8, 3, 9, 4)])
    assert rows_of(path)[2:] == [
        RawRow(3, (None, None, "表头"), spans=((2, 4),)),
        RawRow(4, ()),
        RawRow(5, (None, None, "竖", 1)),
        RawRow(6, (None, None, "竖", 2)),
        RawRow(7, (None, None, "竖", 3)),
        RawRow(8, (None, None, "x", "块"), spans=((3, 4),)),
        RawRow(9, (None, None, None, "块"), spans=((3, 4),)),
        RawRow(10, (None, None, "y")),
    ]


def test_a_merge_that_reaches_below_the_last_filled_row(tmp_path: Path, write: Writer) -> None:
    path = tmp_path / "m"
    write(path, [(1, 0, "甲"), (1, 1, 5)], [(1, 0, 3, 0), (1, 1, 3, 1)])
    assert rows_of(path) == [RawRow(number, ("甲", 5)) for number in (1, 2, 3)]


def test_what_hides_under_a_merge_is_not_shown(tmp_path: Path) -> None:
    rows = (
        '<row r="1"><c r="A1"><v>1</v></c><c r="B1"><v>2</v></c></row><row r="2"><c r="A2"><v>3</v></c></row>'
    )
    merged = '<mergeCells><mergeCell ref="A1:B2"/></mergeCells>'
    _, found = read(tmp_path / "m", workbook(rows, merged))
    assert found == [RawRow(1, (1,), spans=((0, 1),)), RawRow(2, (1,), spans=((0, 1),))]


def test_values_keep_their_kind(tmp_path: Path, write: Writer) -> None:
    path = tmp_path / "v"
    values = [
        1,
        1.5,
        True,
        False,
        "007",
        "2024-01-02",
        datetime(2024, 1, 2, 3, 4, 5),
        123456789012,
        "甲\n乙",
        0,
        -3,
    ]
    write(path, [(1, column, value) for column, value in enumerate(values)], [])
    found = rows_of(path)[0].cells
    assert found == tuple(values)
    assert [type(value) for value in found] == [type(value) for value in values]


def test_dates_times_and_durations_of_xlsx(tmp_path: Path) -> None:
    path = tmp_path / "d"
    values = [
        date(2024, 2, 29),
        date(2099, 12, 31),
        time(3, 4),
        timedelta(hours=30),
        datetime(2024, 1, 2, 23, 59, 59),
    ]
    write_xlsx(path, [(1, column, value) for column, value in enumerate(values)], [])
    assert rows_of(path)[0].cells == tuple(values)


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


def test_a_formula_without_a_result_says_so(tmp_path: Path, write: Writer) -> None:
    path = tmp_path / "f"
    formula = "=1+1" if write is write_xlsx else xlwt.Formula("1+1")
    write(path, [(2, 1, formula), (2, 2, "x"), (4, 3, formula)], [])
    empty = Uncalculated.FORMULA
    assert rows_of(path)[1:] == [
        RawRow(2, (None, empty, "x")),
        RawRow(3, ()),
        RawRow(4, (None, None, None, empty)),
    ]


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


def test_cell_errors_of_xls(tmp_path: Path) -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("S")
    sheet.row(1).set_cell_error(2, 0x2A)
    sheet.write(1, 0, "x")
    sheet.row(3).set_cell_error(0, 0x17)
    book.save(str(tmp_path / "e"))
    assert rows_of(tmp_path / "e")[1:] == [
        RawRow(2, ("x", None, "#N/A")),
        RawRow(3, ()),
        RawRow(4, ("#REF!",)),
    ]


def test_sheets_in_order_with_their_visibility(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = "处罚"
    book.create_sheet("暗").sheet_state = "hidden"
    book.create_sheet("深").sheet_state = "veryHidden"
    book["深"]["A1"] = "x"
    book.save(tmp_path / "s.xlsx")
    other = xlwt.Workbook()
    for visibility, name in enumerate(("处罚", "暗", "深")):
        other.add_sheet(name).visibility = visibility
    other.save(str(tmp_path / "s.xls"))
    for kind in ("xlsx", "xls"):
        with open_source(tmp_path / f"s.{kind}") as source:
            assert source.kind == kind
            assert [(sheet.name, sheet.hidden) for sheet in source.sheets] == [
                ("处罚", False),
                ("暗", True),
                ("深", True),
            ]
        with open_source(tmp_path / f"s.{kind}", sheet="深") as source:
            assert [sheet.name for sheet in source.sheets] == ["深"]
        with pytest.raises(UnreadableFile) as refused:
            open_source(tmp_path / f"s.{kind}", sheet="没有")
        assert refused.value.rule == "sheet.missing"


def test_a_chart_sheet_is_no_table(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(tmp_path / "c")
    book.add_worksheet("数据").write(0, 0, 1)
    chart = book.add_chart({"type": "bar"})
    chart.add_series({"values": "=数据!$A$1:$A$1"})
    book.add_chartsheet("图").set_chart(chart)
    book.close()
    with open_source(tmp_path / "c") as source:
        assert [sheet.name for sheet in source.sheets] == ["数据"]


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
    assert outcome(tmp_path / "x", workbook("<row/>", before=bomb)) == "file.damaged"


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


def test_an_xls_sheet_too_wide_for_memory(tmp_path: Path) -> None:
    write_xls(tmp_path / "x", [(1, 0, 1), (500, 200, 2)], [])
    with pytest.raises(UnreadableFile) as refused:
        open_source(tmp_path / "x", limits=Limits(xls_cells=10_000))
    assert refused.value.rule == "file.too_large"


VALUES = st.one_of(
    st.none(),
    st.text(alphabet=st.sampled_from("甲乙a0,;= \n#_x〔"), max_size=8).filter(
        lambda text: not text.startswith("=")
    ),
    st.integers(-(2**40), 2**40),
    st.booleans(),
    st.floats(-1e9, 1e9, allow_subnormal=False).map(lambda number: round(number, 4)),
    st.datetimes(datetime(1950, 1, 1), datetime(2100, 1, 1)).map(
        lambda moment: moment.replace(microsecond=0)
    ),
)


@settings(max_examples=40, deadline=None)
@given(
    cells=st.dictionaries(st.tuples(st.integers(1, 12), st.integers(0, 8)), VALUES, min_size=1, max_size=30),
    writer=st.sampled_from([write_xlsx, write_xls]),
)
def test_any_table_reads_back(
    tmp_path_factory: pytest.TempPathFactory, cells: dict[tuple[int, int], object], writer: Writer
) -> None:
    path = tmp_path_factory.mktemp("book") / "t"
    writer(path, [(row, column, value) for (row, column), value in cells.items() if value is not None], [])
    found = {
        (row.number, column): value
        for row in rows_of(path)
        for column, value in enumerate(row.cells)
        if value is not None
    }
    expected = {place: value for place, value in cells.items() if value is not None and value != ""}
    assert {place: _day_as_moment(value) for place, value in found.items()} == expected
    assert all(isinstance(found[place], bool) == isinstance(value, bool) for place, value in expected.items())


def _day_as_moment(value: object) -> object:
    is_day = isinstance(value, date) and not isinstance(value, datetime)
    return datetime(value.year, value.month, value.day) if is_day else value


@pytest.mark.parametrize("writer", [write_xlsx, write_xls])
def test_row_numbers_have_no_gaps(tmp_path: Path, writer: Writer) -> None:
    writer(tmp_path / "t", [(row, 0, row) for row in (2, 3, 7, 11)], [])
    assert [row.number for row in rows_of(tmp_path / "t")] == list(range(1, 12))
