"""What the gate is told and what it answers: context, verdict, and how a finding is worded."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from xinheng.core.findings import Finding, Outcome
from xinheng.core.identity import Claim
from xinheng.core.rulebook.types import Field, FindingText, ItemEdition, Rulebook
from xinheng.core.values import Bilingual, Severity

SHOWN_LENGTH = 60
"""How many characters of a cell a finding repeats."""


@dataclass(frozen=True, slots=True)
class AgencyFacts:
    """A body that may send or decide: its unified code, its name, and the codes of the bodies that it may send for."""

    code: str
    name: str
    sends_for: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class GateContext:
    """What one file's rows are judged by.

    ``sender``: unified code of the submitting agency; ``agencies`` by code; ``known_codes``: those of
    :func:`~xinheng.core.validation.persons.ambiguous_codes` that the register knows; ``is_register``: the file is the
    register itself, whose own codes need no other proof.
    """

    item: ItemEdition
    rulebook: Rulebook
    today: date
    sender: str
    agencies: Mapping[str, AgencyFacts]
    known_codes: frozenset[str] = frozenset()
    is_register: bool = False


@dataclass(frozen=True, slots=True)
class RowVerdict:
    """The gate's word on one physical row.

    ``values``: canonical text by field id, filled fields only (dates ISO, ``open`` for no end, amounts plain decimals in the
    field's unit, choices as codes joined by ``;``, the words behind 其他 as ``<field>_other``, names folded).
    ``kept``: the row's cells as the gate leaves them (masked, emptied); None for a person's row, of which nothing stays.
    ``body``: code of the deciding body. ``leftovers``: headings of unknown columns that held something.
    """

    number: int
    outcome: Outcome
    findings: tuple[Finding, ...] = ()
    values: Mapping[str, str] = field(default_factory=dict)
    claim: Claim = Claim(None, (), "")
    kept: tuple[str, ...] | None = ()
    body: str | None = None
    leftovers: tuple[str, ...] = ()


def finding(
    rulebook: Rulebook,
    rule: str,
    about: Field | None = None,
    value: str | None = None,
    severity: Severity | None = None,
    parts: Mapping[str, str | Bilingual] | None = None,
) -> Finding:
    """A finding worded by the rulebook. ``value`` and ``parts`` are masked by the caller; both are cut to a readable length.

    ``{field}`` in a text is the field's label in that language, ``{value}`` what stood there. ``severity`` replaces the
    rule's own where a catalogue check says so. Raises KeyError for a rule without a text in ``findings.yml``.
    """
    text: FindingText = rulebook.findings[rule]
    shown = None if value is None else cut(value)
    facts: dict[str, str | Bilingual] = {
        "field": about.label if about else "",
        "value": shown or "",
        **(parts or {}),
    }
    return Finding(
        rule, severity or text.severity, about.id if about else None, worded(text.message, facts), shown
    )


def worded(text: Bilingual, parts: Mapping[str, str | Bilingual]) -> Bilingual:
    """A text with its ``{placeholders}`` filled; a part that is not known reads as a dash."""
    zh = {name: part.zh if isinstance(part, Bilingual) else cut(part) for name, part in parts.items()}
    en = {name: part.en if isinstance(part, Bilingual) else cut(part) for name, part in parts.items()}
    return Bilingual(text.zh.format_map(_Parts(zh)), text.en.format_map(_Parts(en)))


def cut(text: str) -> str:
    """At most :data:`SHOWN_LENGTH` characters, an ellipsis in place of the rest."""
    return text if len(text) <= SHOWN_LENGTH else text[: SHOWN_LENGTH - 1] + "…"


class _Parts(dict[str, str]):
    """A sentence's parts; one that this case does not have reads as a dash."""

    def __missing__(self, key: str) -> str:
        return "—"
