"""`submit` from the command line: the receipt, its sums, one outcome for each row, and every way to be refused."""

import json
import os
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.doors import town
from tests.doors.command_line import COMMAND, CommandLine, installation

DINER, SHOP = "云台区精诚餐饮有限公司", "云台区百顺超市"
COUNTED = ("accepted", "rejected", "held", "excluded_persons", "duplicates", "updated", "unchanged")
OUTCOMES = {"accepted", "held", "rejected", "duplicate", "updated", "unchanged", "ignored", "excluded_person"}


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An installation with two agencies and a register of two, stopped."""
    place = tmp_path_factory.mktemp("prepared")
    office = installation(place / "data")
    office.json("agency", "add", town.REGISTRAR, town.REGISTRAR_NAME, "--items", "registration")
    office.json("agency", "add", town.AGENCY, town.AGENCY_NAME, "--items", "penalty")
    shop = town.registered(2, SHOP, code=town.organisation_code(2, "92"), representative="李百顺")
    file = town.register_file(place / "register.csv", [town.registered(1, DINER), shop])
    office.submit(file, "registration", town.REGISTRAR)
    return office.data


@pytest.fixture
def office(prepared: Path, tmp_path: Path) -> CommandLine:
    subprocess.run(["cp", "-a", prepared, tmp_path / "data"], check=True)
    return CommandLine(tmp_path / "data")


def every_fate(path: Path) -> Path:
    """One row of each fate, a title, a blank line, a total."""
    rows = [
        town.penalty(1, DINER, "云市监罚〔2026〕1号"),
        town.penalty(1, DINER, "云市监罚〔2026〕1号"),
        town.penalty(1, DINER, "云市监罚〔2026〕2号", decided="昨天"),
        town.penalty(9, "云台区未知有限公司", "云市监罚〔2026〕3号"),
        town.penalty(1, "诸葛明月", "云市监罚〔2026〕4号", category="自然人", code=town.person_number(70)),
        town.penalty(1, DINER, "云市监罚〔2026〕5号", representative="某某"),
    ]
    header, *body = town.table(town.PENALTY_COLUMNS, rows)
    blank, total = [""] * len(header), ["合计", *[""] * (len(header) - 1)]
    return town.write_csv(path, [["2026年行政处罚"], header, *body[:3], blank, *body[3:], total])


def check_sums(receipt: Any) -> None:
    """The counts are those of the outcomes; every finding and outcome points where it should."""
    assert receipt["rows"] == sum(receipt[name] for name in COUNTED)
    found = Counter(row["outcome"] for row in receipt["outcomes"])
    assert set(found) <= OUTCOMES
    named = {"excluded_persons": "excluded_person", "duplicates": "duplicate"}
    for name in (*COUNTED, "ignored"):
        assert receipt[name] == found[named.get(name, name)], name
    places = [(row["file"], row["sheet"], row["row"]) for row in receipt["outcomes"]]
    assert len(places) == len(set(places)), "each physical row once"
    warned = 0
    for row in receipt["outcomes"]:
        said = [receipt["findings"][place] for place in row["findings"]]
        assert all(finding["row"] == row["row"] for finding in said)
        warned += any(finding["severity"] == "warning" for finding in said)
    assert receipt["warned"] == warned


def test_the_receipt_adds_up(office: CommandLine, tmp_path: Path) -> None:
    receipt = office.submit(every_fate(tmp_path / "rows.csv"), "penalty", town.AGENCY)
    check_sums(receipt)
    fates = {row["row"]: row["outcome"] for row in receipt["outcomes"]}
    assert fates == {
        3: "accepted", 4: "duplicate", 5: "rejected", 6: "ignored", 7: "held", 8: "excluded_person", 9: "accepted",
        10: "ignored",
    }  # fmt: skip
    assert receipt["ignored"] == 2
    subjects = {row["row"]: row["subject"] for row in receipt["outcomes"]}
    assert subjects[3] == town.organisation_code(1)
    assert subjects[8] is subjects[6] is None
    again = office.submit(tmp_path / "rows.csv", "penalty", town.AGENCY)
    check_sums(again)
    assert {row["row"]: row["outcome"] for row in again["outcomes"]}[3] == "unchanged"


def test_findings_say_what_to_do_in_both_languages(office: CommandLine, tmp_path: Path) -> None:
    receipt = office.submit(every_fate(tmp_path / "rows.csv"), "penalty", town.AGENCY)
    fields = {"row", "field", "rule", "severity", "message_zh", "message_en", "value"}
    for said in receipt["findings"]:
        assert fields <= set(said)
        assert said["severity"] in ("error", "warning", "info")
        assert said["message_zh"]
        assert said["message_en"]
    emptied = [said for said in receipt["findings"] if said["rule"] == "person.emptied"]
    assert [(said["row"], said["value"]) for said in emptied] == [(9, None)], "personal values are not echoed"


def test_without_rows_the_outcomes_stay_out(office: CommandLine, tmp_path: Path) -> None:
    file = every_fate(tmp_path / "rows.csv")
    receipt = office.json("submit", file, "--item", "penalty", "--agency", town.AGENCY)
    assert "outcomes" not in receipt
    needed = {"batch", "item", "agency", "rows", "ignored", "warned", "findings", "receipt", *COUNTED}
    assert needed <= set(receipt)
    text = office.run("submit", file, "--item", "penalty", "--agency", town.AGENCY)
    assert text.code == 0
    assert text.out.startswith("回执 / receipt")
    assert "XH20261122-" in text.out


def test_an_agency_is_named_in_any_spelling(office: CommandLine, tmp_path: Path) -> None:
    file = town.penalty_file(tmp_path / "p.csv", [town.penalty(1, DINER, "云市监罚〔2026〕8号")])
    assert office.submit(file, "penalty", f" {town.AGENCY.lower()} ")["agency"] == town.AGENCY


def test_one_sheet_of_a_workbook(office: CommandLine, tmp_path: Path) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    for number, title in enumerate(("一月", "二月"), start=1):
        sheet = book.create_sheet(title)
        for cells in town.table(town.PENALTY_COLUMNS, [town.penalty(1, DINER, f"云市监罚〔2026〕{number}号")]):
            sheet.append(cells)
    del book["Sheet"]
    book.save(tmp_path / "book.xlsx")
    receipt = office.submit(tmp_path / "book.xlsx", "penalty", town.AGENCY, "--sheet", "二月")
    assert [(row["sheet"], row["row"], row["outcome"]) for row in receipt["outcomes"]] == [("二月", 2, "accepted")]
    both = office.submit(tmp_path / "book.xlsx", "penalty", town.AGENCY)
    check_sums(both)
    assert [(row["sheet"], row["outcome"]) for row in both["outcomes"]] == [("一月", "accepted"), ("二月", "unchanged")]
    assert refusal(office, tmp_path / "book.xlsx", "--sheet", "三月") == "sheet.missing"


def refusal(office: CommandLine, file: object, *more: str, item: str = "penalty", agency: str = town.AGENCY) -> str:
    return office.refused("submit", file, "--item", item, "--agency", agency, *more)


def attempts(office: CommandLine) -> str:
    return next(check["detail"] for check in office.json("doctor")["checks"] if check["id"] == "attempts")


def _unreadable_files(place: Path) -> dict[str, object]:
    (place / "empty.csv").touch()
    (place / "noise.csv").write_bytes(bytes(range(256)) * 40)
    (place / "page.xls").write_text("<html><frameset><frame src='sheet001.htm'></frameset></html>")
    (place / "cut.xlsx").write_bytes(b"PK\x03\x04" + b"\0" * 100)
    os.mkfifo(place / "pipe")
    (place / "loop").symlink_to(place / "loop")
    return {
        "file.missing": place / "no" / "such.csv", "file.is_folder": place, "file.empty": place / "empty.csv",
        "file.not_text": place / "noise.csv", "file.html": place / "page.xls", "file.not_regular": place / "pipe",
    }  # fmt: skip


def test_files_that_cannot_be_read(office: CommandLine, tmp_path: Path) -> None:
    """Nothing is stored but the attempt, and no kind of file hangs the command."""
    place = tmp_path / "files"
    place.mkdir()
    files = _unreadable_files(place)
    for rule, file in files.items():
        assert refusal(office, file) == rule
    odd = [place / "cut.xlsx", place / "loop", Path("/dev/null"), Path("/dev/zero"), place / ("长" * 200)]
    assert all(refusal(office, file).startswith("file.") for file in odd)
    assert attempts(office) == f"done 1, refused {len(files) + len(odd)}"
    assert [path.suffix for path in (office.data / "documents").iterdir()] == [".parquet"], "the register's alone"


def test_a_file_without_permission(office: CommandLine, tmp_path: Path) -> None:
    """Root may read everything, so there the file lies behind a name that is no folder."""
    secret = town.penalty_file(tmp_path / "p.csv", [town.penalty(1, DINER, "云市监罚〔2026〕9号")])
    secret.chmod(0)
    expected = "file.not_permitted"
    if os.geteuid() == 0:
        secret, expected = secret / "inside.csv", "file.missing"
    assert refusal(office, secret) == expected


@pytest.mark.parametrize(
    ("changed", "rule"),
    [
        ({"item": "penalties"}, "item.unknown"),
        ({"item": "信用户"}, "item.unknown"),
        ({"agency": town.organisation_code(77)}, "agency.unknown"),
        ({"agency": "somebody"}, "agency.unknown"),
        ({"agency": town.REGISTRAR}, "agency.item_not_allowed"),
        ({"item": "licence"}, "agency.item_not_allowed"),
    ],
)
def test_senders_and_items_that_do_not_fit(
    office: CommandLine, tmp_path: Path, changed: dict[str, str], rule: str
) -> None:
    file = town.penalty_file(tmp_path / "p.csv", [town.penalty(1, DINER, "云市监罚〔2026〕9号")])
    assert refusal(office, file, **changed) == rule
    assert attempts(office) == "done 1, refused 1"


def test_the_file_of_another_item(office: CommandLine, tmp_path: Path) -> None:
    file = town.register_file(tmp_path / "register.csv", [town.registered(3, "云台区某某有限公司")])
    assert refusal(office, file).startswith("item.") or refusal(office, file).startswith("header.")
    assert attempts(office).startswith("done 1, refused")


def test_a_header_without_rows_is_a_batch_of_none(office: CommandLine, tmp_path: Path) -> None:
    receipt = office.submit(town.penalty_file(tmp_path / "p.csv", []), "penalty", town.AGENCY)
    assert receipt["rows"] == 0
    assert [said["rule"] for said in receipt["findings"]] == ["batch.no_rows"]


def test_two_submit_the_same_file_at_once(office: CommandLine, tmp_path: Path) -> None:
    rows = [town.penalty(1, DINER, f"云市监罚〔2026〕{number}号") for number in range(300)]
    file = town.penalty_file(tmp_path / "p.csv", rows)
    both = [office.start("submit", file, "--item", "penalty", "--agency", town.AGENCY, "--json") for _ in range(2)]
    receipts = [json.loads(command.communicate(timeout=120)[0]) for command in both]
    assert sum(receipt["accepted"] for receipt in receipts) == len(rows)
    assert sum(receipt["unchanged"] for receipt in receipts) == len(rows)
    assert office.json("doctor")["ok"]


def test_the_file_and_the_search_show_what_came_in(office: CommandLine, tmp_path: Path) -> None:
    """An individual business is found by code or full trade name only, and its representative never."""
    office.submit(every_fate(tmp_path / "rows.csv"), "penalty", town.AGENCY)
    shown = office.json("show", town.organisation_code(1).lower())
    assert (shown["code"], shown["name"]) == (town.organisation_code(1), DINER)
    numbers = [record["document_number"] for record in shown["records"] if record["item"] == "penalty"]
    assert sorted(numbers) == ["云市监罚〔2026〕1号", "云市监罚〔2026〕5号"]
    assert "诸葛明月" not in json.dumps(shown, ensure_ascii=False)
    assert [hit["code"] for hit in office.json("search", "精诚")["hits"]] == [town.organisation_code(1)]
    assert office.json("search", "百顺")["hits"] == []
    assert [hit["name"] for hit in office.json("search", SHOP)["hits"]] == [SHOP]
    assert office.json("search", "李百顺")["hits"] == []
    assert "李百顺" not in office.run("show", town.organisation_code(2, "92"), "--json").out
    assert office.run("show", town.organisation_code(1)).out.startswith(town.organisation_code(1))


def test_a_receipt_into_a_closed_pipe_is_still_a_batch(office: CommandLine, tmp_path: Path) -> None:
    file = every_fate(tmp_path / "rows.csv")
    arguments = [*COMMAND, "submit", file, "--item", "penalty", "--agency", town.AGENCY, "--json"]
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run(arguments, stdout=write, stderr=subprocess.PIPE, env=office.environment, check=False)
    os.close(write)
    assert (done.returncode, done.stderr) == (0, b"")
    assert attempts(office) == "done 2"
