"""What public pages are made of: frozen read-models of primitives, already filtered by the rulebook.

A door renders these and adds nothing: whatever is not public never reaches it.
"""

from dataclasses import dataclass
from datetime import date, datetime

from xinheng.core.values import Bilingual


@dataclass(frozen=True, slots=True)
class Fact:
    """One labelled public value. ``law`` names its legal source where the page should show it."""

    field: str
    label: Bilingual
    value: Bilingual
    mono: bool = False
    masked: bool = False


@dataclass(frozen=True, slots=True)
class LegalBasis:
    """A legal source as a reader sees it. ``verified`` False: taken over, the primary text is still to be confirmed."""

    title: Bilingual
    article: Bilingual | None
    verified: bool


@dataclass(frozen=True, slots=True)
class PublicPeriod:
    """From when to when a record is public and when repair becomes possible; ``until`` None: no end of its own.

    ``share`` is how much of the period has passed, 0-1000 (per mille), ``repair_share`` where repair becomes possible.
    """

    start: date
    until: date | None
    repair_from: date | None
    days_left: int | None
    share: int
    repair_share: int | None
    basis: tuple[LegalBasis, ...]


@dataclass(frozen=True, slots=True)
class RecordSummary:
    """One record in a list. ``state`` is an ASCII code with its label; tone is ok, warn, info or mute."""

    id: str
    item: str
    item_label: Bilingual
    subject: str
    subject_name: str
    title: str
    document_number: str
    body_name: str
    decided_on: date
    content: str
    severity: Bilingual | None
    state: str
    state_label: Bilingual
    state_tone: str
    valid_to: date | None
    period: PublicPeriod | None


@dataclass(frozen=True, slots=True)
class RecordGroup:
    """The public records of one item in a file: how many there are and the first of them, newest first."""

    item: str
    label: Bilingual
    total: int
    records: tuple[RecordSummary, ...]
    next_page: str | None


@dataclass(frozen=True, slots=True)
class EventLine:
    """Something that happened to the organisation: renamed, merged, code changed, deregistered… (``on`` None: no
    day given)"""

    on: date | None
    label: Bilingual
    detail: Bilingual


@dataclass(frozen=True, slots=True)
class OrganisationPage:
    """The public file of one organisation. No grade, no score, nobody's personal data."""

    code: str
    name: str
    type_label: Bilingual
    status_label: Bilingual
    status_tone: str
    former_names: tuple[str, ...]
    facts: tuple[Fact, ...]
    groups: tuple[RecordGroup, ...]
    events: tuple[EventLine, ...]
    individual_business: bool
    successor: str | None
    as_of: datetime
    sources: int


@dataclass(frozen=True, slots=True)
class VersionLine:
    """One version of a record: what changed when, by which submission.

    ``corrected``: it is no submission of its own but a single row of one, put right; ``withdrawn_on``: the day it was
    taken back, before a later version came.
    """

    number: int
    recorded_at: datetime
    current: bool
    changed: tuple[Bilingual, ...]
    batch: str
    position: int
    corrected: bool = False
    withdrawn_on: date | None = None


@dataclass(frozen=True, slots=True)
class TombstonePage:
    """What stays where a public record stood that its sender took back: who, when, why. Nothing of its content."""

    id: str
    subject: str
    withdrawn_by: str
    withdrawn_by_code: str
    withdrawn_at: datetime
    reason: Bilingual
    as_of: datetime


@dataclass(frozen=True, slots=True)
class RecordPage:
    """One public record with all its public fields, basis, versions, source and the way to object.

    ``receipt`` and ``received_at`` are those of the submission that the newest version came with. ``source_class``:
    public, market, complaint or internet information; the classes are kept apart.
    """

    summary: RecordSummary
    facts: tuple[Fact, ...]
    basis: tuple[LegalBasis, ...]
    versions: tuple[VersionLine, ...]
    source_agency: str
    source_agency_code: str
    source_row: int
    source_sheet: str | None
    edition: str
    digest: str
    reported_on: date
    reported_in_time: bool | None
    linked: tuple[RecordSummary, ...]
    as_of: datetime
    receipt: str = ""
    received_at: datetime | None = None
    source_class: Bilingual | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """One organisation found. ``marked`` is the text that matched, cut in (piece, matched) parts."""

    code: str
    name: str
    marked: tuple[tuple[str, bool], ...]
    matched_by: str
    type_label: Bilingual
    status_label: Bilingual
    status_tone: str


@dataclass(frozen=True, slots=True)
class SearchPage:
    """Answer of the one search box. ``go_to``: the query was a code (or old code) of exactly this file.

    ``hint`` explains a query that looks like a code but is not one, or why nothing is found. ``records`` are
    public records
    whose decision number was asked for.
    """

    query: str
    go_to: str | None
    hits: tuple[Hit, ...]
    records: tuple[RecordSummary, ...]
    hint: Bilingual | None
    next_page: str | None


@dataclass(frozen=True, slots=True)
class HomePage:
    """The first page: figures with the time of the data, and the newest public records."""

    organisations: int
    public_records: int
    agencies: int
    last_submission_at: datetime | None
    latest: tuple[RecordSummary, ...]
    as_of: datetime
