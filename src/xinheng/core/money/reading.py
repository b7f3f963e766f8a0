"""Amounts of money as agencies write them, read exactly (``Decimal``) in the unit of their column.

Sources mix 元 and 万元; a unit written in the cell wins over the column's. The template's amounts have 18
digits, six of them decimals, in 万元 (2018 double-publicity standard): that is whole 分.
"""

import re
from dataclasses import dataclass
from datetime import date, time, timedelta
from decimal import Context, Decimal
from enum import StrEnum

from xinheng.core.cells import Cell, Uncalculated
from xinheng.core.characters import plain
from xinheng.core.money.spelling import Scale, SpelledAmount, spell

RANGE = "amount.range"
APPROXIMATE = "amount.approximate"
NEGATIVE = "amount.negative"
NOT_A_NUMBER = "amount.not_a_number"
UNCALCULATED = "amount.uncalculated"
SEVERAL = "amount.several"
CURRENCY = "amount.currency"
UNIT_UNCLEAR = "amount.unit_unclear"
PRECISION = "amount.precision"
BELOW_MINIMUM = "amount.below_minimum"
ABOVE_MAXIMUM = "amount.above_maximum"


class Unit(StrEnum):
    """The unit of a column: 元 or 万元."""

    YUAN = "yuan"
    WAN = "wan"


@dataclass(frozen=True, slots=True)
class AmountReading:
    """What a cell says: ``value`` in the column's unit, or a problem's rule id, or nothing (empty cell).

    ``cell_unit`` is the unit the cell itself names (千元 counts as yuan, 百万元 and 亿元 as wan), or None.
    ``cleaned``: the cell was not already the canonical text or number.
    """

    value: Decimal | None
    cell_unit: Unit | None = None
    problem: str | None = None
    cleaned: bool = False


_YUAN_PER = {Unit.YUAN: Decimal(1), Unit.WAN: Decimal(10_000)}
_DECIMALS = {Unit.YUAN: 2, Unit.WAN: 6}
_LARGEST_EXPONENT = 18
_LONGEST_TEXT = 100
_MOST_DIGITS = 24
"""Fewer than the 28 digits of Decimal arithmetic, so that no step rounds."""
_SPREADSHEET_DIGITS = Context(prec=15)

_FORMULA = re.compile(r"=.*|#[A-Z/0!?]+|#+", re.IGNORECASE | re.DOTALL)
_FOREIGN = re.compile(r"[美港日欧韩澳加]元|英镑|台币|澳门|港币|美金|USD|HKD|EUR|JPY|GBP|TWD|US\$|[$€£]", re.IGNORECASE)
_APPROXIMATE = re.compile(
    r"^[~≈><≥≤]|\d\+$|约|左右|余|多|以上|以下|上下|不足|超过|不超|不低于|不高于|至少|最高|最低|近|几|许$"
    r"|[一二两三四五六七八][二三四五六七八九][十百千万]"
)
_NUMBER = r"[\d零〇一二三四五六七八九十百千万亿壹贰叁肆伍陆柒捌玖拾佰仟两.]"
_RANGE = re.compile(rf"(?<!e)(?:{_NUMBER}|[元圆])\s*(?:[-~～〜至到])+\s*(?:人民币|¥)?{_NUMBER}", re.IGNORECASE)
_NEGATIVE = re.compile(rf"[-负▲△]\s*(?:人民币|RMB|CNY|¥)*\s*{_NUMBER}.*|(?:¥|RMB|CNY)\s*-\s*{_NUMBER}.*", re.I)
_MINUS_ZERO = re.compile(r"-0+(?:\.0*)?")
_MALFORMED = re.compile(r"[\d,.']+")
_NEGATIVE_BOOKED = re.compile(r"\(\s*[\d,.]+\s*\)|[\d,.]+\s*-")
_SEVERAL = re.compile(rf"{_NUMBER}\s*(?:[元圆万亿]\w*)?\s*[;,、/和及(\s+]\s*[^\d]*{_NUMBER}")
_SIDE_LABEL = re.compile(r"^[大小]写\s*:?\s*")
_TWICE = re.compile(r"(?P<first>[^()]+)\((?P<second>[^()]+)\)")


