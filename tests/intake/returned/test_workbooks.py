"""Workbooks given back: everything that is not said anew is byte for byte what was sent."""

import io
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.intake.readers.samples import workbook
from tests.intake.returned.samples import (
    ACCEPTED,
    HEADER,
    ITEM,
    KNOWN,
    RULEBOOK,
    finding,
    full_row,
    judged,
    picture,
    right,
    wrong,
)
from xinheng.core.validation.header import find_header
from xinheng.intake.readers.source import open_source
from xinheng.intake.returned import TITLE, Said, annotate
from xinheng.intake.returned.xlsx_fills import COLOUR
from xinheng.intake.returned.xlsx_notes import AUTHOR, MARK
from xinheng.runtime.errors import RuntimeRefusal

SHEET = "行政处罚"
WRONG = "已退回：代码长度不对 / Rejected: wrong length"
FIRST = 4
"""The styled workbook's first row of data."""


def styled(path: Path) -> None:
    """A workbook with everything that an agency's own may hold."""
    book = xlsxwriter.Workbook(path)
    sheet, other = book.add_worksheet(SHEET), book.add_worksheet("汇总")
    red = book.add_format({"bg_color": "#FF0000", "bold": True, "border": 2})
    day = book.add_format({"num_format": "yyyy年m月d日", "font_color": "blue"})
    sheet.merge_range("A1:D1", "二〇二六年行政处罚", red)
    for column, name in enumerate((*HEADER, "处罚决定日期")):
        sheet.write_string(2, column, name, red)
    for row in range(FIRST - 1, FIRST + 5):
        sheet.write_string(row, 0, f"示例市{row}号商贸有限公司", red if row % 2 else None)
        sheet.write_string(row, 1, "91610802MA70XH014D")
        sheet.write_number(row, 3, 46083 + row, day)
    sheet.write_formula("F5", "=SUM(D4:D6)", day, 138255)
    sheet.write_comment("A4", "经办人的批注")
    sheet.write_comment("H20", "别处的批注")
    sheet.insert_image("H2", "point.png", {"image_data": io.BytesIO(picture())})
    sheet.conditional_format("D4:D9", {"type": "cell", "criteria": ">", "value": 46085, "format": red})
    sheet.data_validation("A4:A9", {"validate": "length", "criteria": "<=", "value": 200})
    sheet.autofilter("A3:D9")
    sheet.freeze_panes(3, 1)
    sheet.set_column("A:C", 24)
    chart = book.add_chart({"type": "column"})
    chart.add_series({"values": f"='{SHEET}'!$D$4:$D$9"})
    other.insert_chart("B2", chart)
    other.write_formula("A1", f"='{SHEET}'!D4", None, 46086)
    book.close()


def given_back(folder: Path, said: list[Said], name: str = "in.xlsx", out: str = "out.xlsx") -> Path:
    annotate(folder / name, said, folder / out, **KNOWN)
    return folder / out


