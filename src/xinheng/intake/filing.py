"""Filing a few rows as one act: the same comparison with the archive as a batch of a million."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import polars as pl

from xinheng.archive.appending import ROW, Appending, Fate
from xinheng.archive.records import RecordId
from xinheng.archive.services import organisations_register
from xinheng.core.findings import Outcome
from xinheng.core.identity import Event
from xinheng.core.rulebook.types import ItemEdition
from xinheng.intake.judging import REGISTER
from xinheng.intake.staged import RegisterRow, StagedRow, registration

APPENDED = (Outcome.ACCEPTED, Outcome.UPDATED)


@dataclass(frozen=True, slots=True)
class Filed:
    """What became of one row: its outcome, the record it is and as which version."""

    outcome: Outcome
    record: RecordId
    n: int | None


def rows_file(*, act: UUID, edition: ItemEdition, rows: Sequence[StagedRow]) -> tuple[Filed, ...]:
    """Append accepted rows, each with its organisation, in the caller's transaction; what became of each, in order."""
    appending = Appending(act, edition.id, edition.edition)
    appending.open()
    fates = appending.append(_frame(rows))
    filed = tuple(_filed(row, fates.get(row.ordinal)) for row in rows)
    if edition.id == REGISTER:
        told = [_register_row(row) for row, each in zip(rows, filed, strict=True) if each.outcome in APPENDED]
        organisations_register(act=act, registrations=[registration(edition, row) for row in told])
    return filed


def _frame(rows: Sequence[StagedRow]) -> pl.DataFrame:
    columns = {name: [getattr(row, name, None) for row in rows] for name in ROW}
    columns |= {"source_part": [row.part for row in rows], "held": [False] * len(rows)}
    return pl.DataFrame(columns, schema=ROW)


def _filed(row: StagedRow, fate: Fate | None) -> Filed:
    record = RecordId(row.subject or "", row.key or b"")
    return Filed(fate.outcome, record, fate.n) if fate else Filed(Outcome.ACCEPTED, record, 1)


def _register_row(row: StagedRow) -> RegisterRow:
    events = [Event(kind, detail) for kind, detail in row.extra["events"]]
    return RegisterRow(row.ordinal, row.subject or "", json.loads(row.content or "{}"), events)
