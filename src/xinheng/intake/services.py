"""The gate: a submitted file becomes entries in the right files, whole or not at all. Every channel calls `submit`."""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

from django.db import DatabaseError, IntegrityError, InterfaceError, OperationalError, transaction

from xinheng.accounts.selectors import AgencyView, agencies
from xinheng.archive import staging
from xinheng.core.context import Context
from xinheng.core.rulebook.types import ItemEdition, UnknownItem
from xinheng.core.validation.gate import finding
from xinheng.documents.store import DocumentStore, KeptRow, RowsWriter
from xinheng.intake.attempts import attempt_open, attempt_refuse
from xinheng.intake.judging import JudgedRow, Judging
from xinheng.intake.outcome import record_batch
from xinheng.intake.readers.errors import UnreadableFile
from xinheng.intake.readers.source import Source, open_source
from xinheng.intake.receipts import Receipt
from xinheng.intake.refusals import refusal
from xinheng.intake.staged import stage_row
from xinheng.runtime.errors import RuntimeRefusal

NO_ROOM = "53100"
RETRIES = 8
"""How often a batch compares again when another process appended the same keys in between."""


def submit(
    ctx: Context, *, source: Path, item: str, agency: str, store: DocumentStore, sheet: str | None = None
) -> Receipt:
    """Take one file through the gate and return its receipt.

    Rows may be refused: that is in the receipt. Raises RuntimeRefusal when the file as a whole is refused (unknown or
    unauthorised agency, unknown or wrong item, unreadable file, full disk): then nothing is stored but the attempt.
    """
    batch = attempt_open(ctx, agency=agency, item=item)
    try:
        known = agencies()
        sender, edition = _entitled(ctx, known, agency, item)
        with open_source(source, sheet=sheet) as opened, store.rows_writer(batch) as writer:
            return _take(ctx, batch, opened, Judging(ctx, edition, sender.code, known), writer, only=sheet)
    except RuntimeRefusal as refused:
        attempt_refuse(ctx, batch=batch, rule=refused.rule)
        raise
    except UnreadableFile as unreadable:
        attempt_refuse(ctx, batch=batch, rule=unreadable.rule)
        raise RuntimeRefusal(unreadable.rule, unreadable.message.zh, unreadable.message.en) from None
    except Exception as fault:
        # Where the database is gone the attempt stays open, and the next command marks it as interrupted.
        with contextlib.suppress(DatabaseError, InterfaceError):
            attempt_refuse(ctx, batch=batch, rule=_rule_of(fault))
        raise


def _rule_of(fault: Exception) -> str:
    """Under which rule a fault in the middle is logged: no room, the database, or the program itself."""
    if getattr(fault.__cause__, "sqlstate", None) == NO_ROOM:
        return "disk.full"
    return "database.unavailable" if isinstance(fault, DatabaseError | InterfaceError) else "internal.fault"


def _entitled(ctx: Context, known: dict[str, AgencyView], agency: str, item: str) -> tuple[AgencyView, ItemEdition]:
    sender = known.get(agency.strip().upper())
    if sender is None:
        raise refusal(ctx.rulebook, "agency.unknown", agency)
    try:
        edition = ctx.rulebook.item(item, ctx.today)
    except UnknownItem as unknown:
        raise refusal(ctx.rulebook, "item.unknown", item, known=", ".join(unknown.known)) from None
    if not sender.may_submit(item):
        raise refusal(ctx.rulebook, "agency.item_not_allowed", item, agency=sender.code)
    return sender, edition


def _take(
    ctx: Context, batch: UUID, opened: Source, judging: Judging, writer: RowsWriter, *, only: str | None
) -> Receipt:
    """Everything that stands or falls together: rows, versions, fates, receipt and ledger entry."""
    judging.keyed = opened.kind in ("json", "json_lines")
    with transaction.atomic():
        staging.open_stage()
        for staged in _staged_blocks(ctx, opened, judging, writer, only):
            staging.stage(staged)
        staging.mark_repeats()
        _append(batch, judging.item)
        stored = writer.finish()
        return record_batch(ctx, batch=batch, kind=opened.kind, judging=judging, stored=stored)


def _staged_blocks(
    ctx: Context, opened: Source, judging: Judging, writer: RowsWriter, only: str | None
) -> Iterator[list[staging.StagedRow]]:
    ordinal = 0
    for block in judging.blocks(opened.sheets, only=only):
        writer.write([_kept(row) for row in block if row.verdict.kept is not None])
        yield [stage_row(ctx, judging.item, row, ordinal + place) for place, row in enumerate(block)]
        ordinal += len(block)
    if not ordinal:
        judging.batch_findings.append(finding(ctx.rulebook, "batch.no_rows"))


def _append(batch: UUID, item: ItemEdition) -> None:
    for attempt in range(RETRIES):
        try:
            with transaction.atomic():
                staging.compare_and_append(act=batch, item=item.id, edition=item.edition)
                return
        except (IntegrityError, OperationalError) as clash:
            if attempt == RETRIES - 1 or not _is_clash(clash):
                raise


def _is_clash(error: Exception) -> bool:
    """Another process wrote the same keys (23505) or both waited for each other (40P01): compare again."""
    return getattr(error.__cause__, "sqlstate", None) in ("23505", "40P01")


def _kept(row: JudgedRow) -> KeptRow:
    return KeptRow(row.part, row.verdict.number, row.verdict.kept or ())
