"""The gate: a submitted file becomes entries in the right files, whole or not at all. Every channel calls `submit`."""

import contextlib
from collections.abc import Generator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Protocol
from uuid import UUID

from django.db import DatabaseError, InterfaceError, OperationalError, connection, transaction

from xinheng.accounts.selectors import AgencyView, agencies
from xinheng.core.context import Context
from xinheng.core.rulebook.types import ItemEdition, UnknownItem
from xinheng.core.validation.gate import AgencyFacts, finding
from xinheng.documents.store import DocumentStore, RowsWriter, StoredRows
from xinheng.intake import answers
from xinheng.intake.adapters import adapters_for
from xinheng.intake.attempts import attempt_open, attempt_refuse, attempt_tried
from xinheng.intake.beside import Beside
from xinheng.intake.judging import REGISTER
from xinheng.intake.outcome import Recording
from xinheng.intake.pipeline import Ahead
from xinheng.intake.producing import FileSaid, Order, Producing, Ready
from xinheng.intake.readers.errors import UnreadableFile
from xinheng.intake.readers.files import Limits
from xinheng.intake.readers.source import Source, open_source
from xinheng.intake.receipts import Receipt, finding_entry, receipt_number
from xinheng.intake.refusals import refusal
from xinheng.intake.register import Register, known_to_register
from xinheng.runtime.errors import RuntimeRefusal

NO_ROOM, DEADLOCK = "53100", "40P01"
KEYED = ("json", "json_lines")
LARGE_BYTES = 16 * 1024 * 1024
"""From this size on a text is worth a process of its own, which takes about a second to come up."""
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
    facts = {each.code: AgencyFacts(each.code, each.name, each.sends_for) for each in known.values()}
    with open_source(sent.source, sheet=sent.how.sheet) as opened:
        keyed, mappings = opened.kind in KEYED, adapters_for(sender.code, edition)
        order = Order(ctx, edition, sender.code, facts, mappings, keyed, sent.how.sheet)
        for _ in range(ATTEMPTS - 1):
            with contextlib.suppress(_BothWaited):
                return _attempt(sent, batch, store, order, opened)
        return _attempt(sent, batch, store, order, opened)


def _attempt(sent: Submission, batch: UUID, store: DocumentStore, order: Order, opened: Source) -> Receipt:
    try:
        with store.rows_writer(batch) as writer, _way(order, opened, writer) as way:
            return _take(sent, batch, order, way, opened.kind)
    except OperationalError as clash:
        if getattr(clash.__cause__, "sqlstate", None) == DEADLOCK:
            raise _BothWaited(*clash.args) from clash.__cause__
        raise


class _BothWaited(OperationalError):  # noqa: N818 - no error for anybody: the file is taken again
    """Two files waited for each other's rows."""


class _Way(Protocol):
    """How one attempt's blocks come: beside the database, in file order. ``said`` is complete when they have ended."""

    @property
    def said(self) -> FileSaid:
        """What is said of the file."""

    def blocks(self) -> Generator[Ready, None, None]:
        """Judged and filed blocks; what reading and judging raise is raised here."""

    def stored(self) -> StoredRows:
        """Make the kept rows durable."""


def _way(order: Order, opened: Source, writer: RowsWriter) -> "contextlib.AbstractContextManager[_Way]":
    if opened.text is not None and opened.text.size >= LARGE_BYTES and order.item.id != REGISTER:
        return Beside(order, opened, Limits(), writer, known_to_register)
    reading = Ahead[Ready](known_to_register)
    return contextlib.nullcontext(
        _InThread(reading, Producing(order, order.judging(reading.ask), opened.sheets, writer))
    )


@dataclass(frozen=True, slots=True)
class _InThread:
    """The way of a file that is not worth a process of its own."""

    reading: Ahead[Ready]
    producing: Producing

    @property
    def said(self) -> FileSaid:
        return self.producing.said

    def blocks(self) -> Generator[Ready, None, None]:
        return self.reading.run(self.producing.blocks)

    def stored(self) -> StoredRows:
        return self.producing.writer.finish()


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


def _take(sent: Submission, batch: UUID, order: Order, way: _Way, kind: str) -> Receipt:
    """Everything that stands or falls together: rows, versions, fates, receipt and ledger entry."""
    ctx, item = order.ctx, order.item
    with transaction.atomic(), contextlib.closing(way.blocks()) as blocks:
        _queue_up(order.sender, item.id)
        record, register = Recording(ctx, batch, item), Register(ctx, own=item.id == REGISTER)
        for ready in blocks:
            record.block(ready.part, register.resolve(ready.rows), ready.filed)
        found = way.said.findings if record.rows else (*way.said.findings, finding(ctx.rulebook, "batch.no_rows"))
        said = tuple(finding_entry(each, row=None, sheet=None, file=None) for each in found)
        if sent.how.trial:
            return _tried(order, batch, record, said)
        position = record.finish(
            sender=order.sender, kind=kind, stored=way.stored(), file_findings=said,
            headers=way.said.headers, backfill=sent.how.backfill,
        )  # fmt: skip
    return Receipt(
        number=receipt_number(batch, ctx.now),
        batch=batch,
        item=item.id,
        agency=order.sender,
        counts=record.tally.counts(),
        position=position,
        received_at=ctx.now,
        file_findings=said,
        answers=partial(answers.answers, batch),
        told=partial(answers.told, batch),
        backfill=sent.how.backfill,
    )


def _queue_up(agency: str, item: str) -> None:
    """Two loads of one agency for one item go one after the other: they are the ones that share keys."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"xinheng.batch:{agency}:{item}"])


def _tried(order: Order, batch: UUID, record: Recording, said: tuple[dict[str, Any], ...]) -> Receipt:
    """What would have become of the file. Its answers are put aside, then everything is taken back."""
    kept = answers.put_aside(answers.answers(batch, record.parts))
    transaction.set_rollback(True)
    return Receipt(
        number=None,
        batch=batch,
        item=order.item.id,
        agency=order.sender,
        counts=record.tally.counts(),
        position=None,
        received_at=order.ctx.now,
        file_findings=said,
        answers=kept,
        told=kept,
    )
