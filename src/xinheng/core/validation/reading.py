"""How the cell of one field is read: by the field's kind, into canonical text with everything that is to be
said of it.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from xinheng.core.cells import Uncalculated
from xinheng.core.choices import read_choice
from xinheng.core.dates import read_date
from xinheng.core.document_numbers import normalise_document_number
from xinheng.core.findings import Finding
from xinheng.core.identifiers.judgement import Judgement, Kind
from xinheng.core.identifiers.uscc import judge_uscc
from xinheng.core.money import render_amount
from xinheng.core.persons import counts_as_code
from xinheng.core.rulebook.types import Field, FieldKind
from xinheng.core.text import fold, looks_active, remove_blanks, remove_invisible, tidy, visible_problems
from xinheng.core.validation.amounts import amount_of
from xinheng.core.validation.desk import Desk, Entry
from xinheng.core.validation.names_in_cell import holds_several_names, split_names
from xinheng.core.validation.persons import judge_old_code
from xinheng.core.values import Bilingual, Severity

OPEN_END = "open"
"""The canonical text of an end date that is none (长期)."""

_OLD_COLUMNS = {
    "org_code": "organisation_code",
    "registration_number": "registration_number",
    "tax_number": "tax_number",
}
_BETWEEN_CODES = re.compile(r"[、,，;；/|→>\n\r\t]")
_CHINESE = ("\u4e00", "\u9fff")


@dataclass(frozen=True, slots=True)
class Read:
    """``value``: the canonical text or None; ``more``: further values (the words behind 其他); ``code``: a
    unified code that
    stood in an old code's column."""

    value: str | None
    findings: tuple[Finding, ...] = ()
    more: Mapping[str, str] = field(default_factory=dict)
    code: str | None = None


def read_entry(entry: Entry, desk: Desk) -> Read:
    """Read one filled entry. Whatever can be said of the cell is said at once; an unreadable cell has no
    value.
    """
    about = entry.field
    findings = [desk.say("header.repeated_column", about, entry.text)] if entry.disagreeing else []
    findings += [desk.say("header.column_unused", about, entry.unused)] if entry.unused else []
    if isinstance(entry.cell, Uncalculated) and about.kind is not FieldKind.AMOUNT:
        return Read(None, (*findings, desk.say("cell.uncalculated", about)))
    read = _READERS.get(about.kind, _read_text)(entry, desk)
    findings += read.findings
    limit = None if read.code else about.max_length
    if read.value is not None and limit is not None and len(read.value) > limit:
        findings.append(desk.say("text.too_long", about, read.value, length=str(len(read.value)), limit=str(limit)))
    return Read(read.value, tuple(findings), read.more, read.code)


def judged_findings(judged: Judgement, about: Field, shown: str, desk: Desk) -> tuple[Finding, ...]:
    """A judgement's reasons as findings on a field; ``shown`` is what may be repeated of the value.

    That a refused value had been cleaned before it was judged helps nobody and is not said.
    """
    return tuple(
        desk.say(reason.rule, about, shown, **_facts(reason.detail, desk))
        for reason in judged.reasons
        if judged.usable or reason.severity is not Severity.INFO
    )


def _facts(detail: Mapping[str, str], desk: Desk) -> dict[str, str | Bilingual]:
    """A reason's facts, the column of an old code named by its label."""
    facts: dict[str, str | Bilingual] = dict(detail)
    if "column" in detail:
        kind = _OLD_COLUMNS.get(detail["column"], detail["column"])
        labels = [one.label for one in desk.gate.item.fields if one.old_code == kind]
        facts["column"] = labels[0] if labels else kind
    return facts


def _read_code(entry: Entry, desk: Desk) -> Read:
    tables = desk.gate.rulebook.uscc
    judged = judge_uscc(entry.cell, tables)
    if judged.usable and not counts_as_code(judged.normalised, desk.known, tables, desk.gate.today):
        return Read(None, (desk.say("code.person_number", entry.field),))
    findings = judged_findings(judged, entry.field, entry.text, desk)
    return Read(judged.normalised if judged.usable else None, findings)


def _read_old_code(entry: Entry, desk: Desk) -> Read:
    judged = judge_old_code(entry.field, entry.cell, desk.gate.rulebook.uscc)
    findings = judged_findings(judged, entry.field, entry.text, desk)
    if not judged.usable:
        return Read(None, findings)
    return Read(judged.normalised, findings, code=judged.normalised if judged.kind is Kind.USCC else None)


def _read_codes(entry: Entry, desk: Desk) -> Read:
    """Several codes of other organisations, one after the other."""
    codes: list[str] = []
    findings: list[Finding] = []
    for piece in (part for part in _split(entry.text) if part):
        judged = judge_uscc(piece, desk.gate.rulebook.uscc)
        findings += judged_findings(judged, entry.field, piece, desk)
        codes += [judged.normalised] if judged.usable else []
    return Read(";".join(dict.fromkeys(codes)) or None, tuple(findings))


def _split(text: str) -> list[str]:
    return [tidy(part) for part in _BETWEEN_CODES.split(text)]


def _read_subject_name(entry: Entry, desk: Desk) -> Read:
    read = _read_name(entry, desk)
    if holds_several_names(entry.text):
        return Read(None, (*read.findings, desk.say("subject.several_names", entry.field, entry.text)))
    return read


