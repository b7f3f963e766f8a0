"""The way out of the queue: a named officer files a row that waited, rejects it, or has it judged anew."""

from dataclasses import dataclass, replace
from uuid import UUID, uuid4

from django.db import transaction

from xinheng.archive import selectors as archive
from xinheng.archive.acts import tree_root
from xinheng.archive.records import RecordId
from xinheng.archive.services import old_codes_settle
from xinheng.core.context import Context
from xinheng.core.findings import Outcome
from xinheng.core.identity import Resolution, judge_registration
from xinheng.core.rulebook.types import ItemEdition
from xinheng.core.validation.gate import RowVerdict
from xinheng.intake.entitled import acting_agency, named_officer, require_sender, required_words
from xinheng.intake.events import HELD_DECIDED
from xinheng.intake.filing import rows_file
from xinheng.intake.hold_queue import SENDER, candidates_of, claim_of, owner_of
from xinheng.intake.judging import REGISTER, JudgedRow, Part
from xinheng.intake.models import DECISIONS, Decision, HeldRow, Row
from xinheng.intake.seals import seal_of, seal_shown
from xinheng.intake.single_rows import resolved
from xinheng.intake.staged import stage_row
from xinheng.ledger.services import append
from xinheng.runtime.errors import RuntimeRefusal
from xinheng.runtime.script import simplify

CONTESTED = "subject.old_code_contested"


@dataclass(frozen=True, slots=True)
class Ruling:
    """What an officer decides: ``decision`` is release, reject or rejudge; ``subject`` the organisation, where chosen;
    ``agency`` None: an officer of the credit office."""

    decision: str
    officer: str
    reason: str
    subject: str | None = None
    agency: str | None = None


@dataclass(frozen=True, slots=True)
class Decided:
    """What became of the row: its ``state``, what it waits for now (``reason``), its outcome and record once filed."""

    act: UUID
    hold: int
    decision: str
    state: str
    reason: str
    outcome: Outcome | None
    record: RecordId | None
    settled: int
    position: int


@dataclass(frozen=True, slots=True)
class _Result:
    state: str
    reason: str
    subject: str | None = None
    outcome: Outcome | None = None
    record: RecordId | None = None
    settled: int = 0


@transaction.atomic
def hold_decide(ctx: Context, *, hold: int, ruling: Ruling) -> Decided:
    """Settle one row that waits; the decision is kept with officer and reason, and is an entry of the ledger.

    ``release`` files the row: under the organisation chosen among its candidates, with its content as sent (an amount a
    factor of 10,000 apart is thereby confirmed, a contested old code decided for that organisation). ``reject`` sends
    it back. ``rejudge`` asks the register again. Raises RuntimeRefusal for a row that is unknown or settled, an officer
    without a name or a say, a missing reason, and an organisation that is no candidate.
    """
    row = HeldRow.objects.select_for_update(no_key=True, of=("self",)).select_related("batch").filter(id=hold).first()
    if row is None or row.state != "waiting":
        raise _not_waiting(hold)
    given = _checked(ctx, row, ruling)
    act = uuid4()
    result = _DECIDE[given.decision](ctx, act, row, given)
    filed = result.state == "released"
    HeldRow.objects.filter(id=row.id).update(
        state=result.state, reason=result.reason, released_by=act if filed else None
    )
    return _write(ctx, act, row, given, result)


def _checked(ctx: Context, row: HeldRow, ruling: Ruling) -> Ruling:
    officer, reason = named_officer(ruling.officer), required_words(ruling.reason)
    if not officer:
        raise RuntimeRefusal(
            "officer.missing", "请写明作出决定的经办人。", "Name the officer who decides: nothing is decided by nobody."
        )
    if ruling.decision not in DECISIONS:
        known = ", ".join(DECISIONS)
        raise RuntimeRefusal(
            "hold.decision_unknown", f"决定须为以下之一：{known}。", f"The decision is one of: {known}."
        )
    if ruling.agency is None:
        return replace(ruling, officer=officer, reason=reason)
    acting = acting_agency(ctx, ruling.agency)
    if owner_of(ctx.rulebook, row.reason) != SENDER:
        raise RuntimeRefusal(
            "hold.not_the_owner",
            f"因“{row.reason}”待核的行由信用主管部门处理，报送机构不能自行决定。",
            f"A row that waits for {row.reason} is settled by the credit office, not by its sender.",
        )
    require_sender(acting, row.batch.agency)
    return replace(ruling, officer=officer, reason=reason, agency=acting.code)


def _reject(ctx: Context, act: UUID, row: HeldRow, ruling: Ruling) -> _Result:
    return _Result("rejected", row.reason)


