"""What the cells of a column read as, through the same readers that the gate uses.

A share (0-100) is evidence for a field; None says that content tells nothing (free text, no cells). Numbers
of persons are evidence for nothing: a column that holds them is a person's.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from xinheng.core.cells import Cell
from xinheng.core.choices import read_choice
from xinheng.core.dates import read_date
from xinheng.core.document_numbers import normalise_document_number
from xinheng.core.identifiers.judgement import Kind
from xinheng.core.identifiers.uscc import judge_uscc
from xinheng.core.money import Unit, read_amount
from xinheng.core.persons import find_person_numbers, person_shape
from xinheng.core.rulebook.types import Field, FieldKind, Rulebook
from xinheng.core.text import fold
from xinheng.core.validation.desk import is_empty, plain_text
from xinheng.core.validation.names_in_cell import sounds_like_organisation
from xinheng.core.validation.persons import judge_old_code

PLAIN = 80
"""From this share on a column plainly holds what it reads as."""

_PERSONAL_SHARE = 20
_DOCUMENT_NUMBER = re.compile(r"[^。；;]{0,40}〔[0-9]{4}〕[^。；;]{0,20}号?")
_BODY = re.compile(r"(?:局|委员会|委|厅|政府|支队|大队|总队|办公室|法院|检察院|海关|管理处|中心|(?<!事务)所)$")
# Only full legal forms and bodies: a sentence or a stall can name a person.
_ORGANISATION = re.compile(r"[\w()·&-]{4,40}(?:公司|合作社|事务所|局|委员会|人民政府|法院|医院|学校|协会|(?<!小)厂)")
_SERIAL = re.compile(r"[0-9]{5}(?:\.0)?")
_DAY_OF_FIGURES = re.compile(r"(?:19|20)[0-9]{6}")
_FIGURES = re.compile(r"(?=(?:[^0-9]*[0-9]){6})[0-9A-Z-]{8,20}")
_REGION = re.compile(r"[0-9]{6}(?:[0-9]{3}|[0-9]{6})?")


@dataclass(frozen=True, slots=True)
class Reading:
    """What content is read with: the rulebook and the day on which it is read."""

    rulebook: Rulebook
    today: date


def filled(cells: Sequence[Cell], reading: Reading) -> tuple[Cell, ...]:
    """The cells that hold something, placeholders left out."""
    return tuple(cell for cell in cells if not is_empty(plain_text(cell), None, reading.rulebook.placeholders))


def is_personal(cells: Sequence[Cell], reading: Reading) -> bool:
    """Whether numbers of persons stand in more than a few of these cells; a code of an organisation is none."""
    held = sum(_holds_person(cell, reading) for cell in cells)
    return bool(cells) and held * 100 > _PERSONAL_SHARE * len(cells)


def reads_as(cells: Sequence[Cell], field: Field, reading: Reading) -> int | None:
    """The share (0-100) of filled cells that read as what the field wants, or None where that tells nothing.

    Free text wants nothing in particular, so codes, dates, document numbers and names speak against it.
    """
    if not cells:
        return None
    if field.kind in (FieldKind.TEXT, FieldKind.METADATA):
        return 0 if _is_plainly_other(cells, field, reading) else None
    read = _READERS.get(field.kind)
    return sum(read(cell, field, reading) for cell in cells) // len(cells) if read else None


def shown(cell: Cell, reading: Reading) -> str:
    """What may be shown of a cell while nobody knows what it is: codes, days, sums, document numbers and names of
    organisations; of everything else its length alone, since it may name a person.
    """
    text = fold(plain_text(cell))
    if _holds_person(cell, reading):
        return "[个人号码已隐去]"
    plain_kind = (
        judge_uscc(cell, reading.rulebook.uscc).usable
        or _DOCUMENT_NUMBER.fullmatch(normalise_document_number(text))
        or _ORGANISATION.fullmatch(text)
        or read_date(cell, end_date=True, policy=reading.rulebook.dates).problem is None
        or re.fullmatch(r"[0-9]{1,8}(?:\.[0-9]{1,6})?", text)
    )
    return text[:40] if plain_kind else f"[{len(text)}字]"


def _holds_person(cell: Cell, reading: Reading) -> bool:
    text = plain_text(cell)
    if person_shape(cell, reading.today):
        return True
    return bool(find_person_numbers(text, reading.today)) and not judge_uscc(cell, reading.rulebook.uscc).usable


def _is_plainly_other(cells: Sequence[Cell], field: Field, reading: Reading) -> bool:
    tests: list[Callable[[Cell], bool]] = [
        lambda cell: judge_uscc(cell, reading.rulebook.uscc).usable and field.kind is FieldKind.TEXT,
        lambda cell: _day(cell, reading, end=True) == 100 and field.kind is FieldKind.TEXT,
        lambda cell: bool(_DOCUMENT_NUMBER.fullmatch(normalise_document_number(plain_text(cell)))),
        lambda cell: bool(_ORGANISATION.fullmatch(fold(plain_text(cell)))),
    ]
    return any(sum(map(test, cells)) * 100 >= PLAIN * len(cells) for test in tests)


def _subject_code(cell: Cell, field: Field, reading: Reading) -> int:
    judged = judge_uscc(cell, reading.rulebook.uscc)
    if not judged.usable or person_shape(cell, reading.today):
        return 0
    return 50 if judged.normalised.startswith("1") else 100


def _agency_code(cell: Cell, field: Field, reading: Reading) -> int:
    judged = judge_uscc(cell, reading.rulebook.uscc)
    if not judged.usable or person_shape(cell, reading.today):
        return 0
    return 100 if judged.normalised.startswith("1") else 10


def _old_code(cell: Cell, field: Field, reading: Reading) -> int:
    judged = judge_old_code(field, cell, reading.rulebook.uscc)
    if not judged.usable or judged.kind is Kind.USCC or person_shape(cell, reading.today):
        return 0
    other = judge_uscc(cell, reading.rulebook.uscc).usable or _day(cell, reading, end=True) == 100
    return 0 if other or not _FIGURES.fullmatch(fold(plain_text(cell)).upper()) else 100


def _other_codes(cell: Cell, field: Field, reading: Reading) -> int:
    return _subject_code(cell, field, reading) // 2


def _subject_name(cell: Cell, field: Field, reading: Reading) -> int:
    text = plain_text(cell)
    if not sounds_like_organisation(text):
        return 0
    return 25 if _BODY.search(fold(text)) else 100


def _agency_name(cell: Cell, field: Field, reading: Reading) -> int:
    return 100 if _BODY.search(fold(plain_text(cell))) else 0


def _other_name(cell: Cell, field: Field, reading: Reading) -> int:
    return 50 if sounds_like_organisation(plain_text(cell)) else 0


def _date(cell: Cell, field: Field, reading: Reading) -> int:
    return _day(cell, reading, end=field.kind is FieldKind.END_DATE, no_future=field.no_future)


def _day(cell: Cell, reading: Reading, *, end: bool, no_future: bool = False) -> int:
    """Five figures can be a spreadsheet's day and a sum alike: they count half."""
    latest = reading.today if no_future else None
    read = read_date(cell, end_date=end, latest=latest, policy=reading.rulebook.dates)
    if read.problem or not (read.value or read.open_end):
        return 0
    return 50 if _SERIAL.fullmatch(fold(plain_text(cell))) else 100


