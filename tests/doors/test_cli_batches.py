"""What follows a submission, from the command line: every command, its refusals, and nothing of a person anywhere."""

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.doors import town
from tests.doors.command_line import CommandLine, installation, words
from tests.runtime.server_folders import User
from xinheng.runtime.folder import DataFolder

DINER, SHOP = "云台区精诚餐饮有限公司", "云台区百顺超市有限公司"
PHONE = "13800138000"


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An installation with two agencies, two organisations, and a batch of four rows."""
    place = tmp_path_factory.mktemp("prepared")
    office = installation(place / "data")
    office.json("agency", "add", town.REGISTRAR, town.REGISTRAR_NAME)
    office.json("agency", "add", town.AGENCY, town.AGENCY_NAME)
    register = town.register_file(place / "register.csv", [town.registered(1, DINER), town.registered(2, SHOP)])
    office.submit(register, "registration", town.REGISTRAR)
    rows = [
        town.penalty(1, DINER, "云市监罚〔2026〕1号"),
        town.penalty(1, DINER, "云市监罚〔2026〕2号"),
        town.penalty(2, SHOP, "云市监罚〔2026〕3号", fine="50000"),
        town.penalty(2, SHOP, "云市监罚〔2026〕4号", decided="2026-13-01"),
    ]
    office.submit(town.penalty_file(place / "rows.csv", rows), "penalty", town.AGENCY)
    return office.data


@pytest.fixture
def office(prepared: Path, tmp_path: Path) -> Iterator[CommandLine]:
    """A copy of it whose database runs throughout, so that the commands need not start it."""
    subprocess.run(["cp", "-a", prepared, tmp_path / "data"], check=True)
    holder = User(DataFolder(tmp_path / "data")).arrive()
    yield CommandLine(tmp_path / "data")
    holder.leave()


def batch(office: CommandLine) -> Any:
    (found,) = [each for each in office.json("batches")["batches"] if each["item"] == "penalty"]
    return found


def records(office: CommandLine, number: int = 1) -> list[Any]:
    return office.json("show", town.organisation_code(number))["records"]


def penalties(office: CommandLine) -> list[Any]:
    return [record for record in records(office) if record["item"] == "penalty"]


def withdraw(office: CommandLine, *what: str, agency: str = town.AGENCY, reason: str = "annulled") -> tuple[str, ...]:
    return ("withdraw", *what, "--agency", agency, "--reason", reason)


def test_a_record_is_taken_back_and_its_page_says_so(office: CommandLine) -> None:
    record = penalties(office)[0]["record"]
    note = f"当事人电话 {PHONE}"
    done = office.json(*withdraw(office, "--record", record), "--note", note, "--officer", "王科长")
    assert (done["records"], done["reason"], done["record"]) == (1, "annulled", record)
    gone = {each["record"]: each["withdrawn"] for each in penalties(office)}
    assert gone[record]["reason"] == "annulled"
    assert [each for each in gone.values() if each is None] == [None]
    with office.served() as pages:
        status, text = pages.get(f"/record/{record}/")
        english = words(pages.get(f"/en/record/{record}/")[1])
        assert status == 410
        assert "该记录已撤回" in text
        assert "决定被依法撤销" in text
        assert town.AGENCY_NAME in text
        assert "This record was withdrawn" in english
        assert "The decision was annulled" in english
        assert not any(secret in text for secret in ("云市监罚", "虚假宣传", PHONE, "王科长", "当事人"))
        assert record not in pages.page(f"/org/{town.organisation_code(1)}/")
    readable = office.run("show", town.organisation_code(1)).out
    assert "已撤回 / withdrawn" in readable
    way = office.json("lineage", record)["versions"][0]
    assert way["withdrawn"]["by"] == town.AGENCY
    assert PHONE not in str(way)
    assert "已隐去" in way["withdrawn"]["note"]


def test_a_batch_is_taken_back_by_receipt(office: CommandLine) -> None:
    done = office.json(*withdraw(office, "--batch", batch(office)["receipt"], reason="sent_by_mistake"))
    assert (done["records"], done["held"]) == (2, 1)
    assert batch(office)["withdrawn_reason"] == "sent_by_mistake"
    assert office.json("holds", "list") == {"holds": [], "next": None}
    assert "sent_by_mistake" in office.run("batches").out
    assert office.refused(*withdraw(office, "--batch", batch(office)["id"])) == "withdrawal.nothing_left"
    assert office.json("doctor")["ok"]


def test_withdrawals_are_refused_in_words(office: CommandLine) -> None:
    receipt = batch(office)["receipt"]
    assert office.refused(*withdraw(office, "--batch", receipt, agency=town.REGISTRAR)) == "agency.not_the_sender"
    assert office.refused(*withdraw(office, "--batch", receipt, reason="x")) == "withdrawal.reason_unknown"
    assert office.refused(*withdraw(office, "--record", "x")) == "record.unreadable"
    assert office.refused("withdraw", "--agency", town.AGENCY, "--reason", "annulled") == "usage.wrong"
    assert len([each for each in penalties(office) if each["withdrawn"]]) == 0


def test_a_nil_return_is_signed_and_marked_later(office: CommandLine, tmp_path: Path) -> None:
    asked = ("nil", "penalty", "--agency", town.AGENCY, "--from", "2026-10-01", "--to", "2026-10-31")
    done = office.json(*asked)
    assert done["receipt"].startswith("XH20261122-")
    assert office.refused(*asked) == "nil.already"
    assert office.refused(*asked[:4], "--from", "2026-06-01", "--to", "2026-06-30") == "nil.rows_exist"
    assert office.refused(*asked[:4], "--from", "2026-10-31", "--to", "2026-10-01") == "nil.inverted"
    late = town.penalty(1, DINER, "云市监罚〔2026〕9号", decided="2026-10-09")
    receipt = office.submit(town.penalty_file(tmp_path / "late.csv", [late]), "penalty", town.AGENCY)
    (marked,) = office.json("batches", "--agency", town.AGENCY)["nil_returns"]
    assert marked["superseded_by"] == receipt["batch"]
    assert "零报告 / nil" in office.run("batches").out


def test_a_record_is_put_right(office: CommandLine) -> None:
    record = penalties(office)[0]["record"]
    asked = ("correct", record, "--agency", town.AGENCY, "--reason", f"笔误 {PHONE}")
    done = office.json(*asked, "--set", "content=罚款人民币六万元", "fine_amount=6")
    assert (done["outcome"], done["n"], done["fields"]) == ("updated", 2, ["content", "fine_amount"])
    versions = office.json("lineage", record)["versions"]
    assert [each["way"] for each in versions] == ["submission", "correction"]
    assert PHONE not in str(versions)
    answer = office.run(*asked, "--set", "decided_on=2026-13-01", "--json")
    assert (answer.code, answer.rule) == (2, "correction.refused")
    assert [said["rule"] for said in answer.json()["findings"]][:1] == ["date.impossible"]
    assert office.refused(*asked, "--set", "nothing") == "usage.wrong"
    assert office.refused("correct", *asked[2:], "--set", "note=x") == "usage.wrong"
    assert office.run(*asked, "--set", "note=说明").out.startswith("结果 / outcome")


def test_a_rejected_row_is_put_right(office: CommandLine) -> None:
    receipt = batch(office)["receipt"]
    asked = ("correct", "--batch", receipt, "--row", "5", "--agency", town.AGENCY, "--reason", "日期笔误")
    done = office.json(*asked, "--set", "处罚决定日期=2026-06-01")
    assert (done["outcome"], done["n"], done["fields"]) == ("accepted", 1, ["decided_on"])
    assert office.refused(*asked, "--set", "decided_on=2026-06-02") == "row.corrected_already"
    (way,) = office.json("lineage", done["record"])["versions"]
    assert (way["way"], way["row"], way["receipt"]) == ("correction", 5, receipt)
    assert batch(office)["corrected"] == 1
    assert office.json("doctor")["ok"]


def test_what_waits_is_decided_by_somebody(office: CommandLine) -> None:
    (line,) = office.json("holds", "list", "--owner", "sender")["holds"]
    assert (line["reason"], line["candidates"]) == ("amount.factor_10000", [town.organisation_code(2)])
    assert office.json("holds", "list", "--owner", "office")["holds"] == []
    assert "amount.factor_10000" in office.run("holds", "list").out
    asked = ("holds", "decide", line["id"], "--officer", "王科长", "--reason", "核对决定书无误")
    assert office.refused(*asked, "--decision", "forget") == "usage.wrong"
    other = ("--decision", "release", "--subject", town.organisation_code(1))
    assert office.refused(*asked, *other) == "hold.subject_not_candidate"
    done = office.json(*asked, "--decision", "release", "--agency", town.AGENCY)
    assert (done["state"], done["outcome"]) == ("released", "accepted")
    assert office.refused(*asked, "--decision", "reject") == "hold.not_waiting"
    (way,) = office.json("lineage", done["record"])["versions"]
    assert (way["way"], way["row"], way["receipt"]) == ("decision", 4, batch(office)["receipt"])


def test_from_a_batch_forward(office: CommandLine) -> None:
    receipt = batch(office)["receipt"]
    first = office.json("lineage", receipt, "--limit", "1")
    (one,) = first["records"]
    (two,) = office.json("lineage", receipt, "--after", first["next"])["records"]
    assert [one["row"], two["row"]] == [2, 3]
    assert {one["record"], two["record"]} == {each["record"] for each in penalties(office)}
    assert office.refused("lineage", "XH0") == "batch.unknown"
    assert office.refused("lineage", f"{town.organisation_code(1)}-{'0' * 32}") == "record.unknown"
    assert office.refused("lineage", receipt, "--limit", "0") == "usage.wrong"


def test_a_public_page_names_receipt_and_row(office: CommandLine) -> None:
    record = penalties(office)[0]["record"]
    with office.served() as pages:
        text = words(pages.page(f"/record/{record}/"))
    assert batch(office)["receipt"] in text
    assert "第 2 行" in text or "第 3 行" in text