def read_amount(
    cell: Cell, *, unit: Unit, minimum: Decimal | None = None, maximum: Decimal | None = None
) -> AmountReading:
    """Read one cell as an amount in ``unit``, the column's; bounds are in that unit too. Never raises.

    0 is an amount; a sum finer than 分 is not (``amount.precision``). A float cell keeps the 15
    digits that its spreadsheet shows. Problems: ``amount.range`` ``.approximate`` ``.negative``
    ``.not_a_number`` ``.uncalculated`` ``.several`` ``.currency`` (not 人民币) ``.unit_unclear`` (二千
    without 元 in a 万元 column) ``.precision`` ``.below_minimum`` ``.above_maximum``.
    """
    if isinstance(cell, Uncalculated):
        return AmountReading(None, problem=UNCALCULATED)
    if isinstance(cell, str):
        reading = _read_text(plain(cell), unit)
    else:
        reading = _read_native(cell)
    if reading.value is None:
        return reading
    problem = _precision_problem(reading.value, unit) or _bounds_problem(reading.value, minimum, maximum)
    if problem is not None:
        return AmountReading(None, reading.cell_unit, problem)
    cleaned = isinstance(cell, str) and cell != render_amount(reading.value)
    return AmountReading(reading.value, reading.cell_unit, None, cleaned)


def render_amount(amount: Decimal) -> str:
    """The canonical plain text of an amount: no exponent, no trailing zeros, no minus before zero."""
    text = format(amount, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("", "-0") else text


def to_yuan(amount: Decimal, unit: Unit) -> Decimal:
    """An amount of a column in yuan."""
    return amount * _YUAN_PER[unit]


def _read_native(cell: int | float | Decimal | bool | date | time | timedelta | None) -> AmountReading:
    if cell is None:
        return AmountReading(None)
    if isinstance(cell, bool) or not isinstance(cell, (int, float, Decimal)):
        return AmountReading(None, problem=NOT_A_NUMBER)
    number = _SPREADSHEET_DIGITS.create_decimal(repr(cell)) if isinstance(cell, float) else Decimal(cell)
    if not number.is_finite():
        return AmountReading(None, problem=NOT_A_NUMBER)
    return AmountReading(None, problem=NEGATIVE) if number < 0 else AmountReading(number.copy_abs())


def _read_text(text: str, unit: Unit) -> AmountReading:
    if not text:
        return AmountReading(None)
    if len(text) > _LONGEST_TEXT or sum(map(str.isdigit, text)) > _MOST_DIGITS:
        return AmountReading(None, problem=NOT_A_NUMBER)
    text = "0" if _MINUS_ZERO.fullmatch(text) else text.removeprefix("+")
    spelled = spell(text) or _spelled_twice(text)
    if spelled is None:
        return AmountReading(None, problem=_reason(text))
    if spelled.scale == Scale.SMALL and unit == Unit.WAN:
        return AmountReading(None, problem=UNIT_UNCLEAR)
    if spelled.number.adjusted() > _LARGEST_EXPONENT:
        return AmountReading(None, problem=ABOVE_MAXIMUM)
    return _in_column_unit(spelled, unit)


def _in_column_unit(spelled: SpelledAmount, unit: Unit) -> AmountReading:
    if spelled.scale in (Scale.NONE, Scale.SMALL):
        return AmountReading(spelled.number)
    cell_unit = Unit.WAN if spelled.scale == Scale.WAN else Unit.YUAN
    return AmountReading(spelled.number / _YUAN_PER[unit], cell_unit)


def _spelled_twice(text: str) -> SpelledAmount | None:
    """贰万元整(20000元): the same amount in words and figures is one amount."""
    twice = _TWICE.fullmatch(text)
    if twice is None:
        return None
    first, second = (spell(_SIDE_LABEL.sub("", side.strip())) for side in twice.group("first", "second"))
    if first is None or second is None or first.number != second.number:
        return None
    return first if first.scale != Scale.NONE else None


_REASONS: tuple[tuple[str, re.Pattern[str]], ...] = (
    (CURRENCY, _FOREIGN),
    (APPROXIMATE, _APPROXIMATE),
    (RANGE, _RANGE),
    (SEVERAL, _SEVERAL),
)
_WHOLE_REASONS: tuple[tuple[str, re.Pattern[str]], ...] = (
    (UNCALCULATED, _FORMULA),
    (NEGATIVE, _NEGATIVE),
    (NEGATIVE, _NEGATIVE_BOOKED),
    (NOT_A_NUMBER, _MALFORMED),
)


def _reason(text: str) -> str:
    for rule, pattern in _WHOLE_REASONS:
        if pattern.fullmatch(text):
            return rule
    return next((rule for rule, pattern in _REASONS if pattern.search(text)), NOT_A_NUMBER)


def _precision_problem(value: Decimal, unit: Unit) -> str | None:
    if value.adjusted() > _LARGEST_EXPONENT:
        return ABOVE_MAXIMUM
    return PRECISION if len(render_amount(value).partition(".")[2]) > _DECIMALS[unit] else None


def _bounds_problem(value: Decimal, minimum: Decimal | None, maximum: Decimal | None) -> str | None:
    if minimum is not None and value < minimum:
        return BELOW_MINIMUM
    return ABOVE_MAXIMUM if maximum is not None and value > maximum else None
