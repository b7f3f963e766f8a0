"""What an agency takes back stands nowhere any more, stays visible as taken back, and can be sent again."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import DatabaseError, connection

from tests.factories import accounts, codes
from tests.factories.accounts import BUREAU, BUREAU_NAME, REGISTRAR
from tests.factories.intake import Gate, catch_up, penalty
from xinheng.archive import selectors as archive
from xinheng.archive.records import RecordId, read_record_id
from xinheng.archive.withdrawals import withdrawals_of_act
from xinheng.core.context import Context
from xinheng.core.findings import Outcome
from xinheng.intake.entitled import batch_named
from xinheng.intake.holds import Ruling, hold_decide
from xinheng.intake.models import HeldRow, Withdrawal
from xinheng.intake.receipts import Receipt
from xinheng.intake.seals import seal_holds, seal_shown
from xinheng.intake.selectors import batches, held_rows, untrue_receipts
from xinheng.intake.withdrawals import Said, batch_withdraw, record_withdraw
from xinheng.ledger.selectors import entry_of_act, head
from xinheng.publication import selectors
from xinheng.runtime.errors import RuntimeRefusal

pytestmark = pytest.mark.django_db

CODE, NAME = codes.enterprise(1), "示例市青禾食品有限公司"
MISTAKE = Said("sent_by_mistake")
PHONE = "13800138000"


def numbers(gate: Gate, **asked: bool) -> list[str]:
    found = archive.file_as_of(CODE, as_of=gate.ctx.today, known_at=gate.ctx.now, item="penalty", **asked)
    return sorted(version.document_number or "" for version in found)


def named(receipt: Receipt, row: int = 0) -> RecordId:
    found = read_record_id(receipt.rows[row].record or "")
    assert found
    return found


def later(ctx: Context, days: int = 1) -> Context:
    return replace(ctx, now=ctx.now + timedelta(days=days))


def refused(gate: Gate, batch: UUID, said: Said = MISTAKE, agency: str = BUREAU) -> str:
    before = head().size
    with pytest.raises(RuntimeRefusal) as refusal:
        batch_withdraw(gate.ctx, batch=batch, agency=agency, said=said)
    assert head().size == before
    assert refusal.value.message_zh
    return refusal.value.rule


@pytest.fixture
def three(gate: Gate) -> Receipt:
    """Three penalties, the last of an organisation that nobody knows."""
    gate.register(CODE, NAME)
    unknown = penalty(codes.enterprise(9), "示例市未登记有限公司", "甲〔2026〕3号")
    return gate.publish("penalty", *(penalty(CODE, NAME, f"甲〔2026〕{n}号") for n in (1, 2)), unknown)


def test_a_batch_is_taken_back_whole(gate: Gate, three: Receipt) -> None:
    done = batch_withdraw(gate.ctx, batch=three.batch, agency=BUREAU, said=MISTAKE)
    assert (done.records, done.superseded, done.held, done.reason) == (2, 0, 1, "sent_by_mistake")
    assert numbers(gate) == []
    assert numbers(gate, with_withdrawn=True) == ["甲〔2026〕1号", "甲〔2026〕2号"]
    assert held_rows() == ()
    assert HeldRow.objects.get().state == "withdrawn"
    (view,) = [each for each in batches()[0] if each.id == three.batch]
    assert (view.withdrawn_reason, view.withdrawn_at) == ("sent_by_mistake", gate.ctx.now)
    assert untrue_receipts() == (2, [])


def test_the_ledger_says_that_and_how_much_but_not_the_note(gate: Gate, three: Receipt) -> None:
    said = Said("other", note=f"张经理来电 {PHONE}", officer="王科长")
    done = batch_withdraw(gate.ctx, batch=three.batch, agency=BUREAU, said=said)
    entry = entry_of_act(done.act)
    assert entry is not None
    assert (entry.kind, entry.position) == ("batch:records:withdrawn", done.position)
    kept = Withdrawal.objects.get()
    assert PHONE not in kept.note
    assert "已隐去" in kept.note
    told = {key: entry.payload[key] for key in ("agency", "batch", "item", "reason", "records", "superseded", "held")}
    assert told == {"agency": BUREAU, "batch": str(three.batch), "item": "penalty", "reason": "other", "records": 2,
                    "superseded": 0, "held": 1}  # fmt: skip
    assert entry.payload["seal"] == seal_shown(bytes(kept.seal))
    facts = {**told, "record": "", "officer": "王科长", "note": kept.note}
    assert seal_holds(bytes(kept.seal), facts)
    assert not seal_holds(bytes(kept.seal), {**facts, "note": ""})
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(body, '') FROM ledger_entry")
        bodies = cursor.fetchone()[0]
    assert "王科长" not in bodies
    assert "来电" not in bodies


def test_as_of_then_it_stood(gate: Gate, three: Receipt, monkeypatch: pytest.MonkeyPatch) -> None:
    after = later(gate.ctx)
    monkeypatch.setattr("xinheng.ledger.services.now", lambda: after.now)
    batch_withdraw(after, batch=three.batch, agency=BUREAU, said=MISTAKE)
    at = {"as_of": gate.ctx.today, "item": "penalty"}
    assert len(archive.file_as_of(CODE, known_at=gate.ctx.now, **at)) == 2
    assert archive.file_as_of(CODE, known_at=after.now, **at) == ()
    (first, _) = archive.file_as_of(CODE, known_at=gate.ctx.now, with_withdrawn=True, **at)
    assert first.withdrawn is None, "nobody knew then"
    (first, _) = archive.file_as_of(CODE, known_at=after.now, with_withdrawn=True, **at)
    assert first.withdrawn is not None
    assert (first.withdrawn.reason, first.withdrawn.recorded_at) == ("sent_by_mistake", after.now)


def test_what_another_version_replaced_stays(gate: Gate, three: Receipt) -> None:
    other = accounts.agency(gate.ctx, codes.government(7), sends_for=[BUREAU])
    changed = penalty(CODE, NAME, "甲〔2026〕1号", 备注="更正")
    replaced = gate.send("penalty", changed, agency=other)
    assert replaced.counts["updated"] == 1
    done = batch_withdraw(gate.ctx, batch=three.batch, agency=BUREAU, said=MISTAKE)
    assert (done.records, done.superseded) == (1, 1)
    assert numbers(gate) == ["甲〔2026〕1号"]


def test_rows_released_since_belong_to_their_batch(gate: Gate, three: Receipt) -> None:
    gate.register(codes.enterprise(9), "示例市未登记有限公司")
    catch_up(gate.ctx)
    done = batch_withdraw(gate.ctx, batch=three.batch, agency=BUREAU, said=MISTAKE)
    assert (done.records, done.held) == (3, 0)
    assert len(withdrawals_of_act(done.act)) == 3
    pages = [page for n in (0, 1, 2) for page in withdrawals_of_act(done.act, after=n - 1, limit=1)]
    assert [page.ordinal for page in pages] == [0, 1, 2]


def test_a_withdrawn_waiting_row_is_not_released_later(gate: Gate, three: Receipt) -> None:
    batch_withdraw(gate.ctx, batch=three.batch, agency=BUREAU, said=MISTAKE)
    gate.register(codes.enterprise(9), "示例市未登记有限公司")
    catch_up(gate.ctx)
    assert archive.file_as_of(codes.enterprise(9), as_of=gate.ctx.today, known_at=gate.ctx.now, item="penalty") == ()


def test_one_record_alone(gate: Gate, three: Receipt) -> None:
    record = named(three)
    done = record_withdraw(gate.ctx, record=record, agency=BUREAU, said=Said("决定被依法撤销"))
    assert (done.records, done.reason, done.record) == (1, "annulled", record)
    assert numbers(gate) == ["甲〔2026〕2号"]
    assert len(held_rows()) == 1
    assert batch_withdraw(gate.ctx, batch=three.batch, agency=BUREAU, said=MISTAKE).records == 1


def test_a_changed_row_sent_again_stands(gate: Gate, three: Receipt) -> None:
    record = named(three)
    record_withdraw(gate.ctx, record=record, agency=BUREAU, said=Said("wrong_content"))
    catch_up(gate.ctx)
    again = gate.publish("penalty", penalty(CODE, NAME, "甲〔2026〕1号", 备注="更正"))
    assert again.counts["updated"] == 1
    assert numbers(gate) == ["甲〔2026〕1号", "甲〔2026〕2号"]
    first, second = archive.versions(record)
    assert first.withdrawn is not None
    assert second.withdrawn is None
    page = selectors.record(gate.ctx, str(record))
    assert page is not None
    assert [line.withdrawn_on for line in page.versions] == [None, gate.ctx.today]


def test_the_very_same_row_sent_again_stands_too(gate: Gate, three: Receipt) -> None:
    same = penalty(CODE, NAME, "甲〔2026〕1号")
    assert gate.send("penalty", same).counts["unchanged"] == 1
    record_withdraw(gate.ctx, record=named(three), agency=BUREAU, said=MISTAKE)
    assert numbers(gate) == ["甲〔2026〕2号"]
    again = gate.send("penalty", same)
    assert (again.counts["updated"], again.counts["unchanged"]) == (1, 0)
    assert numbers(gate) == ["甲〔2026〕1号", "甲〔2026〕2号"]
    assert gate.send("penalty", same).counts["unchanged"] == 1
    record_withdraw(gate.ctx, record=named(three), agency=BUREAU, said=MISTAKE)
    assert [version.withdrawn is not None for version in archive.versions(named(three))] == [True, True]


def test_a_waiting_row_that_says_what_was_withdrawn_stands_once_released(gate: Gate) -> None:
    gate.register(CODE, NAME)
    row = penalty(CODE, NAME, **{"罚款金额（万元）": "20000"})
    outcomes = []
    for _ in range(2):
        assert gate.send("penalty", row).counts["held"] == 1
        (waiting,) = HeldRow.objects.filter(state="waiting")
        done = hold_decide(gate.ctx, hold=waiting.id, ruling=Ruling("release", "王科长", "金额无误"))
        outcomes.append(done.outcome)
        assert gate.send("penalty", row).counts["unchanged"] == 1
        assert done.record is not None
        assert len(numbers(gate)) == 1
        record_withdraw(gate.ctx, record=done.record, agency=BUREAU, said=Said("wrong_content"))
        assert numbers(gate) == []
    assert outcomes == [Outcome.ACCEPTED, Outcome.UPDATED]


def test_twice_is_refused(gate: Gate, three: Receipt) -> None:
    batch_withdraw(gate.ctx, batch=three.batch, agency=BUREAU, said=MISTAKE)
    assert refused(gate, three.batch) == "withdrawal.nothing_left"


def test_whoever_has_no_say_is_refused(gate: Gate, three: Receipt) -> None:
    assert refused(gate, three.batch, agency=REGISTRAR) == "agency.not_the_sender"
    assert refused(gate, three.batch, agency=codes.government(88)) == "agency.unknown"
    assert numbers(gate) == ["甲〔2026〕1号", "甲〔2026〕2号"]


def test_the_body_that_decided_may_take_its_record_back(gate: Gate) -> None:
    gate.register(CODE, NAME)
    centre = accounts.agency(gate.ctx, codes.government(7), "示例市数据中心", sends_for=[BUREAU])
    receipt = gate.send("penalty", penalty(CODE, NAME), agency=centre)
    assert refused(gate, receipt.batch) == "agency.not_the_sender"
    with pytest.raises(RuntimeRefusal, match="no say"):
        record_withdraw(gate.ctx, record=named(receipt), agency=REGISTRAR, said=MISTAKE)
    assert record_withdraw(gate.ctx, record=named(receipt), agency=BUREAU, said=MISTAKE).records == 1


def test_whoever_sends_for_the_sender_may(gate: Gate, three: Receipt) -> None:
    centre = accounts.agency(gate.ctx, codes.government(7), "示例市数据中心", sends_for=[BUREAU])
    assert batch_withdraw(gate.ctx, batch=three.batch, agency=centre, said=MISTAKE).records == 2


def test_a_reason_is_one_of_the_list(gate: Gate, three: Receipt) -> None:
    assert refused(gate, three.batch, Said("because")) == "withdrawal.reason_unknown"


def test_the_register_is_not_taken_back(gate: Gate) -> None:
    receipt = gate.register(CODE, NAME)
    assert refused(gate, receipt.batch, agency=REGISTRAR) == "withdrawal.register"


def test_an_unknown_record_is_refused(gate: Gate) -> None:
    with pytest.raises(RuntimeRefusal) as said:
        record_withdraw(gate.ctx, record=RecordId(CODE, b"\0" * 16), agency=BUREAU, said=MISTAKE)
    assert said.value.rule == "record.unknown"


def test_batches_are_named_by_receipt_or_id(gate: Gate, three: Receipt) -> None:
    assert batch_named(three.number.lower()) == batch_named(f" {three.batch} ") == three.batch
    with pytest.raises(RuntimeRefusal) as said:
        batch_named(f"XH {PHONE}")
    assert said.value.rule == "batch.unknown"
    assert PHONE not in said.value.message_zh


@pytest.mark.parametrize(
    "statement", ["UPDATE archive_withdrawal SET reason = 'other'", "DELETE FROM intake_withdrawal"]
)
def test_a_withdrawal_is_never_changed(gate: Gate, three: Receipt, statement: str) -> None:
    batch_withdraw(gate.ctx, batch=three.batch, agency=BUREAU, said=MISTAKE)
    with connection.cursor() as cursor, pytest.raises(DatabaseError, match="append-only"):
        cursor.execute(statement)


class TestThePublicPage:
    def test_says_who_when_and_why_and_nothing_else(self, gate: Gate, three: Receipt) -> None:
        record = str(named(three))
        record_withdraw(gate.ctx, record=named(three), agency=BUREAU, said=Said("annulled", note="内部说明"))
        catch_up(gate.ctx)
        page = selectors.record(gate.ctx, record)
        assert isinstance(page, selectors.TombstonePage)
        assert (page.withdrawn_by, page.withdrawn_by_code) == (BUREAU_NAME, BUREAU)
        assert page.reason.zh == "决定被依法撤销"
        assert page.withdrawn_at == gate.ctx.now
        assert not any("甲〔2026〕" in text or "内部" in text for text in map(str, vars_of(page)))

    def test_leaves_search_file_and_counts(self, gate: Gate, three: Receipt) -> None:
        assert len(selectors.search(gate.ctx, "甲〔2026〕1号").records) == 1
        before = selectors.home(gate.ctx).public_records
        batch_withdraw(gate.ctx, batch=three.batch, agency=BUREAU, said=MISTAKE)
        catch_up(gate.ctx)
        assert selectors.search(gate.ctx, "甲〔2026〕1号").records == ()
        assert selectors.home(gate.ctx).public_records == before - 2
        page = selectors.organisation(gate.ctx, CODE)
        assert page is not None
        assert sum(group.total for group in page.groups) == 0

    def test_of_what_was_never_public_nothing_is_told(self, gate: Gate) -> None:
        gate.register(CODE, NAME)
        minor = penalty(CODE, NAME, 处罚类别="警告", 处罚内容="警告", **{"罚款金额（万元）": ""})
        receipt = gate.publish("penalty", minor)
        record = named(receipt)
        assert selectors.record(gate.ctx, str(record)) is None
        record_withdraw(gate.ctx, record=record, agency=BUREAU, said=MISTAKE)
        catch_up(gate.ctx)
        assert selectors.record(gate.ctx, str(record)) is None

    def test_goes_when_the_record_would_have_gone(self, gate: Gate, three: Receipt) -> None:
        record = named(three)
        record_withdraw(gate.ctx, record=record, agency=BUREAU, said=MISTAKE)
        catch_up(gate.ctx)
        assert selectors.record(gate.ctx, str(record)) is not None
        assert selectors.record(later(gate.ctx, 366 * 6), str(record)) is None

    def test_of_a_record_sent_again_is_its_page(self, gate: Gate, three: Receipt) -> None:
        record = named(three)
        record_withdraw(gate.ctx, record=record, agency=BUREAU, said=MISTAKE)
        gate.publish("penalty", penalty(CODE, NAME, "甲〔2026〕1号", 备注="更正"))
        page = selectors.record(gate.ctx, str(record))
        assert isinstance(page, selectors.RecordPage)
        assert page.receipt.startswith("XH20261122-")


def vars_of(page: object) -> list[object]:
    return [getattr(page, name) for name in page.__slots__]  # type: ignore[attr-defined]
