"""`mapping` from the command line: propose, confirm once, list, take back; every way to be refused."""

import csv
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.core.mapping_samples import CELLS
from tests.doors import town
from tests.doors.command_line import CommandLine, installation

COLUMNS = {
    "案号": "document_number", "当事人": "subject_name", "甲": "subject_code", "处罚决定日期": "decided_on",
    "罚没金额": "fine_amount", "承办人": "handler", "联系电话": "phone",
}  # fmt: skip
DECISIONS = ("--set", "甲=subject_code", "罚没金额=fine_amount", "--unit", "罚没金额=元")


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An installation with two agencies, stopped."""
    office = installation(tmp_path_factory.mktemp("prepared") / "data")
    office.json("agency", "add", town.AGENCY, town.AGENCY_NAME)
    office.json("agency", "add", town.REGISTRAR, town.REGISTRAR_NAME, "--items", "registration")
    return office.data


@pytest.fixture
def office(prepared: Path, tmp_path: Path) -> CommandLine:
    subprocess.run(["cp", "-a", prepared, tmp_path / "data"], check=True)
    return CommandLine(tmp_path / "data")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """An export with headings of its own."""
    path = tmp_path / "export.csv"
    with path.open("w", encoding="gb18030", newline="") as opened:
        csv.writer(opened).writerows([list(COLUMNS), *zip(*(CELLS[held] for held in COLUMNS.values()), strict=True)])
    return path


def named(file: Path) -> tuple[object, ...]:
    return (file, "--item", "penalty", "--agency", town.AGENCY)


def confirm(office: CommandLine, file: Path, *more: str) -> Any:
    return office.json("mapping", "confirm", *named(file), "--as", "王某", *(more or DECISIONS))


def test_a_proposal_names_fields_candidates_reasons_and_no_person(office: CommandLine, file: Path) -> None:
    answer = office.run("mapping", "propose", *named(file), "--json")
    proposed = answer.json()
    assert {"item", "edition", "agency", "sheet", "headings", "signature", "columns", "missing"} <= set(proposed)
    columns = {column["title"]: column for column in proposed["columns"]}
    assert list(columns) == list(COLUMNS)
    assert {title: column["state"] for title, column in columns.items()} == {
        "案号": "proposed", "当事人": "known", "甲": "proposed", "处罚决定日期": "known", "罚没金额": "open",
        "承办人": "personal", "联系电话": "personal",
    }  # fmt: skip
    for column in columns.values():
        for candidate in column["candidates"]:
            assert {"field", "label_zh", "label_en", "score", "reasons"} == set(candidate)
            assert all(reason["zh"] and reason["en"] for reason in candidate["reasons"])
    assert columns["案号"]["samples"] == list(CELLS["document_number"])
    assert columns["承办人"]["samples"] == columns["联系电话"]["samples"] == []
    plain = office.run("mapping", "propose", *named(file))
    told = answer.out + answer.err + plain.out + plain.err
    assert not [cell for held in ("handler", "phone") for cell in CELLS[held] if cell in told]
    assert "document_number" in plain.out


def test_confirm_list_and_revoke(office: CommandLine, file: Path) -> None:
    assert office.json("mapping", "list") == []
    stored = confirm(office, file)
    assert (stored["version"], stored["state"], stored["officer"], stored["agency"]) == (
        1, "confirmed", "王某", town.AGENCY,
    )  # fmt: skip
    assert {column["title"]: column["field"] for column in stored["columns"]} == {
        title: None if held in ("handler", "phone") else held for title, held in COLUMNS.items()
    }
    assert {column["unit"] for column in stored["columns"] if column["title"] == "罚没金额"} == {"元"}
    assert office.json("mapping", "propose", *named(file))["confirmed_version"] == 1
    assert office.json("mapping", "list", "--agency", town.AGENCY, "--item", "penalty") == [stored]
    assert office.json("mapping", "list", "--agency", town.REGISTRAR) == []
    assert stored["id"] in office.run("mapping", "list").out
    revoked = office.json("mapping", "revoke", stored["id"], "--as", "李某")
    assert (revoked["version"], revoked["state"], revoked["officer"]) == (2, "revoked", "李某")
    assert office.json("mapping", "propose", *named(file))["confirmed_version"] is None
    assert all(check["ok"] for check in office.json("doctor")["checks"] if check["id"] != "disk")


def test_all_open_columns_can_be_left_out_at_once_and_a_column_named_by_number(office: CommandLine, file: Path) -> None:
    stored = confirm(office, file, "--set", "#3=subject_code", "--ignore", "*")
    assert [column["field"] for column in stored["columns"]] == [
        "document_number", "subject_name", "subject_code", "decided_on", None, None, None,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("more", "rule"),
    [
        ((), "mapping.undecided"),
        (("--set", "没有=note"), "mapping.column_unknown"),
        (("--set", "甲=colour"), "mapping.field_unknown"),
        (("--set", "联系电话=note", "--ignore", "*"), "mapping.person_column"),
        (("--set", "甲=document_number", "--ignore", "*"), "mapping.field_twice"),
        (("--ignore", "*", "甲"), "mapping.no_subject"),
        (("--ignore", "*", "--set", "甲=subject_code", "--constant", "body_code=无"), "mapping.constant"),
        (("--ignore", "*", "--set", "甲=subject_code", "--unit", "案号=元"), "mapping.unit"),
        (("--headings", "7"), "mapping.headings"),
        (("--headings", "x"), "usage.wrong"),
        (("--set", "甲"), "usage.wrong"),
        (("--sheet", "Sheet9"), "sheet.missing"),
        (("--as", " "), "mapping.officer"),
    ],
)
def test_what_is_no_mapping_is_refused(office: CommandLine, file: Path, more: tuple[str, ...], rule: str) -> None:
    assert office.refused("mapping", "confirm", *named(file), "--as", "王某", *more) == rule
    assert office.json("mapping", "list") == []


def test_who_may_not_send_may_not_confirm(office: CommandLine, file: Path, tmp_path: Path) -> None:
    given = (file, "--item", "penalty", "--agency", town.REGISTRAR)
    assert office.refused("mapping", "propose", *given) == "agency.item_not_allowed"
    assert office.refused("mapping", "propose", file, "--item", "penalty", "--agency", "x") == "agency.unknown"
    assert office.refused("mapping", "propose", *named(tmp_path / "no.csv")) == "file.missing"
    assert office.refused("mapping", "revoke", "nothing", "--as", "王某") == "mapping.unknown"
    (empty := tmp_path / "empty.csv").write_text("\n\n", encoding="utf-8")
    assert office.refused("mapping", "propose", *named(empty)) == "mapping.no_rows"


def test_a_persons_number_on_the_command_line_is_not_repeated(office: CommandLine, file: Path) -> None:
    number = town.person_number(11)
    for more in (("--set", f"{number}=note"), ("--set", number), ("--constant", f"{number}=x")):
        answer = office.run("mapping", "confirm", *named(file), "--as", "王某", *more, "--ignore", "*", "--json")
        assert answer.code == 2
        assert number not in answer.out + answer.err
