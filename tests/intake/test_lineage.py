"""From a record back to the file, sheet and row that were sent, and from a batch forward to its records."""

import zipfile
from pathlib import Path

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import codes
from tests.factories.accounts import BUREAU, REGISTRAR
from tests.factories.intake import Gate, catch_up, csv_file, penalty
from xinheng.archive.records import RecordId, read_record_id
from xinheng.intake.corrections import Told, record_correct
from xinheng.intake.hold_queue import hold_queue
from xinheng.intake.holds import Ruling, hold_decide
from xinheng.intake.lineage import Lineage, batch_records, lineage
from xinheng.intake.receipts import Receipt
from xinheng.intake.selectors import batches, source_row
from xinheng.intake.services import submit
from xinheng.intake.withdrawals import Said, record_withdraw

pytestmark = pytest.mark.django_db

CODE, NAME = codes.enterprise(1), "示例市青禾食品有限公司"


def named(receipt: Receipt, row: int = 0) -> RecordId:
    found = read_record_id(receipt.rows[row].record or "")
    assert found
    return found


def way(record: RecordId) -> Lineage:
    found = lineage(record)
    assert found
    return found


def test_a_submitted_record_leads_to_its_row(gate: Gate) -> None:
    gate.register(CODE, NAME)
    receipt = gate.send("penalty", penalty(CODE, NAME, "甲〔2026〕1号"), penalty(CODE, NAME, "甲〔2026〕2号"))
    (step,) = way(named(receipt, 1)).steps
    assert (step.way, step.n, step.agency, step.receipt, step.batch) == (
        "submission", 1, BUREAU, receipt.number, receipt.batch,
    )  # fmt: skip
    assert (step.row, step.sheet, step.file, step.edition) == (3, None, None, "2018")
    assert step.rulebook == gate.ctx.rulebook.digest
    assert (step.position, step.withdrawn, step.told) == (receipt.position, None, {})


def test_every_way_is_told(gate: Gate) -> None:
    gate.register(CODE, NAME)
    receipt = gate.send("penalty", penalty(CODE, NAME), penalty(CODE, NAME, 备注="二"))
    record = named(receipt)
    ruling = Ruling("release", "王科长", "第二行为准", agency=BUREAU)
    hold_decide(gate.ctx, hold=hold_queue(gate.ctx).lines[0].id, ruling=ruling)
    record_correct(gate.ctx, record=record, agency=BUREAU, told=Told({"note": "三"}, "笔误", "李科长"))
    record_withdraw(gate.ctx, record=record, agency=BUREAU, said=Said("annulled", "复议撤销", "赵科长"))
    first, second, third = way(record).steps
    assert [step.way for step in (first, second, third)] == ["submission", "decision", "correction"]
    assert [step.row for step in (first, second, third)] == [2, 3, 3]
    assert {step.receipt for step in (first, second, third)} == {receipt.number}
    assert second.told == {"by": BUREAU, "officer": "王科长", "reason": "第二行为准"}
    assert third.told == {"by": BUREAU, "officer": "李科长", "reason": "笔误", "fields": ["note"]}
    assert third.withdrawn is not None
    told = {key: third.withdrawn[key] for key in ("by", "officer", "reason", "note")}
    assert told == {"by": BUREAU, "officer": "赵科长", "reason": "annulled", "note": "复议撤销"}
    kept = source_row(gate.store, act=third.act, part=third.sheet, row=third.row)
    assert kept is not None
    assert "二" in kept.cells


def test_a_released_row_leads_to_the_batch_it_came_with(gate: Gate) -> None:
    receipt = gate.send("penalty", penalty(CODE, NAME))
    gate.register(CODE, NAME)
    catch_up(gate.ctx)
    (record,) = batch_records(receipt.batch)
    (step,) = way(record.record).steps
    assert (step.way, step.receipt, step.row, step.received_at) == (
        "release", receipt.number, 2, gate.ctx.now,
    )  # fmt: skip


