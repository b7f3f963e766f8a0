"""Reading what came through the gate."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count

from xinheng.core.findings import Outcome
from xinheng.documents.store import DocumentStore, KeptRow
from xinheng.intake.models import Batch, HeldRow, Row
from xinheng.intake.outcome import tree_root
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
    counted = {name: found.get(outcome.value, 0) for outcome, name in COUNTED.items()}
    ignored = found.get(Outcome.IGNORED.value, 0)
    return {"rows": sum(counted.values()), **counted, "ignored": ignored, "warned": batch.counts["warned"]}


def source_row(store: DocumentStore, *, act: UUID, part: str | None, row: int) -> KeptRow | None:
    """The row of a file as the gate left it: the end of the way from a page back to what was sent."""
    waited_in = HeldRow.objects.filter(released_by=act).values_list("batch_id", flat=True).first()
    batch = Batch.objects.filter(id=waited_in or act, state="done").first()
    return store.row(batch.rows_document, part, row) if batch else None
