"""Whatever goes wrong in the middle of an act that follows a batch: nothing of it is there."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from django.db import connection, transaction

from tests.factories import codes
from tests.factories.accounts import BUREAU
from tests.factories.intake import Gate, penalty
from xinheng.archive.records import RecordId, read_record_id
from xinheng.intake.corrections import Told, record_correct
from xinheng.intake.hold_queue import hold_queue
from xinheng.intake.holds import Ruling, hold_decide
from xinheng.intake.nil_returns import nil_return_file
from xinheng.intake.receipts import Receipt
from xinheng.intake.withdrawals import Said, batch_withdraw, record_withdraw

pytestmark = pytest.mark.django_db

CODE, NAME = codes.enterprise(1), "示例市青禾食品有限公司"
OLD = codes.organisation_code(1)
TABLES = (
    "ledger_entry", "archive_version", "archive_withdrawal", "archive_identifier", "intake_held", "intake_withdrawal",
    "intake_nil_return", "intake_correction", "intake_decision", "publication_notice",
)  # fmt: skip

Act = Callable[[Gate, Receipt, RecordId], object]


def withdraw_all(gate: Gate, receipt: Receipt, record: RecordId) -> object:
    return batch_withdraw(gate.ctx, batch=receipt.batch, agency=BUREAU, said=Said("annulled"))


def withdraw_one(gate: Gate, receipt: Receipt, record: RecordId) -> object:
    return record_withdraw(gate.ctx, record=record, agency=BUREAU, said=Said("annulled"))


def nothing_to_report(gate: Gate, receipt: Receipt, record: RecordId) -> object:
    days = {"from_date": date(2026, 10, 1), "to_date": date(2026, 10, 31)}
    return nil_return_file(gate.ctx, agency=BUREAU, item="penalty", **days)


def correct(gate: Gate, receipt: Receipt, record: RecordId) -> object:
    return record_correct(gate.ctx, record=record, agency=BUREAU, told=Told({"note": "新说明"}, "笔误"))


def decide(gate: Gate, receipt: Receipt, record: RecordId) -> object:
    ruling = Ruling("release", "王科长", "已核对", subject=CODE)
    return hold_decide(gate.ctx, hold=hold_queue(gate.ctx).lines[0].id, ruling=ruling)


ACTS: dict[str, tuple[str, Act]] = {
    "a batch withdrawn": ("withdrawals", withdraw_all),
    "a record withdrawn": ("withdrawals", withdraw_one),
    "a nil return": ("nil_returns", nothing_to_report),
    "a correction": ("corrections", correct),
    "a decision": ("holds", decide),
}


class ConnectionLostError(Exception):
    """The database went away."""


def stored() -> dict[str, list[tuple]]:
    found = {}
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"SELECT t::text FROM {table} t ORDER BY 1")
            found[table] = cursor.fetchall()
    return found


@pytest.fixture
def sent(gate: Gate) -> Receipt:
    """A record, and a row whose old code two organisations claim."""
    gate.register(CODE, NAME, 组织机构代码=OLD)
    gate.register(codes.enterprise(2), NAME, 组织机构代码=OLD)
    waits = penalty("", NAME, "甲〔2026〕2号", 组织机构代码=OLD)
    receipt = gate.send("penalty", penalty(CODE, NAME, "甲〔2026〕1号"), waits)
    assert receipt.counts["held"] == 1
    return receipt


def named(receipt: Receipt) -> RecordId:
    found = read_record_id(receipt.rows[0].record or "")
    assert found
    return found


@pytest.mark.parametrize("act", ACTS)
def test_a_fault_at_the_last_step_undoes_every_step(
    gate: Gate, sent: Receipt, act: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    module, run = ACTS[act]
    before = stored()

    def lose(*_: object, **__: object) -> int:
        assert stored() != before, "something was written by then, or the test tests nothing"
        raise ConnectionLostError

    with monkeypatch.context() as broken:
        broken.setattr(f"xinheng.intake.{module}.append", lose)
        with pytest.raises(ConnectionLostError), transaction.atomic():
            run(gate, sent, named(sent))
    assert stored() == before
    run(gate, sent, named(sent))
    assert len(stored()["ledger_entry"]) == len(before["ledger_entry"]) + 1, "one act, one entry"


@pytest.mark.parametrize("act", ACTS)
def test_the_entry_is_the_last_thing_that_is_written(
    gate: Gate, sent: Receipt, act: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    module, run = ACTS[act]
    written: list[dict[str, list[tuple]]] = []
    numbering = __import__(f"xinheng.intake.{module}", fromlist=["append"]).append

    def number(*given: object, **named: object) -> int:
        position = numbering(*given, **named)
        written.append(stored())
        return int(position)

    monkeypatch.setattr(f"xinheng.intake.{module}.append", number)
    run(gate, sent, named(sent))
    assert written == [stored()]


def test_documents_are_untouched(gate: Gate, sent: Receipt) -> None:
    before = sorted(path.name for path in Path(gate.store.folder).iterdir())
    for _, run in [ACTS["a correction"], ACTS["a batch withdrawn"]]:
        run(gate, sent, named(sent))
    assert sorted(path.name for path in Path(gate.store.folder).iterdir()) == before