def _read_name(entry: Entry, desk: Desk) -> Read:
    """The register's own names stay as written, since they are the measure of all others; elsewhere one
    form.
    """
    findings = _text_warnings(entry, desk)
    problems = visible_problems(entry.text)
    if problems:
        findings.append(desk.say("name.damaged", entry.field, entry.text))
    name = tidy(entry.text) if desk.gate.is_register else canonical_name(entry.text)
    return Read(name or None, tuple(findings))


def canonical_name(text: str) -> str:
    """One form of a name: width folded, blanks single, the brackets of a Chinese name full width as
    registrars write them.
    """
    name = fold(text)
    if any(_CHINESE[0] <= character <= _CHINESE[1] for character in name):
        return name.replace("(", "（").replace(")", "）")
    return name


def _read_names(entry: Entry, desk: Desk) -> Read:
    findings = _text_warnings(entry, desk)
    if visible_problems(entry.text):
        findings.append(desk.say("name.damaged", entry.field, entry.text))
    return Read(";".join(dict.fromkeys(split_names(entry.text))) or None, tuple(findings))


def _read_text(entry: Entry, desk: Desk) -> Read:
    lines = (line.strip() for line in remove_invisible(entry.text).split("\n"))
    return Read("\n".join(lines).strip() or None, tuple(_text_warnings(entry, desk)))


def _text_warnings(entry: Entry, desk: Desk) -> list[Finding]:
    active = looks_active(entry.text)
    return [desk.say(f"text.{active}", entry.field, entry.text)] if active else []


def _read_document_number(entry: Entry, desk: Desk) -> Read:
    return Read(normalise_document_number(entry.text) or None, tuple(_text_warnings(entry, desk)))


def _read_date(entry: Entry, desk: Desk) -> Read:
    about = entry.field
    latest = desk.gate.today if about.no_future else None
    cell = entry.text if isinstance(entry.cell, str) else entry.cell
    reading = read_date(cell, end_date=about.kind is FieldKind.END_DATE, latest=latest, policy=desk.gate.rulebook.dates)
    if reading.problem:
        return Read(None, (desk.say(reading.problem, about, entry.text, today=desk.gate.today.isoformat()),))
    if reading.open_end:
        return Read(OPEN_END)
    return Read(reading.value.isoformat() if reading.value else None)


def _read_amount(entry: Entry, desk: Desk) -> Read:
    about = entry.field
    value, problem = amount_of(entry)
    if problem:
        bounds = {"minimum": str(about.minimum), "maximum": str(about.maximum)}
        return Read(None, (desk.say(problem, about, entry.text or None, **bounds),))
    return Read(None if value is None else render_amount(value), _unit_warnings(entry, value, desk))


def _unit_warnings(entry: Entry, value: Decimal | None, desk: Desk) -> tuple[Finding, ...]:
    """A title row and a heading that name different units: the heading's counts, and that is said."""
    if entry.unit_above is None or entry.unit_above == entry.unit or not value or "元" in entry.text:
        return ()
    facts = {"heading": entry.unit or "", "title": entry.unit_above}
    return (desk.say("amount.units_differ", entry.field, entry.text, **facts),)


def _read_choice(entry: Entry, desk: Desk) -> Read:
    about = entry.field
    choices = desk.gate.rulebook.lists[about.list or ""]
    reading = read_choice(entry.text, choices, multiple=about.kind is FieldKind.CHOICES)
    facts = {"nearest": "、".join(reading.nearest), "unknown": "、".join(reading.unknown)}
    findings = tuple(desk.say(problem, about, entry.text, **facts) for problem in reading.problems)
    explanation = tidy(reading.explanation or "")
    if reading.explanation and (
        desk.gate.rulebook.placeholders.is_placeholder(explanation) or choices.exact(explanation)
    ):
        findings += (desk.say("choice.other_without_explanation", about, entry.text),)
        return Read(None, findings)
    more = {f"{about.id}_other": desk.mask(explanation)} if explanation else {}
    return Read(None if reading.problems else ";".join(reading.codes) or None, findings, more)


def _read_region(entry: Entry, desk: Desk) -> Read:
    text = fold(entry.text)
    digits = remove_blanks(text)
    if digits.isdecimal() and digits[:6] not in desk.gate.rulebook.uscc.regions:
        return Read(text, (desk.say("region.unknown", entry.field, text),))
    return Read(digits if digits.isdecimal() else text)


_READERS: Mapping[FieldKind, Callable[[Entry, Desk], Read]] = {
    FieldKind.SUBJECT_CODE: _read_code,
    FieldKind.AGENCY_CODE: _read_code,
    FieldKind.OLD_CODE: _read_old_code,
    FieldKind.ORGANISATION_CODES: _read_codes,
    FieldKind.SUBJECT_NAME: _read_subject_name,
    FieldKind.NAME: _read_name,
    FieldKind.AGENCY_NAME: _read_name,
    FieldKind.PERSON_NAME: _read_name,
    FieldKind.NAMES: _read_names,
    FieldKind.DOCUMENT_NUMBER: _read_document_number,
    FieldKind.DATE: _read_date,
    FieldKind.END_DATE: _read_date,
    FieldKind.AMOUNT: _read_amount,
    FieldKind.CHOICE: _read_choice,
    FieldKind.CHOICES: _read_choice,
    FieldKind.SUBJECT_CATEGORY: _read_choice,
    FieldKind.REGION: _read_region,
}
