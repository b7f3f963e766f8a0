"""The receipt: what the sender gets back, and can hold against us."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from xinheng.core.context import LEGAL_ZONE
from xinheng.core.findings import Finding, Outcome
from xinheng.intake.answers import RowAnswer, put_aside

COUNTED = {
    Outcome.ACCEPTED: "accepted",
    Outcome.REJECTED: "rejected",
    Outcome.HELD: "held",
    Outcome.EXCLUDED_PERSON: "excluded_persons",
    Outcome.DUPLICATE: "duplicates",
    Outcome.UPDATED: "updated",
    Outcome.UNCHANGED: "unchanged",
}
"""Outcomes that add up to ``rows``, with their name in a receipt; ignored rows stand outside."""


@dataclass(frozen=True, slots=True)
class RowOutcome:
    """What became of one physical row; ``findings`` are places in the receipt's list of findings."""

    row: int
    sheet: str | None
    file: str | None
    outcome: Outcome
    subject: str | None
    record: str | None
    findings: tuple[int, ...]


@dataclass(slots=True)
class Tally:
    """Counts, gathered block by block."""

    outcomes: Counter[Outcome] = field(default_factory=Counter)
    warned: int = 0

    def counts(self) -> dict[str, int]:
        """The counts of the receipt."""
        counted = {name: self.outcomes[outcome] for outcome, name in COUNTED.items()}
        return {
            "rows": sum(counted.values()),
            **counted,
            "ignored": self.outcomes[Outcome.IGNORED],
            "warned": self.warned,
        }


@dataclass(frozen=True, slots=True)
class Receipt:
    """The answer to one submission.

    ``position`` is where the act stands in the ledger, ``number`` the receipt's number; both are None after a trial,
    which kept nothing. ``file_findings`` are said of the whole file. ``answers`` reads the fate of every row anew
    each time, in file order, ``told`` only of rows that were not simply appended; ``findings`` and ``rows`` gather all
    of it in memory.
    """

    number: str | None
    batch: UUID
    item: str
    agency: str
    counts: Mapping[str, int]
    position: int | None
    received_at: datetime
    file_findings: tuple[Mapping[str, Any], ...]
    answers: Callable[[], Iterator[RowAnswer]] = field(repr=False, compare=False)
    told: Callable[[], Iterator[RowAnswer]] = field(repr=False, compare=False)
    backfill: bool = False

    def all_findings(self) -> Iterator[Mapping[str, Any]]:
        """Everything that is said: of the file first, then row by row."""
        yield from self.file_findings
        for answer in self.told():
            yield from answer.findings

    def written_down(self, *, rows: bool) -> "Receipt":
        """The receipt with its answers in a file without a name: what is printed of it needs no database any more."""
        answers = put_aside(self.answers()) if rows else self.answers
        return replace(self, answers=answers, told=answers if rows else put_aside(self.told()))

    def all_rows(self) -> Iterator[RowOutcome]:
        """What became of every row, in file order."""
        start = len(self.file_findings)
        for answer in self.answers():
            end = start + len(answer.findings)
            yield RowOutcome(
                row=answer.row, sheet=answer.sheet, file=answer.file, outcome=answer.outcome,
                subject=answer.subject, record=answer.record, findings=tuple(range(start, end)),
            )  # fmt: skip
            start = end

    @property
    def findings(self) -> Sequence[Mapping[str, Any]]:
        """All findings at once."""
        return tuple(self.all_findings())

    @property
    def rows(self) -> Sequence[RowOutcome]:
        """All rows at once."""
        return tuple(self.all_rows())


def receipt_number(batch: UUID, received_at: datetime) -> str:
    """A number that people can read to each other: the legal day and twelve characters of the batch."""
    return f"XH{received_at.astimezone(LEGAL_ZONE):%Y%m%d}-{batch.hex[:12].upper()}"


def finding_entry(finding: Finding, *, row: int | None, sheet: str | None, file: str | None) -> dict[str, Any]:
    """One finding as the receipt writes it."""
    entry: dict[str, Any] = {
        "row": row,
        "field": finding.field,
        "rule": finding.rule,
        "severity": finding.severity.value,
        "message_zh": finding.message.zh,
        "message_en": finding.message.en,
        "value": finding.value,
    }
    return entry | ({"sheet": sheet} if sheet else {}) | ({"file": file} if file else {})
