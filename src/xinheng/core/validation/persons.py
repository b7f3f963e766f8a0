"""Policy j: a person's row is recognised and leaves nothing; of every other row the persons are emptied and
masked.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from xinheng.core.cells import Cell, RawRow
from xinheng.core.choices import ChoiceList, read_choice
from xinheng.core.findings import Finding
from xinheng.core.identifiers.judgement import Judgement
from xinheng.core.identifiers.legacy import (
    judge_institution_certificate,
    judge_organisation_code,
    judge_registration_number,
    judge_social_certificate,
    judge_tax_number,
)
from xinheng.core.identifiers.tables import UsccTables
from xinheng.core.identifiers.uscc import judge_uscc, registration_check_holds
from xinheng.core.persons import counts_as_code, find_person_numbers, is_ambiguous, person_shape
from xinheng.core.rulebook.types import Field, FieldKind, Rulebook
from xinheng.core.text import cell_text, fold
from xinheng.core.validation.desk import CODES, Desk, Entry
from xinheng.core.validation.gate import GateContext
from xinheng.core.validation.header import Header
from xinheng.core.validation.names_in_cell import sounds_like_organisation

OLD_CODE_JUDGES: Mapping[str, Callable[[Cell, UsccTables], Judgement]] = {
    "registration_number": judge_registration_number,
    "organisation_code": judge_organisation_code,
    "tax_number": judge_tax_number,
    "institution_number": judge_institution_certificate,
    "social_number": judge_social_certificate,
}
"""How each kind of old identifier is judged."""

_WITH_CHECK = frozenset({"registration_number", "organisation_code", "tax_number"})
_PERSON_TERM = "natural_person"
_PERSON_WORD = re.compile(r"^(?:\d+[-.、:]?)?(?:自然人|公民|居民|农户|个人(?!独资))(?!独资|合伙|企业)")
_ORGANISATION_PAPERS = frozenset(
    {"uscc", "registration_number", "organisation_code", "tax_number", "institution_number", "social_number"}
)
# A person's number one character short or long is no number of a person, but nearly all of one.
_NEARLY = re.compile(r"[1-8]\d{5}(?:18|19|20)\d\d(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])\d{2,5}[0-9X]?")
_PERSONAL_HEADING = re.compile(
    r"姓名|联系人|经办人|身份证|手机|电话|邮箱|家庭|户籍|出生|性别|执法人员|person|phone|mobile", re.I
)

NEARLY = "[号码已隐去]"
"""What stands in place of a refused code that is nearly a person's number."""


def ambiguous_codes(row: RawRow, header: Header | None, rulebook: Rulebook) -> frozenset[str]:
    """Valid codes in the row that have a person's shape too, whose fate the register decides.

    The caller asks the register for them (as unified code, and 15-digit ones as registration number) and
    passes those it knows as ``GateContext.known_codes``.
    """
    found: set[str] = set()
    for cell in row.cells:
        text = cell_text(cell)
        spans = find_person_numbers(text)
        for piece in (text, *(text[span.start : span.end] for span in spans)) if spans else ():
            code = _alphanumeric(piece)
            if is_ambiguous(code) or (len(code) == 15 and registration_check_holds(code)):
                found.add(code)
    return frozenset(found)


def known_openly(entries: Mapping[str, Entry], gate: GateContext) -> frozenset[str]:
    """The codes that this row may show though they look like a person's: the register's, its own, and the
    agencies'.
    """
    known = gate.known_codes | {gate.sender} | gate.agencies.keys()
    if gate.is_register:
        judged = judge_uscc(entries[gate.item.subject_code].cell, gate.rulebook.uscc)
        known |= {judged.normalised} if judged.usable else set()
    return frozenset(known)


def person_row(entries: Mapping[str, Entry], desk: Desk, unplaced: Iterable[Cell]) -> tuple[Finding, ...]:
    """The findings of a person's row, or nothing where the row speaks of an organisation.

    ``unplaced``: cells that stand under no known heading, where 自然人 counts too if the row names no organisation.
    The findings name the rule alone, never a value.
    """
    gate = desk.gate
    number = _person_number(entries, desk)
    if number or _person_category(entries, gate):
        advice = (desk.say("subject.load_register_first"),) if number == "ambiguous" else ()
        return (desk.say("NP-EXCLUDED"), *advice)
    words = any(isinstance(cell, str) and fold(cell) == "自然人" for cell in unplaced)
    if (words or _person_papers(entries, gate)) and not _names_organisation(entries, desk):
        return (desk.say("NP-EXCLUDED"),)
    return ()


def without_persons(entries: Mapping[str, Entry], desk: Desk) -> tuple[dict[str, Entry], list[Finding]]:
    """The entries with persons' fields emptied and numbers masked, and a warning for each that lost
    something.
    """
    kept: dict[str, Entry] = {}
    findings: list[Finding] = []
    for entry in entries.values():
        text = safe_text(entry.field, entry.cell, entry.text, desk) if entry.filled else ""
        if text == entry.text or not entry.filled:
            kept[entry.field.id] = entry
            continue
        rule = "person.emptied" if is_emptied(entry.field, desk.gate) else "person.number_masked"
        # A code is judged as it stood; only what is shown of it is masked.
        cell = entry.cell if entry.field.kind in CODES and text else text or None
        kept[entry.field.id] = replace(entry, cell=cell, text=text, filled=bool(text))
        findings.append(desk.say(rule, entry.field))
    return kept, findings