def _amount(cell: Cell, field: Field, reading: Reading) -> int:
    text = fold(plain_text(cell))
    read = read_amount(cell, unit=Unit(field.unit or Unit.YUAN), minimum=field.minimum, maximum=field.maximum)
    if read.problem or read.value is None or _DAY_OF_FIGURES.fullmatch(text):
        return 0
    return 50 if _SERIAL.fullmatch(text) else 100


def _choice(cell: Cell, field: Field, reading: Reading) -> int:
    text = plain_text(cell)
    read = read_choice(text, reading.rulebook.lists[field.list or ""], multiple=True)
    if not read.codes or read.unknown:
        return 0
    return 50 if text.strip().isdecimal() else 100


def _document_number(cell: Cell, field: Field, reading: Reading) -> int:
    return 100 if _DOCUMENT_NUMBER.fullmatch(normalise_document_number(plain_text(cell))) else 0


def _region(cell: Cell, field: Field, reading: Reading) -> int:
    text = fold(plain_text(cell))
    return 100 if _REGION.fullmatch(text) and text[:6] in reading.rulebook.uscc.regions else 0


_READERS: Mapping[FieldKind, Callable[[Cell, Field, Reading], int]] = {
    FieldKind.SUBJECT_CODE: _subject_code,
    FieldKind.AGENCY_CODE: _agency_code,
    FieldKind.OLD_CODE: _old_code,
    FieldKind.ORGANISATION_CODES: _other_codes,
    FieldKind.SUBJECT_NAME: _subject_name,
    FieldKind.AGENCY_NAME: _agency_name,
    FieldKind.NAME: _other_name,
    FieldKind.NAMES: _other_name,
    FieldKind.DATE: _date,
    FieldKind.END_DATE: _date,
    FieldKind.AMOUNT: _amount,
    FieldKind.CHOICE: _choice,
    FieldKind.CHOICES: _choice,
    FieldKind.SUBJECT_CATEGORY: _choice,
    FieldKind.DOCUMENT_NUMBER: _document_number,
    FieldKind.REGION: _region,
}
"""Kinds that content can speak for. Of persons' fields it never does."""
