"""Codes are cleaned, never guessed: what may be taken away from a cell before it is judged, and what is
said about it.

Removed are width, case, blanks, dashes, invisible characters, a spreadsheet's leading apostrophe and a
known label in front. Nothing else: a letter O stays a letter O.
"""

import math
import re
from dataclasses import dataclass
from datetime import date, time, timedelta
from decimal import Decimal
from functools import lru_cache

from xinheng.core.cells import Cell, Uncalculated
from xinheng.core.identifiers.judgement import Reason
from xinheng.core.identifiers.tables import UsccTables
from xinheng.core.text import cell_text, remove_blanks, remove_invisible

# Full-width forms only: the wider compatibility forms of Unicode (circled digits, superscripts) would be a
# guess.
_WIDTH = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)}
_UPPER = {lower: lower - 0x20 for lower in range(ord("a"), ord("z") + 1)}
_DASHES = re.compile("[-\u00ad\u2010-\u2015\u2043\u2212\ufe58\ufe63]")
_APOSTROPHES = "'\u2018\u2019`"
_EXPONENT = re.compile(r"\d(\.\d+)?E\+?\d{1,2}")
_POINT_ZERO = re.compile(r"\d{15,20}\.0+")
_CLEAN = re.compile(r"[0-9A-Z]{18}")
_SEPARATORS = re.compile(r"[\s,;/|\\、。，；和及与&+]+")
_CODE_LIKE = re.compile(r"[0-9A-Z]{18}|\d{15}|[0-9A-Z]{8}[0-9X]")
_WHOLE = (9, 15, 18)
# A longer cell is a text, not a list of codes.
_LONGEST_LIST = 500
# A spreadsheet keeps fifteen digits; the rest of a long number comes back as zeros.
_SPREADSHEET_DIGITS = 15


@dataclass(frozen=True, slots=True)
class Cleaned:
    """``given`` as it stood, ``text`` fit for judging, ``steps`` what was taken away, ``problem`` why none
    can be judged.
    """

    given: str
    text: str
    steps: tuple[str, ...] = ()
    problem: Reason | None = None

    @property
    def notes(self) -> tuple[Reason, ...]:
        """The information that the value was cleaned, if it was."""
        return (Reason("code.cleaned", {"what": ",".join(self.steps)}),) if self.steps else ()


def clean(value: Cell, tables: UsccTables) -> Cleaned:
    """Clean one cell that should hold a code, or say why it cannot hold one."""
    given = cell_text(value)
    if isinstance(value, str) and _CLEAN.fullmatch(given) and not _repeats_one_character(given):
        return Cleaned(given, given)
    problem = _empty_or_foreign(value, given, tables)
    if problem is not None:
        return Cleaned(given, "", (), problem)
    text, steps = _strip(given, tables.labels)
    if _lost_digits(value, text):
        return Cleaned(given, "", steps, Reason("code.digits_lost"))
    if _several(given, text, tables.labels):
        return Cleaned(given, "", steps, Reason("code.several"))
    if _repeats_one_character(text):
        return Cleaned(given, text, steps, Reason("code.placeholder"))
    return Cleaned(given, text, steps)


def _empty_or_foreign(value: Cell, given: str, tables: UsccTables) -> Reason | None:
    endless = isinstance(value, float) and not math.isfinite(value)
    endless = endless or (isinstance(value, Decimal) and not value.is_finite())
    if endless or isinstance(value, bool | date | time | timedelta | Uncalculated):
        return Reason("code.not_text", {"type": type(value).__name__})
    if not remove_blanks(remove_invisible(given)):
        return Reason("code.empty")
    if tables.placeholders.is_placeholder(given, numeric_zero=True):
        return Reason("code.placeholder")
    return None


def _strip(given: str, labels: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    """Take away, in this order, what a code may carry; names each step that changed something."""
    steps: list[str] = []

    def step(name: str, before: str, after: str) -> str:
        if before != after:
            steps.append(name)
        return after

    text = step("invisible", given, remove_invisible(given))
    text = step("width", text, text.translate(_WIDTH))
    text = step("blanks", text, remove_blanks(text))
    text = step("apostrophe", text, text[1:] if text[:1] and text[0] in _APOSTROPHES else text)
    text = step("case", text, text.translate(_UPPER))
    text = step("label", text, _without_label(text, labels))
    text = step("dashes", text, _DASHES.sub("", text))
    return text, tuple(steps)


def _without_label(text: str, labels: tuple[str, ...]) -> str:
    found = next((label for label in _as_written(labels) if text.startswith(label)), None)
    return text if found is None else text[len(found) :].removeprefix(":")


@lru_cache(maxsize=8)
def _as_written(labels: tuple[str, ...]) -> tuple[str, ...]:
    """The labels in the form that a cell has when they are looked for, the longest first."""
    plain = {remove_blanks(label).translate(_WIDTH).translate(_UPPER) for label in labels} - {""}
    return tuple(sorted(plain, key=len, reverse=True))


def _lost_digits(value: Cell, text: str) -> bool:
    if isinstance(value, float | Decimal | int):
        return abs(value) >= 10**_SPREADSHEET_DIGITS and (isinstance(value, float) or text.endswith("000"))
    return _EXPONENT.fullmatch(text) is not None or _POINT_ZERO.fullmatch(text) is not None


def _several(given: str, text: str, labels: tuple[str, ...]) -> bool:
    """Whether two whole codes stand in the cell, apart or pressed together."""
    if (len(text) in _WHOLE and text.isalnum()) or len(given) > _LONGEST_LIST:
        return False
    flat = remove_invisible(given).translate(_WIDTH).translate(_UPPER)
    parts = [_DASHES.sub("", _without_label(part, labels)) for part in _SEPARATORS.split(flat)]
    joined = "".join(parts)
    pressed = len(joined) == 36 and _CODE_LIKE.fullmatch(joined[:18]) and _CODE_LIKE.fullmatch(joined[18:])
    return bool(pressed) or sum(_CODE_LIKE.fullmatch(part) is not None for part in parts) > 1


def _repeats_one_character(text: str) -> bool:
    return len(text) >= 8 and len(set(text[:-1])) == 1
