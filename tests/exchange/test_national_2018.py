"""What goes out to the level above: the standard's columns, records in force alone, and the same values when it comes
in again."""

import csv
import hashlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from tests.factories import codes
from tests.factories.accounts import BUREAU, BUREAU_NAME
from tests.factories.intake import Gate, licence, penalty
from tests.rulebook.double_publicity import published_fields
from xinheng.archive import selectors as archive
from xinheng.archive.records import read_record_id
from xinheng.core.exporting import Exported, cells
from xinheng.core.rulebook.types import Case
from xinheng.core.validation.engine import judge_case
from xinheng.exchange import selectors
from xinheng.exchange.services import ExportReport, national_2018
from xinheng.intake.receipts import Receipt
from xinheng.intake.withdrawals import Said, batch_withdraw, record_withdraw
from xinheng.ledger.selectors import entries_after, head
from xinheng.runtime.errors import RuntimeRefusal
from xinheng.runtime.rulebook_files import load_rulebook

CODE, STALL, OTHER = codes.enterprise(1), codes.individual_business(1), codes.enterprise(2)
NAME, STALL_NAME = "示例市青禾食品有限公司", "榆木区青禾面馆"
RULEBOOK = load_rulebook()
FORM = RULEBOOK.exports["national-2018"]


def columns(item: str) -> list[str]:
    """The standard's field codes, from the published list."""
    return [code for template, each, code, _ in published_fields() if (template, each) == ("2018", item)]


def exported(gate: Gate, item: str, name: str = "out.csv", **asked: date) -> ExportReport:
    return national_2018(gate.ctx, item=item, out=gate.folder / name, **asked)


def rows(report: ExportReport) -> list[dict[str, str]]:
    with report.file.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def numbers(gate: Gate, item: str = "penalty", name: str = "out.csv", **asked: date) -> set[str]:
    found = {row["CF_WSH" if item == "penalty" else "XK_WSH"] for row in rows(exported(gate, item, name, **asked))}
    (gate.folder / name).unlink()
    return found


def later(gate: Gate, days: int) -> Gate:
    moved = Gate(replace(gate.ctx, now=gate.ctx.now + timedelta(days=days)), gate.store, gate.folder)
    moved.sent = gate.sent + 100 * days
    return moved


@pytest.mark.parametrize("item", ["licence", "penalty"])
def test_the_columns_are_those_of_the_standard_in_its_order(item: str) -> None:
    assert [column.code for column in FORM.items[item].columns] == columns(item)


@pytest.mark.django_db
def test_a_penalty_goes_out_as_the_standard_writes_it(gate: Gate) -> None:
    gate.register(CODE, NAME)
    gate.send("penalty", penalty(CODE, NAME, 处罚类别="罚款;其他：责令公开道歉", 处罚有效期="长期"))
    report = exported(gate, "penalty")
    (row,) = rows(report)
    assert list(row) == columns("penalty")
    assert {code: cell for code, cell in row.items() if cell} == {
        "CF_XDR_MC": NAME, "CF_XDR_LB": "法人及非法人组织", "CF_XDR_SHXYM": CODE, "CF_WSH": "示应急罚〔2026〕1号",
        "CF_WFXW": "未按规定培训", "CF_SY": "未按规定进行安全培训", "CF_YJ": "《中华人民共和国安全生产法》第九十七条",
        "CF_CFLB": "罚款;其他：责令公开道歉", "CF_NR": "罚款20000元", "CF_NR_FK": "2", "CF_JDRQ": "2026-11-09",
        "CF_YXQ": "2099-12-31", "CF_CFJG": BUREAU_NAME, "CF_CFJGDM": BUREAU, "CF_SJLY": BUREAU_NAME,
        "CF_SJLYDM": BUREAU,
    }  # fmt: skip
    assert (report.item, report.edition, report.rows) == ("penalty", "2018", 1)
    assert report.digest == hashlib.sha256(report.file.read_bytes()).hexdigest()


@pytest.mark.django_db
def test_states_of_a_licence_have_the_standard_s_codes(gate: Gate) -> None:
    gate.register(CODE, NAME)
    gate.send("licence", licence(CODE, NAME), licence(CODE, NAME, "示应急许〔2026〕2号", 当前状态="已注销"))
    assert sorted(row["XK_ZT"] for row in rows(exported(gate, "licence"))) == ["1", "2"]


