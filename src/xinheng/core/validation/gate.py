"""What the gate is told and what it answers: context, verdict, and how a finding is worded."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from xinheng.core.findings import Finding, Outcome
from xinheng.core.identity import Claim
from xinheng.core.rulebook.types import Field, ItemEdition, Rulebook
from xinheng.core.validation.wording import cut, worded
from xinheng.core.values import Bilingual, Severity


@dataclass(frozen=True, slots=True)
class AgencyFacts:
    """A body that may send or decide: its unified code, its name, and the codes of the bodies that it may
    send for.
    """

    code: str
    name: str
    sends_for: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class GateContext:
    """What one file's rows are judged by.

    ``sender``: unified code of the submitting agency; ``agencies`` by code; ``known_codes``: those of
    :func:`~xinheng.core.validation.persons.ambiguous_codes` that the register knows; ``is_register``: the
    file is the register itself, whose own codes need no other proof.
    """

    item: ItemEdition
    rulebook: Rulebook
    today: date
    sender: str
    agencies: Mapping[str, AgencyFacts]
    known_codes: frozenset[str] = frozenset()
    is_register: bool = False


NO_CLAIM = Claim(None, (), "")


@dataclass(frozen=True, slots=True)
class RowVerdict:
    """The gate's word on one physical row.

    ``values``: canonical text by field id, filled fields only (dates ISO, ``open`` for no end, amounts
    plain decimals in the field's unit, choices as codes joined by ``;``, the words behind 其他 as
    ``<field>_other``, names folded). ``kept``: the row's cells as the gate leaves them (masked, emptied);
    None for a person's row, of which nothing stays. ``body``: code of the deciding body. ``leftovers``:
    headings of unknown columns that held something.
    """

    number: int
    outcome: Outcome
    findings: tuple[Finding, ...] = ()
    values: Mapping[str, str] = field(default_factory=dict)
    claim: Claim = NO_CLAIM
    kept: tuple[str, ...] | None = ()
    body: str | None = None
    leftovers: tuple[str, ...] = ()


def finding(
    rulebook: Rulebook,
    rule: str,
    about: Field | None = None,
    value: str | None = None,
    severity: Severity | None = None,
    **parts: str | Bilingual,
) -> Finding:
    """A finding worded by the rulebook. ``value`` and ``parts`` were masked by the caller; both are cut.

    ``{field}`` in a text is the field's label in that language, ``{value}`` what stood there. ``severity``
    replaces the rule's own where a catalogue check says so. Raises KeyError for a rule without a text in
    ``findings.yml``.
    """
    text = rulebook.findings[rule]
    shown = None if value is None else cut(value)
    facts = {"field": about.label if about else "", "value": shown or "—"} | parts
    message = worded(text.message, facts)
    return Finding(rule, severity or text.severity, about.id if about else None, message, shown)
