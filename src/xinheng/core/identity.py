"""Which organisation a row speaks of: found by its codes, never by its name alone.

A claim is what the row says of itself; the register says what is known. Where both do not fit, the row is
held: it waits in intake until the register or an officer settles it, and nothing is overwritten.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from xinheng.core.findings import Finding, Outcome
from xinheng.core.names import NameForms, NameKind, NameMatch, Simplify, compare_names
from xinheng.core.rulebook.types import Rulebook
from xinheng.core.validation.wording import cut, worded

FORMER_CODE = "former_code"
"""The kind under which the register keeps a unified code that was given up for another."""

_SPELLINGS = (NameKind.SAME, NameKind.WIDTH, NameKind.SCRIPT)


@dataclass(frozen=True, slots=True)
class Claim:
    """Whom a row names: unified ``code`` or None, ``old_codes`` as (kind, value), and the ``name`` written
    beside them.
    """

    code: str | None
    old_codes: tuple[tuple[str, str], ...]
    name: str


@dataclass(frozen=True, slots=True)
class RegisteredSubject:
    """An organisation as the register knows it today. ``status`` is a code of the list of registration
    states, or None.
    """

    code: str
    name: str
    former_names: tuple[str, ...] = ()
    status: str | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to an organisation's file.

    ``kind``: ``registered``, ``renamed``, ``merged``, ``code_changed``, ``deregistered``, ``revoked``,
    ``status_changed``; ``detail``: its facts as text (``from``, ``to``, ``successor`` …).
    """

    kind: str
    detail: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Resolution:
    """``subject``: the code resolved to, or None; ``outcome``: ``held`` or ``rejected`` where the row may
    not go on.
    """

    subject: str | None
    outcome: Outcome | None
    findings: tuple[Finding, ...] = ()
    events: tuple[Event, ...] = ()


def resolve(
    claim: Claim,
    by_code: Mapping[str, RegisteredSubject],
    by_old: Mapping[tuple[str, str], Sequence[str]],
    rulebook: Rulebook,
    simplify: Simplify,
) -> Resolution:
    """The organisation a record belongs to.

    ``by_code`` and ``by_old`` hold what the register knows of the claim's codes. A unified code decides;
    one that was given up leads to the one that took its place; without one the old codes do, through their
    mapping. A disagreement of names is silent, a warning or a hold, by its kind.
    """
    owners = {old: _owners(old, by_old) for old in claim.old_codes if old[0] != FORMER_CODE}
    heirs = tuple(by_old.get((FORMER_CODE, claim.code or ""), ()))
    if claim.code is not None and claim.code not in by_code and len(heirs) == 1:
        heir = _named(claim, heirs[0], by_code, rulebook, simplify)
        said = _say(rulebook, "subject.former_code", claim.code, code=heirs[0])
        return replace(heir, findings=(said, *heir.findings))
    if claim.code is not None:
        return _resolve_code(claim, claim.code, by_code, owners, rulebook, simplify)
    if not claim.old_codes:
        return Resolution(None, Outcome.REJECTED, (_say(rulebook, "subject.code_missing", claim.name),))
    contested = [old for old, subjects in owners.items() if len(subjects) > 1]
    if contested:
        return _held(rulebook, "subject.old_code_contested", contested[0][1], known="、".join(owners[contested[0]]))
    found = tuple(dict.fromkeys(subjects[0] for subjects in owners.values() if subjects))
    if not found:
        return _held(rulebook, "subject.unknown_old_code", claim.old_codes[0][1])
    if len(found) > 1:
        return _held(rulebook, "subject.codes_disagree", claim.old_codes[0][1], known="、".join(found))
    return _named(claim, found[0], by_code, rulebook, simplify)


