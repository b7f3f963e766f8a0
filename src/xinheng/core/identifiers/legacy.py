"""Identifiers from before the unified code; each counts only in its own column.

Sources: GB 11714-1997 (organisation code), GS 15-2006 with ISO 7064 MOD 11,10 (registration number of the
market regulators), usage of the tax authorities (region and organisation code), the double-publicity
template of 2015.
"""

import re

from xinheng.core.cells import Cell
from xinheng.core.identifiers.cleaning import Cleaned, clean
from xinheng.core.identifiers.judgement import Judgement, Kind, Reason, judge
from xinheng.core.identifiers.tables import UsccTables
from xinheng.core.identifiers.uscc import (
    inner_check,
    judge_uscc,
    organisation_part,
    registration_check_holds,
    tax_check_holds,
)
from xinheng.core.persons import counts_as_code, person_shape
from xinheng.core.text import cell_text, fold

_ORG_CODE = re.compile(r"[0-9A-Z]{8}[0-9X]")
_REGISTRATION_NUMBER = re.compile(r"[0-9]{15}")
_TAX_NUMBER = re.compile(r"[0-9A-Z]+")
_CERTIFICATE = re.compile(r"[0-9A-Z]{12}")
_TAX_LENGTHS = (15, 17, 18, 20)
_SOCIAL_CERTIFICATE_LONGEST = 50


def judge_organisation_code(value: Cell, tables: UsccTables) -> Judgement:
    """Judge an organisation code (GB 11714): eight characters and a check, the dash between them removed.

    A unified code here is reported as such, with ``kind`` uscc and a warning, since it names the same body.
    """
    cleaned = clean(value, tables)
    early = _early(value, cleaned, Kind.ORG_CODE, tables)
    if early is not None:
        return early
    code = cleaned.text
    if not _ORG_CODE.fullmatch(code):
        reasons: tuple[Reason, ...] = (_misshapen(code, 9),)
    elif inner_check(code[:8]) != code[8]:
        reasons = (Reason("code.org_check", {"expected": inner_check(code[:8])}),)
    else:
        reasons = ()
    return judge(cleaned.given, code, Kind.ORG_CODE, (*reasons, *cleaned.notes))


def judge_registration_number(value: Cell, tables: UsccTables) -> Judgement:
    """Judge a registration number of the market regulators: 15 digits, the last by ISO 7064 MOD 11,10."""
    cleaned = clean(value, tables)
    early = _early(value, cleaned, Kind.REGISTRATION_NUMBER, tables)
    if early is not None:
        return early
    number = cleaned.text
    if not _REGISTRATION_NUMBER.fullmatch(number):
        reasons: tuple[Reason, ...] = (_misshapen(number, 15),)
    elif not registration_check_holds(number):
        reasons = (Reason("code.registration_check"),)
    else:
        reasons = ()
    return judge(cleaned.given, number, Kind.REGISTRATION_NUMBER, (*reasons, *cleaned.notes))


def judge_tax_number(value: Cell, tables: UsccTables) -> Judgement:
    """Judge a tax number of 15, 17, 18 or 20 characters; a wrong check in its organisation part only warns.

    Sole traders were taxed under their owner's own number: such a value is rejected and its normal form is
    empty.
    """
    cleaned = clean(value, tables)
    if cleaned.problem is not None:
        return judge(cleaned.given, cleaned.text, Kind.TAX_NUMBER, (cleaned.problem, *cleaned.notes))
    number = cleaned.text
    if _is_owner_number(number, tables):
        return judge(cleaned.given, "", Kind.TAX_NUMBER, (Reason("code.person_number"),))
    reasons: tuple[Reason, ...] = ()
    if not _TAX_NUMBER.fullmatch(number) or len(number) not in _TAX_LENGTHS:
        reasons = (_misshapen(number, 15),)
    elif len(number) == 18:
        reasons = judge_uscc(number, tables).reasons
    elif len(number) == 15 and not tax_check_holds(number):
        reasons = (Reason("code.inner_check", {"expected": inner_check(number[6:14])}),)
    return judge(cleaned.given, number, Kind.TAX_NUMBER, (*reasons, *cleaned.notes))


def judge_institution_certificate(value: Cell, tables: UsccTables) -> Judgement:
    """Judge the number of a public institution's certificate: 12 digits or letters, no check is known."""
    cleaned = clean(value, tables)
    early = _early(value, cleaned, Kind.INSTITUTION_CERTIFICATE, tables)
    if early is not None:
        return early
    reasons = () if _CERTIFICATE.fullmatch(cleaned.text) else (_misshapen(cleaned.text, 12),)
    return judge(cleaned.given, cleaned.text, Kind.INSTITUTION_CERTIFICATE, (*reasons, *cleaned.notes))


def judge_social_certificate(value: Cell, tables: UsccTables) -> Judgement:
    """Judge the number of a social organisation's certificate: free text of at most 50 characters."""
    given = cell_text(value)
    text = fold(given)
    if not text:
        reasons: tuple[Reason, ...] = (Reason("code.empty"),)
    elif tables.placeholders.is_placeholder(text, numeric_zero=True):
        reasons = (Reason("code.placeholder"),)
    elif len(text) > _SOCIAL_CERTIFICATE_LONGEST:
        reasons = (Reason("code.length", {"length": str(len(text)), "expected": "1-50"}),)
    else:
        reasons = ()
    return judge(given, text, Kind.SOCIAL_CERTIFICATE, reasons)


def _early(value: Cell, cleaned: Cleaned, kind: Kind, tables: UsccTables) -> Judgement | None:
    """What can be said before the shape of an old code matters: nothing to judge, or a unified code."""
    if cleaned.problem is not None:
        return judge(cleaned.given, cleaned.text, kind, (cleaned.problem, *cleaned.notes))
    unified = judge_uscc(value, tables)
    if not unified.usable:
        return None
    note = Reason("code.unified_code_in_old_column", {"org_code": organisation_part(unified.normalised)})
    return judge(cleaned.given, unified.normalised, Kind.USCC, (note, *unified.reasons))


def _misshapen(text: str, expected: int) -> Reason:
    if len(text) != expected:
        return Reason("code.length", {"length": str(len(text)), "expected": str(expected)})
    return Reason("code.alphabet", {"positions": "", "characters": "", "part": "code"})


def _is_owner_number(number: str, tables: UsccTables) -> bool:
    """Whether a tax number is a person's own number, alone or with the two digits once put behind it."""
    bare = number[:-2] if len(number) in (17, 20) else number
    if person_shape(bare) is None:
        return False
    return not (tax_check_holds(number) or counts_as_code(number, frozenset(), tables))
