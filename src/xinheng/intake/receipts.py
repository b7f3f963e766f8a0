"""The receipt: what the sender gets back, and can hold against us."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from xinheng.core.context import LEGAL_ZONE
from xinheng.core.findings import Finding, Outcome

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
    """Counts and findings, gathered row by row."""

    outcomes: Counter[Outcome] = field(default_factory=Counter)
    warned: int = 0
    findings: list[dict[str, Any]] = field(default_factory=list)
    rows: list[RowOutcome] = field(default_factory=list)

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
    """The answer to one submission. ``position`` is where the act stands in the ledger."""

    number: str
    batch: UUID
    item: str
    agency: str
    counts: Mapping[str, int]
    findings: tuple[dict[str, Any], ...]
    rows: tuple[RowOutcome, ...]
    position: int
    received_at: datetime


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
