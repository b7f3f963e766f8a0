"""What the public sees of an item and for how long, as typed, frozen values."""

from dataclasses import dataclass
from decimal import Decimal

from xinheng.core.rulebook.catalogue_types import RequiredWhen
from xinheng.core.rulebook.law_types import LawRef, Period

EVERY_CLASS = "all"
"""The class of the one term that speaks of every record, where no rule tells classes apart."""


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
    """What a class means for the public: published or not, and for ``months`` (None: no end of its own)."""

    severity_class: str
    published: bool
    months: int | None
    minimum_months: int | None
    verified: bool
    law: tuple[LawRef, ...]


@dataclass(frozen=True, slots=True)
class PublicationRegime:
    """How one item is made public for decisions taken inside ``in_force``.

    ``until_field``: publication ends with that date (a licence with its validity). ``rules`` tell the classes of
    penalties apart, ``terms`` say what each class means; without rules one term of class ``all`` speaks of every
    record. ``withheld_when``: a record in that state is not published, whatever its class (a decision that was
    annulled).
    """

    id: str
    item: str
    in_force: Period
    from_field: str | None
    until_field: str | None
    rules: tuple[SeverityRule, ...]
    terms: tuple[PublicTerm, ...]
    law: tuple[LawRef, ...]
    withheld_when: RequiredWhen | None = None
