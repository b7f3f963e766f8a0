"""Nothing to report is a signed word: refused where something came in, and marked when something comes after all."""

from datetime import date
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from tests.factories import accounts, codes
from tests.factories.accounts import BUREAU, REGISTRAR
from tests.factories.intake import Gate, catch_up, penalty
from xinheng.intake.models import NilReturn
from xinheng.intake.nil_returns import NilReturnView, nil_return_file, nil_returns
from xinheng.intake.seals import seal_holds
from xinheng.intake.withdrawals import Said, batch_withdraw
from xinheng.ledger.selectors import entry_of_act, head
from xinheng.runtime.errors import RuntimeRefusal

pytestmark = pytest.mark.django_db

CODE, NAME = codes.enterprise(1), "示例市青禾食品有限公司"
FIRST, LAST = date(2026, 10, 1), date(2026, 10, 31)


def nothing(gate: Gate, *, start: date = FIRST, end: date = LAST, agency: str = BUREAU) -> NilReturnView:
    return nil_return_file(gate.ctx, agency=agency, item="penalty", from_date=start, to_date=end, officer="王科长")


def refused(gate: Gate, **asked: object) -> str:
    before = (head().size, NilReturn.objects.count())
    with pytest.raises(RuntimeRefusal) as said:
        nothing(gate, **asked)  # type: ignore[arg-type]
    assert (head().size, NilReturn.objects.count()) == before
    return said.value.rule


def in_october(day: str, number: str = "甲〔2026〕1号", code: str = CODE) -> dict[str, str]:
    return dict(penalty(code, NAME, number, 处罚决定日期=day))


def test_it_is_signed_numbered_and_in_the_ledger(gate: Gate) -> None:
    done = nothing(gate)
    assert done.receipt.startswith("XH20261122-")
    entry = entry_of_act(done.act)
    assert entry is not None
    told = {"agency": BUREAU, "item": "penalty", "from": "2026-10-01", "to": "2026-10-31", "receipt": done.receipt}
    assert entry.kind == "nil:return:signed"
    assert {key: entry.payload[key] for key in told} == told
    kept = NilReturn.objects.get()
    assert seal_holds(bytes(kept.seal), {**told, "officer": "王科长"})
    assert not seal_holds(bytes(kept.seal), {**told, "officer": "李科长"})
    assert nil_returns(agency=BUREAU) == (done,)
    assert nil_returns(agency=REGISTRAR) == ()


def test_twice_is_refused(gate: Gate) -> None:
    nothing(gate)
    assert refused(gate) == "nil.already"


@pytest.mark.parametrize(
    ("start", "end", "rule"),
    [
        (LAST, FIRST, "nil.inverted"),
        (date(2026, 11, 1), date(2026, 11, 30), "nil.future"),
        (date(2027, 1, 1), date(2027, 1, 31), "nil.future"),
    ],
)
def test_a_period_is_forward_and_over(gate: Gate, start: date, end: date, rule: str) -> None:
    assert refused(gate, start=start, end=end) == rule


def test_one_day_up_to_today_will_do(gate: Gate) -> None:
    assert nothing(gate, start=date(2026, 11, 22), end=date(2026, 11, 22)).to_date == gate.ctx.today


@pytest.mark.parametrize("day", ["2026-10-01", "2026-10-15", "2026-10-31"])
def test_rows_of_the_period_refuse_it(gate: Gate, day: str) -> None:
    gate.register(CODE, NAME)
    gate.send("penalty", in_october(day))
    assert refused(gate) == "nil.rows_exist"


@pytest.mark.parametrize("day", ["2026-09-30", "2026-11-01"])
def test_rows_beside_the_period_do_not(gate: Gate, day: str) -> None:
    gate.register(CODE, NAME)
    gate.send("penalty", in_october(day))
    assert nothing(gate).superseded_by is None


def test_rows_of_another_agency_do_not(gate: Gate) -> None:
    gate.register(CODE, NAME)
    gate.send("penalty", in_october("2026-10-05"))
    other = accounts.agency(gate.ctx, codes.government(7))
    assert nothing(gate, agency=other).agency == other


def test_a_row_that_waits_counts_as_reported(gate: Gate) -> None:
    assert gate.send("penalty", in_october("2026-10-05")).counts["held"] == 1
    assert refused(gate) == "nil.rows_exist"


def test_what_was_withdrawn_does_not_count(gate: Gate) -> None:
    gate.register(CODE, NAME)
    receipt = gate.send("penalty", in_october("2026-10-05"))
    batch_withdraw(gate.ctx, batch=receipt.batch, agency=BUREAU, said=Said("sent_by_mistake"))
    assert nothing(gate).superseded_by is None


def test_rows_that_come_later_are_taken_and_mark_it(gate: Gate) -> None:
    gate.register(CODE, NAME)
    done = nothing(gate)
    outside = gate.send("penalty", in_october("2026-09-05", "甲〔2026〕1号"))
    catch_up(gate.ctx)
    assert nil_returns() == (done,)
    inside = gate.send("penalty", in_october("2026-10-05", "甲〔2026〕2号"))
    catch_up(gate.ctx)
    (marked,) = nil_returns()
    assert inside.counts["accepted"] == outside.counts["accepted"] == 1
    assert (marked.superseded_by, marked.superseded_at) == (inside.batch, gate.ctx.now)


def test_a_waiting_row_marks_it_too(gate: Gate) -> None:
    nothing(gate)
    receipt = gate.send("penalty", in_october("2026-10-05"))
    catch_up(gate.ctx)
    assert nil_returns()[0].superseded_by == receipt.batch


def test_after_all_was_withdrawn_it_can_be_said_again(gate: Gate) -> None:
    gate.register(CODE, NAME)
    nothing(gate)
    receipt = gate.publish("penalty", in_october("2026-10-05"))
    batch_withdraw(gate.ctx, batch=receipt.batch, agency=BUREAU, said=Said("sent_by_mistake"))
    again = nothing(gate)
    assert again.superseded_by is None
    assert len(nil_returns()) == 2


def test_only_who_may_send_the_item_may_say_so(gate: Gate) -> None:
    other = accounts.agency(gate.ctx, codes.government(7), items=["licence"])
    assert refused(gate, agency=other) == "agency.item_not_allowed"
    assert refused(gate, agency=codes.government(88)) == "agency.unknown"


def test_the_database_refuses_an_inverted_period(gate: Gate) -> None:
    row = NilReturn(
        act=uuid4(), receipt="x", agency=BUREAU, officer="", item="penalty", from_date=LAST, to_date=FIRST,
        reported_at=gate.ctx.now, rulebook="x", seal=b"",
    )  # fmt: skip
    with pytest.raises(IntegrityError, match="intake_nil_forward"), transaction.atomic():
        row.save()
