"""The law as typed, frozen values: what `rulebook/` means once it is read.

Nothing here reads a file; ``core/rulebook/parse.py`` turns parsed YAML into these, and every rule knows its
legal source. The parts stand in ``law_types``, ``catalogue_types``, ``publication_types``; import them from
here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from xinheng.core.calendars import WorkingCalendar
from xinheng.core.choices import ChoiceList
from xinheng.core.dates import DatePolicy
from xinheng.core.identifiers.uscc import UsccTables
from xinheng.core.names import NameForms
from xinheng.core.placeholders import Placeholders
from xinheng.core.rulebook.catalogue_types import (
    Case,
    Check,
    Collection,
    Disclosure,
    Expectation,
    Field,
    FieldKind,
    ItemEdition,
    ItemHead,
    PersonRows,
    Publicity,
    ReportingTerm,
    RequiredWhen,
    Sharing,
    SourceClass,
    Use,
)
from xinheng.core.rulebook.export_types import ExportColumn, ExportFormat, ExportLayout
from xinheng.core.rulebook.law_types import Law, LawRef, Period
from xinheng.core.rulebook.publication_types import Condition, PublicationRegime, PublicTerm, SeverityRule
from xinheng.core.values import Bilingual, Severity

__all__ = [
    "Case",
    "Check",
    "Collection",
    "Condition",
    "Disclosure",
    "Expectation",
    "ExportColumn",
    "ExportFormat",
    "ExportLayout",
    "Field",
    "FieldKind",
    "FindingText",
    "GlossaryTerm",
    "ItemEdition",
    "ItemHead",
    "Law",
    "LawRef",
    "Period",
    "PersonHeadings",
    "PersonRows",
    "PublicTerm",
    "PublicationRegime",
    "Publicity",
    "ReportingTerm",
    "RequiredWhen",
    "Rulebook",
    "SeverityRule",
    "Sharing",
    "SourceClass",
    "UnknownItem",
    "Use",
]


@dataclass(frozen=True, slots=True)
class FindingText:
    """A gate rule: permanent id, weight, what to tell the sender (``{placeholders}`` filled per finding)."""

    rule: str
    severity: Severity
    message: Bilingual
    policy: str


@dataclass(frozen=True, slots=True)
class GlossaryTerm:
    """One word of the field, once."""

    code: str
    label: Bilingual
    definition: Bilingual


@dataclass(frozen=True, slots=True, eq=False)
class PersonHeadings:
    """Words by which the heading of an unknown column names persons, and endings of headings that only count them.

    ``codes/person_headings.yml``. Equal to itself alone, so that what is derived of it can be remembered.
    """

    words: tuple[str, ...]
    counts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rulebook:
    """Everything that law and catalogue say, with the digest that every decision stores."""

    version: str
    digest: str
    items: Mapping[str, tuple[ItemEdition, ...]]
    heads: Mapping[str, ItemHead]
    lists: Mapping[str, ChoiceList]
    laws: Mapping[str, Law]
    glossary: Mapping[str, GlossaryTerm]
    findings: Mapping[str, FindingText]
    publication: tuple[PublicationRegime, ...]
    exports: Mapping[str, ExportFormat]
    calendar: WorkingCalendar
    uscc: UsccTables
    placeholders: Placeholders
    person_headings: PersonHeadings
    name_forms: NameForms
    dates: DatePolicy
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


class UnknownItem(Exception):  # noqa: N818
    """No such catalogue item (or none in force on the day)."""

    def __init__(self, item_id: str, known: tuple[str, ...]) -> None:
        super().__init__(f"no catalogue item {item_id!r}; items are: {', '.join(known)}")
        self.item_id = item_id
        self.known = known
