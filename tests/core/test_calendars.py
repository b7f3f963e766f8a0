"""The working calendar against the notices' own facts and a reference that walks day by day."""

from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from xinheng.core.calendars import (
    CalendarNotCovered,
    HolidayNotice,
    InvalidTerm,
    WorkingCalendar,
)

NOTICES = Path(__file__).parents[2] / "rulebook" / "calendars" / "cn"


def documents() -> dict[int, dict]:
    loaded = (yaml.safe_load(path.read_text(encoding="utf-8")) for path in NOTICES.glob("*.yml"))
    return {document["year"]: document for document in loaded}


DOCUMENTS = documents()


def facts() -> dict[date, tuple[int, str]]:
    """Every day that any notice sets, as (notice year, "days_off" or "work_days")."""
    found: dict[date, tuple[int, str]] = {}
    for year, document in sorted(DOCUMENTS.items()):
        for period in document["periods"]:
            for kind in ("days_off", "work_days"):
                found |= dict.fromkeys(period.get(kind, ()), (year, kind))
    return found


def notice(year: int) -> HolidayNotice:
    periods = DOCUMENTS[year]["periods"]
    off = {day: period["name"] for period in periods for day in period.get("days_off", ())}
    work = {day: period["name"] for period in periods for day in period.get("work_days", ())}
    return HolidayNotice(
        year,
        DOCUMENTS[year]["source"],
        frozenset(off),
        frozenset(work),
        {day: name["zh"] for day, name in (off | work).items()},
        {day: name["en"] for day, name in (off | work).items()},
    )


FACTS = facts()
TABLE_DIGEST = "d043c53ce2212319a79fdea6cd5884250c78914eddf92f68a1c5f963ccdfe484"
CALENDAR = WorkingCalendar(tuple(notice(year) for year in range(2007, 2027)))


def works(day: date) -> bool:
    """The reference: what the notices say of the day, else Monday to Friday."""
    if day in FACTS:
        return FACTS[day][1] == "work_days"
    return day.isoweekday() <= 5


def walk(start: date, n: int) -> date:
    day = start
    for _ in range(n):
        day = day + timedelta(days=1)
        while not works(day):
            day = day + timedelta(days=1)
    return day


covered_days = st.dates(date(2007, 1, 1), date(2026, 12, 31))


def test_twenty_notices_stand_in_the_rulebook():
    # Counts and digest were taken from the table of facts, apart from the files.
    kinds = [kind for _, kind in FACTS.values()]
    assert (kinds.count("days_off"), kinds.count("work_days")) == (545, 133)
    short = {"days_off": "off", "work_days": "work"}
    lines = sorted(f"{day} {short[kind]} {year}" for day, (year, kind) in FACTS.items())
    assert sha256("\n".join(lines).encode()).hexdigest() == TABLE_DIGEST
    assert {year for year, _ in FACTS.values()} == set(range(2007, 2027))


@given(covered_days)
def test_every_day_works_as_the_notices_say(day):
    assert CALENDAR.is_working(day) == works(day)
    assert CALENDAR.explain(day).working == works(day)


@given(st.dates(date(2007, 1, 1), date(2028, 12, 31)), st.integers(1, 60))
def test_a_term_ends_where_walking_day_by_day_ends(start, n):
    term = CALENDAR.add(start, n)
    passed = [start + timedelta(days=step) for step in range(1, (term.due - start).days + 1)]
    assert term.due == walk(start, n)
    assert [reason.day for reason in term.skipped] == [day for day in passed if not works(day)]
    assert term.provisional == any(day.year > 2026 for day in passed)


@given(st.dates(date(2007, 1, 1), date(2028, 12, 31)), st.integers(0, 500))
def test_between_counts_the_working_days_after_the_first_up_to_the_last(a, days):
    b = a + timedelta(days=days)
    count = CALENDAR.between(a, b)
    assert count.days == sum(works(a + timedelta(days=step)) for step in range(1, days + 1))
    assert count.days + len(count.skipped) == days


def test_seven_working_days_over_the_national_day_of_2026():
    # 28, 29, 30 September; 1-7 October off; 8, 9 and, a make-up Saturday, 10 October; 11 is a Sunday; 12.
    term = CALENDAR.add(date(2026, 9, 27), 7)
    assert term.due == date(2026, 10, 12)
    assert not term.provisional
    assert term.notice is None
    assert [reason.rule for reason in term.skipped] == ["holiday"] * 7 + ["weekend"]
    assert term.skipped[0].label.zh == "国庆节放假"
    assert term.skipped[0].label.en == "holiday: National Day"
    assert term.skipped[0].notice == "https://www.gov.cn/zhengce/zhengceku/202511/content_7047091.htm"