def test_a_member_of_an_archive_is_named(gate: Gate, tmp_path: Path) -> None:
    gate.register(CODE, NAME)
    gate.send("penalty", penalty(codes.enterprise(9), NAME, "占位"))
    csv_file(tmp_path / "甲.csv", [penalty(CODE, NAME, "甲〔2026〕1号")])
    book = openpyxl.Workbook()
    row = penalty(CODE, NAME, "乙〔2026〕1号")
    book.active.title = "处罚"
    book.active.append(list(row))
    book.active.append(list(row.values()))
    waiting = penalty(codes.enterprise(8), NAME, "乙〔2026〕2号")
    book.active.append(list(waiting.values()))
    book.save(tmp_path / "乙.xlsx")
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as packed:
        for name in ("甲.csv", "乙.xlsx"):
            packed.write(tmp_path / name, name)
    receipt = submit(gate.ctx, source=tmp_path / "all.zip", item="penalty", agency=BUREAU, store=gate.store)
    gate.register(codes.enterprise(8), NAME)
    catch_up(gate.ctx)
    places = set()
    for record in batch_records(receipt.batch):
        (step,) = way(record.record).steps
        places.add((step.file, step.sheet, step.row))
        assert source_row(gate.store, act=step.act, part=record.sheet, row=step.row) is not None
    assert places == {("甲.csv", None, 2), ("乙.xlsx", "处罚", 2), ("乙.xlsx", "处罚", 3)}


def test_forward_from_a_batch_page_by_page(gate: Gate) -> None:
    gate.register(CODE, NAME)
    receipt = gate.send("penalty", *(penalty(CODE, NAME, f"甲〔2026〕{n}号") for n in range(7)))
    record_correct(gate.ctx, record=named(receipt, 2), agency=BUREAU, told=Told({"note": "三"}, "笔误"))
    record_withdraw(gate.ctx, record=named(receipt, 4), agency=BUREAU, said=Said("annulled"))
    whole = batch_records(receipt.batch)
    assert [record.row for record in whole] == [2, 3, 4, 5, 6, 7, 8, 4], "its own rows, then what came of them later"
    assert batch_records(receipt.batch, after="nonsense~'") == whole
    assert {record.n for record in whole if record.row == 4} == {1, 2}
    assert [record.row for record in whole if record.withdrawn] == [6]
    found, after = [], ""
    while page := batch_records(receipt.batch, after=after, limit=3):
        found += page
        after = page[-1].at
    assert tuple(found) == whole


def test_nothing_costs_more_when_there_is_more(gate: Gate) -> None:
    gate.register(CODE, NAME)
    receipt = gate.send("penalty", penalty(CODE, NAME))
    costs = set()
    for n in range(3):
        with CaptureQueriesContext(connection) as queries:
            way(named(receipt))
            batches()
        costs.add(len(queries))
        record_correct(gate.ctx, record=named(receipt), agency=BUREAU, told=Told({"note": f"第{n}次"}, "笔误"))
        gate.send("penalty", penalty(CODE, NAME, f"丙〔2026〕{n}号"))
    assert len(costs) == 1, costs


def test_batches_newest_first_of_one_agency_page_by_page(gate: Gate) -> None:
    gate.register(CODE, NAME)
    sent = [gate.send("penalty", penalty(CODE, NAME, f"甲〔2026〕{n}号")).number for n in range(5)]
    found, after = [], None
    while True:
        page, after = batches(agency=BUREAU, after=after, limit=2)
        found += [view.receipt for view in page]
        if after is None:
            break
    assert sorted(found) == sorted(sent)
    assert len(found) == 5
    assert len(batches(agency=REGISTRAR)[0]) == 1


def test_what_is_not_there_has_no_way(gate: Gate) -> None:
    assert lineage(RecordId(CODE, b"\0" * 16)) is None


def test_a_batch_counts_what_waits_and_what_was_put_right(gate: Gate) -> None:
    gate.register(CODE, NAME)
    rows = [penalty(CODE, NAME, f"甲〔2026〕{n}号") for n in range(3)]
    waiting = [penalty(codes.enterprise(9), NAME, f"乙〔2026〕{n}号") for n in range(2)]
    receipt = gate.send("penalty", *rows, *waiting)
    for row in (0, 1, 2):
        record_correct(gate.ctx, record=named(receipt, row), agency=BUREAU, told=Told({"note": "三"}, "笔误"))
    (view,) = [each for each in batches()[0] if each.id == receipt.batch]
    assert (view.waiting, view.corrected, view.counts["rows"], view.backfill) == (2, 3, 5, False)
