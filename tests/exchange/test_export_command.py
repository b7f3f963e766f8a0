"""`export` from the command line, and its file on its way into a second installation."""

import csv
from pathlib import Path
from typing import Any

import pytest

from tests.doors.command_line import CommandLine, installation
from tests.factories import codes
from tests.factories.accounts import BUREAU, BUREAU_NAME, REGISTRAR, REGISTRAR_NAME
from tests.factories.intake import csv_file, licence, penalty, registration

CODE, NAME = codes.enterprise(1), "示例市青禾食品有限公司"
FILES = {
    "registration": [registration(CODE, NAME)],
    "penalty": [penalty(CODE, NAME), penalty(CODE, NAME, "示应急罚〔2026〕2号", 处罚类别="其他：责令公开道歉;罚款")],
    "licence": [licence(CODE, NAME, 有效期至="长期")],
}
ENDINGS = {"penalty": "xlsx", "licence": "csv"}


def office(folder: Path) -> CommandLine:
    """An installation whose register knows the organisation."""
    line = installation(folder)
    line.json("agency", "add", REGISTRAR, REGISTRAR_NAME)
    line.json("agency", "add", BUREAU, BUREAU_NAME)
    submit(line, "registration", csv_file(folder.parent / "registration.csv", FILES["registration"]))
    return line


def submit(line: CommandLine, item: str, file: Path) -> dict[str, Any]:
    agency = REGISTRAR if item == "registration" else BUREAU
    told: dict[str, Any] = line.json("submit", str(file), "--item", item, "--agency", agency)
    assert told["accepted"] == told["rows"] == len(FILES[item]), told
    return told


def values(line: CommandLine) -> dict[str, Any]:
    shown = line.json("show", CODE)
    return {r["document_number"]: r["values"] for r in shown["records"] if r["item"] != "registration"}


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> CommandLine:
    """The installation that sends up."""
    folder = tmp_path_factory.mktemp("city")
    line = office(folder / "data")
    for item in ENDINGS:
        submit(line, item, csv_file(folder / f"{item}.csv", FILES[item]))
    return line


def test_what_one_installation_sends_up_another_holds_with_the_same_values(city: CommandLine, tmp_path: Path) -> None:
    province = office(tmp_path / "data")
    for item, ending in ENDINGS.items():
        out = tmp_path / f"up-{item}.{ending}"
        told = city.json("export", "--item", item, "--format", "national-2018", "--out", str(out))
        assert {"item", "edition", "rows", "file", "digest"} <= set(told)
        assert (told["item"], told["edition"], told["rows"], told["file"]) == (item, "2018", len(FILES[item]), str(out))
        submit(province, item, out)
    assert len(values(city)) == 3
    assert values(province) == values(city)


def test_days_choose_and_wrong_ones_are_refused(city: CommandLine, tmp_path: Path) -> None:
    asked = ("export", "--item", "penalty", "--format", "national-2018")
    none = city.json(*asked, "--out", str(tmp_path / "none.csv"), "--to", "2026-11-21")
    every = city.json(*asked, "--out", str(tmp_path / "all.csv"), "--from", "2026-11-22", "--to", "2026-11-22")
    assert (none["rows"], every["rows"]) == (0, 2)
    with (tmp_path / "none.csv").open(encoding="utf-8-sig", newline="") as file:
        assert len(list(csv.reader(file))) == 1
    out = ("--out", str(tmp_path / "x.csv"))
    assert city.refused(*asked, "--out", str(tmp_path / "all.csv")) == "export.exists"
    assert city.refused(*asked, *out, "--from", "2026-11-22", "--to", "2026-11-21") == "export.days"
    assert city.refused(*asked, *out, "--from", "yesterday") == "date.unreadable"
    assert city.refused("export", "--item", "honour", "--format", "national-2018", *out) == "export.item"
    assert not (tmp_path / "x.csv").exists()