@pytest.mark.django_db
@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_what_went_out_and_comes_in_again_changes_nothing(gate: Gate, ending: str) -> None:
    gate.register(CODE, NAME)
    gate.register(STALL, STALL_NAME)
    gate.send(
        "penalty", penalty(CODE, NAME),
        penalty(CODE, NAME, "甲〔2026〕2号", 处罚类别="警告", **{"罚款金额（万元）": ""}),
        penalty(STALL, STALL_NAME, "甲〔2026〕3号", 行政相对人类别="个体工商户", 备注="附注"),
    )  # fmt: skip
    gate.send(
        "licence", licence(CODE, NAME), licence(CODE, NAME, "乙〔2026〕2号", 有效期至="长期", 许可类别="其他：备案")
    )
    for item, many in (("penalty", 3), ("licence", 2)):
        report = exported(gate, item, f"{item}.{ending}")
        assert report.rows == many
        receipt = submitted(gate, item, report.file)
        assert receipt.counts["unchanged"] == many, list(receipt.all_findings())


def submitted(gate: Gate, item: str, file: Path) -> Receipt:
    from xinheng.intake.services import submit

    return submit(gate.ctx, source=file, item=item, agency=BUREAU, store=gate.store)


def as_texts(report: ExportReport) -> list[list[str]]:
    sheet = load_workbook(report.file).active
    assert sheet is not None
    assert all(cell.data_type in ("s", "n") and not isinstance(cell.value, float) for row in sheet for cell in row)
    return [["" if cell.value is None else cell.value for cell in row] for row in sheet]


@pytest.mark.django_db
def test_both_kinds_of_file_hold_the_same(gate: Gate) -> None:
    gate.register(CODE, NAME)
    gate.send("penalty", penalty(CODE, NAME, 备注="=1+1"), penalty(CODE, NAME, "甲〔2026〕2号"))
    told = [list(row.values()) for row in rows(exported(gate, "penalty", "a.csv"))]
    header, *sheet = as_texts(exported(gate, "penalty", "a.xlsx"))
    assert header == columns("penalty")
    unmarked = [[cell.removeprefix("'") for cell in row] for row in told]
    assert sorted(unmarked) == sorted(sheet)
    assert sum(cell == "'=1+1" for row in told for cell in row) == 1


@pytest.mark.django_db
def test_a_withdrawn_record_stays_and_one_that_was_sent_again_goes_out(gate: Gate) -> None:
    gate.register(CODE, NAME)
    first = gate.send("penalty", penalty(CODE, NAME, "甲〔2026〕1号"), penalty(CODE, NAME, "甲〔2026〕2号"))
    gate.send("penalty", penalty(CODE, NAME, "甲〔2026〕3号"))
    record = read_record_id(first.rows[0].record or "")
    assert record
    record_withdraw(gate.ctx, record=record, agency=BUREAU, said=Said("sent_by_mistake"))
    assert numbers(gate) == {"甲〔2026〕2号", "甲〔2026〕3号"}
    batch_withdraw(gate.ctx, batch=first.batch, agency=BUREAU, said=Said("sent_by_mistake"))
    assert numbers(gate) == {"甲〔2026〕3号"}
    gate.send("penalty", penalty(CODE, NAME, "甲〔2026〕1号", 违法行为类型="未按规定演练"))
    assert numbers(gate) == {"甲〔2026〕1号", "甲〔2026〕3号"}


@pytest.mark.django_db
def test_an_annulled_penalty_does_not_go_out(gate: Gate) -> None:
    gate.register(CODE, NAME)
    gate.send("penalty", penalty(CODE, NAME, 当前状态="撤销"), penalty(CODE, NAME, "甲〔2026〕2号", 当前状态="正常"))
    assert numbers(gate) == {"甲〔2026〕2号"}


@pytest.mark.django_db
def test_only_the_newest_version_goes_out_on_the_day_it_came_in(gate: Gate) -> None:
    gate.register(CODE, NAME)
    gate.send("penalty", penalty(CODE, NAME, "甲〔2026〕1号"), penalty(CODE, NAME, "甲〔2026〕2号"))
    third = later(gate, 3)
    third.send("penalty", penalty(CODE, NAME, "甲〔2026〕1号", 违法行为类型="更正后"))
    first_day, day = gate.ctx.today, third.ctx.today
    assert numbers(gate) == {"甲〔2026〕1号", "甲〔2026〕2号"}
    assert numbers(gate, since=day) == {"甲〔2026〕1号"}
    assert numbers(gate, until=first_day) == {"甲〔2026〕2号"}
    assert numbers(gate, since=first_day, until=day) == {"甲〔2026〕1号", "甲〔2026〕2号"}
    assert numbers(gate, since=first_day + timedelta(days=1), until=day - timedelta(days=1)) == set()
    told = {row["CF_WSH"]: row["CF_WFXW"] for row in rows(exported(gate, "penalty"))}
    assert told["甲〔2026〕1号"] == "更正后"


