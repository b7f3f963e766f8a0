"""`submit` and what it hands back: the sender's own file, all findings as a table, members of a ZIP."""

import csv
import zipfile
from collections import Counter
from pathlib import Path

import openpyxl
import pytest

from tests.doors import town
from tests.doors.command_line import CommandLine
from tests.doors.test_cli_submit import DINER, every_fate, office, prepared  # noqa: F401 - fixtures
from xinheng.intake.returned import TITLE

SUBMIT = ("--item", "penalty", "--agency", town.AGENCY)
PERSON = town.person_number(70)


def cells(path: Path) -> list[list[str]]:
    return list(csv.reader(path.read_text("utf-8-sig").splitlines()))


def test_the_own_file_comes_back_with_what_was_said(office: CommandLine, tmp_path: Path) -> None:  # noqa: F811
    sent, own, table = every_fate(tmp_path / "sent.csv"), tmp_path / "own.csv", tmp_path / "findings.csv"
    before = sent.read_bytes()
    receipt = office.submit(sent, "penalty", town.AGENCY, "--annotated", str(own), "--findings", str(table))
    assert sent.read_bytes() == before
    header, *rows = cells(own)[1:]
    place = header.index(TITLE)
    said = {number: "".join(row[place:]) for number, row in enumerate(rows, 3)}
    wrong = {row["row"] for row in receipt["outcomes"] if row["outcome"] not in ("accepted", "ignored")}
    assert wrong
    assert all(said[row] for row in wrong)
    columns, *lines = cells(table)
    told = Counter((line[columns.index("row")], line[columns.index("rule")]) for line in lines)
    assert told == Counter((str(each["row"] or ""), each["rule"]) for each in receipt["findings"])
    assert PERSON not in table.read_text("utf-8-sig")
    again = office.submit(own, "penalty", town.AGENCY, "--dry-run")
    assert again["unchanged"] == receipt["accepted"]


def test_a_workbook_comes_back_as_a_workbook(office: CommandLine, tmp_path: Path) -> None:  # noqa: F811
    book = openpyxl.Workbook()
    for row in town.table(town.PENALTY_COLUMNS, [town.penalty(1, DINER, "云市监罚〔2026〕8号", decided="昨天")]):
        book.active.append(row)
    book.create_sheet("说明").append(["只是说明"])
    book.save(tmp_path / "sent.xlsx")
    office.submit(tmp_path / "sent.xlsx", "penalty", town.AGENCY, "--annotated", str(tmp_path / "own.xlsx"))
    own = openpyxl.load_workbook(tmp_path / "own.xlsx")
    first = own.worksheets[0]
    assert own.sheetnames == book.sheetnames
    assert TITLE in [cell.value for cell in first[1]]
    assert any(cell.comment for cell in first[2])


@pytest.mark.parametrize("place", ["sent.csv", "nowhere/own.csv"])
def test_a_place_that_will_not_do_stops_before_anything(office: CommandLine, tmp_path: Path, place: str) -> None:  # noqa: F811
    sent = every_fate(tmp_path / "sent.csv")
    before = sent.read_bytes()
    office.refused("submit", sent, *SUBMIT, "--annotated", tmp_path / place)
    assert sent.read_bytes() == before
    assert office.json("batches")["batches"][0]["item"] == "registration"


def test_rows_of_a_zip_say_where_they_stood(office: CommandLine, tmp_path: Path) -> None:  # noqa: F811
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        for number, form in enumerate(("utf-8", "gb18030"), 1):
            file = town.penalty_file(tmp_path / "one", [town.penalty(1, DINER, f"云市监罚〔2026〕2{number}号")], form)
            archive.write(file, f"第{number}份.csv")
    receipt = office.submit(tmp_path / "all.zip", "penalty", town.AGENCY)
    assert [(row["file"], row["row"], row["outcome"]) for row in receipt["outcomes"]] == [
        ("第1份.csv", 2, "accepted"), ("第2份.csv", 2, "accepted"),
    ]  # fmt: skip


def test_a_long_receipt_is_one_json_value(office: CommandLine, tmp_path: Path) -> None:  # noqa: F811
    rows = [town.penalty(1, DINER, f"云市监罚〔2026〕{number}号", decided="昨天") for number in range(3000)]
    receipt = office.submit(town.penalty_file(tmp_path / "long.csv", rows), "penalty", town.AGENCY)
    assert (receipt["rows"], receipt["rejected"]) == (3000, 3000)
    assert [row["row"] for row in receipt["outcomes"]] == list(range(2, 3002))
    assert all(receipt["findings"][row["findings"][0]]["row"] == row["row"] for row in receipt["outcomes"])
