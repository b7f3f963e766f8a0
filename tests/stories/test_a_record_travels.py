"""A decision on paper becomes a line of a public file: the whole way, with the real command and the real pages."""

import re
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pyarrow.parquet as pq

from tests.doors import town
from tests.doors.command_line import CommandLine, Pages, installation, words

DINER = "云台区精诚餐饮有限公司"
NEWCOMER = "云台区晨曦食品有限公司"
DECISION = "云市监罚〔2026〕18号"
DINER_CODE, NEWCOMER_CODE = town.organisation_code(1), town.organisation_code(2)
PERSON, PERSON_NUMBER = "欧阳晴岚", town.person_number(200)
TITLE = ["云台区市场监督管理局2026年行政处罚信息公示表"]

DECIDED = town.penalty(1, DINER, DECISION)
FAULTY = town.penalty(1, DINER, "云市监罚〔2026〕19号", decided="2026-02-30")
PERSONAL = town.penalty(1, PERSON, "云市监罚〔2026〕20号", category="自然人", code=PERSON_NUMBER)
WAITING = town.penalty(2, NEWCOMER, "云市监罚〔2026〕21号", content="罚款人民币三万元", fine="3")


def test_a_record_travels(tmp_path: Path) -> None:
    office = installation(tmp_path / "data")
    two_agencies_are_admitted(office)
    the_register_comes_through_the_gate(office, tmp_path)
    receipt = the_bureau_sends_its_table(office, tmp_path)
    every_row_has_one_fate(receipt)
    with office.served() as pages:
        record = a_stranger_finds_the_decision(pages, receipt)
        the_same_in_english(pages, record)
        nothing_else_of_the_table_is_to_be_seen(pages)
        from_the_page_back_to_the_row(office, pages, record)
        a_correction_becomes_version_two(office, pages, record, tmp_path)
        the_old_file_never_undoes_it(office, pages, record, tmp_path)
        the_register_catches_up(office, pages, tmp_path)
        history_is_whole(office, record)


def two_agencies_are_admitted(office: CommandLine) -> None:
    """The registrar may send the register, the bureau its penalties, and neither the other's."""
    office.json("agency", "add", town.REGISTRAR, town.REGISTRAR_NAME, "--items", "registration")
    office.json("agency", "add", town.AGENCY, town.AGENCY_NAME, "--items", "penalty")


def the_register_comes_through_the_gate(office: CommandLine, folder: Path) -> None:
    file = town.register_file(folder / "登记库.csv", [town.registered(1, DINER, former="云台区精诚小吃店")])
    receipt = office.submit(file, "registration", town.REGISTRAR)
    assert (receipt["rows"], receipt["accepted"]) == (1, 1)


def the_bureau_sends_its_table(office: CommandLine, folder: Path) -> Any:
    """As such tables are: GB18030, a title above the header, a slip, a person, an organisation nobody knows yet."""
    cells = [TITLE, *town.table(town.PENALTY_COLUMNS, [DECIDED, FAULTY, PERSONAL, WAITING])]
    file = town.write_csv(folder / "处罚.csv", cells, "gb18030")
    return office.submit(file, "penalty", town.AGENCY)


def every_row_has_one_fate(receipt: Any) -> None:
    """Rows are counted as a spreadsheet program shows them: the title is row 1, the header row 2."""
    fates = {row["row"]: row["outcome"] for row in receipt["outcomes"]}
    assert fates == {3: "accepted", 4: "rejected", 5: "excluded_person", 6: "held"}
    (slip,) = [said for said in receipt["findings"] if said["row"] == 4]
    assert (slip["field"], slip["rule"], slip["value"]) == ("decided_on", "date.impossible", "2026-02-30")
    assert "2026-02-30" in slip["message_zh"]
    (person,) = [said for said in receipt["findings"] if said["row"] == 5]
    assert (person["rule"], person["value"]) == ("NP-EXCLUDED", None)
    assert receipt["rows"] == 4


