"""Cells that need no second look: their canonical value is the text itself, nothing is to be said, nothing masked.

Every predicate is sound and never complete: a cell that it passes is one of which the row engine says just that; any
other cell is put before the row engine's own functions. So a predicate may be as narrow as it is quick. The property
tests of this room hold each against the row engine.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import lru_cache

import polars as pl

from xinheng.core.placeholders import Placeholders
from xinheng.core.rulebook.types import Field, FieldKind
from xinheng.core.validation.columns import Header
from xinheng.core.validation.desk import SPEAKS_OF_PHONES
from xinheng.core.validation.gate import GateContext
from xinheng.core.validation.person_rows import NATURAL_PERSON
from xinheng.intake.bulk.codes import plain_codes

_CHINESE = r"\x{4e00}-\x{9fff}"
_LETTERS = f"{_CHINESE}0-9A-Za-z"
_PUNCTUATION = r"，。、；：？！“”‘’（）《》〈〉【】〔〕「」『』…—·％￥～－＋／．\x{3000} ,.;:?!()\[\]{}%/\-+*#&@_~^|\\"
_GAPS = r"\x{3000} \-—－._/*·．／()（）"
"""What may stand between the digits of one number (core/identifiers/compact), as far as it is ordinary text."""

_TEXT_LOOK = (
    rf"[^{_LETTERS}{_PUNCTUATION}]"  # anything that is unusual: controls, unseen, quotes, = < > $, other digits
    r"|^[ \x{3000}+\-@＋－＠]|[ \x{3000}]$"  # blanks at the ends, formulas
    r"|[A-Za-z]{4}"  # words of scripts and queries
    rf"|[0-9](?:[{_GAPS}]*[0-9]){{10}}"  # long enough for a person's number
)
_NAME = rf"^[{_LETTERS}（）]+$"
_NAME_LOOK = r"[0-9](?:[（）]*[0-9]){10}|[和与及]|[锟烫屯鈥銆]"
_DOCUMENT_NUMBER = rf"^[{_CHINESE}0-9A-Z〔〕][{_CHINESE}0-9A-Z〔〕\-]*$"
# Only numbers of papers count there: fifteen digits, or three letters and twelve, with or without dashes between.
_FIGURES_LOOK = r"[0-9](?:-*[0-9]){14}|[A-Z]-*[A-Z]-*[A-Z](?:-*[0-9]){12}"
_DECIMALS = {"yuan": 2, "wan": 6}
_UNITS = {"yuan": (None, "元"), "wan": (None, "万元", "万")}

Predicate = Callable[[pl.Series, Field, Header, GateContext], pl.Series]


def plain_cells(texts: pl.Series, about: Field | None, column: Header, gate: GateContext) -> pl.Series | None:
    """Which cells of a column are plain (Boolean), or None where its kind has no predicate.

    ``column``: the header of the column alone; ``about`` is None under an unknown heading, where only kept text counts.
    """
    if about is None:
        unknown = ~texts.str.contains(_TEXT_LOOK) & surely_filled(texts, gate.rulebook.placeholders)
        return unknown & (texts != NATURAL_PERSON)
    if gate.item.persons is not None and about.id == gate.item.persons.title_field:
        return None
    predicate = _PREDICATES.get(about.kind)
    if predicate is None:
        return None
    plain = predicate(texts, about, column, gate)
    return plain if about.max_length is None else plain & (texts.str.len_chars() <= about.max_length)


def surely_filled(texts: pl.Series, placeholders: Placeholders, *, figures: bool = True) -> pl.Series:
    """Cells with a character that occurs in no placeholder; ``figures``: a figure from 1 to 9 will do."""
    return texts.str.contains(_telling(placeholders.words, placeholders.repeated, figures))


@lru_cache(maxsize=8)
def _telling(words: tuple[str, ...], repeated: tuple[str, ...], figures: bool) -> str:
    used = set("".join((*words, *repeated)))
    chinese = "".join(sorted(character for character in used if "\u4e00" <= character <= "\u9fff"))
    digits = "".join(digit for digit in "123456789" if digit not in used)
    told = rf"[{_CHINESE}&&[^{chinese or '#'}]]"
    return f"{told}|[{digits}]" if figures and digits else told


def _text(texts: pl.Series, about: Field, column: Header, gate: GateContext) -> pl.Series:
    return ~texts.str.contains(_TEXT_LOOK) & surely_filled(texts, gate.rulebook.placeholders)


def _name(texts: pl.Series, about: Field, column: Header, gate: GateContext) -> pl.Series:
    named = surely_filled(texts, gate.rulebook.placeholders, figures=False)
    return named & texts.str.contains(_NAME) & ~texts.str.contains(_NAME_LOOK)


def _document_number(texts: pl.Series, about: Field, column: Header, gate: GateContext) -> pl.Series:
    shaped = texts.str.contains(_DOCUMENT_NUMBER) & surely_filled(texts, gate.rulebook.placeholders)
    return shaped & ~texts.str.contains(f"{_FIGURES_LOOK}|(?i:{SPEAKS_OF_PHONES.pattern})")


def _amount(texts: pl.Series, about: Field, column: Header, gate: GateContext) -> pl.Series:
    """Plain figures in the field's own unit, below the highest power of ten that its bounds allow."""
    unit = about.unit or "yuan"
    named = column.units.get(0) or column.unit_above
    own_unit = named in _UNITS[unit] and column.unit_above in (None, named)
    if not own_unit or (about.minimum is not None and about.minimum > 0):
        return pl.repeat(False, len(texts), dtype=pl.Boolean, eager=True)
    highest = about.maximum if about.maximum is not None else Decimal(10) ** 12
    digits = min(12, max(0, highest.adjusted())) if highest > 0 else 0
    if digits == 0:
        return pl.repeat(False, len(texts), dtype=pl.Boolean, eager=True)
    whole = rf"(?:0|[1-9][0-9]{{0,{digits - 1}}})"
    return texts.str.contains(rf"^{whole}(?:\.[0-9]{{0,{_DECIMALS[unit] - 1}}}[1-9])?$")


def _code(texts: pl.Series, about: Field, column: Header, gate: GateContext) -> pl.Series:
    return plain_codes(texts, gate.rulebook.uscc)


_PREDICATES: Mapping[FieldKind, Predicate] = {
    FieldKind.TEXT: _text,
    FieldKind.METADATA: _text,
    FieldKind.SUBJECT_NAME: _name,
    FieldKind.NAME: _name,
    FieldKind.AGENCY_NAME: _name,
    FieldKind.DOCUMENT_NUMBER: _document_number,
    FieldKind.AMOUNT: _amount,
    FieldKind.SUBJECT_CODE: _code,
}