@pytest.mark.django_db
def test_what_comes_in_while_it_is_written_is_not_in_it(gate: Gate) -> None:
    gate.register(CODE, NAME)
    gate.send("penalty", penalty(CODE, NAME, "甲〔2026〕1号"))
    size = head().size
    sent = gate.send(
        "penalty", penalty(CODE, NAME, "甲〔2026〕1号", 违法行为类型="更正后"), penalty(CODE, NAME, "甲〔2026〕2号")
    )
    batch_withdraw(gate.ctx, batch=sent.batch, agency=BUREAU, said=Said("sent_by_mistake"))
    (then,) = selectors.records_in_force("penalty", size=size, since=None, until=None)
    assert (then.values["document_number"], then.values["violation_type"]) == ("甲〔2026〕1号", "未按规定培训")
    assert list(selectors.records_in_force("penalty", size=head().size, since=None, until=None)) == []


@pytest.mark.django_db
@pytest.mark.parametrize("page", [1, 2, 3, 100])
def test_pages_have_no_gap_and_no_repeat(gate: Gate, page: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selectors, "PAGE", page)
    gate.register(CODE, NAME)
    gate.register(OTHER, "示例市白杨商贸有限公司")
    gate.send("penalty", *(penalty(CODE, NAME, f"甲〔2026〕{n}号") for n in range(7)))
    gate.send("penalty", *(penalty(OTHER, "示例市白杨商贸有限公司", f"乙〔2026〕{n}号") for n in range(3)))
    gate.send("licence", licence(CODE, NAME))
    report = exported(gate, "penalty")
    found = [row["CF_WSH"] for row in rows(report)]
    assert len(found) == len(set(found)) == report.rows == 10


@pytest.mark.django_db
def test_nothing_about_persons_and_nothing_unshared_is_in_the_file(gate: Gate) -> None:
    gate.register(CODE, NAME, 税务登记号="610802MA7XA0012")
    planted = {"法定代表人": "欧阳测试", "税务登记号": "610802MA7XA0012"}
    gate.send(
        "penalty", penalty(CODE, NAME, **planted),
        penalty("", "欧阳测试", "甲〔2026〕2号", 行政相对人类别="自然人") | {"税务登记号": ""},
    )  # fmt: skip
    report = exported(gate, "penalty")
    assert report.rows == 1
    text = report.file.read_text("utf-8-sig")
    assert "欧阳" not in text
    assert "610802MA7XA0012" not in text.replace(CODE, "")


@pytest.mark.django_db
def test_a_record_goes_out_under_the_unified_code_whatever_it_came_with(gate: Gate) -> None:
    old = codes.organisation_code(5)
    gate.register(CODE, NAME, 组织机构代码=old)
    gate.send("penalty", penalty("", NAME, 组织机构代码=old))
    (row,) = rows(exported(gate, "penalty"))
    assert (row["CF_XDR_SHXYM"], row["CF_XDR_ZZJG"]) == (CODE, old)


@pytest.mark.django_db
def test_an_export_is_an_act_in_the_ledger(gate: Gate) -> None:
    gate.register(CODE, NAME)
    gate.send("penalty", penalty(CODE, NAME))
    before = head().size
    report = exported(gate, "penalty", since=date(2026, 11, 1))
    (entry,) = entries_after(before - 1, limit=9)
    assert entry.kind == "exchange:records:exported"
    told = {key: entry.payload[key] for key in ("item", "format", "edition", "rows", "digest", "size", "from", "to")}
    assert told == {
        "item": "penalty", "format": "national-2018", "edition": "2018", "rows": 1, "digest": report.digest,
        "size": before, "from": "2026-11-01", "to": None,
    }  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("rule", "item", "name", "asked"),
    [
        ("export.item", "honour", "a.csv", {}),
        ("export.item", "persons", "a.csv", {}),
        ("export.ending", "penalty", "a.xls", {}),
        ("export.ending", "penalty", "a", {}),
        ("export.exists", "penalty", "there.csv", {}),
        ("export.no_folder", "penalty", "nowhere/a.csv", {}),
        ("export.days", "penalty", "a.csv", {"since": date(2026, 11, 2), "until": date(2026, 11, 1)}),
    ],
)
def test_what_cannot_go_out_is_refused_and_leaves_nothing(
    gate: Gate, rule: str, item: str, name: str, asked: dict[str, date]
) -> None:
    (gate.folder / "there.csv").write_text("mine", "utf-8")
    before, size = sorted(gate.folder.iterdir()), head().size
    with pytest.raises(RuntimeRefusal) as refused:
        exported(gate, item, name, **asked)
    assert refused.value.rule == rule
    assert refused.value.message_zh
    assert (sorted(gate.folder.iterdir()), head().size) == (before, size)
    assert (gate.folder / "there.csv").read_text("utf-8") == "mine"