def a_stranger_finds_the_decision(pages: Pages, receipt: Any) -> str:
    """Part of the name, in traditional characters, leads to the file, and the file to the record."""
    found = pages.page("/search/?q=" + quote("精誠餐飲"))
    assert f"/org/{DINER_CODE}/" in found
    assert "<mark" in found, "the matching part is marked"
    file = pages.page(f"/org/{DINER_CODE}/")
    assert DECISION in file
    record = next(row["record"] for row in receipt["outcomes"] if row["row"] == 3)
    assert f"/record/{record}/" in file
    page = words(pages.page(f"/record/{record}/"))
    for said in (DECISION, DINER, DINER_CODE, "虚假宣传", "罚款人民币五万元", "反不正当竞争法", town.AGENCY_NAME):
        assert said in page
    assert "有误" in page, "how to object"
    return str(record)


def the_same_in_english(pages: Pages, record: str) -> None:
    page = words(pages.page(f"/en/record/{record}/"))
    assert "Number of the penalty decision" in page
    assert "Legal basis of the penalty" in page
    assert DECISION in page


def nothing_else_of_the_table_is_to_be_seen(pages: Pages) -> None:
    """Neither the faulty row, nor the waiting one, nor anything of the person."""
    file = pages.page(f"/org/{DINER_CODE}/")
    assert "2026〕19号" not in file
    assert PERSON not in file
    assert "/org/" not in pages.page("/search/?q=" + quote(PERSON)), "a person's name finds nothing"
    assert pages.get(f"/org/{NEWCOMER_CODE}/")[0] == 404


def from_the_page_back_to_the_row(office: CommandLine, pages: Pages, record: str) -> None:
    """Page → record → batch and row → the row as the gate left it."""
    told = office.json("show", DINER_CODE)
    (line,) = [line for line in told["records"] if line["record"] == record]
    assert line["row"] == 3
    page = words(pages.page(f"/record/{record}/"))
    assert re.search(r"第\s*3\s*行", page), "the page names the row of the file"
    kept = pq.read_table(office.data / "documents" / f"{line['batch']}.rows.parquet").to_pylist()
    (row,) = [row for row in kept if row["row"] == 3]
    assert {DECISION, DINER, DINER_CODE, "2026-06-01"} <= set(row.values())
    assert 5 not in {row["row"] for row in kept}, "nothing is kept of the person's row"


def a_correction_becomes_version_two(office: CommandLine, pages: Pages, record: str, folder: Path) -> None:
    corrected = {**DECIDED, "facts": "在店内和网店张贴与实际不符的宣传单"}
    receipt = office.submit(town.penalty_file(folder / "更正.csv", [corrected]), "penalty", town.AGENCY)
    (row,) = receipt["outcomes"]
    assert (row["outcome"], row["record"]) == ("updated", record), "the same record, a new version"
    page = words(pages.page(f"/record/{record}/"))
    assert "在店内和网店张贴" in page
    (line,) = [line for line in office.json("show", DINER_CODE)["records"] if line["record"] == record]
    assert line["version"] == 2


def the_old_file_never_undoes_it(office: CommandLine, pages: Pages, record: str, folder: Path) -> None:
    receipt = office.submit(folder / "处罚.csv", "penalty", town.AGENCY)
    fates = {row["row"]: row["outcome"] for row in receipt["outcomes"]}
    assert fates[3] == "unchanged"
    assert any(said["row"] == 3 and said["severity"] == "warning" for said in receipt["findings"])
    assert "在店内和网店张贴" in words(pages.page(f"/record/{record}/"))


def the_register_catches_up(office: CommandLine, pages: Pages, folder: Path) -> None:
    """The row that waited goes on by itself; nobody sends it again."""
    office.submit(town.register_file(folder / "新.csv", [town.registered(2, NEWCOMER)]), "registration", town.REGISTRAR)
    file = pages.page(f"/org/{NEWCOMER_CODE}/")
    assert WAITING["document"] in file
    released = [line for line in office.json("show", NEWCOMER_CODE)["records"] if line["item"] == "penalty"]
    assert [line["document_number"] for line in released] == [WAITING["document"]], "once, though it was sent twice"
    assert released[0]["row"] == 6


def history_is_whole(office: CommandLine, record: str) -> None:
    """Receipts hold against what is stored; what was known before the correction can still be read."""
    assert office.json("doctor")["ok"]
    before = office.json("show", DINER_CODE, "--known-at", "2026-11-21T23:59")
    assert before["records"] == [], "nothing was known yet"
    now = office.json("show", DINER_CODE)
    assert record in [line["record"] for line in now["records"]]
