"""Policy j: of an organisation's row the persons are emptied or masked; codes of a person's shape are told apart."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import lru_cache

from xinheng.core.cells import Cell, RawRow
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
from xinheng.core.rulebook.types import Field, FieldKind, PersonHeadings, Rulebook
from xinheng.core.text import cell_text, fold, remove_blanks
from xinheng.core.validation.desk import CODES, Desk, Entry, is_empty, plain_text
from xinheng.core.validation.gate import GateContext
from xinheng.core.validation.header import Header
from xinheng.core.validation.headings import readings

OLD_CODE_JUDGES: Mapping[str, Callable[[Cell, UsccTables], Judgement]] = {
    "registration_number": judge_registration_number,
    "organisation_code": judge_organisation_code,
    "tax_number": judge_tax_number,
    "institution_number": judge_institution_certificate,
    "social_number": judge_social_certificate,
}
"""How each kind of old identifier is judged."""

UNIFIED = 18
_WITH_CHECK = frozenset({"registration_number", "organisation_code", "tax_number"})
# A person's number one character short or long is no number of a person, but nearly all of one.
_NEARLY = re.compile(r"[1-8]\d{5}(?:18|19|20)\d\d(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])\d{2,5}[0-9X]?")
_STRUCK_OUT = re.compile(r"(?=.{14,19}$)[1-8]\d{1,14}[*×✕#○●□■◯xX]{3,}\d{0,4}[0-9X]?")

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
            code = alphanumeric(piece)
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
        return text if is_shown_old_code(field, cell, desk) else ""
    masked = desk.mask(text)
    judged = judge_old_code(field, cell, desk.gate.rulebook.uscc)
    if any(reason.rule == "code.person_number" for reason in judged.reasons):
        return ""
    if not judged.usable and nearly_person_number(text):
        return NEARLY
    if judged.usable:
        return text if masked == text or field.old_code in _WITH_CHECK else ""
    return masked


def is_emptied(field: Field, gate: GateContext) -> bool:
    """Whether a field is emptied on arrival: papers always, the representative's name everywhere but in the
    register.
    """
    if field.kind is FieldKind.PERSON_NAME:
        return not gate.item.keeps_representative
    return field.kind is FieldKind.PERSON_PAPERS


@lru_cache(maxsize=1024)
def names_persons(heading: str, listed: PersonHeadings) -> bool:
    """Whether an unknown column's heading says that persons stand in it; its cells are not kept.

    Brackets are read for themselves: 从业人员人数（人） only counts persons, 人数（联系电话） does not.
    """
    return any(_names_persons(reading, listed) for reading in readings(heading))


def _names_persons(reading: str, listed: PersonHeadings) -> bool:
    return not reading.endswith(listed.counts) and any(word in reading for word in listed.words)


def personal_columns(row: RawRow, header: Header, desk: Desk) -> list[Finding]:
    """One warning for all unknown columns of persons in which the row holds something; what it is, is not said."""
    rulebook = desk.gate.rulebook
    held = [
        heading
        for column, heading in header.leftovers.items()
        if column < len(row.cells)
        and names_persons(heading, rulebook.person_headings)
        and not is_empty(plain_text(row.cells[column]), None, rulebook.placeholders)
    ]
    return [desk.say("person.column_emptied", columns="、".join(held))] if held else []


def nearly_person_number(text: str) -> bool:
    """Whether a code that was refused is a person's number with a character too few or too many, or with some of
    its figures struck out (610802********123X).
    """
    if _STRUCK_OUT.fullmatch(remove_blanks(fold(text)).upper()):
        return True
    return _NEARLY.fullmatch(alphanumeric(text)) is not None


def is_shown_old_code(field: Field, cell: Cell, desk: Desk) -> bool:
    """Whether an old code of a person's shape is one all the same: valid, and the register's own or known
    to it.
    """
    tables = desk.gate.rulebook.uscc
    judged = judge_old_code(field, cell, tables)
    if len(judged.normalised) == UNIFIED:
        # A unified code in an old code's column is proven as one is anywhere else, not by the column.
        return judged.usable and counts_as_code(judged.normalised, desk.known, tables, desk.gate.today)
    proven = desk.gate.is_register and field.old_code in _WITH_CHECK
    return judged.usable and (proven or judged.normalised in desk.known)


def judge_old_code(field: Field, cell: Cell, tables: UsccTables) -> Judgement:
    """Judge a cell of an old code's column by that code's own rules."""
    return OLD_CODE_JUDGES[field.old_code or ""](cell, tables)


def alphanumeric(text: str) -> str:
    """The letters A to Z and the figures of a text, folded to one width and case."""
    return "".join(character for character in fold(text).upper() if character.isascii() and character.isalnum())
