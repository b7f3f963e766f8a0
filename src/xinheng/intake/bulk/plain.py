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
_HIGHEST = Decimal(10) ** 12
_UNITS = {"yuan": (None, "元"), "wan": (None, "万元", "万")}

Predicate = Callable[[pl.Expr, Field, Header, GateContext], pl.Expr | None]


def plain_cells(cells: pl.Expr, about: Field | None, column: Header, gate: GateContext) -> pl.Expr | None:
    """Which cells of a column are plain, or None where nothing is known of its kind.

    ``column``: the header of the column alone; ``about`` is None under an unknown heading, where only kept text counts.
    """
    if about is None:
        return _text_is_plain(cells, gate) & (cells != NATURAL_PERSON)
    predicate = _PREDICATES.get(about.kind)
    if predicate is None or (gate.item.persons is not None and about.id == gate.item.persons.title_field):
        return None
    plain = predicate(cells, about, column, gate)
    return plain if plain is None or about.max_length is None else plain & (cells.str.len_chars() <= about.max_length)


def surely_filled(cells: pl.Expr, placeholders: Placeholders, *, figures: bool = True) -> pl.Expr:
    """Cells with a character that occurs in no placeholder; ``figures``: a figure from 1 to 9 will do."""
    return cells.str.contains(_telling(placeholders.words, placeholders.repeated, figures))


@lru_cache(maxsize=8)
def _telling(words: tuple[str, ...], repeated: tuple[str, ...], figures: bool) -> str:
    used = set("".join((*words, *repeated)))
    chinese = "".join(sorted(character for character in used if "\u4e00" <= character <= "\u9fff"))
    digits = "".join(digit for digit in "123456789" if digit not in used)
    told = rf"[{_CHINESE}&&[^{chinese or '#'}]]"
    return f"{told}|[{digits}]" if figures and digits else told


def _text_is_plain(cells: pl.Expr, gate: GateContext) -> pl.Expr:
    return ~cells.str.contains(_TEXT_LOOK) & surely_filled(cells, gate.rulebook.placeholders)


def _text(cells: pl.Expr, about: Field, column: Header, gate: GateContext) -> pl.Expr:
    return _text_is_plain(cells, gate)


def _name(cells: pl.Expr, about: Field, column: Header, gate: GateContext) -> pl.Expr:
    named = surely_filled(cells, gate.rulebook.placeholders, figures=False)
    return named & cells.str.contains(_NAME) & ~cells.str.contains(_NAME_LOOK)


def _document_number(cells: pl.Expr, about: Field, column: Header, gate: GateContext) -> pl.Expr:
    shaped = cells.str.contains(_DOCUMENT_NUMBER) & surely_filled(cells, gate.rulebook.placeholders)
    return shaped & ~cells.str.contains(f"{_FIGURES_LOOK}|(?i:{SPEAKS_OF_PHONES.pattern})")


def _amount(cells: pl.Expr, about: Field, column: Header, gate: GateContext) -> pl.Expr | None:
    """Plain figures in the field's own unit, below the highest power of ten that its bounds allow."""
    unit = about.unit or "yuan"
    named = column.units.get(0) or column.unit_above
    own_unit = named in _UNITS[unit] and column.unit_above in (None, named)
    highest = _HIGHEST if about.maximum is None else min(about.maximum, _HIGHEST)
    if not own_unit or highest < 10 or (about.minimum is not None and about.minimum > 0):
        return None
    whole = rf"(?:0|[1-9][0-9]{{0,{highest.adjusted() - 1}}})"
    return cells.str.contains(rf"^{whole}(?:\.[0-9]{{0,{_DECIMALS[unit] - 1}}}[1-9])?$")


_PREDICATES: Mapping[FieldKind, Predicate] = {
    FieldKind.TEXT: _text,
    FieldKind.METADATA: _text,
    FieldKind.SUBJECT_NAME: _name,
    FieldKind.NAME: _name,
    FieldKind.AGENCY_NAME: _name,
    FieldKind.DOCUMENT_NUMBER: _document_number,
    FieldKind.AMOUNT: _amount,
}
