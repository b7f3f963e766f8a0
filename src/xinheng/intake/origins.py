"""From acts to batches and back: which submission something came with, whichever act filed it in the end."""

from collections.abc import Iterable
from uuid import UUID

from xinheng.intake.models import Batch, Correction, HeldRow
from xinheng.ledger.selectors import LedgerEntry, entries_of_acts


def batch_of(entry: LedgerEntry) -> UUID:
    """The batch that an act goes back to: itself, or the one whose row it released or corrected."""
    return UUID(str(entry.payload.get("batch", entry.act)))


def batches_of(acts: Iterable[UUID]) -> dict[UUID, Batch]:
    """The batches that several acts go back to, by act; acts without one are left out."""
    origins = {act: batch_of(entry) for act, entry in entries_of_acts(acts).items()}
    found = Batch.objects.in_bulk(set(origins.values()))
    return {act: found[batch] for act, batch in origins.items() if batch in found}


def acts_of(batch: UUID) -> list[UUID]:
    """Every act that filed rows of a batch: itself, releases of its waiting rows, corrections of its rows."""
    released = HeldRow.objects.filter(batch_id=batch, released_by__isnull=False).values_list("released_by", flat=True)
    corrected = Correction.objects.filter(batch_id=batch).values_list("act", flat=True)
    return [batch, *sorted({*released, *corrected})]