def judge_registration(
    claim: Claim,
    known: RegisteredSubject | None,
    row: Mapping[str, str],
    rulebook: Rulebook,
    simplify: Simplify,
) -> Resolution:
    """One row of the register against what is known of its code: what happened, or a conflict that must be
    resolved.

    ``row``: the row's canonical values (``former_names``, ``status``, ``successor_code``, ``former_code``).
    A new name is a renaming only where the row gives the known name as a former one; otherwise one code has
    two names and the row is held.
    """
    if claim.code is None:
        return Resolution(None, Outcome.REJECTED, (_say(rulebook, "subject.code_missing", claim.name),))
    if known is None:
        return Resolution(claim.code, None, (), (Event("registered", {"name": claim.name}), *_changes(None, row)))
    match = compare_names(claim.name, known.name, rulebook.name_forms, simplify, known.former_names)
    if match.kind is NameKind.SAME:
        return Resolution(claim.code, None, (), _changes(known, row))
    former = tuple(name for name in row.get("former_names", "").split(";") if name)
    if any(_alike(known.name, name, rulebook.name_forms, simplify) for name in former):
        renamed = Event("renamed", {"from": known.name, "to": claim.name})
        return Resolution(claim.code, None, (), (renamed, *_changes(known, row)))
    if match.kind in (*_SPELLINGS, NameKind.LEGAL_FORM):
        return Resolution(claim.code, None, (_variant(claim, known, match, rulebook),), _changes(known, row))
    return _held(rulebook, "subject.two_names", claim.name, code=claim.code, known=known.name)


def _owners(old: tuple[str, str], by_old: Mapping[tuple[str, str], Sequence[str]]) -> tuple[str, ...]:
    """The codes that an old code leads to; a unified code in an old code's column (kind ``uscc``) is its own."""
    kind, value = old
    return (value,) if kind == "uscc" else tuple(dict.fromkeys(by_old.get(old, ())))


def _resolve_code(
    claim: Claim,
    code: str,
    by_code: Mapping[str, RegisteredSubject],
    owners: Mapping[tuple[str, str], tuple[str, ...]],
    rulebook: Rulebook,
    simplify: Simplify,
) -> Resolution:
    if code not in by_code:
        return _held(rulebook, "subject.unknown", code)
    for (_, value), subjects in owners.items():
        if subjects and code not in subjects:
            return _held(rulebook, "subject.codes_disagree", value, code=code, known="、".join(subjects))
    return _named(claim, code, by_code, rulebook, simplify)


def _named(
    claim: Claim,
    code: str,
    by_code: Mapping[str, RegisteredSubject],
    rulebook: Rulebook,
    simplify: Simplify,
) -> Resolution:
    """The subject is found; does its name fit?"""
    known = by_code.get(code)
    if known is None:
        return _held(rulebook, "subject.unknown", code)
    match = compare_names(claim.name, known.name, rulebook.name_forms, simplify, known.former_names)
    if match.kind is NameKind.SAME:
        return Resolution(code, None)
    if match.kind is NameKind.DIFFERENT:
        return _held(rulebook, "subject.name_differs", claim.name, code=code, known=known.name)
    return Resolution(code, None, (_variant(claim, known, match, rulebook),))


def _variant(claim: Claim, known: RegisteredSubject, match: NameMatch, rulebook: Rulebook) -> Finding:
    return _say(rulebook, f"subject.name_{match.kind}", claim.name, code=known.code, known=known.name)


def _alike(a: str, b: str, forms: NameForms, simplify: Simplify) -> bool:
    return compare_names(a, b, forms, simplify).kind in _SPELLINGS


def _changes(known: RegisteredSubject | None, row: Mapping[str, str]) -> tuple[Event, ...]:
    """What the row's state, successor and former code say happened."""
    events = []
    before = known.status if known else None
    status = row.get("status")
    successor, former = row.get("successor_code"), row.get("former_code")
    if successor:
        events.append(Event("merged", {"successor": successor}))
    if former:
        events.append(Event("code_changed", {"from": former}))
    if status and status != before:
        kind = status if status in ("deregistered", "revoked") else "status_changed"
        if known is not None or kind != "status_changed":
            events.append(Event(kind, {"from": before or "", "to": status}))
    return tuple(events)


def _held(rulebook: Rulebook, rule: str, value: str, **parts: str) -> Resolution:
    return Resolution(None, Outcome.HELD, (_say(rulebook, rule, value, **parts),))


def _say(rulebook: Rulebook, rule: str, value: str, **parts: str) -> Finding:
    text = rulebook.findings[rule]
    message = worded(text.message, {"value": value, **parts})
    return Finding(rule, text.severity, None, message, cut(value))