def safe_text(field: Field | None, cell: Cell, text: str, desk: Desk) -> str:
    """What may stay of a cell: nothing in a person's field, elsewhere its text with personal numbers masked."""
    if field is None:
        return desk.mask(text)
    if is_emptied(field, desk.gate):
        return ""
    if field.kind is FieldKind.OLD_CODE:
        return _safe_old_code(field, cell, text, desk)
    if field.kind in (FieldKind.SUBJECT_CODE, FieldKind.AGENCY_CODE):
        tables = desk.gate.rulebook.uscc
        judged = judge_uscc(cell, tables)
        if judged.usable and counts_as_code(judged.normalised, desk.known, tables, desk.gate.today):
            return text
        return NEARLY if nearly_person_number(text) else desk.mask(text)
    return desk.mask_for(field, text)


def _safe_old_code(field: Field, cell: Cell, text: str, desk: Desk) -> str:
    """An old code that looks like a personal number is emptied unless its check or the register proves it.

    What is no such code at all is masked like any text.
    """
    if person_shape(cell, desk.gate.today):
        return text if _shown_old_code(field, cell, desk) else ""
    masked = desk.mask(text)
    if judge_old_code(field, cell, desk.gate.rulebook.uscc).usable:
        return text if masked == text or field.old_code in _WITH_CHECK else ""
    return masked


def is_emptied(field: Field, gate: GateContext) -> bool:
    """Whether a field is emptied on arrival: papers always, the representative's name everywhere but in the
    register.
    """
    if field.kind is FieldKind.PERSON_NAME:
        return not gate.item.keeps_representative
    return field.kind is FieldKind.PERSON_PAPERS


def names_person(heading: str) -> bool:
    """Whether an unknown column's heading says that persons stand in it; its cells are not kept."""
    return _PERSONAL_HEADING.search(heading) is not None


def nearly_person_number(text: str) -> bool:
    """Whether a code that was refused is a person's number with a character too few or too many."""
    return _NEARLY.fullmatch(_alphanumeric(text)) is not None


def _person_number(entries: Mapping[str, Entry], desk: Desk) -> str | None:
    """``person`` or ``ambiguous`` where a code column holds a person's number, else None."""
    gate, tables = desk.gate, desk.gate.rulebook.uscc
    code = entries[gate.item.subject_code]
    if code.filled and person_shape(code.cell, gate.today):
        judged = judge_uscc(code.cell, tables)
        if not judged.usable:
            return "person"
        accepted = gate.is_register or counts_as_code(judged.normalised, desk.known, tables, gate.today)
        return None if accepted else "ambiguous"
    if code.filled and judge_uscc(code.cell, tables).usable:
        return None
    for entry in _old_codes(entries):
        if person_shape(entry.cell, gate.today) and not _shown_old_code(entry.field, entry.cell, desk):
            return "ambiguous" if judge_old_code(entry.field, entry.cell, tables).usable else "person"
    return None


def _shown_old_code(field: Field, cell: Cell, desk: Desk) -> bool:
    """Whether an old code of a person's shape is one all the same: valid, and the register's own or known
    to it.
    """
    judged = judge_old_code(field, cell, desk.gate.rulebook.uscc)
    proven = desk.gate.is_register and field.old_code in _WITH_CHECK
    return judged.usable and (proven or judged.normalised in desk.known)


def _old_codes(entries: Mapping[str, Entry]) -> Iterable[Entry]:
    return (entry for entry in entries.values() if entry.filled and entry.field.kind is FieldKind.OLD_CODE)


def judge_old_code(field: Field, cell: Cell, tables: UsccTables) -> Judgement:
    """Judge a cell of an old code's column by that code's own rules."""
    return OLD_CODE_JUDGES[field.old_code or ""](cell, tables)


def _person_category(entries: Mapping[str, Entry], gate: GateContext) -> bool:
    field_id = gate.item.subject_category
    if field_id is None or not entries[field_id].filled:
        return False
    text = fold(entries[field_id].text)
    terms = _list(entries[field_id].field, gate)
    chosen = read_choice(text, terms).codes if terms else ()
    return _PERSON_TERM in chosen or _PERSON_WORD.match(text.replace(" ", "")) is not None


def _list(field: Field, gate: GateContext) -> ChoiceList | None:
    return gate.rulebook.lists.get(field.list) if field.list else None


def _person_papers(entries: Mapping[str, Entry], gate: GateContext) -> bool:
    """Whether papers of the subject itself stand in the row; the representative's where no organisation is
    named.
    """
    papers = [entry for entry in entries.values() if entry.filled and entry.field.kind is FieldKind.PERSON_PAPERS]
    if not papers or any(_organisation_paper(entry, gate) for entry in papers):
        return False
    own = [entry for entry in papers if not entry.field.id.startswith("representative")]
    return bool(own) or not sounds_like_organisation(entries[gate.item.subject_name].text)


def _organisation_paper(entry: Entry, gate: GateContext) -> bool:
    terms = _list(entry.field, gate)
    if terms is not None:
        return bool(set(read_choice(entry.text, terms).codes) & _ORGANISATION_PAPERS)
    return judge_uscc(entry.cell, gate.rulebook.uscc).usable and not person_shape(entry.cell, gate.today)


def _names_organisation(entries: Mapping[str, Entry], desk: Desk) -> bool:
    """Whether a code column names an organisation, a mistyped code included; nearly a person's number does
    not.
    """
    code = entries[desk.gate.item.subject_code]
    if code.filled and len(_alphanumeric(code.text)) >= 15 and not nearly_person_number(code.text):
        return True
    tables = desk.gate.rulebook.uscc
    return any(judge_old_code(entry.field, entry.cell, tables).usable for entry in _old_codes(entries))


def _alphanumeric(text: str) -> str:
    return "".join(character for character in fold(text).upper() if character.isascii() and character.isalnum())
