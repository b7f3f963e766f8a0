"""Every attempt to submit leaves a trace of its own, whatever becomes of it."""

from uuid import UUID, uuid4

from django.db import transaction

from xinheng.core.context import Context
from xinheng.core.persons import mask_any
from xinheng.documents.store import DocumentStore
from xinheng.intake.models import Batch


def attempt_open(ctx: Context, *, agency: str, item: str) -> UUID:
    """Log that a submission begins; stands even if the process dies. Nothing of the file is in it."""
    with transaction.atomic():
        batch = Batch.objects.create(
            id=uuid4(), agency=_named(agency), item=_named(item), received_at=ctx.now, rulebook=ctx.rulebook.digest
        )
    return batch.id


def _named(text: str) -> str:
    """What the caller named, short and without a person's number, should somebody have typed one."""
    return mask_any(text)[:40]


def attempt_refuse(ctx: Context, *, batch: UUID, rule: str) -> None:
    """Log why a submission was refused whole."""
    with transaction.atomic():
        Batch.objects.filter(id=batch, state="receiving").update(state="refused", error_rule=rule, finished_at=ctx.now)


def attempt_tried(ctx: Context, *, batch: UUID) -> None:
    """Log that a submission was a trial, of which nothing was kept."""
    with transaction.atomic():
        Batch.objects.filter(id=batch, state="receiving").update(state="tried", finished_at=ctx.now)


def attempts_recover(ctx: Context, *, store: DocumentStore) -> int:
    """Mark attempts that died as interrupted and remove what they left on disk. Call it only while nobody submits.

    Returns how many attempts were marked.
    """
    with transaction.atomic():
        marked = Batch.objects.filter(state="receiving").update(state="interrupted", finished_at=ctx.now)
    store.remove_orphans(set(Batch.objects.filter(state="done").values_list("rows_document", flat=True)))
    return marked
