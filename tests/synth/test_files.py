"""What is written, read back by readers that share nothing with the writers."""

import ast
import csv
import io
import json
from collections import Counter
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest

import xinheng.synth
from tests.synth.conftest import TODAY, Written
from xinheng.synth import generate

OUTCOMES = {
    "accepted",
    "held",
    "rejected",
    "duplicate",
    "updated",
    "unchanged",
    "ignored",
    "excluded_person",
}


def tree(out: Path) -> dict[str, bytes]:
    return {str(p.relative_to(out)): p.read_bytes() for p in sorted(out.rglob("*")) if p.is_file()}


def lines_of(out: Path, name: str) -> list[dict]:
    return [json.loads(line) for line in (out / name).read_text(encoding="utf-8").splitlines()]


def text_of(path: Path) -> str:
    raw = path.read_bytes()
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16")):
        if raw.startswith(mark):
            return raw.decode(encoding)
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("gb18030")


def physical_rows(path: Path) -> tuple[int, int]:
    """Number of the first row after the header, number of rows from there on."""
    if path.suffix == ".xlsx":
        sheet = openpyxl.load_workbook(path).worksheets[0]
        return 4, sheet.max_row - 3
    if path.suffix == ".json":
        return 1, len(json.loads(text_of(path)))
    if path.suffix == ".jsonl":
        return 1, text_of(path).count("\n")
    text = text_of(path)
    first = text.split("\r\n")[0]
    separator = max(",;\t", key=first.count)
    return 2, sum(1 for _ in csv.reader(io.StringIO(text, newline=""), delimiter=separator)) - 1


def test_the_same_arguments_give_the_same_bytes(small_city: Written, tmp_path: Path) -> None:
    generate(seed=3, organisations=400, rows=4000, out=tmp_path, today=TODAY)
    assert tree(tmp_path) == tree(small_city.out)


def test_another_seed_gives_another_city_and_replaces_the_first(tmp_path: Path) -> None:
    generate(seed=1, organisations=150, rows=600, out=tmp_path, today=TODAY)
    first = tree(tmp_path)
    second = generate(seed=2, organisations=150, rows=600, out=tmp_path, today=TODAY)
    assert {s.file for s in second.submissions} | {s.expected for s in second.submissions} | {"manifest.json"} == set(
        tree(tmp_path)
    )
    assert tree(tmp_path)["manifest.json"] != first["manifest.json"]


def test_a_folder_with_other_things_is_refused(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("mine")
    with pytest.raises(FileExistsError, match="empty folder"):
        generate(seed=1, organisations=150, rows=600, out=tmp_path, today=TODAY)
    assert (tmp_path / "letter.txt").read_text() == "mine"


def test_every_physical_row_has_exactly_one_expected_outcome(small_city: Written) -> None:
    for listed in small_city.manifest.submissions:
        first, count = physical_rows(small_city.out / listed.file)
        expected = lines_of(small_city.out, listed.expected)
        assert [line["row"] for line in expected] == list(range(first, first + count)), listed.file
        assert Counter(line["outcome"] for line in expected) == Counter(listed.outcomes)
        assert {line["outcome"] for line in expected} <= OUTCOMES


def test_totals_add_up(small_city: Written) -> None:
    manifest = small_city.manifest
    total = Counter()
    for listed in manifest.submissions:
        total.update(listed.outcomes)
    assert dict(total) == manifest.outcomes
    assert manifest.rows == sum(total.values()) - total["ignored"]
    assert json.loads((small_city.out / "manifest.json").read_text(encoding="utf-8")) == manifest.as_dict()


def test_workbooks_hold_what_offices_send(small_city: Written) -> None:
    listed = next(s for s in small_city.manifest.submissions if s.file.endswith(".xlsx") and s.item == "licence")
    book = openpyxl.load_workbook(small_city.out / listed.file)
    sheet, hidden = book.worksheets
    assert hidden.sheet_state == "hidden"
    assert sheet["A1"].value == f"{listed.agency_name}行政许可信息报送表"
    merged = {str(r) for r in sheet.merged_cells.ranges}
    assert {"A1:AB1", "A2:M2", "AB2:AB3"} <= merged
    assert sheet["A2"].value == "行政相对人信息"
    assert sheet["A3"].value in ("行政相对人名称", "XK_XDR_MC")
    dates = [c.value for c in sheet["T"][3:] if isinstance(c.value, datetime)]
    assert dates
    assert all(date(2000, 1, 1) <= d.date() <= date(2027, 12, 31) for d in dates)
    source = [r for r in sheet.merged_cells.ranges if r.min_row == 4 and r.min_col == r.max_col == 26]
    assert len(source) == 1
    assert sheet.cell(4, 26).value == listed.agency_name


def test_the_register_comes_first_and_the_agencies_are_in_it(small_city: Written) -> None:
    manifest = small_city.manifest
    items = [s.item for s in manifest.submissions]
    registers = items.index("licence")
    assert set(items[:registers]) == {"registration"}
    assert items[-1] == "registration"
    registered = {
        line["subject"]
        for listed in manifest.submissions[:registers]
        for line in lines_of(small_city.out, listed.expected)
        if line["outcome"] == "accepted"
    }
    assert {agency.code for agency in manifest.agencies} <= registered
    assert len(registered) == manifest.organisations


def test_every_agency_sends_its_own_files(small_city: Written) -> None:
    manifest = small_city.manifest
    assert len(manifest.agencies) == 86
    sent = {(s.agency, s.item) for s in manifest.submissions}
    assert sent == {(a.code, item) for a in manifest.agencies for item in a.items}


def test_nothing_of_the_product_is_imported() -> None:
    for path in Path(xinheng.synth.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("xinheng"):
                assert node.module.startswith("xinheng.synth"), path.name
