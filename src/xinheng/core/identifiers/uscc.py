"""The unified social credit code (GB 32100-2015): eighteen characters, two checks, three tables.

Positions: 1 authority, 2 category, 3-8 region, 9-17 organisation code (GB 11714, its own check at 17), 18
outer check. The two checks give letters different values; a shared lookup would be wrong for J and beyond.
"""

import hashlib
from collections.abc import Iterator
from functools import lru_cache

from xinheng.core.cells import Cell
from xinheng.core.identifiers.cleaning import clean
from xinheng.core.identifiers.judgement import Judgement, Kind, Reason, Verdict, judge
from xinheng.core.identifiers.tables import Authority, Category, Region, RegionStatus, UsccTables

__all__ = [
    "ALPHABET",
    "Authority",
    "Category",
    "Judgement",
    "Kind",
    "Reason",
    "Region",
    "RegionStatus",
    "UsccTables",
    "Verdict",
    "both_checks_hold",
    "bucket_of",
    "check_character",
    "inner_check",
    "is_individual_business",
    "judge_uscc",
    "organisation_part",
    "outer_check_holds",
    "registration_check_holds",
    "subject_type",
    "tax_check_holds",
]

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""The 31 characters of GB 32100; a character's value is its place. I, O, S, V and Z do not occur."""

LENGTH = 18
_SHOWN = 5
_VALUES = {character: value for value, character in enumerate(ALPHABET)}
_WEIGHTS = tuple(pow(3, power, 31) for power in range(17))
_ORG_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_ORG_VALUES = {character: value for value, character in enumerate(_ORG_ALPHABET)}
_ORG_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_ORG_CHECKS = "0123456789X0"
_BUCKETS_PER_BYTE = 4
_SUBJECT_TYPES = {
    "11": "government",
    "12": "public_institution",
    "13": "mass_organisation",
    "51": "social_association",
    "52": "private_non_enterprise",
    "53": "foundation",
    "91": "enterprise",
    "92": "individual_business",
    "93": "cooperative",
}


def check_character(first17: str) -> str:
    """The 18th character for the first 17 (GB 32100, modulus 31, weights 3^(i-1)).

    Raises ``ValueError`` unless given 17 characters of :data:`ALPHABET`.
    """
    if len(first17) != LENGTH - 1 or not _VALUES.keys() >= set(first17):
        raise ValueError("17 characters of the alphabet of GB 32100 are wanted")
    total = sum(_VALUES[character] * weight for character, weight in zip(first17, _WEIGHTS, strict=True))
    return ALPHABET[-total % 31]


def inner_check(eight: str) -> str:
    """The ninth character of an organisation code for its first eight (GB 11714, modulus 11; A=10 ... Z=35).

    Raises ``ValueError`` unless given eight digits or capital letters.
    """
    if len(eight) != 8 or not _ORG_VALUES.keys() >= set(eight):
        raise ValueError("8 digits or capital letters are wanted")
    total = sum(_ORG_VALUES[character] * weight for character, weight in zip(eight, _ORG_WEIGHTS, strict=True))
    return _ORG_CHECKS[11 - total % 11]


def outer_check_holds(code: str) -> bool:
    """Whether ``code`` is 18 characters of the alphabet whose last is the right check character."""
    return len(code) == LENGTH and _VALUES.keys() >= set(code) and check_character(code[:17]) == code[17]


def both_checks_hold(code: str) -> bool:
    """Whether the outer check (modulus 31) and the inner one (modulus 11) hold."""
    return outer_check_holds(code) and inner_check(code[8:16]) == code[16]


def tax_check_holds(number: str) -> bool:
    """Whether a 15-character tax number ends in an organisation code whose check holds."""
    if len(number) != 15 or not number[:6].isdigit() or not _ORG_VALUES.keys() >= set(number):
        return False
    return inner_check(number[6:14]) == number[14]


def registration_check_holds(number: str) -> bool:
    """Whether 15 digits end in the right check digit (GS 15-2006, ISO 7064 MOD 11,10)."""
    if len(number) != 15 or not number.isascii() or not number.isdigit():
        return False
    product = 10
    for digit in number[:14]:
        product = 2 * ((product + int(digit)) % 10 or 10) % 11
    return (11 - product) % 10 == int(number[14])


def organisation_part(code: str) -> str:
    """Positions 9 to 17: the organisation code of GB 11714, without its dash."""
    return code[8:17]


def subject_type(code: str) -> str:
    """The kind of organisation that the prefix names, as an ASCII word; ``other`` for all the rest."""
    if code[:1] == "N":
        return "rural_collective"
    return _SUBJECT_TYPES.get(code[:2], "other")


def is_individual_business(code: str) -> bool:
    """Whether the code names an individual business (个体工商户): an organisation by law, a person in fact (SG-5)."""
    return subject_type(code) == "individual_business"


