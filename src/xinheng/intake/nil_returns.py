"""Nothing to report, signed: an agency's word for one item and one period, as long as nothing of that period came
in."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid4

from django.db import IntegrityError, connection, transaction

from xinheng.core.context import LEGAL_ZONE, Context
from xinheng.intake.entitled import acting_agency, named_officer, require_item
from xinheng.intake.events import NIL_SIGNED
from xinheng.intake.models import NilReturn
from xinheng.intake.receipts import receipt_number
from xinheng.intake.seals import seal_of, seal_shown
from xinheng.ledger.selectors import LedgerEntry
from xinheng.ledger.services import append
from xinheng.runtime.errors import RuntimeRefusal


@dataclass(frozen=True, slots=True)
class NilReturnView:
    """A nil return; ``superseded_by`` is the act that brought rows of its period after all."""

    receipt: str
    act: UUID
    agency: str
    item: str
    from_date: date
    to_date: date
    reported_at: datetime
    superseded_by: UUID | None
    superseded_at: datetime | None


# What an agency sent of an item for a period: records that stand, and rows that wait. An old batch is found by its
# agency, # its versions by the index over acts; a record without a day of its own counts on the day it came.
_STANDING = """
SELECT EXISTS (
    SELECT FROM intake_batch b
      JOIN LATERAL (SELECT b.id AS act
                    UNION ALL SELECT h.released_by FROM intake_held h WHERE h.batch_id = b.id AND h.state = 'released'
                    UNION ALL SELECT c.act FROM intake_correction c WHERE c.batch_id = b.id) a ON true
      JOIN LATERAL (
           SELECT FROM archive_version v
            WHERE v.act = a.act
              AND coalesce(v.effective_on, (b.received_at AT TIME ZONE %(zone)s)::date) BETWEEN %(start)s AND %(end)s
              AND NOT EXISTS (SELECT FROM archive_withdrawal w
                               WHERE w.bucket = v.bucket AND w.subject = v.subject AND w.key = v.key AND w.n >= v.n)
            LIMIT 1) standing ON true
     WHERE b.agency = %(agency)s AND b.item = %(item)s AND b.state = 'done')
    OR EXISTS (
    SELECT FROM intake_held h JOIN intake_batch b ON b.id = h.batch_id
     WHERE b.agency = %(agency)s AND h.item = %(item)s AND h.state = 'waiting'
       AND coalesce(h.values ->> %(day)s, ((b.received_at AT TIME ZONE %(zone)s)::date)::text)
           BETWEEN %(start)s::text AND %(end)s::text)
"""

_SUPERSEDE = """
UPDATE intake_nil_return r SET superseded_by = %(act)s, superseded_at = %(now)s
 WHERE r.agency = %(agency)s AND r.item = %(item)s AND r.superseded_by IS NULL
   AND (EXISTS (SELECT FROM archive_version v WHERE v.act = %(act)s
                   AND coalesce(v.effective_on, %(today)s::date) BETWEEN r.from_date AND r.to_date)
        OR EXISTS (SELECT FROM intake_held h WHERE h.batch_id = %(act)s
                   AND coalesce(h.values ->> %(day)s, %(today)s::date::text) BETWEEN r.from_date::text AND
                   r.to_date::text))
"""


@transaction.atomic
def nil_return_file(
    ctx: Context, *, agency: str, item: str, from_date: date, to_date: date, officer: str = ""
) -> NilReturnView:
    """Take an agency's signed word that it had nothing of an item from one day to another, both included.

    Raises RuntimeRefusal for an agency or item without the right, a period that is inverted or not over, a period of
    which rows came in (or wait), and the same word given twice.
    """
    acting = acting_agency(ctx, agency)
    require_item(ctx, acting, item)
    _require_period(ctx, from_date, to_date)
    _require_nothing(ctx, acting.code, item, from_date, to_date)
    act = uuid4()
    told = {
        "agency": acting.code, "item": item, "from": from_date.isoformat(), "to": to_date.isoformat(),
        "receipt": receipt_number(act, ctx.now),
    }  # fmt: skip
    row = NilReturn(
        act=act, receipt=told["receipt"], agency=acting.code, officer=named_officer(officer), item=item,
        from_date=from_date, to_date=to_date, reported_at=ctx.now, rulebook=ctx.rulebook.digest,
    )  # fmt: skip
    row.seal = seal_of({**told, "officer": row.officer})
    _insert(row)
    append(ctx, kind=NIL_SIGNED, act=act, payload={**told, "seal": seal_shown(row.seal)})
    return _view(row)


def nil_returns_supersede(ctx: Context, entry: LedgerEntry) -> int:
    """Mark nil returns whose period an act brought rows of, in the caller's transaction; how many were marked."""
    agency, item = entry.payload.get("agency"), entry.payload.get("item")
    if not agency or not item:
        return 0
    parameters = {
        "act": entry.act, "agency": agency, "item": item, "now": entry.recorded_at, "day": _day_field(ctx, str(item)),
        "today": entry.recorded_at.astimezone(LEGAL_ZONE).date(),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_SUPERSEDE, parameters)
        return int(cursor.rowcount)


def nil_returns(*, agency: str | None = None, limit: int = 100) -> tuple[NilReturnView, ...]:
    """The newest nil returns, of one agency or of all."""
    found = NilReturn.objects.filter(**{"agency": agency} if agency else {}).order_by("-reported_at", "act")
    return tuple(map(_view, found[:limit]))


def _require_period(ctx: Context, from_date: date, to_date: date) -> None:
    if from_date > to_date:
        raise RuntimeRefusal(
            "nil.inverted",
            f"起始日 {from_date} 晚于截止日 {to_date}。请核对零报告的期间。",
            f"The period begins on {from_date} and ends on {to_date}, before it begins. Check both days.",
        )
    if to_date > ctx.today:
        raise RuntimeRefusal(
            "nil.future",
            f"期间截止日 {to_date} 晚于今天 {ctx.today}。期间结束后才能作零报告。",
            f"The period ends on {to_date}, after today ({ctx.today}). A nil return is made when the period is over.",
        )


def _require_nothing(ctx: Context, agency: str, item: str, from_date: date, to_date: date) -> None:
    parameters = {
        "agency": agency, "item": item, "start": from_date, "end": to_date, "zone": LEGAL_ZONE.key,
        "day": _day_field(ctx, item),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_STANDING, parameters)
        found = bool(cursor.fetchone()[0])
    if found:
        raise RuntimeRefusal(
            "nil.rows_exist",
            f"{agency} 已报送 {item} 在 {from_date} 至 {to_date} 期间的记录，不能作零报告。如属误报，请先撤回。",
            f"{agency} has sent rows of {item} from {from_date} to {to_date}, so there is no nil return. Withdraw "
            f"what was "
            "sent by mistake first.",
        )


def _insert(row: NilReturn) -> None:
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        raise RuntimeRefusal(
            "nil.already",
            f"{row.agency} 已对 {row.item} 在 {row.from_date} 至 {row.to_date} 期间作过零报告，无需重复。",
            f"{row.agency} has made this nil return for {row.item} from {row.from_date} to {row.to_date} already.",
        ) from None


def _day_field(ctx: Context, item: str) -> str:
    """The field that gives a row of the item its day."""
    return ctx.rulebook.item(item, ctx.today).decided_on or "registered_on"


def _view(row: NilReturn) -> NilReturnView:
    return NilReturnView(
        row.receipt, row.act, row.agency, row.item, row.from_date, row.to_date, row.reported_at, row.superseded_by,
        row.superseded_at,
    )  # fmt: skip
