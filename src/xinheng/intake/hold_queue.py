"""Looking at the rows that wait: whose they are to settle, since when, why, and what could be decided."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from xinheng.archive import selectors as archive
from xinheng.core.context import Context
from xinheng.core.identity import Claim
from xinheng.core.rulebook.types import Rulebook
from xinheng.intake.models import HeldRow
from xinheng.intake.single_rows import candidates

OWNERS = "hold_owner"
OFFICE, SENDER = "office", "sender"
PAGE = 50


@dataclass(frozen=True, slots=True)
class HoldLine:
    """One row of the queue. ``owner`` is ``sender`` or ``office``; ``candidates`` are the organisations it may be
    of."""

    id: int
    batch: UUID
    receipt: str
    agency: str
    item: str
    ordinal: int
    reason: str
    owner: str
    since: datetime
    name: str
    code: str | None
    candidates: tuple[str, ...]
    state: str


@dataclass(frozen=True, slots=True)
class HoldPage:
    """A page of the queue, oldest first; ``next_after`` goes on behind it."""

    lines: tuple[HoldLine, ...]
    next_after: int | None


def owner_of(rulebook: Rulebook, reason: str) -> str:
    """Who settles a row that waits for this reason, by ``codes/hold_owners.yml``."""
    return rulebook.lists[OWNERS].exact(reason) or OFFICE


def hold_queue(
    ctx: Context, *, owner: str | None = None, agency: str | None = None, after: int = 0, limit: int = PAGE
) -> HoldPage:
    """The rows that wait, of one owner or of one agency's batches or all, a page at a time; a fixed number of
    queries."""
    found = HeldRow.objects.filter(state="waiting", id__gt=after)
    if agency:
        found = found.filter(batch__agency=agency)
    found = _owned(ctx.rulebook, found, owner).select_related("batch").order_by("id")
    rows = list(found[: limit + 1])
    by_old = _owners_of_old_codes(rows[:limit])
    lines = tuple(_line(ctx.rulebook, row, by_old) for row in rows[:limit])
    return HoldPage(lines, lines[-1].id if len(rows) > limit else None)


def hold_count() -> int:
    """How many rows wait."""
    return HeldRow.objects.filter(state="waiting").count()


def claim_of(row: HeldRow) -> Claim:
    """Whom the row names."""
    return Claim(row.code, tuple((kind, value) for kind, value in row.old_codes), row.name)


def candidates_of(row: HeldRow) -> tuple[str, ...]:
    """The registered organisations that the row may be of, by its own code and by its old codes."""
    return _candidates(row, _owners_of_old_codes([row]))


def _candidates(row: HeldRow, by_old: "_Owners") -> tuple[str, ...]:
    claim = claim_of(row)
    own = {old: by_old.subjects[old] for old in claim.old_codes if old in by_old.subjects}
    return tuple(sorted(candidates(claim, own) & by_old.known))


@dataclass(frozen=True, slots=True)
class _Owners:
    subjects: Mapping[tuple[str, str], tuple[str, ...]]
    known: frozenset[str]


def _owners_of_old_codes(rows: Iterable[HeldRow]) -> _Owners:
    claims = [claim_of(row) for row in rows]
    by_old = archive.subjects_by_old_code({old for claim in claims for old in claim.old_codes})
    named = {code for subjects in by_old.values() for code in subjects}
    return _Owners(by_old, archive.known_codes(named | {claim.code for claim in claims if claim.code}))


def _owned(rulebook: Rulebook, found: QuerySet[HeldRow], owner: str | None) -> QuerySet[HeldRow]:
    reasons = rulebook.lists[OWNERS].term(SENDER).aliases
    if owner == SENDER:
        return found.filter(reason__in=reasons)
    return found.exclude(reason__in=reasons) if owner == OFFICE else found


def _line(rulebook: Rulebook, row: HeldRow, by_old: _Owners) -> HoldLine:
    return HoldLine(
        id=row.id, batch=row.batch_id, receipt=row.batch.receipt or "", agency=row.batch.agency, item=row.item,
        ordinal=row.ordinal, reason=row.reason, owner=owner_of(rulebook, row.reason), since=row.batch.received_at,
        name=row.name, code=row.code, candidates=_candidates(row, by_old), state=row.state,
    )  # fmt: skip
