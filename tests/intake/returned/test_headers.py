"""Headers of several rows, of other words than the catalogue's, and of rows that only mark columns."""

import json
from pathlib import Path

import openpyxl
import pytest

from tests.intake.returned.samples import ACCEPTED, HEADER, ITEM, KNOWN, RULEBOOK, finding, right, wrong
from tests.intake.returned.test_workbooks import WRONG, notes, parts
from xinheng.core.validation.columns import Header
from xinheng.core.validation.header import find_header
from xinheng.intake.readers.source import open_source
from xinheng.intake.returned import TITLE, annotate, findings_csv


def test_every_row_of_headings_gets_the_title_and_rows_of_marks_do_not(tmp_path: Path) -> None:
    text = f"行政相对人,,文书\n{','.join(HEADER)}\n必填,必填,必填\n1,2,3\n甲,1,号\n"
    (tmp_path / "in.csv").write_text(text, "utf-8")
    with open_source(tmp_path / "in.csv") as source:
        header = find_header(list(source.sheets[0].rows), ITEM)
    assert header is not None
    annotate(tmp_path / "in.csv", [right(5)], tmp_path / "out.csv", **KNOWN)
    with open_source(tmp_path / "out.csv") as source:
        rows = list(source.sheets[0].rows)
        again = find_header(rows, ITEM)
    assert again is not None
    assert (again.first_row, again.last_row, dict(again.columns)) == (
        header.first_row,
        header.last_row,
        dict(header.columns),
    )
    assert dict(again.leftovers) == {3: TITLE}
    assert rows[4].cells == ("甲", "1", "号", ACCEPTED)
    annotate(tmp_path / "out.csv", [wrong(5)], tmp_path / "again.csv", **KNOWN)
    assert (tmp_path / "again.csv").read_text("utf-8").splitlines()[4] == f"甲,1,号,{WRONG}"


def test_a_header_of_two_merged_rows_in_a_workbook(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["相对人", None, HEADER[2]])
    sheet.append([HEADER[0], HEADER[1], None])
    sheet.append(["甲", "1", "号"])
    sheet.merge_cells("A1:B1")
    sheet.merge_cells("C1:C2")
    book.save(tmp_path / "in.xlsx")
    annotate(tmp_path / "in.xlsx", [wrong(3, sheet="Sheet")], tmp_path / "out.xlsx", **KNOWN)
    after = openpyxl.load_workbook(tmp_path / "out.xlsx").active
    assert [after.cell(row, 4).value for row in (1, 2, 3)] == [None, TITLE, WRONG]
    with open_source(tmp_path / "out.xlsx") as source:
        header = find_header(list(source.sheets[0].rows), ITEM)
    assert header is not None
    assert dict(header.leftovers) == {3: TITLE}


def test_a_confirmed_mapping_names_the_columns(tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("客户,客户号,文\n甲,1,号\n", "utf-8")

    def mapped(rows: object) -> Header:
        return Header(1, 1, {0: "subject_name", 1: "subject_code", 2: "document_number"}, {}, 3)

    annotate(tmp_path / "in.csv", [wrong(2)], tmp_path / "out.csv", **KNOWN, find=mapped)
    assert (tmp_path / "out.csv").read_text("utf-8") == f"客户,客户号,文,{TITLE}\n甲,1,号,{WRONG}\n"


def test_a_table_without_a_known_header_still_gets_its_words(tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("客户,客户号\n甲,1\n", "utf-8")
    annotate(tmp_path / "in.csv", [wrong(2)], tmp_path / "out.csv", **KNOWN)
    assert (tmp_path / "out.csv").read_text("utf-8") == f"客户,客户号\n甲,1,{WRONG}\n"


def test_a_line_in_another_encoding_keeps_its_bytes(tmp_path: Path) -> None:
    lines = [
        ",".join(HEADER).encode("gb18030"),
        *(f"甲{n},1,号".encode("gb18030") for n in range(5)),
        "乙公司处罚,1,号".encode(),
    ]
    (tmp_path / "in.csv").write_bytes(b"\n".join(lines))
    annotate(
        tmp_path / "in.csv", [*(right(n) for n in range(2, 7)), wrong(7, finding(None))], tmp_path / "out.csv", **KNOWN
    )
    after = (tmp_path / "out.csv").read_bytes().split(b"\n")
    assert after[6] == lines[6] + b"," + WRONG.encode("gb18030")


def test_columns_of_one_field_are_all_marked(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append([*HEADER, "处罚类别1", "处罚类别2"])
    book.active.append(["甲", "1", "号", "罚金", "警告"])
    book.save(tmp_path / "in.xlsx")
    annotate(tmp_path / "in.xlsx", [wrong(2, finding("penalty_types"), sheet="Sheet")], tmp_path / "out.xlsx", **KNOWN)
    assert set(notes(tmp_path / "out.xlsx", "Sheet")) == {"D2", "E2"}


def test_a_sheet_with_a_drawing_of_comments_keeps_that_one(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(list(HEADER))
    book.active.append(["甲", "1", "号"])
    book.active["C2"].comment = openpyxl.comments.Comment("他人", "他人")
    book.save(tmp_path / "in.xlsx")
    annotate(tmp_path / "in.xlsx", [wrong(2, sheet="Sheet")], tmp_path / "out.xlsx", **KNOWN)
    sheet = parts(tmp_path / "out.xlsx")["xl/worksheets/sheet1.xml"]
    assert sheet.count(b"legacyDrawing") == 1
    assert set(notes(tmp_path / "out.xlsx", "Sheet")) == {"B2", "C2"}


@pytest.mark.timeout(60)
def test_one_long_text_in_quotes_costs_no_time(tmp_path: Path) -> None:
    row = {"行政相对人名称": "甲", "统一社会信用代码": "1", "内容": "长" * 30_000_000}
    (tmp_path / "in.json").write_text(json.dumps({"data": [row]}, ensure_ascii=False), "utf-8")
    annotate(tmp_path / "in.json", [right(1)], tmp_path / "out.json", **KNOWN)
    assert json.loads((tmp_path / "out.json").read_bytes())["data"][0]["_check"]["outcome"] == "accepted"


def test_labels_cover_every_outcome() -> None:
    assert all(
        f"outcome.{name}" in RULEBOOK.labels
        for name in ("held", "duplicate", "updated", "unchanged", "excluded_person")
    )


def test_rows_are_read_once(tmp_path: Path) -> None:
    said = iter([wrong(2)])
    findings_csv(said, tmp_path / "f.csv", **KNOWN)
    assert next(said, None) is None
