"""XLS workbooks come back as XLSX with every sheet, row and value."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
import xlwt

from tests.intake.returned.samples import HEADER, KNOWN, right, wrong
from tests.intake.returned.test_workbooks import WRONG, notes
from xinheng.core.cells import Cell
from xinheng.intake.readers.source import open_source
from xinheng.intake.returned import TITLE, annotate
from xinheng.intake.returned.book import Book


def test_an_xls_with_a_hidden_sheet(tmp_path: Path) -> None:
    book = xlwt.Workbook(encoding="utf-8")
    sheet, hidden = book.add_sheet("处罚"), book.add_sheet("底稿")
    hidden.visibility = 1
    for column, name in enumerate((*HEADER, "处罚决定日期", "金额")):
        sheet.write(0, column, name)
    day = xlwt.easyxf(num_format_str="YYYY-MM-DD")
    for row in (1, 2):
        for column, value in enumerate(("甲公司", "91610802MA70XH014D", "号")):
            sheet.write(row, column, value)
        sheet.write(row, 3, date(2026, 3, row), day)
        sheet.write(row, 4, 2.35)
    hidden.write(0, 0, "=cmd")
    book.save(str(tmp_path / "in.xls"))
    annotate(tmp_path / "in.xls", [wrong(2, sheet="处罚"), right(3, "处罚")], tmp_path / "out.xlsx", **KNOWN)
    with open_source(tmp_path / "in.xls") as before, open_source(tmp_path / "out.xlsx") as after:
        assert [(each.name, each.hidden) for each in after.sheets] == [("处罚", False), ("底稿", True)]
        for old, new in zip(before.sheets, after.sheets, strict=True):
            assert [row.cells[:5] for row in new.rows] == [row.cells for row in old.rows]
    made = openpyxl.load_workbook(tmp_path / "out.xlsx")
    assert [made["处罚"].cell(row, 6).value for row in (1, 2)] == [TITLE, WRONG]
    assert made["底稿"]["A1"].data_type != "f"
    assert notes(tmp_path / "out.xlsx", "处罚") == {"B2": "代码长度不对\nwrong length"}


VALUES: list[Cell] = [
    "甲", "=1+1", " 空 ", "<&>_x0041_\n行", "长" * 300, True, False, 0, -7, 123456789012345, 2.35, 1e300,
    date(1900, 3, 1), date(2026, 11, 22), datetime(2026, 11, 22, 13, 14, 15), time(13, 14, 15),
    timedelta(hours=30, minutes=5),
]  # fmt: skip


@pytest.mark.parametrize("value", VALUES, ids=str)
def test_a_value_is_read_as_it_was_written(tmp_path: Path, value: Cell) -> None:
    assert written(tmp_path, value) == value


@pytest.mark.parametrize(
    ("value", "read"),
    [(12345678901234567890, "12345678901234567890"), (Decimal("0.12345678901234567"), "0.12345678901234567"),
     (Decimal("2.35"), 2.35), (date(1899, 1, 1), "1899-01-01")],
)  # fmt: skip
def test_what_a_cell_cannot_hold_exactly_is_text(tmp_path: Path, value: Cell, read: Cell) -> None:
    assert written(tmp_path, value) == read


def written(folder: Path, value: Cell) -> Cell:
    with (folder / "b.xlsx").open("wb") as out, Book(out) as book:
        book.sheet("一").row(1, ["x", value])
    with open_source(folder / "b.xlsx") as source:
        return next(iter(source.sheets[0].rows)).cells[1]


def test_names_of_sheets_fit_the_program(tmp_path: Path) -> None:
    with (tmp_path / "b.xlsx").open("wb") as out, Book(out) as book:
        for name in ("a/b:c", "A_B_C", "长" * 40, "长" * 50, "", "'x'"):
            book.sheet(name, hidden=True).row(1, [name])
    made = openpyxl.load_workbook(tmp_path / "b.xlsx")
    assert made.sheetnames == ["a_b_c", "A_B_C (2)", "长" * 31, f"{'长' * 25} (2)", "表", "x"]
    assert {each.sheet_state for each in made} == {"visible"}, "a workbook must show something"
