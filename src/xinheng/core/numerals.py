"""Whole numbers in Chinese numerals, everyday (三万五千) and financial (叁万伍仟)."""

_DIGITS = {
    **dict(zip("〇一二三四五六七八九", range(10), strict=True)),
    **dict(zip("零壹贰叁肆伍陆柒捌玖", range(10), strict=True)),
    **dict(zip("○壹貳參肆伍陸柒捌玖", range(10), strict=True)),
    "两": 2,
    "兩": 2,
    "叄": 3,
}
_SMALL_UNITS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_LARGE_UNITS = {"万": 10**4, "萬": 10**4, "亿": 10**8, "億": 10**8}
_ZEROS = "〇零○"

CHARACTERS = "".join((*_DIGITS, *_SMALL_UNITS, *_LARGE_UNITS))
"""Every character that a number in Chinese numerals may hold."""


def read_digits(text: str) -> str | None:
    """A number read digit by digit (二〇二六) as ``"2026"``, ASCII digits mixed in or not; else None."""
    digits = [_digit(char) for char in text]
    if not digits or None in digits:
        return None
    return "".join(str(digit) for digit in digits)


def read_integer(text: str) -> int | None:
    """The whole number that a positional Chinese numeral writes (三万五千 → 35000); None for other text.

    Refused, since it has two readings: a last digit that skips places without 零 (三万五, 一百五).
    A number from 10,000 亿 on is refused too.
    """
    if not text or text in _ZEROS:
        return 0 if text else None
    hundred_millions, rest = _split_at(text, "亿億")
    ten_thousands, units = _split_at(rest, "万萬")
    parts = ((hundred_millions, 10**8), (ten_thousands, 10**4), (units, 1))
    return _sum_sections(parts)


def _digit(char: str) -> int | None:
    return int(char) if char in "0123456789" else _DIGITS.get(char)


def _split_at(text: str, units: str) -> tuple[str | None, str]:
    for unit in units:
        if unit in text:
            before, _, after = text.partition(unit)
            return before, after
    return None, text


def _sum_sections(parts: tuple[tuple[str | None, int], ...]) -> int | None:
    total, filled = 0, False
    for text, scale in parts:
        if text is None or (text == "" and scale == 1 and filled):
            continue
        section = _read_section(text, follows=filled)
        if section is None:
            return None
        total += section * scale
        filled = True
    return total


def _read_section(text: str, follows: bool) -> int | None:
    """A number below 10,000. ``follows``: larger sections stand before it."""
    total, previous_unit, zero = 0, 10_000, False
    position = 0
    while position < len(text):
        char = text[position]
        position += 1
        if char in _ZEROS:
            zero = True
            continue
        digit = _DIGITS.get(char)
        if digit is None:
            # 十五, 拾万, 一千零十五: only a ten at the start or after 零 may stand without its digit.
            if _SMALL_UNITS.get(char) != 10 or (total and not zero):
                return None
            digit, position = 1, position - 1
        unit = _SMALL_UNITS.get(text[position : position + 1], 1)
        if unit >= previous_unit or _skips_places(unit, previous_unit, zero, follows):
            return None
        position += unit > 1
        total, previous_unit, zero = total + digit * unit, unit, False
    return total if total and not zero else None


def _skips_places(unit: int, previous_unit: int, zero: bool, follows: bool) -> bool:
    if unit > 1 or zero:
        return False
    return previous_unit > 10 and (previous_unit < 10_000 or follows)
