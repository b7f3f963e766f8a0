"""Dates as agencies write them: read where the whole cell is one known spelling, else refused with a reason.

The result is a legal day, Asia/Shanghai. Spreadsheet serials: the 1900 system (ECMA-376-1, 18.17.4).
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from xinheng.core.cells import Cell, Uncalculated
from xinheng.core.characters import drop_blanks, plain
from xinheng.core.dates.spelling import Spelled, read_spelling

UNREADABLE = "date.unreadable"
IMPOSSIBLE = "date.impossible"
INCOMPLETE = "date.incomplete"
AMBIGUOUS = "date.ambiguous"
PLACEHOLDER = "date.placeholder"
OUT_OF_RANGE = "date.out_of_range"
OPEN_END_HERE = "date.open_end_here"
FUTURE = "date.future"

_LEGAL_ZONE = ZoneInfo("Asia/Shanghai")
_SERIAL_ZERO = date(1899, 12, 30)
_FIRST_SERIAL = (date(1950, 1, 1) - _SERIAL_ZERO).days
_LAST_SERIAL = (date(2100, 12, 31) - _SERIAL_ZERO).days
_FOREVER_SERIAL = (date(9999, 12, 31) - _SERIAL_ZERO).days
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class DatePolicy:
    """What a lawyer or an officer may change about the reading of dates (``codes/dates.yml`` of the rulebook).

    ``open_end_words`` and ``open_end_dates`` mean "no end"; ``placeholder_dates`` are what programs write for
    "none"; days outside ``first_year`` to ``last_year`` are slips of the keyboard.
    """

    open_end_words: frozenset[str] = frozenset()
    open_end_dates: frozenset[date] = frozenset()
    placeholder_dates: frozenset[date] = frozenset()
    first_year: int = 1
    last_year: int = 9999


PLAIN_DAYS = DatePolicy()
"""For a day typed by hand: nothing means "no end", no day is a placeholder."""


@dataclass(frozen=True, slots=True)
class DateReading:
    """What a cell says: a day, or "no end" (``open_end``), or a problem's rule id, or nothing (empty cell).

    ``cleaned``: the cell was not already a date or ISO text; a time of day that was dropped counts too.
    """

    value: date | None
    open_end: bool = False
    problem: str | None = None
    cleaned: bool = False


def read_date(
    cell: Cell, *, end_date: bool, latest: date | None = None, policy: DatePolicy = PLAIN_DAYS
) -> DateReading:
    """Read one cell as a date.

    ``end_date``: the field is an end of validity, where 长期 and the far dates mean "no end"; elsewhere they
    are ``date.open_end_here``. A day after ``latest`` is ``date.future``. Never raises.
    Problems: ``date.unreadable`` ``.impossible`` ``.incomplete`` ``.republican`` ``.no_year`` ``.ambiguous``
    ``.placeholder`` ``.out_of_range`` ``.open_end_here`` ``.future``.
    """
    if isinstance(cell, str) and not isinstance(cell, Uncalculated):
        reading = _read_text(plain(cell), policy)
        reading = replace(reading, cleaned=reading.value is not None and cell != reading.value.isoformat())
    else:
        reading = _read_native(cell)
    return _judged(reading, end_date, latest, policy)


def _judged(reading: DateReading, end_date: bool, latest: date | None, policy: DatePolicy) -> DateReading:
    if reading.open_end or reading.value in policy.open_end_dates:
        problem = None if end_date else OPEN_END_HERE
        return DateReading(None, end_date, problem, cleaned=end_date)
    if reading.value is None:
        return reading
    if reading.value in policy.placeholder_dates:
        return DateReading(None, problem=PLACEHOLDER)
    if not policy.first_year <= reading.value.year <= policy.last_year:
        return DateReading(None, problem=OUT_OF_RANGE)
    if latest is not None and reading.value > latest:
        return DateReading(None, problem=FUTURE)
    return reading


def _read_native(cell: Cell) -> DateReading:
    if cell is None:
        return DateReading(None)
    if isinstance(cell, datetime):
        return DateReading(_legal_day(cell), cleaned=cell.time() != time(0) or cell.tzinfo is not None)
    if isinstance(cell, date):
        return DateReading(cell)
    if isinstance(cell, bool) or not isinstance(cell, (int, float, Decimal)):
        return DateReading(None, problem=UNREADABLE)
    reading = _read_number(Decimal(repr(cell)) if isinstance(cell, float) else Decimal(cell))
    return replace(reading, cleaned=reading.value is not None)


def _read_number(number: Decimal) -> DateReading:
    """A numeric cell: a serial with or without a time, else its digits as if they were text."""
    if not number.is_finite() or number < 0 or number >= 10**15:
        return DateReading(None, problem=UNREADABLE)
    whole = int(number)
    if whole == 0:
        return DateReading(None, problem=PLACEHOLDER)
    if number != whole and not _is_serial(whole):
        return DateReading(None, problem=UNREADABLE)
    return _read_digits(str(whole))


def _read_text(text: str, policy: DatePolicy) -> DateReading:
    if not text:
        return DateReading(None)
    if drop_blanks(text) in policy.open_end_words:
        return DateReading(None, open_end=True)
    if text.isascii() and text.isdigit():
        return _read_digits(text)
    spelled = read_spelling(text)
    if isinstance(spelled, str):
        return DateReading(None, problem=spelled)
    return _as_day(spelled)


def _as_day(spelled: Spelled) -> DateReading:
    """The day of a spelling whose parts are known, placeholders of zeros sorted out."""
    if spelled.month == 0 or spelled.day == 0:
        empty = (spelled.month == 0 and spelled.day == 0) or (spelled.year, spelled.month) == (1900, 1)
        return DateReading(None, problem=PLACEHOLDER if empty else INCOMPLETE)
    try:
        moment = datetime.combine(date(spelled.year, spelled.month, spelled.day), spelled.time)
        return DateReading(_legal_day(moment.replace(tzinfo=spelled.zone)))
    except (ValueError, OverflowError):
        return DateReading(None, problem=IMPOSSIBLE)


def _legal_day(moment: datetime) -> date:
    if moment.tzinfo is None:
        return moment.date()
    try:
        return moment.astimezone(_LEGAL_ZONE).date()
    except OverflowError:
        return moment.date()


def _read_digits(digits: str) -> DateReading:
    read = _DIGIT_SPELLINGS.get(len(digits))
    return DateReading(None, problem=UNREADABLE) if read is None else read(digits)


def _year_or_serial(digits: str) -> DateReading:
    if 1900 <= int(digits) <= 2100:
        return DateReading(None, problem=INCOMPLETE)
    return DateReading(None, problem=PLACEHOLDER if digits == "0000" else UNREADABLE)


def _is_serial(number: int) -> bool:
    return _FIRST_SERIAL <= number <= _LAST_SERIAL or number == _FOREVER_SERIAL


def _serial(digits: str) -> DateReading:
    number = int(digits)
    if digits[0] == "0" or not _is_serial(number):
        return DateReading(None, problem=UNREADABLE)
    return DateReading(_SERIAL_ZERO + timedelta(days=number))


def _six_digits(digits: str) -> DateReading:
    """202603 is a month, 260305 a date whose century must be guessed: neither is a day."""
    if 1900 <= int(digits[:4]) <= 2100 and 1 <= int(digits[4:]) <= 12:
        return DateReading(None, problem=INCOMPLETE)
    return DateReading(None, problem=PLACEHOLDER if int(digits) == 0 else AMBIGUOUS)


def _eight_digits(digits: str) -> DateReading:
    if 1900 <= int(digits[4:]) <= 2100 and not 1900 <= int(digits[:4]) <= 2100:
        return DateReading(None, problem=AMBIGUOUS)
    return _as_day(Spelled(int(digits[:4]), int(digits[4:6]), int(digits[6:8])))


def _epoch_seconds(digits: str) -> DateReading:
    """Ten digits are seconds, unless they can also be read as a day and an hour (2026030512)."""
    if _eight_digits(digits[:8]).value and 1900 <= int(digits[:4]) <= 2100 and int(digits[8:]) < 24:
        return DateReading(None, problem=AMBIGUOUS)
    return _since_epoch(timedelta(seconds=int(digits)), digits)


def _epoch_milliseconds(digits: str) -> DateReading:
    return _since_epoch(timedelta(milliseconds=int(digits)), digits)


def _since_epoch(elapsed: timedelta, digits: str) -> DateReading:
    if digits[0] == "0":
        return DateReading(None, problem=PLACEHOLDER if int(digits) == 0 else UNREADABLE)
    return DateReading(_legal_day(_EPOCH + elapsed))


def _day_and_time(digits: str) -> DateReading:
    try:
        time.fromisoformat(digits[8:])
    except ValueError:
        return DateReading(None, problem=UNREADABLE)
    return _eight_digits(digits[:8])


_DIGIT_SPELLINGS: dict[int, Callable[[str], DateReading]] = {
    4: _year_or_serial,
    5: _serial,
    6: _six_digits,
    7: _serial,
    8: _eight_digits,
    10: _epoch_seconds,
    12: _day_and_time,
    13: _epoch_milliseconds,
    14: _day_and_time,
}
