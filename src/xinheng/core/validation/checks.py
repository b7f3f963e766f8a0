"""The catalogue's named checks across fields, and the checks that every item has: required fields, the
deciding body.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from xinheng.core.findings import Finding
from xinheng.core.money import Comparison, Unit, compare_with_text, to_yuan
from xinheng.core.rulebook.types import Check, Field, FieldKind
from xinheng.core.validation.desk import Desk, Entry
from xinheng.core.validation.reading import OPEN_END

Values = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Spoken:
    """What a check says; ``held``: the row waits for confirmation."""

    findings: tuple[Finding, ...] = ()
    held: bool = False


def run_checks(values: Values, desk: Desk) -> Spoken:
    """All named checks of the item over the values that could be read; a check whose parts are missing says
    nothing.
    """
    spoken = [_CHECKS[check.name](check, values, desk) for check in desk.gate.item.checks if check.name in _CHECKS]
    findings = tuple(finding for one in spoken for finding in one.findings)
    return Spoken(findings, any(one.held for one in spoken))


def required_findings(entries: Mapping[str, Entry], values: Values, desk: Desk, cut: Iterable[str]) -> list[Finding]:
    """An error for each required field that is empty. ``cut``: fields whose absence the row's shape has
    explained already.

    The subject needs its unified code or one old code.
    """
    findings: list[Finding] = []
    item = desk.gate.item
    for field in item.fields:
        if entries[field.id].filled or field.id in cut:
            continue
        if field.required:
            findings.append(desk.say("required", field))
        elif _required_now(field, values):
            other = item.field(field.required_when.field) if field.required_when else field
            findings.append(desk.say("required.when", field, None, other=other.label))
    subject = item.field(item.subject_code)
    if not subject.required and not any(_names_subject(entry, item.subject_code) for entry in entries.values()):
        findings.append(desk.say("subject.code_missing", subject))
    return findings


def _names_subject(entry: Entry, subject_code: str) -> bool:
    return entry.filled and (entry.field.id == subject_code or entry.field.kind is FieldKind.OLD_CODE)


def _required_now(field: Field, values: Values) -> bool:
    condition = field.required_when
    return condition is not None and bool(condition.any_of & set(values.get(condition.field, "").split(";")))


def deciding_body(entries: Mapping[str, Entry], values: Values, desk: Desk) -> tuple[str | None, list[Finding]]:
    """Policy i: the deciding body is a known agency, and the sender itself or one that it may send for.

    Without a column for it (or left empty where it is not required) the sender decides.
    """
    gate = desk.gate
    field_id = gate.item.body_code
    if field_id is None:
        return gate.sender, []
    field = gate.item.field(field_id)
    code = values.get(field_id)
    if code is None:
        return (None if entries[field_id].filled or field.required else gate.sender), []
    if code not in gate.agencies:
        return None, [desk.say("body.unknown", field, code)]
    sender = gate.agencies.get(gate.sender)
    if code != gate.sender and (sender is None or code not in sender.sends_for):
        return None, [desk.say("body.not_allowed", field, code, name=gate.agencies[code].name, sender=gate.sender)]
    return code, []


def _order(check: Check, values: Values, desk: Desk) -> Spoken:
    return _ordered("date.order", check, values, desk)


def _order_warning(check: Check, values: Values, desk: Desk) -> Spoken:
    return _ordered("date.order_warning", check, values, desk)


def _ordered(rule: str, check: Check, values: Values, desk: Desk) -> Spoken:
    first, last = values.get(check.fields["from"]), values.get(check.fields["to"])
    if first is None or last is None or OPEN_END in (first, last) or first <= last:
        return Spoken()
    item = desk.gate.item
    about, earlier = item.field(check.fields["to"]), item.field(check.fields["from"])
    return Spoken((desk.weigh(check.severity, rule, about, last, first=first, other=earlier.label),))


def _amount_agrees(check: Check, values: Values, desk: Desk) -> Spoken:
    """A column 10,000 times off what the decision's text says would harm the organisation once published:
    held.
    """
    amount, text = values.get(check.fields["amount"]), values.get(check.fields["text"], "")
    words = check.params.get("words", ())
    if amount is None or (words and not any(word in text for word in words)):
        return Spoken()
    about, spoken_of = (
        desk.gate.item.field(check.fields["amount"]),
        desk.gate.item.field(check.fields["text"]),
    )
    compared = compare_with_text(to_yuan(Decimal(amount), Unit(about.unit or Unit.YUAN)), text)
    if compared is Comparison.FACTOR_10000:
        return Spoken((desk.say("amount.factor_10000", about, amount, other=spoken_of.label),), held=True)
    if compared is Comparison.DIFFERS:
        said = desk.weigh(check.severity, "amount.differs_from_text", about, amount, other=spoken_of.label)
        return Spoken((said,))
    return Spoken()


def _amount_factor(check: Check, values: Values, desk: Desk) -> Spoken:
    """The same where a text need not name every amount (property that is confiscated): only the factor counts."""
    spoken = _amount_agrees(check, values, desk)
    return spoken if spoken.held else Spoken()


def _forbidden_choice(check: Check, values: Values, desk: Desk) -> Spoken:
    """A choice that law reserves for persons (行政拘留) cannot stand in an organisation's record."""
    about = desk.gate.item.field(check.fields["choice"])
    chosen = set(values.get(about.id, "").split(";")) & set(check.params.get("choices", ()))
    terms = desk.gate.rulebook.lists[about.list or ""]
    return Spoken(tuple(_forbidden(check, about, terms.term(code).zh, desk) for code in sorted(chosen)))


def _forbidden(check: Check, about: Field, name: str, desk: Desk) -> Finding:
    return desk.weigh(check.severity, "choice.forbidden", about, name)


def _category_agrees(check: Check, values: Values, desk: Desk) -> Spoken:
    """The category that the row states against the code's first two characters: one says 个体工商户, the
    other not.
    """
    category, code = values.get(check.fields["category"]), values.get(check.fields["code"])
    if category is None or code is None:
        return Spoken()
    for term, prefixes in check.params.items():
        if (category == term) != code.startswith(prefixes):
            about = desk.gate.item.field(check.fields["category"])
            label = desk.gate.rulebook.lists[about.list or ""].term(category).zh
            return Spoken((desk.weigh(check.severity, "subject.category_differs", about, label, code=code),))
    return Spoken()


def _forbidden_subject(check: Check, values: Values, desk: Desk) -> Spoken:
    """Codes that begin so are never subjects of the item (an individual business is never graded)."""
    code = values.get(check.fields["code"])
    if code is None or not code.startswith(check.params.get("prefixes", ())):
        return Spoken()
    about = desk.gate.item.field(check.fields["code"])
    return Spoken((desk.weigh(check.severity, "subject.kind_refused", about, code),))


_CHECKS: Mapping[str, Callable[[Check, Values, Desk], Spoken]] = {
    "order": _order,
    "order_warning": _order_warning,
    "amount_agrees": _amount_agrees,
    "amount_factor": _amount_factor,
    "forbidden_choice": _forbidden_choice,
    "category_agrees": _category_agrees,
    "forbidden_subject": _forbidden_subject,
}
CHECK_NAMES = frozenset(_CHECKS)
"""The checks that a catalogue may name."""