def parts(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def cells(path: Path) -> dict[tuple[str, str], tuple[Any, ...]]:
    """Every cell with its value and its looks."""
    book = openpyxl.load_workbook(path)
    return {
        (sheet.title, cell.coordinate): (
            cell.value,
            cell.fill.fgColor.rgb,
            *map(repr, (cell.number_format, cell.font, cell.border, cell.alignment, cell.protection)),
        )
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None or cell.has_style
    }


def notes(path: Path, sheet: str = SHEET) -> dict[str, str]:
    book = openpyxl.load_workbook(path)
    return {cell.coordinate: cell.comment.text for row in book[sheet].iter_rows() for cell in row if cell.comment}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    styled(tmp_path / "in.xlsx")
    return tmp_path


SAID = [
    wrong(
        4, finding("subject_name", "名称有误", "odd name"), finding("document_number", "缺少", "missing"), sheet=SHEET
    ),
    right(5, SHEET),
    wrong(6, finding("decided_on", "日期有误", "odd day"), sheet=SHEET),
]


def test_untouched_parts_are_byte_identical(folder: Path) -> None:
    before, after = parts(folder / "in.xlsx"), parts(given_back(folder, SAID))
    changed = {name for name, data in before.items() if after[name] != data}
    assert changed == {"xl/worksheets/sheet1.xml", "xl/styles.xml", "xl/comments1.xml", "xl/drawings/vmlDrawing1.vml"}
    assert set(after) == set(before)


def test_every_cell_of_every_sheet_stays_with_its_looks(folder: Path) -> None:
    before, after = cells(folder / "in.xlsx"), cells(given_back(folder, SAID))
    flagged = {(SHEET, "A4"), (SHEET, "C4"), (SHEET, "D6")}
    for place, held in before.items():
        if place in flagged:
            assert after[place] == (held[0], COLOUR, *held[2:])
        else:
            assert after[place] == held
    new = {place: held[0] for place, held in after.items() if place not in before}
    column = "G"
    assert new == {
        (SHEET, "C4"): None,
        (SHEET, f"{column}3"): TITLE,
        (SHEET, f"{column}4"): "已退回：名称有误；缺少 / Rejected: odd name; missing",
        (SHEET, f"{column}5"): ACCEPTED,
        (SHEET, f"{column}6"): "已退回：日期有误 / Rejected: odd day",
    }


def test_comments_stand_at_their_cells_beside_those_of_others(folder: Path) -> None:
    found = notes(given_back(folder, SAID))
    assert found == {
        "A4": f"经办人的批注\n{MARK}\n名称有误\nodd name",
        "C4": "缺少\nmissing",
        "D6": "日期有误\nodd day",
        "H20": "别处的批注",
    }


def test_filters_panes_pictures_and_charts_stay(folder: Path) -> None:
    book = openpyxl.load_workbook(given_back(folder, SAID))
    sheet = book[SHEET]
    assert sheet.auto_filter.ref == "A3:D9"
    assert sheet.freeze_panes == "B4"
    assert [str(each) for each in sheet.merged_cells.ranges] == ["A1:D1"]
    assert len(sheet.conditional_formatting) == 1
    assert len(sheet.data_validations.dataValidation) == 1
    assert len(book["汇总"]._charts) == 1
    assert sheet["F5"].value == "=SUM(D4:D6)"


def test_a_second_check_replaces_the_first(folder: Path) -> None:
    given_back(folder, SAID)
    again = given_back(folder, [right(row, SHEET) for row in (4, 5, 6)], "out.xlsx", "again.xlsx")
    plain = given_back(folder, [right(row, SHEET) for row in (4, 5, 6)])
    assert notes(again) == notes(folder / "in.xlsx") == notes(plain)
    marked = {place: held for place, held in cells(again).items() if held[0] is not None}
    assert marked == {place: held for place, held in cells(plain).items() if held[0] is not None}


def test_the_same_check_twice_changes_nothing(folder: Path) -> None:
    once = given_back(folder, SAID)
    twice = given_back(folder, SAID, "out.xlsx", "again.xlsx")
    assert cells(once) == cells(twice)
    assert notes(once) == notes(twice)


def test_a_workbook_without_comments_gets_them(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(list(HEADER))
    book.active.append(["甲", "1", "号"])
    book.create_sheet("别的").append(["无关"])
    book.save(tmp_path / "in.xlsx")
    before = parts(tmp_path / "in.xlsx")
    after = parts(given_back(tmp_path, [wrong(2, sheet="Sheet")]))
    assert notes(tmp_path / "out.xlsx", "Sheet") == {"B2": "代码长度不对\nwrong length"}
    assert openpyxl.load_workbook(tmp_path / "out.xlsx")["Sheet"]["B2"].comment.author == AUTHOR
    assert after["xl/worksheets/sheet2.xml"] == before["xl/worksheets/sheet2.xml"]
    assert set(after) - set(before) == {
        "xl/xhcomments1.xml", "xl/drawings/xhdrawing1.vml", "xl/worksheets/_rels/sheet1.xml.rels",
    }  # fmt: skip


def test_two_sheets_each_get_their_own(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for name in ("一", "二"):
        sheet = book.create_sheet(name)
        sheet.append(list(HEADER))
        sheet.append(["甲", "1", "号"])
    book.save(tmp_path / "in.xlsx")
    given_back(tmp_path, [wrong(2, sheet="一"), wrong(2, finding("document_number"), sheet="二")])
    assert set(notes(tmp_path / "out.xlsx", "一")) == {"B2"}
    assert set(notes(tmp_path / "out.xlsx", "二")) == {"C2"}


values = st.one_of(
    st.none(), st.integers(-(10**9), 10**9), st.text("甲乙=+-@'\"<&>_x0041 \n", min_size=1, max_size=10), st.booleans()
)


@settings(max_examples=40, deadline=None)
@given(table=st.lists(st.lists(values, min_size=1, max_size=7), min_size=1, max_size=8), data=st.data())
def test_any_values_stay(tmp_path_factory: pytest.TempPathFactory, table: list[list[Any]], data: st.DataObject) -> None:
    folder = tmp_path_factory.mktemp("any")
    book = xlsxwriter.Workbook(folder / "in.xlsx", {"strings_to_formulas": False})
    sheet = book.add_worksheet(SHEET)
    sheet.write_row(0, 0, HEADER)
    for number, row in enumerate(table, 1):
        for column, value in enumerate(row):
            if isinstance(value, str):
                sheet.write_string(number, column, value)
            elif value is not None:
                sheet.write(number, column, value)
    book.close()
    with open_source(folder / "in.xlsx") as source:
        read = list(source.sheets[0].rows)
    header = find_header(read, ITEM)
    assert header is not None
    records = [row.number for row in read if row.number > header.last_row and row.cells]
    fields = st.sampled_from(["subject_name", "subject_code", "document_number", None])
    said = [wrong(row, finding(data.draw(fields)), sheet=SHEET) for row in records]
    with open_source(given_back(folder, said)) as source:
        after = list(source.sheets[0].rows)
    width = max(len(row.cells) for row in read)
    assert [tuple(row.cells[:width]) for row in after] == [
        tuple([*row.cells, *[None] * width][: len(after[n].cells[:width])]) for n, row in enumerate(read)
    ]
    assert [
        row.number for row in after if len(row.cells) > width and str(row.cells[width]).startswith("已退回")
    ] == records


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "</t></is></c><c><f>1</f></c>", "_x003D_1", "\x00\x01=", "]]>"]
)
def test_no_message_becomes_a_formula_or_markup(folder: Path, text: str) -> None:
    given_back(folder, [wrong(4, finding(zh=text, en=text), sheet=SHEET)])
    for book in (
        openpyxl.load_workbook(folder / "out.xlsx"),
        openpyxl.load_workbook(folder / "out.xlsx", data_only=True),
    ):
        cell = book[SHEET]["G4"]
        assert cell.data_type != "f"
        assert str(cell.value).startswith("已退回：")


def test_a_huge_message_is_cut(folder: Path) -> None:
    given_back(folder, [wrong(4, finding("subject_name", "长" * 100_000, "x" * 100_000), sheet=SHEET)])
    cell = openpyxl.load_workbook(folder / "out.xlsx")[SHEET]["G4"]
    assert 1000 < len(str(cell.value)) <= 8000
    assert len(notes(folder / "out.xlsx")["A4"]) < 3000


def test_comments_stop_where_programs_would(tmp_path: Path) -> None:
    count = 10_400
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet(SHEET)
    sheet.append(list(HEADER))
    for number in range(count):
        sheet.append([f"甲{number}", "1", "号"])
    book.save(tmp_path / "in.xlsx")
    given_back(tmp_path, [wrong(row, sheet=SHEET) for row in range(2, count + 2)])
    after = parts(tmp_path / "out.xlsx")
    assert after["xl/xhcomments1.xml"].count(b"<comment ") == 10_000
    assert after["xl/worksheets/sheet1.xml"].count("已退回".encode()) == count


def test_merged_rows_that_the_sheet_leaves_out_get_their_cell(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = SHEET
    sheet.append(list(HEADER))
    sheet.append(["甲", "1", "号"])
    sheet.merge_cells("A2:A4")
    book.save(tmp_path / "raw.xlsx")
    with zipfile.ZipFile(tmp_path / "raw.xlsx") as raw, zipfile.ZipFile(tmp_path / "in.xlsx", "w") as bare:
        for name in raw.namelist():
            data = raw.read(name)
            if name.endswith("sheet1.xml"):
                start, end = data.index(b'<row r="3"'), data.index(b"</sheetData>")
                data = data[:start] + data[end:]
            bare.writestr(name, data)
    given_back(tmp_path, [wrong(row, sheet=SHEET) for row in (2, 3, 4)])
    after = openpyxl.load_workbook(tmp_path / "out.xlsx")[SHEET]
    assert [after.cell(row, 4).value for row in (1, 2, 3, 4)] == [TITLE, WRONG, WRONG, WRONG]


def test_cells_without_names_and_prefixed_elements(tmp_path: Path) -> None:
    head = "".join(f'<c t="inlineStr"><is><t>{name}</t></is></c>' for name in HEADER)
    row = '<c t="inlineStr"><is><t>甲</t></is></c><c><v>1</v></c>'
    (tmp_path / "in.xlsx").write_bytes(workbook(f"<row>{head}</row><row>{row}</row>"))
    with open_source(tmp_path / "in.xlsx") as source:
        name = source.sheets[0].name
    annotate(
        tmp_path / "in.xlsx",
        [wrong(2, finding("document_number"), finding("subject_name"), sheet=name)],
        tmp_path / "out.xlsx",
        **KNOWN,
    )
    with open_source(tmp_path / "out.xlsx") as source:
        after = [tuple(each.cells) for each in source.sheets[0].rows]
    assert after[0] == (*HEADER, TITLE)
    assert after[1][:3] == ("甲", 1, None)
    assert str(after[1][3]).startswith("已退回")


@pytest.mark.parametrize("odd", ["<!-- <row> -->", "<?row ?>"])
def test_a_sheet_with_more_than_tags_and_text_is_left_alone(tmp_path: Path, odd: str) -> None:
    head = "".join(f'<c t="inlineStr"><is><t>{name}</t></is></c>' for name in HEADER)
    (tmp_path / "in.xlsx").write_bytes(workbook(f"{odd}<row>{head}</row><row><c><v>1</v></c></row>"))
    with open_source(tmp_path / "in.xlsx") as source:
        name = source.sheets[0].name
    with pytest.raises(RuntimeRefusal) as refused:
        given_back(tmp_path, [wrong(2, sheet=name)])
    assert refused.value.rule == "annotated.unusual"


def test_what_is_sent_again_is_judged_as_before(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (full_row().keys(), full_row().values(), full_row(处罚决定日期="2026-02-30").values()):
        sheet.append(list(row))
    book.save(tmp_path / "in.xlsx")
    before = judged(tmp_path / "in.xlsx")
    after = judged(given_back(tmp_path, before))
    assert [each.outcome for each in after] == [each.outcome for each in before] == ["accepted", "rejected"]
    assert RULEBOOK.labels["outcome.rejected"].zh in str(
        openpyxl.load_workbook(tmp_path / "out.xlsx").active["T3"].value
    )
