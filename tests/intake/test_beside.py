"""Large texts in a process of their own: same answers, same refusals, and nothing left of a process that dies."""

import os
import signal
from collections.abc import Callable, Generator
from functools import partialmethod
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from django.db import InterfaceError

from tests.factories import codes
from tests.factories.accounts import BUREAU
from tests.factories.intake import CODE, Gate, csv_file, penalty
from xinheng.archive.models import Version
from xinheng.archive.selectors import file_as_of
from xinheng.documents.store import RowsWriter
from xinheng.intake import services
from xinheng.intake.beside import Beside, JudgingFault
from xinheng.intake.models import Batch
from xinheng.intake.producing import Ready
from xinheng.intake.receipts import Receipt
from xinheng.intake.services import USUALLY, How, submit
from xinheng.runtime.errors import RuntimeRefusal

pytestmark = pytest.mark.django_db

SUBJECT, NAME, OLD = codes.enterprise(1), "示例市青禾食品有限公司", codes.organisation_code(1)
PERSON_LIKE = "110105194912310482"
"""A valid code that has a person's shape too: only the register can tell."""
CHANGES: list[dict[str, str]] = [
    {},
    {"处罚决定日期": "2026-13-01"},
    {"罚款金额（万元）": "abc"},
    {CODE: "", "工商注册号": "110108199001011237"},
    {"行政相对人类别": "自然人", "行政相对人名称": "张某某"},
    {CODE: codes.enterprise(7)},
    {"备注": "电话13800138000"},
    {CODE: "", "组织机构代码": OLD, "备注": "由旧代码找到"},
    {"备注": f"与{PERSON_LIKE}有关"},
]
ROWS = [penalty(SUBJECT, NAME, f"甲〔2026〕{n}号", **changes) for n, changes in enumerate(CHANGES * 9)]
ROWS.append(penalty(SUBJECT, NAME, "甲〔2026〕0号"))


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every text counts as large."""
    monkeypatch.setattr(services, "LARGE_BYTES", 0)


def told(receipt: Receipt) -> list[Any]:
    """All that a receipt says but for the names of its records, which are drawn anew with each batch."""
    return [
        receipt.counts,
        receipt.file_findings,
        receipt.findings,
        [(r.row, r.outcome, r.subject) for r in receipt.rows],
    ]


def sent(gate: Gate, how: How = USUALLY) -> Receipt:
    source = csv_file(gate.folder / "sent.csv", ROWS)
    return submit(gate.ctx, source=source, item="penalty", agency=BUREAU, store=gate.store, how=how)


def kept(gate: Gate, receipt: Receipt) -> pl.DataFrame:
    stored = Batch.objects.get(id=receipt.batch)
    return pl.read_parquet(gate.store.folder / stored.rows_document)


def test_both_ways_say_and_keep_the_same(gate: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
    gate.register(SUBJECT, NAME, 组织机构代码=OLD)
    # The answer comes by a connection of its own, which does not see what this test has not committed.
    monkeypatch.setattr(services, "known_to_register", lambda values: values & {PERSON_LIKE})
    here_told = told(sent(gate, How(trial=True)))
    monkeypatch.setattr(services, "LARGE_BYTES", 0)
    there = sent(gate)
    assert told(there) == here_told
    found = file_as_of(SUBJECT, as_of=gate.ctx.today, known_at=gate.ctx.now, item="penalty")
    notes = [version.values.get("note") for version in found]
    assert notes.count("由旧代码找到") == notes.count(f"与{PERSON_LIKE}有关") == 9
    monkeypatch.setattr(services, "LARGE_BYTES", 10**9)
    again = sent(gate)
    assert again.counts["unchanged"] == there.counts["accepted"]
    assert kept(gate, again).equals(kept(gate, there))


@pytest.mark.usefixtures("large")
def test_a_trial_keeps_nothing(gate: Gate) -> None:
    gate.register(SUBJECT, NAME)
    before = set(os.listdir(gate.store.folder))
    receipt = sent(gate, How(trial=True))
    assert receipt.counts["accepted"]
    assert not Version.objects.filter(item="penalty").exists()
    assert set(os.listdir(gate.store.folder)) == before


@pytest.mark.usefixtures("large")
def test_what_the_register_does_not_know_is_masked(gate: Gate) -> None:
    gate.register(SUBJECT, NAME)
    assert sent(gate).counts["accepted"]
    found = file_as_of(SUBJECT, as_of=gate.ctx.today, known_at=gate.ctx.now, item="penalty")
    assert PERSON_LIKE not in str(found)


@pytest.mark.usefixtures("large")
def test_refusals_come_over(gate: Gate, tmp_path: Path) -> None:
    (tmp_path / "other.csv").write_text("姓名,年龄\n甲,3\n", "utf-8")
    with pytest.raises(RuntimeRefusal) as refused:
        submit(gate.ctx, source=tmp_path / "other.csv", item="penalty", agency=BUREAU, store=gate.store)
    assert refused.value.rule == "gate.no_header"
    assert refused.value.message_zh
    assert Batch.objects.get().state == "refused"


@pytest.mark.usefixtures("large")
def test_what_the_process_cannot_write_is_refused(gate: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
    gate.register(SUBJECT, NAME)
    (gate.folder / "file").touch()
    monkeypatch.setattr(RowsWriter, "place", (gate.folder / "file" / "folder", "rows"))
    with pytest.raises(RuntimeRefusal) as refused:
        sent(gate)
    assert list(Batch.objects.filter(state="refused").values_list("error_rule", flat=True)) == [refused.value.rule]
    assert not Version.objects.filter(item="penalty").exists()


@pytest.mark.usefixtures("large")
def test_a_register_that_cannot_answer_says_why(gate: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
    gate.register(SUBJECT, NAME)

    def gone(values: frozenset[str]) -> frozenset[str]:
        raise InterfaceError("the connection is closed")

    monkeypatch.setattr(services, "known_to_register", gone)
    with pytest.raises(InterfaceError, match="the connection is closed"):
        sent(gate)
    assert not Version.objects.filter(item="penalty").exists()


@pytest.mark.usefixtures("large")
@pytest.mark.parametrize("after", [0, 1], ids=["at once", "at the end"])
def test_a_process_that_dies_leaves_nothing(gate: Gate, monkeypatch: pytest.MonkeyPatch, after: int) -> None:
    gate.register(SUBJECT, NAME)
    before = set(os.listdir(gate.store.folder))
    monkeypatch.setattr(Beside, "blocks", partialmethod(_killed, Beside.blocks, after))
    with pytest.raises(JudgingFault, match="ended with -9"):
        sent(gate)
    assert set(os.listdir(gate.store.folder)) == before
    assert not Version.objects.filter(item="penalty").exists()
    assert Batch.objects.filter(state="refused").count() == 1


def _killed(
    self: Beside, blocks: Callable[[Beside], Generator[Ready, None, None]], after: int
) -> Generator[Ready, None, None]:
    """The blocks of a process that is killed once it gave so many."""
    if not after:
        os.kill(self._process.pid, signal.SIGKILL)
    for count, block in enumerate(blocks(self), 1):
        yield block
        if count == after:
            os.kill(self._process.pid, signal.SIGKILL)


@pytest.mark.usefixtures("large")
def test_the_process_ends_when_nobody_listens(gate: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
    ended: list[int] = []

    def left(self: Beside) -> Generator[Ready, None, None]:
        self._pipe.close()  # as the system does for a command that was killed
        ended.append(self._process.wait(30))
        yield from ()

    monkeypatch.setattr(Beside, "blocks", left)
    with pytest.raises(JudgingFault):
        sent(gate)
    assert ended == [1]
