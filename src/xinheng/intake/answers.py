"""The fate of every physical row of a batch, in file order and one at a time: memory does not grow with the batch.

What was appended without a word stands in the archive alone; every other row, and every row of which something is to
be said, stands in the gate's own table.
"""

import heapq
import json
import tempfile
import weakref
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from xinheng.archive.acts import AppendedRow, appended_rows
from xinheng.archive.records import RecordId
from xinheng.core.findings import Outcome
from xinheng.intake.judging import Part
from xinheng.intake.models import Batch, Row

PAGE = 5000
APPENDED = (Outcome.ACCEPTED, Outcome.UPDATED)
_RECORDED = (*APPENDED, Outcome.UNCHANGED)

Said = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class RowAnswer:
    """What became of one physical row, with what is said of it as receipts write it."""

    ordinal: int
    row: int
    sheet: str | None
    file: str | None
    outcome: Outcome
    subject: str | None
    record: str | None
    findings: tuple[Said, ...]


def answers(batch: UUID, parts: Iterable[Part] | None = None) -> Iterator[RowAnswer]:
    """Every row of a batch in file order; ``parts`` are the batch's own unless given."""
    if parts is None:
        parts = [Part(*each) for each in Batch.objects.values_list("parts", flat=True).get(id=batch)]
    named = {part.name: part for part in parts}
    said = ((answer.ordinal, answer) for answer in told(batch))
    silent = ((row.ordinal, _silent(row, named)) for row in appended_rows(batch))
    last = -1
    # A told row comes before its silent twin, which then only repeats it.
    for ordinal, answer in heapq.merge(said, silent, key=lambda each: each[0]):
        if ordinal != last:
            yield answer
        last = ordinal


def told(batch: UUID) -> Iterator[RowAnswer]:
    """The rows that were not appended, or of which something was said, in file order."""
    return map(_told, _stored(batch))


def part_of(batch: Batch, name: str | None) -> Part:
    """The table of a batch that versions and kept rows call by this name."""
    parts = (Part(*each) for each in batch.parts)
    return next((part for part in parts if part.name == name), Part(None, name))


def _stored(batch: UUID) -> Iterator[Row]:
    last = -1
    while page := list(Row.objects.filter(batch_id=batch, ordinal__gt=last).order_by("ordinal")[:PAGE]):
        yield from page
        last = page[-1].ordinal


def _told(row: Row) -> RowAnswer:
    outcome = Outcome(row.outcome)
    named = outcome in _RECORDED and row.subject and row.key
    record = str(RecordId(row.subject, bytes(row.key))) if named else None
    return RowAnswer(row.ordinal, row.row, row.sheet, row.file, outcome, row.subject, record, tuple(row.findings))


def _silent(row: AppendedRow, parts: Mapping[str | None, Part]) -> RowAnswer:
    part = parts.get(row.source_part, Part(None, row.source_part))
    outcome = Outcome.ACCEPTED if row.n == 1 else Outcome.UPDATED
    record = str(RecordId(row.subject, row.key))
    return RowAnswer(row.ordinal, row.source_row, part.sheet, part.file, outcome, row.subject, record, ())


def put_aside(told: Iterable[RowAnswer]) -> Callable[[], Iterator[RowAnswer]]:
    """The answers in a file without a name, to be read again and again until nobody holds the function any more."""
    spool = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115 - lives as long as its reader
    for answer in told:
        spool.write(_line(answer))

    def read() -> Iterator[RowAnswer]:
        spool.seek(0)
        yield from map(_answer, spool)

    weakref.finalize(read, spool.close)
    return read


def _line(answer: RowAnswer) -> str:
    facts = [answer.ordinal, answer.row, answer.sheet, answer.file, answer.outcome, answer.subject, answer.record]
    return json.dumps([*facts, answer.findings], ensure_ascii=False) + "\n"


def _answer(line: str) -> RowAnswer:
    ordinal, row, sheet, file, outcome, subject, record, findings = json.loads(line)
    return RowAnswer(ordinal, row, sheet, file, Outcome(outcome), subject, record, tuple(findings))
