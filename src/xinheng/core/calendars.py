"""Working days as the State Council's yearly holiday notices set them.

Sources: the yearly notices 国务院办公厅关于部分节假日安排的通知 (holidays and make-up days, 调休); terms in
working days: 行政处罚法 art. 85, 行政许可法 art. 82. The day of the event is not counted.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from xinheng.core.values import Bilingual

MAX_TERM_DAYS = 10_000
"""A term of more working days (about forty years) is a slip of the keyboard, not a term."""

_LAST_START_YEAR = 2200
_SATURDAY = 5
_ONE_DAY = timedelta(days=1)


class CalendarError(ValueError):
    """A question that a calendar cannot answer; ``rule`` is stable, ``message`` says what to do."""

    def __init__(self, rule: str, message: Bilingual) -> None:
        super().__init__(f"{message.zh} / {message.en}")
        self.rule = rule
        self.message = message


class CalendarNotCovered(CalendarError):  # noqa: N818
    """The day lies before the first year whose notice is known."""


class InvalidTerm(CalendarError):  # noqa: N818
    """The term itself makes no sense: negative, backwards or beyond any calendar."""


@dataclass(frozen=True, slots=True)
class HolidayNotice:
    """One year's notice. Its days may lie at the end of the year before or the start of the year after.

    ``names`` gives the holiday to which each day belongs, ``names_en`` the same in English.
    Raises ``ValueError`` when a day is both off and work or lies more than a year away.
    """

    year: int
    source: str
    off: frozenset[date]
    work: frozenset[date]
    names: Mapping[date, str]
    names_en: Mapping[date, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if both := self.off & self.work:
            raise ValueError(f"notice {self.year}: {min(both)} is both a day off and a work day")
        if far := [day for day in self.off | self.work if abs(day.year - self.year) > 1]:
            raise ValueError(f"notice {self.year}: {min(far)} is too far from the year of the notice")


@dataclass(frozen=True, slots=True)
class DayReason:
    """Why a day is or is not a working day.

    ``rule`` is ``weekday``, ``weekend``, ``holiday`` or ``makeup_day``; ``notice`` the address of the notice
    that set the day.
    """

    day: date
    working: bool
    rule: str
    label: Bilingual
    notice: str | None = None


@dataclass(frozen=True, slots=True)
class Term:
    """A term of ``days`` working days after ``start`` and the last day on which the act is in time.

    ``skipped`` are all days between start and due that did not count. ``provisional`` terms
    crossed a year without a notice; ``notice`` then says so.
    """

    start: date
    days: int
    due: date
    provisional: bool
    skipped: tuple[DayReason, ...]
    notice: Bilingual | None


@dataclass(frozen=True, slots=True)
class Count:
    """The working days after ``start`` up to and including ``end``; the other fields as in ``Term``."""

    start: date
    end: date
    days: int
    provisional: bool
    skipped: tuple[DayReason, ...]
    notice: Bilingual | None


@dataclass(frozen=True, slots=True)
class WorkingCalendar:
    """All known notices as one calendar. Where two set the same day, the later year's notice holds."""

    notices: tuple[HolidayNotice, ...]
    _set_by: Mapping[date, HolidayNotice] = field(init=False, repr=False, compare=False)
    _years: frozenset[int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        ordered = tuple(sorted(self.notices, key=lambda notice: notice.year))
        years = frozenset(notice.year for notice in ordered)
        if not ordered or len(years) != len(ordered):
            raise ValueError("a calendar needs at least one notice, and one notice a year")
        object.__setattr__(self, "notices", ordered)
        object.__setattr__(self, "_years", years)
        set_by = {day: notice for notice in ordered for day in notice.off | notice.work}
        object.__setattr__(self, "_set_by", set_by)

    def is_working(self, day: date) -> bool:
        """Whether offices work on ``day``; raises ``CalendarNotCovered`` before the first notice."""
        self._require_covered(day)
        notice = self._set_by.get(day)
        return day.weekday() < _SATURDAY if notice is None else day in notice.work

    def is_covered(self, day: date) -> bool:
        """Whether the notice of the day's own year is known, so that the answer is not provisional."""
        return day.year in self._years

    def explain(self, day: date) -> DayReason:
        """Why ``day`` is or is not a working day; raises ``CalendarNotCovered`` before the first notice."""
        self._require_covered(day)
        notice = self._set_by.get(day)
        weekend = day.weekday() >= _SATURDAY
        if notice is None:
            rule, text = ("weekend", _WEEKEND) if weekend else ("weekday", _WEEKDAY)
            return DayReason(day, not weekend, rule, text)
        zh = notice.names.get(day, "法定节假日")
        name = Bilingual(zh, notice.names_en.get(day, "public holiday" if day not in notice.names else zh))
        if day in notice.off:
            return DayReason(day, False, "holiday", _HOLIDAY.format(zh=name.zh, en=name.en), notice.source)
        rule, text = ("makeup_day", _MAKEUP_DAY) if weekend else ("weekday", _WEEKDAY)
        return DayReason(day, True, rule, text.format(zh=name.zh, en=name.en), notice.source)

    def add(self, start: date, n: int) -> Term:
        """The term of ``n`` working days after ``start`` (not counted); it ends on the n-th of them.

        ``n = 0`` ends on ``start`` itself, working day or not: nothing is counted, so no calendar is asked.
        Raises ``InvalidTerm`` for a negative or absurd term, ``CalendarNotCovered`` before the first notice.
        """
        if not 0 <= n <= MAX_TERM_DAYS:
            raise InvalidTerm("calendar.invalid_term", _BAD_LENGTH.format(n=n, most=MAX_TERM_DAYS))
        if start.year > _LAST_START_YEAR:
            raise InvalidTerm("calendar.invalid_term", _TOO_LATE.format(day=start, year=_LAST_START_YEAR))
        due, left, skipped = start, n, []
        while left:
            due += _ONE_DAY
            if self.is_working(due):
                left -= 1
            else:
                skipped.append(self.explain(due))
        missing = self._missing_years(start, due)
        return Term(start, n, due, bool(missing), tuple(skipped), _missing_notice(missing))

    def between(self, a: date, b: date) -> Count:
        """The working days after ``a`` up to and including ``b`` (0 when they are the same day).

        Raises ``InvalidTerm`` when ``b`` lies before ``a``, ``CalendarNotCovered`` before the first notice.
        """
        if a > b:
            raise InvalidTerm("calendar.backwards", _BACKWARDS.format(a=a, b=b))
        if b.year > _LAST_START_YEAR:
            raise InvalidTerm("calendar.invalid_term", _TOO_LATE.format(day=b, year=_LAST_START_YEAR))
        skipped = tuple(self.explain(day) for day in _days_after(a, b) if not self.is_working(day))
        missing = self._missing_years(a, b)
        return Count(a, b, (b - a).days - len(skipped), bool(missing), skipped, _missing_notice(missing))

    def with_notice(self, notice: HolidayNotice) -> "WorkingCalendar":
        """This calendar with one more notice; a notice of a known year replaces the earlier one."""
        others = tuple(known for known in self.notices if known.year != notice.year)
        return WorkingCalendar((*others, notice))

    def _require_covered(self, day: date) -> None:
        first = self.notices[0].year
        if day.year < first:
            raise CalendarNotCovered("calendar.not_covered", _NOT_COVERED.format(day=day, first=first))

    def _missing_years(self, after: date, until: date) -> tuple[int, ...]:
        if until == after:
            return ()
        first_counted = after + _ONE_DAY
        return tuple(year for year in range(first_counted.year, until.year + 1) if year not in self._years)


def _days_after(a: date, b: date) -> Iterator[date]:
    return (a + timedelta(days=step) for step in range(1, (b - a).days + 1))


def _missing_notice(years: tuple[int, ...]) -> Bilingual | None:
    if not years:
        return None
    return _PROVISIONAL.format(zh="、".join(map(str, years)), en=", ".join(map(str, years)))


_WEEKDAY = Bilingual("工作日", "working day")
_WEEKEND = Bilingual("周末", "weekend")
_HOLIDAY = Bilingual("{zh}放假", "holiday: {en}")
_MAKEUP_DAY = Bilingual("{zh}调休上班", "make-up work day: {en}")
_PROVISIONAL = Bilingual(
    "尚无国务院办公厅{zh}年节假日安排通知，暂只按周末计算；通知导入后将重新计算本日期。",
    "The State Council's holiday notice for {en} is missing, so only weekends were skipped; the date will be "
    "recomputed when the notice is imported.",
)
_NOT_COVERED = Bilingual(
    "{day}早于工作日历的第一年（{first}年），无法计算；请导入该年度的节假日安排通知，或改用其后的日期。",
    "{day} is before the first year of the working-day calendar ({first}), so nothing can be computed; "
    "import the holiday notice of that year or use a date from {first} on.",
)
_BAD_LENGTH = Bilingual(
    "期限须为0至{most}个工作日，不能是{n}；请给出不为负的整数。",
    "A term has 0 to {most} working days, not {n}; give a whole number that is not negative.",
)
_BACKWARDS = Bilingual(
    "起始日{a}晚于截止日{b}；请交换两个日期。",
    "The first date {a} is after the second date {b}; swap the two dates.",
)
_TOO_LATE = Bilingual("日期{day}晚于{year}年；请检查年份。", "The date {day} is after the year {year}; check the year.")
