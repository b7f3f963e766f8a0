"""Dates as agencies write them."""

from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinheng.core.cells import Cell, Uncalculated
from xinheng.core.dates import DatePolicy, DateReading
from xinheng.core.dates import read_date as read_date_by
from xinheng.runtime.rulebook_files import load_rulebook

FIFTH_OF_MARCH = date(2026, 3, 5)
TODAY = date(2026, 11, 22)
SHIPPED = load_rulebook().dates


def read_date(cell: Cell, *, end_date: bool, latest: date | None = None, policy: DatePolicy = SHIPPED) -> DateReading:
    """One cell by the policy of the shipped rulebook."""
    return read_date_by(cell, end_date=end_date, latest=latest, policy=policy)


@pytest.mark.parametrize(
    "cell",
    [
        "2026-03-05",
        "2026-3-5",
        "2026/03/05",
        "2026/3/5",
        "2026.3.5",
        "2026年3月5日",
        "2026年03月05日",
        "2026年3月5号",
        "2026年3月5",
        "2026 年 3 月 5 日",
        "２０２６－０３－０５",
        "２０２６－3－5",
        "２０２６年３月５日",
        "2026—03—05",
        "20260305",
        "２０２６０３０５",
        "二〇二六年三月五日",
        "二零二六年三月五日",
        "二○二六年三月五日",
        "二O二六年三月五日",
        "二0二六年三月〇五日",
        "贰零贰陆年叁月伍日",
        "2026-03-05 00:00:00",
        "2026/3/5 12:30",
        "2026-03-05 23:59:59.999",
        "2026年3月5日12时30分",
        "2026-03-05 下午3:30",
        "2026-03-05T09:00:00",
        "2026-03-04T16:00:00Z",
        "2026-03-05T00:00:00+08:00",
        "2026-03-05T00:00:00.000+0800",
        "20260305123000",
        "202603051230",
        "46086",
        "1772640000",
        "1772640000000",
        " 2026-03-05\u200b",
        "'2026-03-05",
        46086,
        46086.5,
        Decimal(46086),
        20260305,
        20260305.0,
        1772640000,
        1772640000000,
        date(2026, 3, 5),
        datetime(2026, 3, 5),
        datetime(2026, 3, 5, 23, 59),
        datetime(2026, 3, 4, 16, 0, tzinfo=UTC),
    ],
)
def test_spellings_of_one_day(cell):
    reading = read_date(cell, end_date=False, latest=TODAY)
    assert (reading.value, reading.problem, reading.open_end) == (FIFTH_OF_MARCH, None, False)