@pytest.mark.parametrize(
    ("day", "working", "rule"),
    [
        (date(2026, 10, 10), True, "makeup_day"),
        (date(2026, 10, 9), True, "weekday"),
        (date(2026, 10, 1), False, "holiday"),
        (date(2026, 10, 11), False, "weekend"),
        (date(2026, 2, 15), False, "holiday"),
        (date(2020, 2, 3), True, "weekday"),
        # Set by the notice of the following year.
        (date(2007, 12, 31), False, "holiday"),
        (date(2018, 12, 29), True, "makeup_day"),
        (date(2022, 12, 31), False, "holiday"),
    ],
)
def test_a_day_says_why(day, working, rule):
    reason = CALENDAR.explain(day)
    assert (reason.working, reason.rule) == (working, rule)


def test_zero_days_end_on_the_day_itself_even_on_a_holiday():
    term = CALENDAR.add(date(2026, 10, 1), 0)
    assert (term.due, term.skipped, term.provisional) == (date(2026, 10, 1), (), False)
    assert CALENDAR.between(date(2026, 10, 1), date(2026, 10, 1)).days == 0


def test_a_year_without_notice_is_provisional_and_says_so():
    term = CALENDAR.add(date(2026, 12, 30), 5)
    assert term.due == date(2027, 1, 6)
    assert term.provisional
    assert "2027" in term.notice.zh
    assert "2027" in term.notice.en
    assert not CALENDAR.add(date(2026, 12, 30), 1).provisional


def test_an_imported_notice_moves_the_date_and_takes_its_mark():
    before = CALENDAR.add(date(2026, 12, 30), 5)
    off = frozenset((date(2027, 1, 1), date(2027, 1, 2), date(2027, 1, 3)))
    imported = HolidayNotice(2027, "notice", off, frozenset(), dict.fromkeys(off, "元旦"))
    after = CALENDAR.with_notice(imported).add(date(2026, 12, 30), 5)
    assert after.due == before.due + timedelta(days=1)
    assert not after.provisional
    assert after.notice is None
    assert CALENDAR.add(date(2026, 12, 30), 5) == before


def test_a_new_notice_may_change_the_last_days_of_the_year_before():
    makeup = frozenset((date(2026, 12, 27),))
    later = CALENDAR.with_notice(HolidayNotice(2027, "notice", frozenset(), makeup, {}))
    assert CALENDAR.add(date(2026, 12, 25), 1).due == date(2026, 12, 28)
    assert later.add(date(2026, 12, 25), 1).due == date(2026, 12, 27)


def test_a_revised_notice_replaces_the_earlier_one_of_its_year():
    revised = HolidayNotice(2026, "revised", frozenset(), frozenset(), {})
    calendar = CALENDAR.with_notice(revised)
    assert len(calendar.notices) == 20
    assert calendar.is_working(date(2026, 10, 1))
    # The later notice wins where two speak of one day, whatever the order of import.
    assert not calendar.is_working(date(2022, 12, 31))


def test_a_gap_between_two_notices_is_provisional_too():
    calendar = WorkingCalendar((notice(2024), notice(2026)))
    assert calendar.add(date(2025, 5, 1), 3).provisional
    assert not calendar.add(date(2026, 5, 1), 3).provisional
    assert not calendar.is_covered(date(2025, 1, 1))


def test_days_before_the_first_notice_are_refused_with_advice():
    with pytest.raises(CalendarNotCovered) as refusal:
        CALENDAR.add(date(2006, 6, 1), 3)
    assert refusal.value.rule == "calendar.not_covered"
    assert "2007" in refusal.value.message.zh
    assert "2007" in refusal.value.message.en
    with pytest.raises(CalendarNotCovered):
        CALENDAR.between(date(2006, 6, 1), date(2007, 6, 1))
    with pytest.raises(CalendarNotCovered):
        CALENDAR.explain(date(2006, 12, 30))
    assert CALENDAR.add(date(2006, 12, 31), 1).due == date(2007, 1, 4)


@pytest.mark.parametrize(("start", "n"), [(date(2026, 1, 5), -1), (date(2026, 1, 5), 10_001), (date.max, 1)])
def test_a_term_that_makes_no_sense_is_refused(start, n):
    with pytest.raises(InvalidTerm, match=r"term|year"):
        CALENDAR.add(start, n)


def test_counting_backwards_is_refused_with_advice():
    with pytest.raises(InvalidTerm) as refusal:
        CALENDAR.between(date(2026, 2, 2), date(2026, 2, 1))
    assert refusal.value.rule == "calendar.backwards"
    assert "swap" in refusal.value.message.en
    with pytest.raises(InvalidTerm):
        CALENDAR.between(date(2026, 2, 2), date.max)


def test_a_notice_that_contradicts_itself_does_not_exist():
    day = date(2026, 10, 1)
    with pytest.raises(ValueError, match="both"):
        HolidayNotice(2026, "x", frozenset((day,)), frozenset((day,)), {})
    with pytest.raises(ValueError, match="far"):
        HolidayNotice(2030, "x", frozenset((day,)), frozenset(), {})
    with pytest.raises(ValueError, match="one notice a year"):
        WorkingCalendar((notice(2026), notice(2026)))
    with pytest.raises(ValueError, match="at least one"):
        WorkingCalendar(())
