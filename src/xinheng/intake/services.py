"""The gate: a submitted file becomes entries in the right files, whole or not at all. Every channel calls `submit`."""

import contextlib
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import polars as pl
from django.db import DatabaseError, InterfaceError, OperationalError, connection, transaction

from xinheng.accounts.selectors import AgencyView, agencies
from xinheng.core.context import Context
from xinheng.core.rulebook.types import ItemEdition, UnknownItem
from xinheng.core.validation.gate import AgencyFacts, finding
from xinheng.documents.store import DocumentStore, RowsWriter
from xinheng.intake import answers
from xinheng.intake.adapters import adapters_for
from xinheng.intake.attempts import attempt_open, attempt_refuse, attempt_tried
from xinheng.intake.filed import filed_ahead
from xinheng.intake.judging import REGISTER, Judging, Known, PlacedBlock
from xinheng.intake.outcome import Recording
from xinheng.intake.pipeline import Ahead
from xinheng.intake.readers.errors import UnreadableFile
from xinheng.intake.readers.source import Source, open_source
from xinheng.intake.receipts import Receipt, finding_entry, receipt_number
from xinheng.intake.refusals import refusal
from xinheng.intake.register import Register, known_to_register
from xinheng.runtime.errors import RuntimeRefusal

NO_ROOM, DEADLOCK = "53100", "40P01"
KEYED = ("json", "json_lines")
ATTEMPTS = 3
"""How often a file is taken again from its first row when it and another one waited for each other's rows."""


@dataclass(frozen=True, slots=True)
class How:
    """How a file is sent.

    ``sheet``: only this sheet of a workbook. ``backfill``: old years that nobody counts as late. ``trial``: everything
    is judged and compared, nothing is kept.
    """

    sheet: str | None = None
    backfill: bool = False
    trial: bool = False


USUALLY = How()


@dataclass(frozen=True, slots=True)
class Submission:
    """What is sent, by whom, and how."""

    source: Path
    item: str
    agency: str
    how: How


def submit(ctx: Context, *, source: Path, item: str, agency: str, store: DocumentStore, how: How = USUALLY) -> Receipt:
    """Take one file through the gate and return its receipt.

    Rows may be refused: that is in the receipt. Raises RuntimeRefusal when the file as a whole is refused (unknown or
    unauthorised agency, unknown or wrong item, unreadable file, full disk): then nothing is stored but the attempt.
    """
    sent = Submission(source, item, agency, how)
    batch = attempt_open(ctx, agency=agency, item=item)
    try:
        receipt = _receive(ctx, sent, batch, store)
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
    if how.trial:
        attempt_tried(ctx, batch=batch)
    return receipt


def _rule_of(fault: Exception) -> str:
    """Under which rule a fault in the middle is logged: no room, the database, or the program itself."""
    if getattr(fault.__cause__, "sqlstate", None) == NO_ROOM:
        return "disk.full"
    return "database.unavailable" if isinstance(fault, DatabaseError | InterfaceError) else "internal.fault"


def _receive(ctx: Context, sent: Submission, batch: UUID, store: DocumentStore) -> Receipt:
    known = agencies()
    sender, edition = _entitled(ctx, known, sent)
    mappings = adapters_for(sender.code, edition)
    facts = {each.code: AgencyFacts(each.code, each.name, each.sends_for) for each in known.values()}
    with open_source(sent.source, sheet=sent.how.sheet) as opened:
        judging = partial(Judging, ctx, edition, sender.code, facts, adapters=mappings, keyed=opened.kind in KEYED)
        for _ in range(ATTEMPTS - 1):
            with contextlib.suppress(_BothWaited):
                return _attempt(ctx, sent, batch, store, partial(_way, opened, judging))
        return _attempt(ctx, sent, batch, store, partial(_way, opened, judging))


def _attempt(
    ctx: Context, sent: Submission, batch: UUID, store: DocumentStore, way: "Callable[[RowsWriter], _Way]"
) -> Receipt:
    try:
        with store.rows_writer(batch) as writer:
            return _take(ctx, sent, batch, way(writer))
    except OperationalError as clash:
        if getattr(clash.__cause__, "sqlstate", None) == DEADLOCK:
            raise _BothWaited(*clash.args) from clash.__cause__
        raise


class _BothWaited(OperationalError):  # noqa: N818 - no error for anybody: the file is taken again
    """Two files waited for each other's rows."""


