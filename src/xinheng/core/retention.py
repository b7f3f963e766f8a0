"""Whether a record is made public, from which day to which, and why. The answers are the rulebook's; this reads them.

Sources: 国办发〔2025〕22号 (three severity classes), NDRC order 36 (in force 2026-04-01) and the regimes before
them; see ``rulebook/publication/``.
"""

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from xinheng.core.rulebook.publication_types import EVERY_CLASS
from xinheng.core.rulebook.types import Condition, LawRef, PublicationRegime, PublicTerm, SeverityRule

OPEN_END = "open"
"""How a record writes an end date that never comes."""

CLASS_FIELDS = frozenset({"penalty_types", "fine_amount"})
"""The fields by which rules tell classes apart."""


class PublicDecision(StrEnum):
    """What the rulebook says of a record's publication."""

    PUBLISHED = "published"
    WITHHELD = "withheld"
    OFFICE = "office"


@dataclass(frozen=True, slots=True)
class Publication:
    """The answer with its reasons. Days are legal days, both ends included; ``until`` None: no end of its own."""

    decision: PublicDecision
    regime: str
    severity: str | None
    rule: str | None
    start: date | None
    until: date | None
    repair_from: date | None
    law: tuple[LawRef, ...]


def add_months(day: date, months: int) -> date:
    """The same day so many months later, or the last day of that month where it has no such day."""
    year, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + year, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def decide(regime: PublicationRegime, values: Mapping[str, str], decided: date) -> Publication:
    """Apply a regime to one record decided on ``decided``.

    A record that says it was annulled is withheld, and so is a class that is not published. No rule decides the class:
    the office must, and nothing is public until then.
    """
    if _withheld(regime, values):
        return Publication(PublicDecision.WITHHELD, regime.id, None, None, None, None, None, regime.law)
    rule = next((rule for rule in regime.rules if _holds(rule.condition, values)), None)
    if regime.rules and rule is None:
        return Publication(PublicDecision.OFFICE, regime.id, None, None, None, None, None, regime.law)
    severity = rule.severity_class if rule else None
    term = next((term for term in regime.terms if term.severity_class == (severity or EVERY_CLASS)), None)
    if term is None:
        return _published(regime, rule, None, values, decided)
    if not term.published:
        return Publication(
            PublicDecision.WITHHELD,
            regime.id,
            severity,
            rule.id if rule else None,
            None,
            None,
            None,
            term.law,
        )
    return _published(regime, rule, term, values, decided)


def fields_read(regime: PublicationRegime) -> frozenset[str]:
    """The fields of a record that ``decide`` looks at: records alike in them and in their day get the same answer."""
    stated = regime.withheld_when.field if regime.withheld_when else None
    own = frozenset(field for field in (regime.until_field, stated) if field)
    return own | CLASS_FIELDS if regime.rules else own


def public_on(publication: Publication, day: date) -> bool:
    """Whether the record is public on that day."""
    return (
        publication.decision is PublicDecision.PUBLISHED
        and publication.start is not None
        and publication.start <= day
        and (publication.until is None or day <= publication.until)
    )


def _published(
    regime: PublicationRegime,
    rule: SeverityRule | None,
    term: PublicTerm | None,
    values: Mapping[str, str],
    decided: date,
) -> Publication:
    ends = [end for end in (_term_end(term, decided), _field_end(regime, values)) if end is not None]
    minimum = term.minimum_months if term else None
    return Publication(
        PublicDecision.PUBLISHED,
        regime.id,
        rule.severity_class if rule else None,
        rule.id if rule else None,
        decided,
        max(min(ends), decided) if ends else None,
        add_months(decided, minimum) if minimum is not None else None,
        (term.law if term else ()) + regime.law,
    )


def _term_end(term: PublicTerm | None, decided: date) -> date | None:
    """The last public day: the day before the term's anniversary."""
    if term is None or term.months is None:
        return None
    return add_months(decided, term.months) - timedelta(days=1)


def _field_end(regime: PublicationRegime, values: Mapping[str, str]) -> date | None:
    text = values.get(regime.until_field, "") if regime.until_field else ""
    return date.fromisoformat(text) if text and text != OPEN_END else None


def _withheld(regime: PublicationRegime, values: Mapping[str, str]) -> bool:
    """Whether the record says of itself that it stands no longer (a penalty that was annulled)."""
    stated = regime.withheld_when
    return stated is not None and not stated.any_of.isdisjoint(values.get(stated.field, "").split(";"))


def _holds(condition: Condition, values: Mapping[str, str]) -> bool:
    kinds = frozenset(filter(None, values.get("penalty_types", "").split(";")))
    fine = Decimal(values.get("fine_amount") or 0)
    return (
        (condition.only is None or (bool(kinds) and kinds <= condition.only))
        and (condition.any_of is None or bool(kinds & condition.any_of))
        and (condition.fine_at_most is None or fine <= condition.fine_at_most)
        and (condition.fine_above is None or fine > condition.fine_above)
    )
