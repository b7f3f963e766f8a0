"""Reading what came through the gate."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from xinheng.archive.acts import appended_counts, tree_root
from xinheng.core.findings import Outcome
from xinheng.documents.store import DocumentStore, KeptRow
from xinheng.intake.models import Batch, Correction, HeldRow, Row, Withdrawal
from xinheng.intake.receipts import COUNTED


@dataclass(frozen=True, slots=True)
class HeldView:
    """A row that waits, and why."""

    batch: UUID
    row: int
    item: str
    reason: str
    code: str | None
    state: str


@dataclass(frozen=True, slots=True)
class BatchView:
    """One accepted batch as its sender sees it. ``withdrawn_at``: it was taken back whole."""

    id: UUID
    receipt: str
    agency: str
    item: str
    edition: str
    received_at: datetime
    backfill: bool
    counts: Mapping[str, int]
    waiting: int
    corrected: int
    withdrawn_at: datetime | None
    withdrawn_reason: str | None


def batches(
    *, agency: str | None = None, after: str | None = None, limit: int = 50
) -> tuple[tuple[BatchView, ...], str | None]:
    """Accepted batches, newest first, a page at a time, and where the next page begins; two queries."""
    found = Batch.objects.filter(state="done", **({"agency": agency} if agency else {}))
    start = Batch.objects.filter(receipt=after).first() if after else None
    if start is not None:
        found = found.filter(Q(received_at__lt=start.received_at) | Q(received_at=start.received_at, id__lt=start.id))
    whole = Withdrawal.objects.filter(batch=OuterRef("pk"), subject__isnull=True).order_by("-withdrawn_at")
    found = found.annotate(
        waiting=_counted(HeldRow.objects.filter(state="waiting")),
        corrected=_counted(Correction.objects.all()),
        withdrawn_at=Subquery(whole.values("withdrawn_at")[:1]),
        withdrawn_reason=Subquery(whole.values("reason")[:1]),
    )
    rows = list(found.order_by("-received_at", "-id")[: limit + 1])
    views = tuple(_batch_view(row) for row in rows[:limit])
    return views, views[-1].receipt if len(rows) > limit else None


def _counted(rows: QuerySet[Any]) -> Coalesce:
    """How many of these rows belong to each batch, asked batch by batch."""
    of_batch = rows.filter(batch=OuterRef("pk")).order_by().values("batch").annotate(n=Count("pk"))
    return Coalesce(Subquery(of_batch.values("n")), 0)


def _batch_view(row: Any) -> BatchView:
    return BatchView(
        row.id, row.receipt, row.agency, row.item, row.edition, row.received_at, row.backfill, row.counts, row.waiting,
        row.corrected, row.withdrawn_at, row.withdrawn_reason,
    )  # fmt: skip


def attempts() -> dict[str, int]:
    """How many submissions ended how."""
    return dict(Batch.objects.values_list("state").annotate(n=Count("id")))


def receipt_numbers() -> Sequence[str]:
    """The numbers of all receipts, oldest first."""
    return list(Batch.objects.filter(state="done").order_by("received_at", "id").values_list("receipt", flat=True))


def held_rows(*, state: str = "waiting") -> tuple[HeldView, ...]:
    """Rows in the hold queue."""
    found = HeldRow.objects.filter(state=state).order_by("id")
    lines = {(r.batch_id, r.ordinal): r.row for r in Row.objects.filter(batch_id__in={held.batch_id for held in found})}
    return tuple(
        HeldView(held.batch_id, lines[(held.batch_id, held.ordinal)], held.item, held.reason, held.code, held.state)
        for held in found
    )


def held_count(*, state: str = "waiting") -> int:
    """How many rows are in the hold queue."""
    return HeldRow.objects.filter(state=state).count()


def untrue_receipts() -> tuple[int, list[str]]:
    """Check every receipt against what is stored: (how many were checked, numbers of those that do not agree)."""
    checked, untrue = 0, []
    for batch in Batch.objects.filter(state="done").order_by("received_at", "id").iterator(chunk_size=500):
        checked += 1
        if bytes(batch.root) != tree_root(batch.id) or batch.counts != _counts(batch):
            untrue.append(str(batch.receipt))
    return checked, untrue


def _counts(batch: Batch) -> Mapping[str, int]:
    """The counts computed anew from the rows' fates; ``warned`` is taken over, it is no outcome."""
    found = dict(Row.objects.filter(batch=batch).values_list("outcome").annotate(n=Count("ordinal")))
    # What was appended is told by its versions; the rows' table holds only those of which something was said.
    found |= dict(zip((Outcome.ACCEPTED.value, Outcome.UPDATED.value), appended_counts(batch.id), strict=True))
    counted = {name: found.get(outcome.value, 0) for outcome, name in COUNTED.items()}
    ignored = found.get(Outcome.IGNORED.value, 0)
    return {"rows": sum(counted.values()), **counted, "ignored": ignored, "warned": batch.counts["warned"]}


def source_row(store: DocumentStore, *, act: UUID, part: str | None, row: int) -> KeptRow | None:
    """The row of a file as the gate left it: the end of the way from a page back to what was sent."""
    waited_in = HeldRow.objects.filter(released_by=act).values_list("batch_id", flat=True).first()
    corrected_in = Correction.objects.filter(act=act).values_list("batch_id", flat=True).first()
    batch = Batch.objects.filter(id=waited_in or corrected_in or act, state="done").first()
    return store.row(batch.rows_document, part, row) if batch else None