def bucket_of(code: str) -> int:
    """The partition of a subject, 0 to 63: first byte of SHA-256 over the code's ASCII, divided by four."""
    return hashlib.sha256(code.encode("ascii")).digest()[0] // _BUCKETS_PER_BYTE


def judge_uscc(value: Cell, tables: UsccTables) -> Judgement:
    """Judge one cell of a unified-code column: cleaned, checked, never repaired.

    Reject: empty, placeholder, several codes, digits lost, wrong length or letter, wrong outer check,
    undefined authority or category, an old code. Warn: wrong inner check, category seen but not in the
    standard, unknown or retired region.
    """
    return _judge_string(value, tables) if isinstance(value, str) else _judge_cell(value, tables)


def _judge_cell(value: Cell, tables: UsccTables) -> Judgement:
    cleaned = clean(value, tables)
    if cleaned.problem is not None:
        return judge(cleaned.given, cleaned.text, Kind.USCC, (cleaned.problem, *cleaned.notes))
    if cleaned.text in tables.exceptions:
        reasons: tuple[Reason, ...] = (Reason("code.exception"),)
    else:
        reasons = tuple(_judge_text(cleaned.text, tables))
    return judge(cleaned.given, cleaned.text, Kind.USCC, (*reasons, *cleaned.notes))


@lru_cache(maxsize=64)
def _judge_string(value: str, tables: UsccTables) -> Judgement:
    """The same, remembered for a few rows: a row asks several times, and its agencies stand in every row."""
    return _judge_cell(value, tables)


def _judge_text(code: str, tables: UsccTables) -> Iterator[Reason]:
    strange = _strange_characters(code)
    if strange:
        yield Reason("code.alphabet", strange)
    if len(code) != LENGTH:
        yield _wrong_length(code)
    if strange or len(code) != LENGTH:
        return
    if code[8:16] == "00000000":
        yield Reason("code.placeholder")
        return
    yield from _judge_checks(code)
    yield from _judge_kind(code, tables)
    yield from _judge_region(code[2:8], tables)


def _strange_characters(code: str) -> dict[str, str]:
    """Characters that may not stand where they stand, with their places (from 1)."""
    wrong = [place for place, character in enumerate(code) if character not in _VALUES]
    part = "code"
    if not wrong and len(code) == LENGTH:
        wrong = [place for place in range(2, 8) if not code[place].isdigit()]
        part = "region"
    if not wrong:
        return {}
    shown = wrong[:_SHOWN]
    # Only ASCII is echoed: Chinese text in a code column may be somebody's name.
    characters = "".join(dict.fromkeys(code[place] for place in shown if code[place].isascii()))
    return {"positions": ",".join(str(place + 1) for place in shown), "characters": characters, "part": part}


def _wrong_length(code: str) -> Reason:
    """An old code in the unified column names its own column; anything else has the wrong length."""
    if len(code) == 9 and _ORG_VALUES.keys() >= set(code) and inner_check(code[:8]) == code[8]:
        return Reason("code.old_code_in_unified_column", {"column": Kind.ORG_CODE.value})
    if registration_check_holds(code):
        return Reason("code.old_code_in_unified_column", {"column": Kind.REGISTRATION_NUMBER.value})
    if tax_check_holds(code):
        return Reason("code.old_code_in_unified_column", {"column": Kind.TAX_NUMBER.value})
    return Reason("code.length", {"length": str(len(code)), "expected": str(LENGTH)})


def _judge_checks(code: str) -> Iterator[Reason]:
    expected = check_character(code[:17])
    if expected != code[17]:
        cut = code.isdigit() and code.endswith("000")
        yield Reason("code.digits_lost") if cut else Reason("code.outer_check", {"expected": expected})
    inner = inner_check(code[8:16])
    if inner != code[16]:
        yield Reason("code.inner_check", {"expected": inner})


def _judge_kind(code: str, tables: UsccTables) -> Iterator[Reason]:
    authority = tables.authorities.get(code[0])
    if authority is None:
        yield Reason("code.authority", {"authority": code[0]})
        return
    category = authority.categories.get(code[1])
    if category is None:
        yield Reason("code.category", {"authority": code[0], "category": code[1], "name": authority.name})
    elif category.unusual:
        yield Reason("code.category_unusual", {"authority": code[0], "category": code[1]})


def _judge_region(region: str, tables: UsccTables) -> Iterator[Reason]:
    known = tables.regions.get(region)
    if known is None:
        yield Reason("code.region_unknown", {"region": region})
    elif known.status is RegionStatus.RETIRED:
        yield Reason("code.region_retired", {"region": region, "name": known.name})
    elif known.status is RegionStatus.OUTSIDE:
        yield Reason("code.region_outside", {"region": region})
