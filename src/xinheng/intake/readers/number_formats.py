"""What a number format makes of a stored number: a date, a time of day, a duration, or the number."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from math import isfinite

_LAST_SERIAL = 2_958_465
_FICTIONAL_LEAP_DAY = 60
_DAY_MS = 86_400_000
_EXACT = 2**53
_INTEGER = re.compile(r"-?[0-9]{1,16}")
_LITERAL = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?![hms]+\])[^\]]*\]|am/pm|a/p|上午/下午|general|e[+-]', re.IGNORECASE)


class Shows(StrEnum):
    """What a number format makes of a number."""

    NUMBER = "number"
    DATE = "date"
    TIME = "time"
    DURATION = "duration"


_BUILT_IN = (
    dict.fromkeys((*range(14, 18), 22, *range(27, 32), 36, *range(50, 55), 57, 58), Shows.DATE)
    | dict.fromkeys((*range(18, 22), *range(32, 36), 45, 47, 55, 56), Shows.TIME)
    | {46: Shows.DURATION}
)
"""ECMA-376 part 1, 18.8.30, with the ids of the Chinese locale."""


@dataclass(frozen=True, slots=True)
class Styles:
    """What each cell style shows, by its number in the cell."""

    shows: tuple[Shows, ...] = ()

    def of(self, index: int) -> Shows:
        """What the style of a cell shows; an unknown style shows the number."""
        return self.shows[index] if 0 <= index < len(self.shows) else Shows.NUMBER


def styles_of(cells: list[int], formats: dict[int, Shows]) -> Styles:
    """The styles whose format ids are ``cells``, with the formats that the workbook defines itself."""
    known = _BUILT_IN | formats
    return Styles(tuple(known.get(number, Shows.NUMBER) for number in cells))


def classify(code: str) -> Shows:
    """What a number format code shows, by its first section."""
    bare = _LITERAL.sub("", code).lower().split(";")[0]
    if re.search(r"\[[hms]+\]", bare):
        return Shows.DURATION
    if "[" in bare or "#" in bare or "?" in bare:
        return Shows.NUMBER
    if re.search(r"[yde]", bare) or ("m" in bare and not re.search(r"[hs]", bare)):
        return Shows.DATE
    return Shows.TIME if re.search(r"[hs]", bare) else Shows.NUMBER


def number_of(text: str) -> int | float | str:
    """A number as a file states it; the text itself where it is beyond all numbers. ``ValueError`` where it is none."""
    if _INTEGER.fullmatch(text):
        whole = int(text)
        if abs(whole) < _EXACT:
            return whole
    number = float(text)
    return number if isfinite(number) else text


def from_serial(number: float, shows: Shows, epoch_1904: bool) -> date | datetime | time | timedelta | None:
    """A spreadsheet serial as the format shows it; ``None`` where no program shows a date for it.

    Days are counted so that 1 is 1900-01-01 and the day 60, which never was, exists (or, in files of the
    other epoch, so that 0 is 1904-01-01). Fractions are rounded to the millisecond.
    """
    if not 0 <= number <= _LAST_SERIAL:
        return None
    days, milliseconds = divmod(round(number * _DAY_MS), _DAY_MS)
    if shows is Shows.DURATION:
        return timedelta(days=days, milliseconds=milliseconds)
    # A wall clock as in the file: there is no zone to know.
    clock = (datetime(1900, 1, 1) + timedelta(milliseconds=milliseconds)).time()  # noqa: DTZ001
    if days == 0 and shows is Shows.TIME:
        return clock
    day = _day(days, epoch_1904)
    if day is None:
        return None
    return datetime.combine(day, clock) if milliseconds else day


def _day(days: int, epoch_1904: bool) -> date | None:
    if epoch_1904:
        return date(1904, 1, 1) + timedelta(days=days) if days <= _LAST_SERIAL - 1462 else None
    if days in (0, _FICTIONAL_LEAP_DAY) or days > _LAST_SERIAL:
        return None
    return date(1899, 12, 31 if days < _FICTIONAL_LEAP_DAY else 30) + timedelta(days=days)