@pytest.mark.parametrize(
    ("cell", "problem"),
    [
        ("2026-02-30", "date.impossible"),
        ("2026-13-05", "date.impossible"),
        ("20260230", "date.impossible"),
        ("二〇二六年二月三十日", "date.impossible"),
        ("2026年3月", "date.incomplete"),
        ("2026-03", "date.incomplete"),
        ("202603", "date.incomplete"),
        ("2026年", "date.incomplete"),
        ("2026", "date.incomplete"),
        (2026, "date.incomplete"),
        ("二〇二六年三月", "date.incomplete"),
        ("2026-03-00", "date.incomplete"),
        ("民国113年3月5日", "date.republican"),
        ("中華民國一百一十三年三月五日", "date.republican"),
        ("113年3月5日", "date.republican"),
        ("113/3/5", "date.republican"),
        ("3月5日", "date.no_year"),
        ("三月五日", "date.no_year"),
        ("03-05", "date.no_year"),
        ("03/04/2026", "date.ambiguous"),
        ("05-03-2026", "date.ambiguous"),
        ("03052026", "date.ambiguous"),
        ("26-3-5", "date.ambiguous"),
        ("26/03/05", "date.ambiguous"),
        ("26年3月5日", "date.ambiguous"),
        ("260305", "date.ambiguous"),
        ("2026030512", "date.ambiguous"),
        ("0000-00-00", "date.placeholder"),
        ("00000000", "date.placeholder"),
        ("1900-01-00", "date.placeholder"),
        ("1900-01-01", "date.placeholder"),
        ("1900/1/1 0:00:00", "date.placeholder"),
        ("0001-01-01T00:00:00", "date.placeholder"),
        ("1970-01-01", "date.placeholder"),
        (0, "date.placeholder"),
        (date(1900, 1, 1), "date.placeholder"),
        ("1026-03-05", "date.out_of_range"),
        ("2206-03-05", "date.out_of_range"),
        ("2026-11-23", "date.future"),
        ("2027年1月1日", "date.future"),
        (date(2026, 11, 23), "date.future"),
        ("长期", "date.open_end_here"),
        ("2099-12-31", "date.open_end_here"),
        ("abc", "date.unreadable"),
        ("2026-03-05至2026-04-05", "date.unreadable"),
        ("约2026年3月5日", "date.unreadable"),
        ("2026-3/5", "date.unreadable"),
        ("2026-03-15:30", "date.unreadable"),
        ("2026-03-05 25:00", "date.unreadable"),
        ("正月初五", "date.unreadable"),
        ("12345", "date.unreadable"),
        ("٢٠٢٦-٠٣-٠٥", "date.unreadable"),
        ("2026-03-05" * 50, "date.unreadable"),
        ("202603059999", "date.unreadable"),
        (1.5, "date.unreadable"),
        (float("nan"), "date.unreadable"),
        (float("inf"), "date.unreadable"),
        (-46086, "date.unreadable"),
        (20260305.5, "date.unreadable"),
        (True, "date.unreadable"),
        (time(3), "date.unreadable"),
        (timedelta(days=3), "date.unreadable"),
        (Uncalculated.FORMULA, "date.unreadable"),
    ],
)
def test_everything_else_is_refused_with_its_reason(cell, problem):
    reading = read_date(cell, end_date=False, latest=TODAY)
    assert (reading.value, reading.open_end, reading.problem) == (None, False, problem)


@pytest.mark.parametrize(
    "cell",
    [
        "长期",
        "长 期",
        "永久",
        "长期有效",
        "无固定期限",
        "2099-12-31",
        "2099年12月31日",
        "20991231",
        "9999-12-31",
        "99991231",
        73050,
        2958465,
        date(9999, 12, 31),
        datetime(9999, 12, 31, 23, 59, 59),
        datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC),
    ],
)
def test_no_end_only_in_end_dates(cell):
    assert read_date(cell, end_date=True) == DateReading(None, open_end=True, cleaned=True)
    assert read_date(cell, end_date=False) == DateReading(None, problem="date.open_end_here")


def test_an_empty_cell_says_nothing():
    for cell in (None, "", "  ", "\u200b"):
        assert read_date(cell, end_date=True) == DateReading(None)


def test_only_changed_cells_count_as_cleaned():
    assert not read_date("2026-03-05", end_date=False).cleaned
    assert not read_date(date(2026, 3, 5), end_date=False).cleaned
    assert not read_date(datetime(2026, 3, 5), end_date=False).cleaned
    assert read_date("2026/3/5", end_date=False).cleaned
    assert read_date(datetime(2026, 3, 5, 9), end_date=False).cleaned
    assert read_date(46086, end_date=False).cleaned


def test_without_a_policy_every_day_is_a_day():
    assert read_date_by("2099-12-31", end_date=False).value == date(2099, 12, 31)
    assert read_date_by("1900-01-01", end_date=False).value == date(1900, 1, 1)
    assert read_date_by("长期", end_date=True).problem == "date.unreadable"


@pytest.mark.parametrize("word", ["长期", "长 期", "無固定期限", "无限期", "永久有效", "2099-12-31", "9999/12/31"])
def test_the_shipped_rulebook_knows_what_means_no_end(word: str):
    assert read_date(word, end_date=True).open_end
    assert read_date(word, end_date=False).problem == "date.open_end_here"


