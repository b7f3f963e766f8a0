"""Policy j: which rows are about a person, so that nothing of them stays."""

import re
from collections.abc import Iterable, Mapping

from xinheng.core.cells import Cell
from xinheng.core.choices import ChoiceList, read_choice
from xinheng.core.findings import Finding
from xinheng.core.identifiers.uscc import judge_uscc
from xinheng.core.persons import PAPERS, counts_as_code, find_person_numbers, mask_any, person_shape
from xinheng.core.rulebook.types import Field, FieldKind
from xinheng.core.text import fold, remove_blanks
from xinheng.core.validation.desk import Desk, Entry
from xinheng.core.validation.gate import GateContext
from xinheng.core.validation.names_in_cell import sounds_like_organisation
from xinheng.core.validation.persons import (
    alphanumeric,
    is_shown_old_code,
    judge_old_code,
    nearly_person_number,
)

_BRACKETED = re.compile(r"\([^()]*\)|（[^（）]*）|\[[^\[\]]*\]")
_PERSON_TERM = "natural_person"
NATURAL_PERSON = "自然人"
"""Under no known heading this word alone says that the row is a person's."""
_PERSON_WORD = re.compile(
    r"(?:\d+[-.、:]?)?(?:外籍|境外|外国|港澳台)?(?:自然人|公民|居民|农户|个人)(?:$|[^\u4e00-\u9fff])"
)
_ORGANISATION_PAPERS = frozenset(
    {"uscc", "registration_number", "organisation_code", "tax_number", "institution_number", "social_number"}
)


def person_row(entries: Mapping[str, Entry], desk: Desk, unplaced: Iterable[Cell]) -> tuple[Finding, ...]:
    """The findings of a person's row, or nothing where the row speaks of an organisation.

    ``unplaced``: cells that stand under no known heading, where 自然人 counts too if the row names no organisation.
    The findings name the rule alone, never a value.
    """
    gate = desk.gate
    number = _person_number(entries, desk)
    if number or person_category(entries, gate):
        advice = (desk.say("subject.load_register_first"),) if number == "ambiguous" else ()
        return (desk.say("NP-EXCLUDED"), *advice)
    if person_meant(entries, gate):
        return (desk.say("NP-EXCLUDED"),)
    if _names_organisation(entries, desk):
        return ()
    words = any(isinstance(cell, str) and fold(cell) == NATURAL_PERSON for cell in unplaced)
    named = words or _person_papers(entries, gate) or _is_numbered_person(entries, desk) or names_nobody(entries, gate)
    return (desk.say("NP-EXCLUDED"),) if named else ()


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
        if person_shape(entry.cell, gate.today) and not is_shown_old_code(entry.field, entry.cell, desk):
            return "ambiguous" if judge_old_code(entry.field, entry.cell, tables).usable else "person"
    return None


def person_category(entries: Mapping[str, Entry], gate: GateContext) -> bool:
    """Whether the subject's category says that it is a person."""
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
    """Whether papers of the subject itself stand in the row; the representative's where no organisation is named."""
    papers = [entry for entry in entries.values() if entry.filled and entry.field.kind is FieldKind.PERSON_PAPERS]
    own = [entry for entry in papers if not entry.field.id.startswith("representative")]
    if any(person_shape(entry.cell, gate.today) for entry in own):
        return True
    if not papers or any(_organisation_paper(entry, gate) for entry in papers):
        return False
    return bool(own) or not sounds_like_organisation(entries[gate.item.subject_name].text)


def _is_numbered_person(entries: Mapping[str, Entry], desk: Desk) -> bool:
    """Whether the name is no organisation's and carries a person's number, or one stands struck out as the code."""
    name = entries[desk.gate.item.subject_name].text
    without = mask_any(name, desk.gate.today)
    if sounds_like_organisation(_BRACKETED.sub("", without)):
        return False
    numbered = any(span.kind in PAPERS for span in find_person_numbers(name, desk.gate.today))
    return numbered or nearly_person_number(entries[desk.gate.item.subject_code].text)


def person_meant(entries: Mapping[str, Entry], gate: GateContext) -> bool:
    """Whether the record's own title says that a person was meant (先进个人), whoever's code stands beside it."""
    persons = gate.item.persons
    if persons is None or persons.title_field is None:
        return False
    title = remove_blanks(fold(entries[persons.title_field].text))
    named = any(word in title for word in persons.title_words)
    return named and not any(word in title for word in persons.group_words)


def names_nobody(entries: Mapping[str, Entry], gate: GateContext) -> bool:
    """Whether a file that mixes persons in names nobody who sounds like an organisation."""
    name = entries[gate.item.subject_name]
    told = gate.item.persons is not None and gate.item.persons.unnamed
    return told and name.filled and not sounds_like_organisation(name.text)


def _organisation_paper(entry: Entry, gate: GateContext) -> bool:
    terms = _list(entry.field, gate)
    if terms is not None:
        return bool(set(read_choice(entry.text, terms).codes) & _ORGANISATION_PAPERS)
    return judge_uscc(entry.cell, gate.rulebook.uscc).usable and not person_shape(entry.cell, gate.today)


def _names_organisation(entries: Mapping[str, Entry], desk: Desk) -> bool:
    """Whether a code column names an organisation, a mistyped code included; nearly a person's number does
    not.
    """
    if code_names_organisation(entries[desk.gate.item.subject_code]):
        return True
    tables = desk.gate.rulebook.uscc
    return any(judge_old_code(entry.field, entry.cell, tables).usable for entry in _old_codes(entries))


def code_names_organisation(code: Entry) -> bool:
    """Whether what stands in the code's column can only have been meant as an organisation's code."""
    return code.filled and len(alphanumeric(code.text)) >= 15 and not nearly_person_number(code.text)


def _old_codes(entries: Mapping[str, Entry]) -> Iterable[Entry]:
    return (entry for entry in entries.values() if entry.filled and entry.field.kind is FieldKind.OLD_CODE)
