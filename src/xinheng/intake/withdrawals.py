"""An agency takes back what it sent: a batch or one record, whole or not at all."""

from dataclasses import dataclass
from uuid import UUID, uuid4

from django.db import transaction

from xinheng.archive import selectors as archive
from xinheng.archive.records import RecordId
from xinheng.archive.withdrawals import record_withdraw as version_withdraw
from xinheng.archive.withdrawals import superseded_count, versions_withdraw
from xinheng.core.context import Context
from xinheng.intake.entitled import acting_agency, named_officer, require_sender, spoken
from xinheng.intake.events import RECORDS_WITHDRAWN
from xinheng.intake.judging import REGISTER
from xinheng.intake.models import Batch, HeldRow, Withdrawal
from xinheng.intake.origins import acts_of, batches_of
from xinheng.intake.seals import seal_of, seal_shown
from xinheng.ledger.services import append
from xinheng.runtime.errors import RuntimeRefusal

REASONS = "withdrawal_reason"


@dataclass(frozen=True, slots=True)
class Said:
    """Why something is taken back: a code of the list ``withdrawal_reason``, and what the officer adds for officers."""

    reason: str
    note: str = ""
    officer: str = ""


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """What became of a withdrawal: ``records`` taken back, ``superseded`` ones that a later version had replaced (they
    stand), ``held`` rows that stopped waiting; ``position`` is the act's place in the ledger."""

    act: UUID
    batch: UUID
    record: RecordId | None
    reason: str
    records: int
    superseded: int
    held: int
    position: int


@transaction.atomic
def batch_withdraw(ctx: Context, *, batch: UUID, agency: str, said: Said) -> Withdrawn:
    """Take back every record that a batch brought and that still stands as it brought it; its waiting rows stop
    waiting.

    Records that were replaced since stay as they are. Raises RuntimeRefusal when the agency has no say over the
    batch, the reason is none of the list, the batch is of the register, or nothing of it stands any more.
    """
    acting, reason = acting_agency(ctx, agency), _reason(ctx, said.reason)
    found = Batch.objects.select_for_update(no_key=True).get(id=batch, state="done")
    require_sender(acting, found.agency)
    _require_no_register(found.item)
    act = uuid4()
    # Waiting rows first: whoever is releasing one of them has committed before the acts of the batch are read.
    held = HeldRow.objects.filter(batch_id=batch, state="waiting").update(state="withdrawn")
    acts = acts_of(batch)
    records = versions_withdraw(act=act, acts=acts, reason=reason)
    if not records and not held:
        raise _nothing_left()
    counts = {"records": records, "superseded": superseded_count(acts), "held": held}
    return _write(ctx, Withdrawal(act=act, batch=found, agency=acting.code, reason=reason, counts=counts), said)


@transaction.atomic
def record_withdraw(ctx: Context, *, record: RecordId, agency: str, said: Said) -> Withdrawn:
    """Take back one record in the version that is in force. Raises RuntimeRefusal as for a batch."""
    acting, reason = acting_agency(ctx, agency), _reason(ctx, said.reason)
    newest = archive.current(record)
    source = batches_of([newest.act]).get(newest.act) if newest else None
    if newest is None or source is None:
        raise unknown_record(record)
    require_sender(acting, source.agency, body=newest.body)
    _require_no_register(newest.item)
    act = uuid4()
    counts = {"records": version_withdraw(act=act, record=record, reason=reason), "superseded": 0, "held": 0}
    if not counts["records"]:
        raise _nothing_left()
    row = Withdrawal(
        act=act, batch=source, subject=record.subject, key=record.key, agency=acting.code, reason=reason, counts=counts
    )
    return _write(ctx, row, said)


def _write(ctx: Context, row: Withdrawal, said: Said) -> Withdrawn:
    row.officer, row.note, row.withdrawn_at = named_officer(said.officer), spoken(said.note), ctx.now
    record = RecordId(row.subject, bytes(row.key)) if row.subject and row.key else None
    told = {
        "agency": row.agency, "batch": str(row.batch_id), "item": row.batch.item, "reason": row.reason, **row.counts,
    }  # fmt: skip
    row.seal = seal_of({**told, "record": str(record or ""), "officer": row.officer, "note": row.note})
    row.save(force_insert=True)
    payload = {**told, "seal": seal_shown(row.seal)}
    position = append(ctx, kind=RECORDS_WITHDRAWN, act=row.act, payload=payload)
    return Withdrawn(row.act, row.batch_id, record, row.reason, **row.counts, position=position)


def _reason(ctx: Context, text: str) -> str:
    """The code of a reason, given by its code or its name."""
    known = ctx.rulebook.lists[REASONS]
    code = known.exact(text)
    if code is None:
        options = ", ".join(f"{term.code} ({term.zh})" for term in known.terms)
        raise RuntimeRefusal(
            "withdrawal.reason_unknown",
            f"撤回原因须为规定的选项之一：{options}。",
            f"The reason of a withdrawal is one of: {options}.",
        )
    return code


def _require_no_register(item: str) -> None:
    if item == REGISTER:
        raise RuntimeRefusal(
            "withdrawal.register",
            "登记注册信息不能撤回：主体、名称和代码一经登记不再取消。请报送一行新的登记信息加以更正。",
            "What the register says is not withdrawn: organisations, names and codes are never taken away. Send a "
            "new row "
            "of the register that says what is right.",
        )


def _nothing_left() -> RuntimeRefusal:
    return RuntimeRefusal(
        "withdrawal.nothing_left",
        "没有可撤回的内容：该批次或记录已经撤回，或其各条记录已被后来的报送取代。",
        "Nothing is left to withdraw: it was withdrawn before, or every record of it was replaced by a later "
        "submission.",
    )


def unknown_record(record: RecordId) -> RuntimeRefusal:
    """The refusal for a record that the archive does not hold."""
    return RuntimeRefusal(
        "record.unknown",
        f"没有这条记录：{record}。记录编号见 xinheng show 或回执。",
        f"no such record: {record}. Records are named in receipts and by xinheng show.",
    )
