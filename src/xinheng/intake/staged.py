"""A judged row as the archive stages it, and what comes back of it."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from xinheng.archive.services import FileEvent, Registration
from xinheng.core.canonical import canonical_json, record_digest, record_key
from xinheng.core.context import Context
from xinheng.core.findings import Outcome
from xinheng.core.identifiers.uscc import bucket_of, is_individual_business, organisation_part, subject_type
from xinheng.core.identity import Claim, Event
from xinheng.core.rulebook.types import FieldKind, ItemEdition
from xinheng.core.validation.gate import RowVerdict
from xinheng.intake.filed import field_names
from xinheng.intake.judging import REGISTER, JudgedRow
from xinheng.intake.receipts import finding_entry

SALT_BYTES = 16
SUBJECT = "subject"
"""How a catalogue key names the organisation itself, by whatever code the row found it."""


@dataclass(frozen=True, slots=True)
class StagedRow:
    """One judged row on its way into the archive. ``extra`` is what stays with it: its findings, claim and events."""

    ordinal: int
    part: str | None
    source_row: int
    outcome: Outcome
    extra: dict[str, Any] = field(default_factory=dict)
    subject: str | None = None
    bucket: int | None = None
    key: bytes | None = None
    body: str | None = None
    document_number: str | None = None
    effective_on: date | None = None
    salt: bytes | None = None
    digest: bytes | None = None
    content: str | None = None


def stage_row(ctx: Context, item: ItemEdition, judged: JudgedRow, ordinal: int) -> StagedRow:
    """One judged row ready for the stage; only rows that may become records carry content."""
    verdict = judged.verdict
    said = [finding_entry(each, row=verdict.number, sheet=judged.part, file=None) for each in judged.findings]
    place = {"ordinal": ordinal, "part": judged.part, "source_row": verdict.number, "outcome": judged.outcome}
    if judged.outcome not in (Outcome.ACCEPTED, Outcome.HELD):
        claimed = verdict.claim.code if judged.outcome is Outcome.REJECTED else None
        return StagedRow(**place, extra={"findings": said, "subject": claimed})
    subject = judged.resolution.subject or verdict.claim.code
    extra = {
        "findings": said,
        "subject": subject,
        "claim": _claim(verdict.claim),
        "body": verdict.body or "",
        "events": [[event.kind, dict(event.detail)] for event in judged.resolution.events],
    }
    return StagedRow(**place, extra=extra, **record_parts(ctx, item, verdict, subject))


def record_parts(ctx: Context, item: ItemEdition, verdict: RowVerdict, subject: str | None) -> dict[str, Any]:
    """Key, digest and typed columns of a row that speaks of ``subject`` (None: not resolved yet)."""
    salt = os.urandom(SALT_BYTES)
    values = verdict.values
    owner = subject or ":".join(next(iter(verdict.claim.old_codes), ("", "")))
    return {
        "subject": subject,
        "bucket": bucket_of(subject) if subject else None,
        "key": record_key(item=item.id, parts=[_key_part(item, verdict, part, owner) for part in item.key]),
        "body": verdict.body or "",
        "document_number": values.get(item.document_number) if item.document_number else None,
        "effective_on": effective_day(ctx, item, values),
        "salt": salt,
        "digest": record_digest(
            salt=salt, item=item.id, edition=item.edition, subject=subject or "", fields=ordered_fields(item, values)
        ),
        "content": canonical_json(dict(values)).decode(),
    }


def ordered_fields(item: ItemEdition, values: Mapping[str, str]) -> list[tuple[str, str]]:
    """The filled fields in catalogue order, each followed by the words behind its 其他: what a digest covers."""
    names = field_names(item)
    return [(name, values[name]) for name in names if name in values]


def effective_day(ctx: Context, item: ItemEdition, values: Mapping[str, str]) -> date | None:
    """The record's own day: of the decision, or for the register of the change that it reports."""
    names = ("changed_on", "status_on", "registered_on") if item.id == REGISTER else (item.decided_on or "",)
    text = next((values[name] for name in names if values.get(name)), None)
    return date.fromisoformat(text) if text else None


def _key_part(item: ItemEdition, verdict: RowVerdict, part: str, owner: str) -> str:
    if part in (SUBJECT, item.subject_code):
        return owner
    if part == item.body_code:
        return verdict.body or ""
    return verdict.values.get(part, "")


def _claim(claim: Claim) -> dict[str, Any]:
    return {"code": claim.code, "old_codes": [list(old) for old in claim.old_codes], "name": claim.name}


@dataclass(frozen=True, slots=True)
class RegisterRow:
    """What is needed of an appended row of the register."""

    ordinal: int
    subject: str
    values: Mapping[str, str]
    events: Sequence[Event]


def registration(item: ItemEdition, row: RegisterRow) -> Registration:
    """A row of the register as the archive files it."""
    values = row.values
    day = _day(values, "changed_on") or _day(values, "status_on")
    return Registration(
        ordinal=row.ordinal,
        code=row.subject,
        name=values[item.subject_name],
        type=values.get("subject_type") or subject_type(row.subject),
        status=values.get("status") or "active",
        status_on=_day(values, "status_on"),
        successor=values.get("successor_code"),
        region=values.get("region"),
        former_names=tuple(name for name in values.get("former_names", "").split(";") if name),
        identifiers=_identifiers(item, row),
        events=tuple(_event(event, values, day) for event in row.events),
        free_search=not is_individual_business(row.subject),
    )


def _identifiers(item: ItemEdition, row: RegisterRow) -> tuple[tuple[str, str], ...]:
    """Old codes that the row states, the organisation code inside the unified one, and a code given up for this one."""
    stated = [
        (field.old_code or field.id, row.values[field.id])
        for field in item.fields
        if field.kind is FieldKind.OLD_CODE and row.values.get(field.id)
    ]
    inner = ("organisation_code", organisation_part(row.subject))
    given_up = [("former_code", row.values["former_code"])] if row.values.get("former_code") else []
    return tuple(dict.fromkeys([*stated, inner, *given_up]))


def _event(event: Event, values: Mapping[str, str], day: date | None) -> FileEvent:
    on = _day(values, "registered_on") if event.kind == "registered" else day
    return FileEvent(event.kind, on, dict(event.detail))


def _day(values: Mapping[str, str], name: str) -> date | None:
    return date.fromisoformat(values[name]) if values.get(name) else None
