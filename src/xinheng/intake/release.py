"""Rows that waited for the register find their file by themselves when the register catches up.

The same follower marks nil returns whose period turned out not to be empty.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from uuid import UUID, uuid4

from django.db.models import Q, QuerySet

from xinheng.archive import selectors as archive
from xinheng.archive.acts import tree_root
from xinheng.core.context import Context
from xinheng.core.findings import Outcome
from xinheng.core.identity import Claim, resolve
from xinheng.core.rulebook.types import ItemEdition
from xinheng.core.validation.gate import RowVerdict
from xinheng.intake.events import BATCH_ACCEPTED, HELD_DECIDED, HELD_RELEASED
from xinheng.intake.filing import APPENDED, rows_file
from xinheng.intake.holds import CONTESTED
from xinheng.intake.judging import REGISTER, JudgedRow, Part
from xinheng.intake.models import Decision, HeldRow, Row
from xinheng.intake.nil_returns import nil_returns_supersede
from xinheng.intake.staged import stage_row
from xinheng.ledger.selectors import LedgerEntry
from xinheng.ledger.services import append
from xinheng.runtime.script import simplify

WAITING_FOR_REGISTER = ("subject.unknown", "subject.unknown_old_code")
PAGE = 2000


class ReleaseFollower:
    """Follows the register: whatever it newly knows lets waiting rows go on."""

    name = "intake.release"

    def handle(self, ctx: Context, entry: LedgerEntry) -> None:
        """Let the rows go that waited for what this entry registered, settled or brought."""
        nil_returns_supersede(ctx, entry)
        if entry.kind == HELD_DECIDED and entry.payload.get("settled"):
            settled_release(ctx, decision=entry.act)
        if entry.kind != BATCH_ACCEPTED:
            return
        if entry.payload.get("item") == REGISTER:
            held_release(ctx, registered_by=entry.act)
        else:
            batch_release(ctx, batch=entry.act)


def held_release(ctx: Context, *, registered_by: UUID) -> int:
    """File the waiting rows whose organisation an act of the register made known; returns how many were filed.

    Runs in the caller's transaction. A row whose name does not fit stays and says so.
    """
    return _release_all(ctx, _candidates(registered_by))


def batch_release(ctx: Context, *, batch: UUID) -> int:
    """File rows whose organisation became known while their batch was on its way; returns how many were filed."""
    rows = _waiting().filter(batch_id=batch)
    known = archive.known_codes({row.code for row in rows if row.code})
    return _release_all(ctx, rows.filter(Q(code__in=known) | Q(code__isnull=True)).order_by("id"))


def settled_release(ctx: Context, *, decision: UUID) -> int:
    """File rows that waited for the same contested old codes that a decision has settled; returns how many."""
    settled = [code for codes in Decision.objects.filter(act=decision).values_list("held__old_codes", flat=True)
               for code in codes]  # fmt: skip
    same = Q(*(Q(old_codes__contains=[code]) for code in settled), _connector=Q.OR)
    waiting = HeldRow.objects.select_for_update(no_key=True).filter(state="waiting", reason=CONTESTED)
    return _release_all(ctx, waiting.filter(same).order_by("id")) if settled else 0


def _release_all(ctx: Context, rows: Iterable[HeldRow]) -> int:
    """File rows batch by batch; number the acts after all are filed: behind the ledger's lock nobody waits for rows."""
    by_batch: dict[tuple[UUID, str, str], list[HeldRow]] = defaultdict(list)
    for row in rows:
        by_batch[(row.batch_id, row.item, row.edition)].append(row)
    acts = [_release(ctx, batch, item, edition, group) for (batch, item, edition), group in by_batch.items()]
    filed = [act for act in acts if act is not None]
    for act, payload in filed:
        append(ctx, kind=HELD_RELEASED, act=act, payload=payload)
    return sum(int(payload["appended"]) for _, payload in filed)


def _waiting() -> QuerySet[HeldRow]:
    return HeldRow.objects.select_for_update(no_key=True).filter(state="waiting", reason__in=WAITING_FOR_REGISTER)


def _candidates(act: UUID) -> Iterable[HeldRow]:
    waiting = _waiting()
    after = -1
    while versions := archive.versions_of_act(act, after=after, limit=PAGE):
        given_up = [version.values["former_code"] for version in versions if version.values.get("former_code")]
        codes = [*(version.id.subject for version in versions), *given_up]
        yield from waiting.filter(code__in=codes).order_by("id")
        after = versions[-1].ordinal
    yield from waiting.filter(Q(code__isnull=True)).order_by("id")


def _release(ctx: Context, batch: UUID, item: str, edition: str, rows: Sequence[HeldRow]) -> tuple[UUID, dict] | None:
    """File one batch's rows as one act of their own; returns it with what its entry will say, None if none is ready."""
    act = uuid4()
    filed_under = ctx.rulebook.edition(item, edition)
    places = {
        ordinal: (line, Part(file, sheet).name)
        for ordinal, line, file, sheet in Row.objects.filter(
            batch_id=batch, ordinal__in=[row.ordinal for row in rows]
        ).values_list("ordinal", "row", "file", "sheet")
    }
    judged = [_judge(ctx, filed_under, row, *places[row.ordinal]) for row in rows]
    ready = [(row, each) for row, each in zip(rows, judged, strict=True) if each.outcome is Outcome.ACCEPTED]
    for row, each in zip(rows, judged, strict=True):
        _note_reason(row, each)
    if not ready:
        return None
    staged = [stage_row(ctx, filed_under, each, row.ordinal) for row, each in ready]
    filed = rows_file(act=act, edition=filed_under, rows=staged)
    HeldRow.objects.filter(id__in=[row.id for row, _ in ready]).update(state="released", released_by=act)
    appended = sum(each.outcome in APPENDED for each in filed)
    payload = {
        "agency": rows[0].batch.agency, "item": item, "edition": edition, "batch": str(batch), "released": len(ready),
        "appended": appended, "root": tree_root(act).hex(),
    }  # fmt: skip
    return act, payload


def _judge(ctx: Context, edition: ItemEdition, row: HeldRow, line: int, part: str | None) -> JudgedRow:
    claim = Claim(row.code, tuple((kind, value) for kind, value in row.old_codes), row.name)
    by_old = archive.subjects_by_old_code(claim.old_codes)
    codes = {code for subjects in by_old.values() for code in subjects} | ({row.code} if row.code else set())
    resolution = resolve(claim, archive.registered(codes), by_old, ctx.rulebook, simplify)
    verdict = RowVerdict(line, Outcome.ACCEPTED, values=row.values, claim=claim, body=row.body)
    return JudgedRow(part, verdict, resolution)


def _note_reason(row: HeldRow, judged: JudgedRow) -> None:
    """A row that waits on says what it now waits for."""
    said = next((each.rule for each in judged.resolution.findings), row.reason)
    if judged.outcome is Outcome.HELD and said != row.reason:
        HeldRow.objects.filter(id=row.id).update(reason=said)
