"""A trial says what a real submission would say and keeps nothing; old years are marked."""

import pytest

from tests.factories import codes
from tests.factories.accounts import BUREAU
from tests.factories.intake import Gate, csv_file, penalty
from xinheng.archive import selectors as archive
from xinheng.intake.models import Batch, HeldRow, Row
from xinheng.intake.services import How, submit
from xinheng.ledger.selectors import entries_after, head

pytestmark = pytest.mark.django_db

CODE, NAME = codes.enterprise(1), "示例市青禾商贸有限公司"


def told(receipt) -> list[tuple]:
    return [(row.row, row.outcome.value, row.subject, row.record) for row in receipt.rows]


def test_a_trial_says_what_the_real_one_says_and_keeps_nothing(gate: Gate) -> None:
    gate.register(CODE, NAME)
    rows = [
        penalty(CODE, NAME),
        penalty(CODE, NAME, "甲〔2026〕2号", 处罚决定日期="2026-11-23"),
        penalty(codes.enterprise(7), "没有登记的公司", "甲〔2026〕3号"),
        penalty(CODE, NAME),
    ]
    source = csv_file(gate.folder / "trial.csv", rows)
    before = head().size
    tried = submit(gate.ctx, source=source, item="penalty", agency=BUREAU, store=gate.store, how=How(trial=True))
    assert (tried.number, tried.position, head().size) == (None, None, before)
    assert not Row.objects.filter(batch_id=tried.batch).exists()
    assert not HeldRow.objects.exists()
    assert archive.versions_of_act(tried.batch) == ()
    assert Batch.objects.get(id=tried.batch).state == "tried"
    assert len(list(gate.store.folder.iterdir())) == 1, "the register's rows alone"
    real = submit(gate.ctx, source=source, item="penalty", agency=BUREAU, store=gate.store)
    assert (tried.counts, tried.findings, told(tried)) == (real.counts, real.findings, told(real))
    assert [row.outcome.value for row in real.rows] == ["accepted", "rejected", "held", "duplicate"]


def test_old_years_are_marked_where_lateness_is_counted(gate: Gate) -> None:
    gate.register(CODE, NAME)
    source = csv_file(gate.folder / "old.csv", [penalty(CODE, NAME)])
    receipt = submit(gate.ctx, source=source, item="penalty", agency=BUREAU, store=gate.store, how=How(backfill=True))
    assert receipt.backfill
    assert Batch.objects.get(id=receipt.batch).backfill
    assert entries_after(head().size - 2, limit=1)[0].payload["backfill"] is True