@pytest.mark.django_db
def test_a_sheet_that_is_too_long_is_refused(gate: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("xinheng.exchange.files.SHEET_ROWS", 3)
    gate.register(CODE, NAME)
    gate.send("penalty", *(penalty(CODE, NAME, f"甲〔2026〕{n}号") for n in range(3)))
    with pytest.raises(RuntimeRefusal) as refused:
        exported(gate, "penalty", "a.xlsx")
    assert refused.value.rule == "export.too_long"
    assert not list(gate.folder.glob("*a.xlsx*"))
    assert exported(gate, "penalty", "a.csv").rows == 3


DAYS = st.dates(date(2019, 1, 1), date(2026, 11, 20))
WORDS = st.text("甲乙丙丁戊己庚辛", min_size=1, max_size=12)
KINDS = sorted({term.code for term in RULEBOOK.lists["penalty_types"].terms} - {"detention", "other"})


@st.composite
def penalties(draw: st.DrawFn) -> dict[str, str]:
    """Values of a penalty as the archive holds them."""
    kinds = draw(st.lists(st.sampled_from(KINDS), min_size=1, max_size=4, unique=True))
    decided = draw(DAYS)
    amount = draw(st.decimals(0, 100, places=6)).normalize()
    values = {
        "subject_name": f"示例市{draw(WORDS)}有限公司", "subject_category": "organisation", "subject_code": CODE,
        "document_number": f"示罚〔2026〕{draw(st.integers(1, 999))}号", "violation_type": draw(WORDS),
        "violation_facts": draw(WORDS), "basis": draw(WORDS), "penalty_types": ";".join(kinds), "content": draw(WORDS),
        "fine_amount": f"{amount:f}", "licence_revoked": draw(WORDS), "decided_on": decided.isoformat(),
        "valid_until": draw(st.sampled_from(["open", (decided + timedelta(days=400)).isoformat()])),
        "body_name": BUREAU_NAME, "body_code": BUREAU, "source_unit_name": BUREAU_NAME, "source_unit_code": BUREAU,
    }  # fmt: skip
    if draw(st.booleans()):
        values |= {"penalty_types": f"{values['penalty_types']};other", "penalty_types_other": draw(WORDS)}
    return values


@settings(max_examples=150, deadline=None)
@given(penalties())
def test_any_penalty_reads_back_as_the_values_it_was(values: Mapping[str, str]) -> None:
    edition = RULEBOOK.edition("penalty", "2018")
    told = cells(FORM, FORM.items["penalty"], Exported(CODE, edition, values), RULEBOOK)
    row = dict(zip(columns("penalty"), told, strict=True))
    outcome, rules, read = judge_case(RULEBOOK, edition, Case("back", row, "", (), {}))
    assert outcome == "accepted", rules
    assert {key: value for key, value in read.items() if key != "fine_amount"} == {
        key: value for key, value in values.items() if key != "fine_amount"
    }
    assert Decimal(read["fine_amount"]) == Decimal(values["fine_amount"])


@pytest.mark.django_db
def test_values_of_the_archive_are_values_of_the_file(gate: Gate) -> None:
    gate.register(CODE, NAME)
    gate.send("licence", licence(CODE, NAME))
    (row,) = rows(exported(gate, "licence"))
    (held,) = archive.file_as_of(
        CODE, as_of=gate.ctx.today, known_at=head().recorded_at or gate.ctx.now, item="licence"
    )
    edition = RULEBOOK.edition("licence", held.edition)
    assert judge_case(RULEBOOK, edition, Case("back", row, "", (), {}))[2] == held.values
