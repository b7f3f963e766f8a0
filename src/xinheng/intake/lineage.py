"""From a record back to the row that was sent, and from a batch forward to the records it became."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from xinheng.archive import selectors as archive
from xinheng.archive.records import RecordId
from xinheng.archive.selectors import VersionView
from xinheng.core.context import LEGAL_ZONE
from xinheng.intake.answers import part_of
from xinheng.intake.events import BATCH_ACCEPTED, HELD_DECIDED, HELD_RELEASED, ROW_CORRECTED
from xinheng.intake.judging import Part
from xinheng.intake.models import Batch, Correction, Decision, Withdrawal
from xinheng.intake.origins import acts_of, batch_of
from xinheng.ledger.selectors import LedgerEntry, entries_of_acts

PAGE = 100
_AT = re.compile(r"([0-9]{1,9})~([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})")
WAYS = {
    BATCH_ACCEPTED: "submission",
    HELD_RELEASED: "release",
    HELD_DECIDED: "decision",
    ROW_CORRECTED: "correction",
}
"""How a version came, by the kind of its act."""


@dataclass(frozen=True, slots=True)
class Step:
    """One version's way: ``way`` is submission, release, decision, correction or other; ``agency`` sent the batch.

    ``act`` and ``position`` are the act that filed it, ``batch`` and ``receipt`` the submission its row came with.
    ``told``: what a correction or a decision said for itself (fields, reason, officer), what a withdrawal did.
    """

    n: int
    way: str
    act: UUID
    position: int
    recorded_at: datetime
    agency: str
    batch: UUID | None
    receipt: str | None
    received_at: datetime | None
    file: str | None
    sheet: str | None
    row: int
    edition: str
    rulebook: str
    digest: str
    told: dict[str, Any]
    withdrawn: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Lineage:
    """Every version of a record with where it came from, first to last."""

    record: RecordId
    item: str
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class BatchRecord:
    """A record that a batch brought, as which version, from which row; ``at`` is where the next page begins."""

    record: RecordId
    n: int
    act: UUID
    row: int
    sheet: str | None
    withdrawn: bool
    at: str


def lineage(record: RecordId) -> Lineage | None:
    """The way of every version of a record; None for a record that the archive does not hold. Six queries."""
    versions = archive.versions(record)
    if not versions:
        return None
    acts = {version.act for version in versions} | {v.withdrawn.act for v in versions if v.withdrawn}
    sources = _Sources(entries_of_acts(acts), versions)
    return Lineage(record, versions[-1].item, tuple(map(sources.step, versions)))


class _Sources:
    """What is looked up once for all versions of a record."""

    def __init__(self, entries: dict[UUID, LedgerEntry], versions: Sequence[VersionView]) -> None:
        self.entries = entries
        self.batches = Batch.objects.in_bulk({batch_of(entry) for entry in entries.values()})
        acts = list(entries)
        self.corrections = Correction.objects.in_bulk(acts)
        self.decisions = Decision.objects.in_bulk(acts)
        self.withdrawals = Withdrawal.objects.in_bulk(acts)

    def step(self, version: VersionView) -> Step:
        entry = self.entries[version.act]
        batch = self.batches.get(batch_of(entry))
        part = part_of(batch, version.source_part) if batch else Part(None, version.source_part)
        return Step(
            n=version.n, way=WAYS.get(entry.kind, "other"), act=version.act, position=version.position,
            recorded_at=version.recorded_at,
            agency=batch.agency if batch else str(entry.payload.get("agency", "")),
            batch=batch.id if batch else None, receipt=batch.receipt if batch else None,
            received_at=batch.received_at.astimezone(LEGAL_ZONE) if batch else None,
            file=part.file, sheet=part.sheet, row=version.source_row,
            edition=version.edition, rulebook=str(entry.payload.get("rulebook", "")), digest=version.digest.hex(),
            told=self._told(version.act), withdrawn=self._withdrawn(version),
        )  # fmt: skip

    def _told(self, act: UUID) -> dict[str, Any]:
        if act in self.corrections:
            said = self.corrections[act]
            return {"by": said.agency, "officer": said.officer, "reason": said.reason, "fields": said.fields}
        if act in self.decisions:
            ruling = self.decisions[act]
            return {"by": ruling.agency or "office", "officer": ruling.officer, "reason": ruling.reason}
        return {}

    def _withdrawn(self, version: VersionView) -> dict[str, Any] | None:
        if version.withdrawn is None:
            return None
        said = self.withdrawals.get(version.withdrawn.act)
        return {
            "act": version.withdrawn.act, "at": version.withdrawn.recorded_at, "reason": version.withdrawn.reason,
            "by": said.agency if said else "", "officer": said.officer if said else "",
            "note": said.note if said else "",
        }  # fmt: skip


_RECORDS = """
SELECT v.subject, v.key, v.n, v.act, v.source_row, v.source_part, w.n IS NOT NULL, v.ordinal
  FROM archive_version v
  LEFT JOIN archive_withdrawal w ON w.bucket = v.bucket AND w.subject = v.subject AND w.key = v.key AND w.n = v.n
"""
_OF_BATCH = f"{_RECORDS} WHERE v.act = %(batch)s AND v.ordinal > %(ordinal)s ORDER BY v.ordinal LIMIT %(limit)s"
_OF_OTHERS = (
    f"{_RECORDS} WHERE v.act = ANY(%(acts)s) AND (v.act, v.ordinal) > (%(act)s, %(ordinal)s)"
    " ORDER BY v.act, v.ordinal LIMIT %(limit)s"
)
_FIRST = UUID(int=0)


def batch_records(batch: UUID, *, after: str = "", limit: int = PAGE) -> tuple[BatchRecord, ...]:
    """The records that a batch became, a page at a time: by row what it filed itself, then what was released or
    corrected of it later.

    ``after`` is the ``at`` of the last record of the page before; one that was never handed out begins anew.
    """
    act, ordinal = _place(after, batch)
    found: list[tuple] = []
    if act == batch:
        found = _read(_OF_BATCH, {"batch": batch, "ordinal": ordinal, "limit": limit})
        act, ordinal = _FIRST, -1
    if len(found) < limit:
        asked = {"acts": acts_of(batch)[1:], "act": act, "ordinal": ordinal, "limit": limit - len(found)}
        found += _read(_OF_OTHERS, asked)
    return tuple(BatchRecord(RecordId(row[0], bytes(row[1])), *row[2:7], at=f"{row[7]}~{row[3]}") for row in found)


def _place(after: str, batch: UUID) -> tuple[UUID, int]:
    match = _AT.fullmatch(after)
    return (UUID(match[2]), int(match[1])) if match else (batch, -1)


def _read(sql: str, asked: dict[str, Any]) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, asked)
        return cursor.fetchall()
