"""Records in the archive without the gate: staged, appended and numbered as the gate does it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID, uuid4

import polars as pl

from tests.factories import codes
from xinheng.archive.appending import ROW, Appending, Fate
from xinheng.archive.records import RecordId
from xinheng.archive.services import Registration, organisations_register
from xinheng.core.canonical import canonical_json, record_digest, record_key
from xinheng.core.context import Context
from xinheng.core.findings import Outcome
from xinheng.core.identifiers.uscc import bucket_of, subject_type
from xinheng.ledger.services import append

EDITION = "2018"
BODY = codes.government(2)


@dataclass(frozen=True, slots=True)
class Sent:
    """One row for the stage: whose, which record, what it says."""

    subject: str
    name: str
    values: Mapping[str, str] = field(default_factory=lambda: {"content": "警告"})
    on: date | None = date(2026, 5, 20)
    outcome: Outcome = Outcome.ACCEPTED
    document: str | None = None


def key_of(sent: Sent, item: str = "penalty") -> bytes:
    """The record's key."""
    return record_key(item=item, parts=[sent.subject, sent.name])


def record_id(sent: Sent, item: str = "penalty") -> RecordId:
    """The record's permanent name."""
    return RecordId(sent.subject, key_of(sent, item))


def filed(sent: Sent, place: int, item: str = "penalty") -> dict[str, object]:
    """The row as the archive takes it; its salt follows from its place, so that tests repeat."""
    salt = place.to_bytes(16, "big")
    values = dict(sent.values)
    fields = [(name, values[name]) for name in sorted(values)]
    digest = record_digest(salt=salt, item=item, edition=EDITION, subject=sent.subject, fields=fields)
    return {
        "ordinal": place, "source_part": None, "source_row": place + 2, "held": sent.outcome is Outcome.HELD,
        "subject": sent.subject, "bucket": bucket_of(sent.subject), "key": key_of(sent, item), "body": BODY,
        "document_number": sent.document, "effective_on": sent.on, "salt": salt, "digest": digest,
        "content": canonical_json(values).decode(),
    }  # fmt: skip


def archive_rows(
    ctx: Context, rows: Sequence[Sent], *, item: str = "penalty", act: UUID | None = None, block: int = 1000
) -> list[Fate]:
    """Take rows into the archive as one act, ``block`` at a time, and number it; returns what became of each."""
    act = act or uuid4()
    told = [(place, sent) for place, sent in enumerate(rows) if sent.outcome in (Outcome.ACCEPTED, Outcome.HELD)]
    appending = Appending(act, item, EDITION)
    appending.open()
    fates: dict[int, Fate] = {}
    for start in range(0, len(told), block):
        piece = [filed(sent, place, item) for place, sent in told[start : start + block]]
        fates |= appending.append(pl.DataFrame(piece, schema=ROW))
    append(ctx, kind="test:rows:accepted", act=act, payload={"agency": BODY})
    return [fates.get(place, Fate(sent.outcome, 1 if sent.outcome is Outcome.ACCEPTED else None))
            for place, sent in enumerate(rows)]  # fmt: skip


def registration(code: str, name: str, **changes: object) -> Registration:
    """What one accepted row of the register says."""
    told: dict[str, object] = {
        "ordinal": 0, "code": code, "name": name, "type": subject_type(code), "status": "active", "status_on": None,
        "successor": None, "region": None, "former_names": (), "identifiers": (), "events": (),
        "free_search": subject_type(code) != "individual_business",
    }  # fmt: skip
    return Registration(**(told | changes))  # type: ignore[arg-type]


def register(code: str, name: str, **changes: object) -> UUID:
    """File one organisation; returns the act."""
    act = uuid4()
    organisations_register(act=act, registrations=[registration(code, name, **changes)])
    return act
