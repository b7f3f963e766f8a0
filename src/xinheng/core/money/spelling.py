"""Spellings of an amount of money: its number and unit where the whole text is one known spelling."""

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from xinheng.core import numerals
from xinheng.core.characters import drop_blanks


class Scale(StrEnum):
    """In what the text itself counts: a bare number, 百 or 千 without 元, yuan, 万 and 亿."""

    NONE = "none"
    SMALL = "small"
    YUAN = "yuan"
    WAN = "wan"


@dataclass(frozen=True, slots=True)
class SpelledAmount:
    """A number and its scale; except for ``Scale.NONE`` the number is in yuan."""

    number: Decimal
    scale: Scale


_CN = f"[{numerals.CHARACTERS}]"
_GROUPED = r"\d{1,3}(?:([,'’ ])\d{3})(?:\1\d{3})*(?:\.\d+)?"
_PLAIN_NUMBER = re.compile(r"\d+\.?\d*|\.\d+", re.ASCII)
_GROUPED_NUMBER = re.compile(_GROUPED, re.ASCII)
_SCIENTIFIC = re.compile(r"(?:\d+\.?\d*|\.\d+)[eE][+-]?\d{1,3}", re.ASCII)

_PREFIX = re.compile(r"(?:人民币|RMB|CNY|¥|\s)+[::]?\s*", re.IGNORECASE)
_SUFFIX = re.compile(r"(?:\((?:人民币|RMB|CNY)\)|(?:人民币|RMB|CNY))$", re.IGNORECASE)
_BRACKETED_UNIT = re.compile(r"\s*\(((?:[百千十]?万|亿|百|千)?[元圆圓])(?:人民币)?\)$")
_TAIL = re.compile(
    rf"(?P<head>.*?)\s*(?:(?P<yuan>[元圆圓]|块钱?)\s*)?"
    rf"(?:[零〇]?(?P<jiao>\d|{_CN})\s*角)?(?:[零〇]?(?P<fen>\d|{_CN})\s*分)?[整正]?",
    re.ASCII,
)
_MULTIPLIERS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_LARGE = {"万": 10**4, "萬": 10**4, "亿": 10**8, "億": 10**8}
_STEP = re.compile(r"[零〇]?(\d[\d,]*(?:\.\d+)?|\.\d+)\s*([十拾百佰千仟]?)([万萬]?[亿億]|[万萬])?", re.ASCII)
_CHINESE_DECIMAL = re.compile(rf"({_CN}+)点({_CN}+?)([万萬亿億]?)")


def spell(text: str) -> SpelledAmount | None:
    """The amount that ``text`` (plain characters) spells as a whole, or None. No binary fractions."""
    text = _SUFFIX.sub("", _PREFIX.sub("", text, count=1) if _PREFIX.match(text) else text)
    text = _BRACKETED_UNIT.sub(r"\1", text.rstrip("。;,")).strip()
    if bare := read_number(text):
        return SpelledAmount(bare, Scale.NONE)
    tail = _TAIL.fullmatch(text)
    if tail is None:
        return None
    coins = _coins(tail["jiao"], tail["fen"])
    if coins is not None and not tail["head"] and not tail["yuan"]:
        return SpelledAmount(coins, Scale.YUAN)
    whole = _head(tail["head"], has_unit=tail["yuan"] is not None)
    if whole is None or (coins is not None and (tail["yuan"] is None or whole.number % 1)):
        return None
    scale = Scale.YUAN if tail["yuan"] and whole.scale != Scale.WAN else whole.scale
    return SpelledAmount(whole.number + (coins or 0), scale)


def read_number(text: str) -> Decimal | None:
    """A number in Arabic digits: plain, with thousands separators in groups of three, or scientific."""
    if _PLAIN_NUMBER.fullmatch(text) or _SCIENTIFIC.fullmatch(text):
        return Decimal(text)
    if _GROUPED_NUMBER.fullmatch(text) and text[0] != "0":
        return Decimal(re.sub(r"[,'’ ]", "", text))
    return None


def _coins(jiao: str | None, fen: str | None) -> Decimal | None:
    if jiao is None and fen is None:
        return None
    tenths, hundredths = _digit(jiao or "0"), _digit(fen or "0")
    if tenths is None or hundredths is None:
        return None
    return Decimal(tenths * 10 + hundredths).scaleb(-2)


def _digit(text: str) -> int | None:
    digits = numerals.read_digits(text)
    return None if digits is None else int(digits)


def _head(text: str, has_unit: bool) -> SpelledAmount | None:
    """What stands before 元 (``has_unit``) or alone."""
    number = read_number(text)
    if number is not None:
        return SpelledAmount(number, Scale.NONE)
    compact = drop_blanks(text)
    return _chinese(compact) or _chinese_decimal(compact) or _steps(text, has_unit)


def _chinese(text: str) -> SpelledAmount | None:
    number = numerals.read_integer(text)
    if number is None:
        # 二〇〇〇 is read digit by digit; 二三 might mean "two or three".
        digits = numerals.read_digits(text)
        if digits is None or len(digits) < 3:
            return None
        number = int(digits)
    return SpelledAmount(Decimal(number), _scale_of(text))


def _scale_of(text: str) -> Scale:
    if any(char in _LARGE for char in text):
        return Scale.WAN
    return Scale.SMALL if any(char in _MULTIPLIERS for char in text) else Scale.NONE


def _chinese_decimal(text: str) -> SpelledAmount | None:
    """一点五万."""
    matched = _CHINESE_DECIMAL.fullmatch(text)
    if matched is None:
        return None
    whole, fraction = numerals.read_integer(matched[1]), numerals.read_digits(matched[2])
    if whole is None or fraction is None or _scale_of(matched[1]) == Scale.WAN:
        return None
    return SpelledAmount(Decimal(f"{whole}.{fraction}") * _LARGE.get(matched[3], 1), _scale_of(text))


def _steps(text: str, has_unit: bool) -> SpelledAmount | None:
    """Arabic digits with multipliers: 2.5万, 3千, 200百万, 1亿2000万, 2万5千, 3万2000 (only before 元)."""
    total, previous, position = Decimal(0), None, 0
    while position < len(text):
        step = _STEP.match(text, position)
        if step is None:
            return None
        factor = _MULTIPLIERS.get(step[2], 1) * _large_factor(step[3] or "")
        number = read_number(step[1])
        if number is None or not _may_follow(number, factor, previous, step[1], has_unit):
            return None
        single = previous is None and step.end() == len(text)
        if number % 1 and not single:
            return None
        total, previous, position = total + number * factor, factor, step.end()
    return None if previous is None else SpelledAmount(total, _scale_of(text))


def _large_factor(text: str) -> int:
    factor = 1
    for char in text:
        factor *= _LARGE[char]
    return factor


def _may_follow(number: Decimal, factor: int, previous: int | None, digits: str, has_unit: bool) -> bool:
    """Whether a step fits behind a larger one. 3万5 may be 35,000 or 30,005, so 3 digits must follow."""
    if previous is None:
        return True
    if factor == 1 and not (has_unit and len(digits) >= min(3, len(str(previous)) - 1)):
        return False
    return number * factor < previous