def _rejudge(ctx: Context, act: UUID, row: HeldRow, ruling: Ruling) -> _Result:
    """The register's answer of today; doubts that no register can settle stay."""
    edition = ctx.rulebook.edition(row.item, row.edition)
    verdict = _verdict(row)
    answer = resolved(ctx, edition, verdict)
    if answer.outcome is not None:
        return _Result("waiting", next((said.rule for said in answer.findings), row.reason))
    if not row.reason.startswith("subject."):
        return _Result("waiting", row.reason)
    return _file(ctx, act, row, edition, answer)


def _release(ctx: Context, act: UUID, row: HeldRow, ruling: Ruling) -> _Result:
    edition = ctx.rulebook.edition(row.item, row.edition)
    subject = _chosen(row, ruling.subject)
    claim = claim_of(row)
    settled = 0
    if row.reason == CONTESTED:
        settled = old_codes_settle(act=act, codes=claim.old_codes, subject=subject)
    answer = Resolution(subject, None)
    if edition.id == REGISTER:
        answer = _renamed(ctx, row, subject)
    return replace(_file(ctx, act, row, edition, answer), settled=settled)


def _chosen(row: HeldRow, wanted: str | None) -> str:
    """The organisation that the row is filed under: among its candidates where it has any, else any registered one."""
    options = candidates_of(row)
    code = (wanted or "").strip().upper()
    if not code and row.item == REGISTER and row.code:
        return row.code
    if not code and len(options) == 1:
        return options[0]
    if not code:
        shown = ", ".join(options) or "-"
        raise RuntimeRefusal(
            "hold.subject_needed",
            f"请用 --subject 指明该行属于哪个主体。候选：{shown}。",
            f"Say with --subject which organisation the row is of. Candidates: {shown}.",
        )
    if code in options or (not options and archive.organisation(code)) or (row.item == REGISTER and code == row.code):
        return code
    shown = ", ".join(options) or "-"
    raise RuntimeRefusal(
        "hold.subject_not_candidate",
        f"所选主体不在该行的候选之列，或登记库中没有该主体。候选：{shown}。代码有误的行请退回报送机构。",
        f"That organisation is none that the row may be of, or is not registered. Candidates: {shown}. A row with "
        f"a wrong "
        "code is sent back.",
    )


def _renamed(ctx: Context, row: HeldRow, subject: str) -> Resolution:
    """A row of the register taken although its name was another: the known name becomes a former one."""
    known = archive.registered([subject]).get(subject)
    former = [*row.values.get("former_names", "").split(";"), *([known.name] if known else [])]
    told = {**row.values, "former_names": ";".join(filter(None, former))}
    return judge_registration(claim_of(row), known, told, ctx.rulebook, simplify)


def _file(ctx: Context, act: UUID, row: HeldRow, edition: ItemEdition, answer: Resolution) -> _Result:
    place = Row.objects.only("file", "sheet", "row").get(batch_id=row.batch_id, ordinal=row.ordinal)
    part = Part(place.file, place.sheet).name
    staged = stage_row(ctx, edition, JudgedRow(part, _verdict(row, place.row), answer), row.ordinal)
    (filed,) = rows_file(act=act, edition=edition, rows=[staged])
    return _Result("released", row.reason, filed.record.subject, filed.outcome, filed.record)


def _verdict(row: HeldRow, line: int = 0) -> RowVerdict:
    return RowVerdict(line, Outcome.ACCEPTED, values=row.values, claim=claim_of(row), body=row.body)


def _write(ctx: Context, act: UUID, row: HeldRow, ruling: Ruling, result: _Result) -> Decided:
    payload = {
        "agency": row.batch.agency, "batch": str(row.batch_id), "item": row.item, "edition": row.edition,
        "decision": ruling.decision, "by": ruling.agency or "office", "rule": row.reason, "settled": result.settled,
        "root": tree_root(act).hex(),
    }  # fmt: skip
    said = {**payload, "hold": row.id, "officer": ruling.officer, "reason": ruling.reason}
    kept = Decision(
        act=act, held=row, decision=ruling.decision, officer=ruling.officer, agency=ruling.agency or "",
        reason=ruling.reason, subject=result.subject, decided_at=ctx.now, seal=seal_of(said),
    )  # fmt: skip
    kept.save(force_insert=True)
    position = append(ctx, kind=HELD_DECIDED, act=act, payload={**payload, "seal": seal_shown(kept.seal)})
    return Decided(
        act,
        row.id,
        ruling.decision,
        result.state,
        result.reason,
        result.outcome,
        result.record,
        result.settled,
        position,
    )


def _not_waiting(hold: int) -> RuntimeRefusal:
    return RuntimeRefusal(
        "hold.not_waiting",
        f"待核队列中没有编号为 {hold} 的行，或已处理。xinheng holds list 可查看队列。",
        f"No row {hold} waits: it is unknown or settled already. See xinheng holds list.",
    )


_DECIDE = {"release": _release, "reject": _reject, "rejudge": _rejudge}
