"""The law as typed, frozen values: what `rulebook/` means once it is read.

Nothing here reads a file; ``core/rulebook/parse.py`` turns parsed YAML into these, and every rule knows its legal source.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from xinheng.core.calendars import WorkingCalendar
from xinheng.core.choices import ChoiceList
from xinheng.core.identifiers.uscc import UsccTables
from xinheng.core.names import NameForms
from xinheng.core.placeholders import Placeholders
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


@dataclass(frozen=True, slots=True)
class LawRef:
    """An article of a text in ``laws.yml``, written ``law-id#article`` in YAML."""

    law: str
    article: str | None


@dataclass(frozen=True, slots=True)
class Law:
    """One legal text or standard, once."""

    id: str
    title: Bilingual
    issuer: Bilingual
    number: str | None
    in_force: "Period"
    verified: bool
    articles: Mapping[str, Bilingual]
    source: str


@dataclass(frozen=True, slots=True)
class Period:
    """Days from ``start`` to ``end``, both included; ``end`` None means still in force."""

    start: date
    end: date | None = None

    def covers(self, day: date) -> bool:
        """Whether ``day`` lies inside."""
        return self.start <= day and (self.end is None or day <= self.end)


@dataclass(frozen=True, slots=True)
class RequiredWhen:
    """The field is required where ``field`` holds any of ``any_of`` (codes of a closed list)."""

    field: str
    any_of: frozenset[str]


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a catalogue item.

    ``codes`` are the standard's field codes, ``headers`` the Chinese (and other) headers that name it, both of every edition.
    ``unit`` is the column's declared unit of an amount, ``yuan`` or ``wan``; bounds are in that unit.
    ``old_code`` names the kind of old identifier for OLD_CODE fields.
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


@dataclass(frozen=True, slots=True)
class Check:
    """One named check across fields: ``name`` picks the pure function, ``fields`` its parts, ``params`` its data."""

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
    """A worked case: a row as a file would hold it, and what the gate must say of it."""

    name: str
    row: Mapping[str, str]
    outcome: str
    rules: tuple[str, ...]
    values: Mapping[str, str]
    today: date | None = None


@dataclass(frozen=True, slots=True)
class ItemEdition:
    """One edition of one catalogue item.

    ``key`` lists the field ids that make two rows the same decision; ``body_code`` is the field of the deciding body
    (None: the sender decides), ``subject_code`` / ``subject_name`` / ``subject_category`` name the subject's fields.
    ``keeps_representative``: only the register keeps the representative's name; every other item empties it on arrival.
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

    def field(self, field_id: str) -> Field:
        """The field of that id. Raises KeyError for an id this edition does not have."""
        for candidate in self.fields:
            if candidate.id == field_id:
                return candidate
        raise KeyError(f"{self.id} {self.edition} has no field {field_id!r}")


@dataclass(frozen=True, slots=True)
class FindingText:
    """A gate rule: its permanent id, weight and what to tell the sender (``{placeholders}`` filled per finding)."""

    rule: str
    severity: Severity
    message: Bilingual
    policy: str


@dataclass(frozen=True, slots=True)
class Condition:
    """When a severity class applies: every stated part must hold; a part left out does not matter."""

    only: frozenset[str] | None = None
    any_of: frozenset[str] | None = None
    fine_at_most: Decimal | None = None
    fine_above: Decimal | None = None


@dataclass(frozen=True, slots=True)
class SeverityRule:
    """The first rule whose condition holds decides the class of a penalty; none: the office decides."""

    id: str
    severity_class: str
    condition: Condition
    verified: bool
    law: tuple[LawRef, ...]


@dataclass(frozen=True, slots=True)
class PublicTerm:
    """What a class means for the public: published or not, from the decision date for ``months`` (None: no end of its own)."""

    severity_class: str
    published: bool
    months: int | None
    minimum_months: int | None
    verified: bool
    law: tuple[LawRef, ...]


@dataclass(frozen=True, slots=True)
class PublicationRegime:
    """How one item is made public for decisions taken inside ``in_force``.

    ``until_field``: publication ends with that date (a licence with its validity); ``class_field`` rules apply to penalties.
    """

    id: str
    item: str
    in_force: Period
    from_field: str | None
    until_field: str | None
    rules: tuple[SeverityRule, ...]
    terms: tuple[PublicTerm, ...]
    law: tuple[LawRef, ...]


@dataclass(frozen=True, slots=True)
class GlossaryTerm:
    """One word of the field, once."""

    code: str
    label: Bilingual
    definition: Bilingual


@dataclass(frozen=True, slots=True)
class Rulebook:
    """Everything that law and catalogue say, with the digest that every decision stores."""

    version: str
    digest: str
    items: Mapping[str, tuple[ItemEdition, ...]]
    lists: Mapping[str, ChoiceList]
    laws: Mapping[str, Law]
    glossary: Mapping[str, GlossaryTerm]
    findings: Mapping[str, FindingText]
    publication: tuple[PublicationRegime, ...]
    calendar: WorkingCalendar
    uscc: UsccTables
    placeholders: Placeholders
    name_forms: NameForms
    labels: Mapping[str, Bilingual]

    def item(self, item_id: str, on: date) -> ItemEdition:
        """The edition of ``item_id`` in force on ``on``.

        Raises UnknownItem when there is none, naming the items that exist.
        """
        for edition in self.items.get(item_id, ()):
            if edition.in_force.covers(on):
                return edition
        raise UnknownItem(item_id, tuple(self.items))

    def edition(self, item_id: str, edition: str) -> ItemEdition:
        """That very edition, whatever the day: a record is read by the edition it was filed under."""
        for candidate in self.items.get(item_id, ()):
            if candidate.edition == edition:
                return candidate
        raise UnknownItem(f"{item_id} {edition}", tuple(self.items))

    def regime(self, item_id: str, decided: date) -> PublicationRegime | None:
        """The publication regime of an item for a decision of that day, or None."""
        for regime in self.publication:
            if regime.item == item_id and regime.in_force.covers(decided):
                return regime
        return None


class UnknownItem(Exception):
    """No such catalogue item (or none in force on the day)."""

    def __init__(self, item_id: str, known: tuple[str, ...]) -> None:
        super().__init__(f"no catalogue item {item_id!r}; items are: {', '.join(known)}")
        self.item_id = item_id
        self.known = known