def test_a_policy_may_change_what_means_no_end():
    policy = DatePolicy(open_end_words=frozenset(("有效",)), open_end_dates=frozenset((date(2098, 1, 1),)))
    assert read_date("有效", end_date=True, policy=policy).open_end
    assert read_date("2098-01-01", end_date=True, policy=policy).open_end
    assert read_date("2099-12-31", end_date=True, policy=policy).value == date(2099, 12, 31)


days = st.dates(date(1950, 1, 1), date(2099, 12, 30)).filter(lambda day: day != date(1970, 1, 1))
READING_ALOUD = "〇一二三四五六七八九"


def chinese(number: int) -> str:
    """1-31 in everyday Chinese numerals."""
    tens, ones = divmod(number, 10)
    return ("" if tens < 2 else READING_ALOUD[tens]) + ("十" if tens else "") + (READING_ALOUD[ones] if ones else "")


def spelled_out(day: date) -> str:
    year = "".join(READING_ALOUD[int(digit)] for digit in str(day.year))
    return f"{year}年{chinese(day.month)}月{chinese(day.day)}日"


@given(days, st.times())
def test_every_day_in_every_known_format(day, clock):
    moment = datetime.combine(day, clock)
    formats = (
        "%Y-%m-%d",
        "%Y/%m/%d",
        "%Y.%m.%d",
        "%Y年%m月%d日",
        "%Y%m%d",
        "%Y-%m-%d %H:%M:%S",
        "%Y-%m-%dT%H:%M:%S.%f",
        "%Y/%m/%d %H:%M",
        "%Y%m%d%H%M%S",
    )
    written = [moment.strftime(pattern) for pattern in formats]
    written += [
        f"{day.year}-{day.month}-{day.day}",
        f"{day.year}年{day.month}月{day.day}日",
        spelled_out(day),
    ]
    assert {read_date(text, end_date=False).value for text in written} == {day}


@given(days)
def test_a_serial_counts_days_from_the_spreadsheet_calendar(day):
    # A spreadsheet shows 36526 for 2000-01-01.
    serial = 36526 + day.toordinal() - date(2000, 1, 1).toordinal()
    assert {read_date(cell, end_date=False).value for cell in (serial, float(serial), str(serial))} == {day}


@given(
    st.datetimes(datetime(1950, 1, 2), datetime(2098, 12, 30)).filter(lambda m: m.date() != date(1970, 1, 1)),
    st.integers(-12 * 60, 14 * 60),
)
def test_an_instant_is_the_day_it_is_in_shanghai(moment, offset):
    instant = moment.replace(tzinfo=timezone(timedelta(minutes=offset)))
    legal = instant.astimezone(ZoneInfo("Asia/Shanghai")).date()
    if legal == date(1970, 1, 1):
        return
    assert read_date(instant, end_date=False).value == legal
    assert read_date(instant.isoformat(timespec="seconds"), end_date=False).value == legal


@given(st.integers(10**12, 4_070_000_000_000))
def test_milliseconds_since_the_epoch(milliseconds):
    legal = datetime.fromtimestamp(milliseconds // 1000, ZoneInfo("Asia/Shanghai")).date()
    assert read_date(str(milliseconds), end_date=False).value == legal
    assert read_date(milliseconds, end_date=False).value == legal


@given(st.integers(10**9, 1_899_999_999))
def test_seconds_since_the_epoch(seconds):
    assert (
        read_date(str(seconds), end_date=False).value
        == datetime.fromtimestamp(seconds, ZoneInfo("Asia/Shanghai")).date()
    )


@given(st.text("0123456789-/.年月日 :TZ二〇十", max_size=20) | st.floats() | st.integers() | st.datetimes())
def test_any_cell_gives_a_day_or_a_reason_but_never_both(cell):
    reading = read_date(cell, end_date=True, latest=TODAY)
    outcomes = [reading.value is not None, reading.open_end, reading.problem is not None]
    empty = isinstance(cell, str) and not cell.strip()
    assert sum(outcomes) == (0 if empty else 1)
    assert reading.value is None or reading.value <= TODAY
