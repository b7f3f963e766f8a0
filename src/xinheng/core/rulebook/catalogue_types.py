"""The catalogue as typed, frozen values: items, editions, fields, checks, worked cases."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from xinheng.core.rulebook.law_types import LawRef, Period
from xinheng.core.values import Bilingual, Severity


class FieldKind(StrEnum):
    """What a field holds, and with it how its cells are read and stored."""

    SUBJECT_CODE = "subject_code"
    SUBJECT_NAME = "subject_name"
    SUBJECT_CATEGORY = "subject_category"
    OLD_CODE = "old_code"
    ORGANISATION_CODES = "organisation_codes"
    AGENCY_CODE = "agency_code"
    AGENCY_NAME = "agency_name"
    DOCUMENT_NUMBER = "document_number"
    NAME = "name"
    NAMES = "names"
    TEXT = "text"
    DATE = "date"
    END_DATE = "end_date"
    AMOUNT = "amount"
    CHOICE = "choice"
    CHOICES = "choices"
    REGION = "region"
    PERSON_NAME = "person_name"
    PERSON_PAPERS = "person_papers"
    METADATA = "metadata"


class Disclosure(StrEnum):
    """Who may see a field. ``masked``: the public sees a masked form (a representative's 周*岚)."""

    PUBLIC = "public"
    MASKED = "masked"
    AGENCIES = "agencies"
    INTERNAL = "internal"


class SourceClass(StrEnum):
    """Where records of an item come from; the classes are kept apart and shown with every record (R-041)."""

    PUBLIC = "public"
    MARKET = "market"
    COMPLAINT = "complaint"
    INTERNET = "internet"


class Collection(StrEnum):
    """Why an item is collected: a law asks agencies for it, or the organisation gives it of its own accord."""

    LAW = "law"
    CONSENT = "consent"


class Sharing(StrEnum):
    """Whom records of an item are shared with, before anything is public."""

    AGENCIES = "agencies"
    NOBODY = "nobody"


class Use(StrEnum):
    """What may read records of an item."""

    REPORT = "report"
    EVALUATION = "evaluation"
    STATISTICS = "statistics"


class Publicity(StrEnum):
    """Whether ``publication/<item>.yml`` decides on each record, or none is ever shown to the public."""

    BY_RULE = "by_rule"
    WITHHELD = "withheld"


@dataclass(frozen=True, slots=True)
class ItemHead:
    """What holds for an item in all its editions: where it comes from, and what may happen with it at each stage
    (collection, sharing, use, publication; R-027). Fields narrow this further by their own ``disclosure``.
    """

    id: str
    label: Bilingual
    source_class: SourceClass
    collection: Collection
    sharing: Sharing
    use: frozenset[Use]
    publication: Publicity


@dataclass(frozen=True, slots=True)
class PersonRows:
    """How persons' rows are told in files of an item that mixes them in.

    ``unnamed``: a row without any code whose name does not end like an organisation's is a person's.
    ``title_words``: in ``title_field`` these say that a person was meant (先进个人), whatever code stands beside it,
    unless one of ``group_words`` stands there too (先进集体和先进个人).
    """

    unnamed: bool
    title_field: str | None
    title_words: tuple[str, ...]
    group_words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RequiredWhen:
    """The field is required where ``field`` holds any of ``any_of`` (codes of a closed list)."""

    field: str
    any_of: frozenset[str]


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a catalogue item.

    ``codes`` are the standard's field codes, ``headers`` the Chinese (and other) headers that name it, both
    of every edition. ``unit`` is the column's declared unit of an amount, ``yuan`` or ``wan``; bounds are
    in that unit. ``old_code`` names the kind of old identifier for OLD_CODE fields.
    ``other_headers`` name the field only in rows where none of its other columns is filled (经营场所 beside 住所).
    ``disclosure_individual`` replaces ``disclosure`` where the subject is an individual business (92…).
    """

    id: str
    kind: FieldKind
    label: Bilingual
    codes: tuple[str, ...]
    headers: tuple[str, ...]
    disclosure: Disclosure
    required: bool = False
    required_when: RequiredWhen | None = None
    max_length: int | None = None
    list: str | None = None
    unit: str | None = None
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    old_code: str | None = None
    no_future: bool = False
    disclosure_individual: Disclosure | None = None
    law: tuple[LawRef, ...] = ()
    other_headers: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Everything by which a column of the field is known."""
        return (self.id, *self.codes, *self.headers, self.label.zh, self.label.en, *self.other_headers)


@dataclass(frozen=True, slots=True)
class Check:
    """One check across fields: ``name`` picks the pure function, ``fields`` its parts, ``params`` its data.

    The names and their parts: ``rulebook/README.md``.
    """

    name: str
    fields: Mapping[str, str]
    severity: Severity
    params: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    law: tuple[LawRef, ...] = ()


@dataclass(frozen=True, slots=True)
class ReportingTerm:
    """How long after ``from_field`` the item must have been reported, in working days."""

    working_days: int
    from_field: str
    law: tuple[LawRef, ...]


@dataclass(frozen=True, slots=True)
class Expectation:
    """What a healthy batch looks like: at least this share (0-1) of accepted rows fills ``field``."""

    field: str
    filled_at_least: Decimal


@dataclass(frozen=True, slots=True)
class Case:
    """A worked case: a row as a file would hold it, and what the gate must say of it.

    ``sender``: unified code of the agency that sends it; None: the row's own deciding body.
    """

    name: str
    row: Mapping[str, str]
    outcome: str
    rules: tuple[str, ...]
    values: Mapping[str, str]
    today: date | None = None
    sender: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class ItemEdition:
    """One edition of one catalogue item. Equal to itself alone, so that what is derived of it can be remembered.

    ``key`` lists what makes two rows the same decision: field ids, ``subject`` for the resolved
    organisation, and ``body_code`` for the deciding body, which is the sender where ``body_code`` is None.
    ``subject_code`` / ``subject_name`` / ``subject_category`` name the subject's fields.
    ``keeps_representative``: only the register keeps the representative's name; other items empty it on
    arrival. ``persons``: how persons' rows are told beyond what holds for every item.
    """

    id: str
    edition: str
    in_force: Period
    label: Bilingual
    fields: tuple[Field, ...]
    key: tuple[str, ...]
    subject_code: str
    subject_name: str
    subject_category: str | None
    body_code: str | None
    decided_on: str | None
    document_number: str | None
    title_field: str
    keeps_representative: bool
    checks: tuple[Check, ...]
    term: ReportingTerm | None
    law: tuple[LawRef, ...]
    expectations: tuple[Expectation, ...]
    cases: tuple[Case, ...]
    persons: PersonRows | None = None

    def field(self, field_id: str) -> Field:
        """The field of that id. Raises KeyError for an id this edition does not have."""
        for candidate in self.fields:
            if candidate.id == field_id:
                return candidate
        raise KeyError(f"{self.id} {self.edition} has no field {field_id!r}")