def _way(opened: Source, judging: "Callable[[Known], Judging]", writer: RowsWriter) -> "_Way":
    reading = Ahead[tuple[PlacedBlock, pl.DataFrame]](known_to_register)
    return _Way(opened, judging(reading.ask), reading, writer)


def _entitled(ctx: Context, known: dict[str, AgencyView], sent: Submission) -> tuple[AgencyView, ItemEdition]:
    sender = known.get(sent.agency.strip().upper())
    if sender is None:
        raise refusal(ctx.rulebook, "agency.unknown", sent.agency)
    try:
        edition = ctx.rulebook.item(sent.item, ctx.today)
    except UnknownItem as unknown:
        raise refusal(ctx.rulebook, "item.unknown", sent.item, known=", ".join(unknown.known)) from None
    if not sender.may_submit(sent.item):
        raise refusal(ctx.rulebook, "agency.item_not_allowed", sent.item, agency=sender.code)
    return sender, edition


@dataclass(frozen=True, slots=True)
class _Way:
    """One attempt's way through the gate: where its blocks come from, where its rows go."""

    opened: Source
    judging: Judging
    reading: Ahead[tuple[PlacedBlock, pl.DataFrame]]
    writer: RowsWriter

    def blocks(self, only: str | None) -> Generator[tuple[PlacedBlock, pl.DataFrame], None, None]:
        """Judged blocks in file order, made ready while the one before is written down."""
        return self.reading.run(partial(self._ready, only))

    def _ready(self, only: str | None) -> Iterator[tuple[PlacedBlock, pl.DataFrame]]:
        for placed in self.judging.blocks(self.opened.sheets, only=only):
            _keep(self.writer, placed)
            yield placed, filed_ahead(self.judging.item, placed.rows)


def _take(ctx: Context, sent: Submission, batch: UUID, way: _Way) -> Receipt:
    """Everything that stands or falls together: rows, versions, fates, receipt and ledger entry."""
    judging = way.judging
    with transaction.atomic(), contextlib.closing(way.blocks(sent.how.sheet)) as blocks:
        _queue_up(judging.sender, judging.item.id)
        record, register = Recording(ctx, batch, judging.item), Register(ctx, own=judging.item.id == REGISTER)
        for placed, ahead in blocks:
            record.block(placed.part, register.resolve(placed.rows), ahead)
        if not record.rows:
            judging.batch_findings.append(finding(ctx.rulebook, "batch.no_rows"))
        said = tuple(finding_entry(each, row=None, sheet=None, file=None) for each in judging.batch_findings)
        if sent.how.trial:
            return _tried(ctx, batch, judging, record, said)
        position = record.finish(
            sender=judging.sender, kind=way.opened.kind, stored=way.writer.finish(), file_findings=said,
            headers=judging.headers, backfill=sent.how.backfill,
        )  # fmt: skip
    return Receipt(
        number=receipt_number(batch, ctx.now),
        batch=batch,
        item=judging.item.id,
        agency=judging.sender,
        counts=record.tally.counts(),
        position=position,
        received_at=ctx.now,
        file_findings=said,
        answers=partial(answers.answers, batch),
        told=partial(answers.told, batch),
        backfill=sent.how.backfill,
    )


def _keep(writer: RowsWriter, placed: PlacedBlock) -> None:
    """Keep the rows as the gate left them; of a person's row nothing is kept."""
    rows = placed.rows
    widths = rows.kept_width
    if widths is None:
        return
    chosen = [rows.numbers, widths, *rows.kept]
    if rows.gone:
        stays = pl.Series([place for place in range(len(rows)) if place not in rows.gone], dtype=pl.UInt32)
        chosen = [column.gather(stays) for column in chosen]
    writer.write(placed.part.name, chosen[0], chosen[2:], chosen[1])


def _queue_up(agency: str, item: str) -> None:
    """Two loads of one agency for one item go one after the other: they are the ones that share keys."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"xinheng.batch:{agency}:{item}"])


def _tried(ctx: Context, batch: UUID, judging: Judging, record: Recording, said: tuple[dict[str, Any], ...]) -> Receipt:
    """What would have become of the file. Its answers are put aside, then everything is taken back."""
    kept = answers.put_aside(answers.answers(batch, record.parts))
    transaction.set_rollback(True)
    return Receipt(
        number=None,
        batch=batch,
        item=judging.item.id,
        agency=judging.sender,
        counts=record.tally.counts(),
        position=None,
        received_at=ctx.now,
        file_findings=said,
        answers=kept,
        told=kept,
    )
