"""XLSX and XLS: true rows and columns, merges, hidden sheets, formulas, errors, dates, numbers."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
import xlwt
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from tests.intake.readers.samples import rows_of
from xinheng.core.cells import RawRow, Uncalculated
from xinheng.intake.readers import Limits, UnreadableFile, open_source

Writer = Callable[[Path, list[tuple[int, int, object]], list[tuple[int, int, int, int]]], None]


def write_xlsx(path: Path, cells: list[tuple[int, int, object]], merges: list[tuple[int, int, int, int]]) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    for row, column, value in cells:
        sheet.cell(row, column + 1, value)
    for top, left, bottom, right in merges:
        sheet.merge_cells(start_row=top, start_column=left + 1, end_row=bottom, end_column=right + 1)
    book.save(path)


def write_xls(path: Path, cells: list[tuple[int, int, object]], merges: list[tuple[int, int, int, int]]) -> None:
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


def test_a_sheets_name_never_carries_a_persons_number(tmp_path: Path) -> None:
    path = tmp_path / "file"
    book = openpyxl.Workbook()
    book.active.title = "11010519491231002X"
    book.create_sheet("440524188001010014").append(["b"])
    book.create_sheet("张某13812345678")
    book.active.append(["a"])
    book.save(path)
    with open_source(path) as source:
        names = [sheet.name for sheet in source.sheets]
    assert names == ["[身份证号已隐去]", "[身份证号已隐去] (2)", "张某[手机号已隐去]"]
    with open_source(path, sheet="张某13812345678") as source:
        assert [sheet.name for sheet in source.sheets] == ["张某[手机号已隐去]"]


def test_a_chart_sheet_is_no_table(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(tmp_path / "c")
    book.add_worksheet("数据").write(0, 0, 1)
    chart = book.add_chart({"type": "bar"})
    chart.add_series({"values": "=数据!$A$1:$A$1"})
    book.add_chartsheet("图").set_chart(chart)
    book.close()
    with open_source(tmp_path / "c") as source:
        assert [sheet.name for sheet in source.sheets] == ["数据"]


def test_many_texts_of_xls_over_several_records(tmp_path: Path) -> None:
    texts = [f"{number}" * (number % 90) + "甲" * (number % 7) + "é" for number in range(3000)]
    texts.append("很长" * 12_000)
    write_xls(tmp_path / "x", [(row, 0, text) for row, text in enumerate(texts, 1)], [])
    assert [row.cells for row in rows_of(tmp_path / "x")] == [(text,) for text in texts]


def test_numbers_of_xls_in_every_packing(tmp_path: Path) -> None:
    values = [0, 1, -1, 536870911, -536870912, 536870912, 0.01, -12.34, 1.25, 5368709.11, 1e300, 0.1, 2.5e-9]
    write_xls(tmp_path / "x", [(1, column, value) for column, value in enumerate(values)], [])
    assert rows_of(tmp_path / "x")[0].cells == tuple(values)


def test_another_reader_agrees_on_xls(tmp_path: Path) -> None:
    values = [(row, column, row * column / 4) for row in range(1, 60) for column in range(5)]
    write_xls(tmp_path / "x", [*values, (61, 2, "尾"), (62, 1, datetime(2024, 2, 29, 1, 2, 3))], [])
    sheet = CalamineWorkbook.from_path(tmp_path / "x").get_sheet_by_index(0)
    expected = [[None if value == "" else value for value in row] for row in sheet.iter_rows()]
    width = len(expected[0])
    assert [list(row.cells) + [None] * (width - len(row.cells)) for row in rows_of(tmp_path / "x")] == expected


def test_an_xls_above_the_limit(tmp_path: Path) -> None:
    write_xls(tmp_path / "x", [(1, 0, 1)], [])
    with pytest.raises(UnreadableFile) as refused:
        open_source(tmp_path / "x", limits=Limits(xls_bytes=1000))
    assert refused.value.rule == "file.too_large"


VALUES = st.one_of(
    st.none(),
    st.text(alphabet=st.sampled_from("甲乙a0,;= \n#_x〔"), max_size=8).filter(lambda text: not text.startswith("=")),
    st.integers(-(2**40), 2**40),
    st.booleans(),
    st.floats(-1e9, 1e9, allow_subnormal=False).map(lambda number: round(number, 4)),
    st.datetimes(datetime(1950, 1, 1), datetime(2100, 1, 1)).map(lambda moment: moment.replace(microsecond=0)),
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
