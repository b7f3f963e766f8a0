"""Writing down what became of a batch: rows, waiting rows, organisations, the batch and, last, its ledger entry."""

import json
from collections.abc import Iterator
from itertools import islice
from uuid import UUID

from xinheng.archive import staging
from xinheng.archive.records import RecordId
from xinheng.archive.services import organisations_register
from xinheng.archive.staging import Fate
from xinheng.core.context import Context
from xinheng.core.findings import Outcome
from xinheng.core.identity import Event
from xinheng.core.merkle import RootBuilder
from xinheng.core.rulebook.types import ItemEdition
from xinheng.core.validation.gate import finding
from xinheng.documents.store import StoredRows
from xinheng.intake.events import BATCH_ACCEPTED
from xinheng.intake.judging import REGISTER, Judging
from xinheng.intake.models import Batch, HeldRow, Row
from xinheng.intake.receipts import Receipt, RowOutcome, Tally, finding_entry, receipt_number
from xinheng.intake.staged import RegisterRow, registration
from xinheng.ledger.services import append

CHUNK = 2000
APPENDED = (Outcome.ACCEPTED, Outcome.UPDATED)


def record_batch(ctx: Context, *, batch: UUID, kind: str, judging: Judging, stored: StoredRows) -> Receipt:
    """Note every row's fate and number the act, inside the caller's transaction."""
    tally = Tally(findings=[finding_entry(said, row=None, sheet=None, file=None) for said in judging.batch_findings])
    fates = staging.fates()
    while chunk := list(islice(fates, CHUNK)):
        _record_chunk(ctx, batch, judging.item, chunk, tally)
    root = tree_root(batch)
    counts, number = tally.counts(), receipt_number(batch, ctx.now)
    Batch.objects.filter(id=batch).update(
        edition=judging.item.edition, source_kind=kind, state="done", finished_at=ctx.now, counts=counts,
        findings=tally.findings[: len(judging.batch_findings)], root=root, rows_document=stored.name,
        rows_digest=stored.digest, receipt=number,
    )  # fmt: skip
    payload = {
        "agency": judging.sender, "item": judging.item.id, "edition": judging.item.edition, "batch": str(batch),
        "receipt": number, "counts": counts, "rows": stored.digest, "root": root.hex(),
    }  # fmt: skip
    position = append(ctx, kind=BATCH_ACCEPTED, act=batch, payload=payload)
    return Receipt(
        number,
        batch,
        judging.item.id,
        judging.sender,
        counts,
        tuple(tally.findings),
        tuple(tally.rows),
        position,
        ctx.now,
    )


def tree_root(act: UUID) -> bytes:
    """The root of the RFC 6962 tree over the digests that an act appended, computed from the rows themselves."""
    builder = RootBuilder()
    for digest in staging.appended_digests(act):
        builder.add(digest)
    return builder.root()


def _record_chunk(ctx: Context, batch: UUID, item: ItemEdition, chunk: list[Fate], tally: Tally) -> None:
    told = [_with_repeat(ctx, fate) for fate in chunk]
    Row.objects.bulk_create(_row(batch, fate) for fate in told)
    HeldRow.objects.bulk_create(_held(batch, item, fate) for fate in told if fate.outcome is Outcome.HELD)
    if item.id == REGISTER:
        rows = [registration(item, row) for row in _register_rows(told)]
        organisations_register(act=batch, registrations=rows)
    for fate in told:
        _count(tally, fate)


def _with_repeat(ctx: Context, fate: Fate) -> Fate:
    """The fate with the finding for what repeated it, and without doubts that an already archived row cannot raise."""
    extra = dict(fate.extra)
    if fate.outcome is Outcome.UNCHANGED:
        extra["findings"] = [said for said in extra["findings"] if said["rule"] not in NO_DOUBT]
    if fate.repeats:
        said = finding(ctx.rulebook, fate.repeats, first=str(fate.earlier or ""))
        entry = finding_entry(said, row=fate.source_row, sheet=fate.part, file=None)
        extra["findings"] = [*extra["findings"], entry]
    return Fate(**{name: getattr(fate, name) for name in Fate.__slots__} | {"extra": extra})


NO_DOUBT = frozenset({"subject.two_names", "subject.name_differs"})
"""Doubts that hold a new row, but not one that the archive has held all along."""


def _register_rows(fates: list[Fate]) -> Iterator[RegisterRow]:
    for fate in fates:
        if fate.outcome in APPENDED and fate.subject and fate.content:
            events = [Event(kind, detail) for kind, detail in fate.extra["events"]]
            yield RegisterRow(fate.ordinal, fate.subject, json.loads(fate.content), events)


def _row(batch: UUID, fate: Fate) -> Row:
    filed = fate.outcome in (*APPENDED, Outcome.UNCHANGED, Outcome.DUPLICATE)
    return Row(
        batch_id=batch, ordinal=fate.ordinal, sheet=fate.part, row=fate.source_row, outcome=fate.outcome.value,
        subject=fate.extra.get("subject"), key=fate.key if filed else None, n=fate.n, findings=fate.extra["findings"],
    )  # fmt: skip


def _held(batch: UUID, item: ItemEdition, fate: Fate) -> HeldRow:
    claim = fate.extra["claim"]
    reasons = [said["rule"] for said in fate.extra["findings"] if said["rule"] in HOLDING]
    return HeldRow(
        batch_id=batch, ordinal=fate.ordinal, item=item.id, edition=item.edition,
        reason=fate.repeats or (reasons[0] if reasons else "held"), code=claim["code"], old_codes=claim["old_codes"],
        name=claim["name"], body=fate.extra["body"], values=json.loads(fate.content or "{}"),
    )  # fmt: skip


HOLDING = frozenset(
    {
        "subject.unknown", "subject.unknown_old_code", "subject.old_code_contested", "subject.codes_disagree",
        "subject.name_differs", "subject.two_names", "amount.factor_10000",
    }
)  # fmt: skip
"""Rules that make a row wait."""


def _count(tally: Tally, fate: Fate) -> None:
    said = fate.extra["findings"]
    start = len(tally.findings)
    tally.findings.extend(said)
    tally.outcomes[fate.outcome] += 1
    tally.warned += any(each["severity"] == "warning" for each in said)
    tally.rows.append(
        RowOutcome(
            row=fate.source_row,
            sheet=fate.part,
            file=None,
            outcome=fate.outcome,
            subject=fate.extra.get("subject"),
            record=_record_name(fate),
            findings=tuple(range(start, len(tally.findings))),
        )
    )


def _record_name(fate: Fate) -> str | None:
    filed = fate.outcome in (*APPENDED, Outcome.UNCHANGED)
    return str(RecordId(fate.subject, fate.key)) if filed and fate.subject and fate.key else None
