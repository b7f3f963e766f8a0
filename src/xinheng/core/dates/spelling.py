"""Spellings of a date with separators or 年月日: the parts of the one that fits, or why none does."""

import re
from dataclasses import dataclass
from datetime import UTC, time, timedelta, timezone, tzinfo

from xinheng.core.numerals import read_digits, read_integer

_MIDNIGHT = time(0)


@dataclass(frozen=True, slots=True)
class Spelled:
    """The parts as written, not yet known to be a real day. ``zone`` only with a time that names one."""

    year: int
    month: int
    day: int
    time: time = _MIDNIGHT
    zone: tzinfo | None = None


_NUMERAL = "[0-9〇零○Oo一二三四五六七八九十壹贰叁肆伍陆柒捌玖拾廿卅元]"
_TIME = re.compile(
    r"(?P<day>.*?[0-9日号])(?:T|\s+|(?<=[日号]))"
    r"(?P<half>上午|下午)?(?P<hour>\d{1,2})(?::|时|点)(?P<minute>\d{1,2})"
    r"(?:(?::|分)(?P<second>\d{1,2})(?:\.\d{1,9})?)?[分秒]?"
    r"\s?(?P<zone>Z|[+-]\d{2}:?\d{2})?",
    re.ASCII,
)
_SEPARATED = re.compile(r"(\d{4})\s*([-/.])\s*(\d{1,2})\s*\2\s*(\d{1,2})", re.ASCII)
_CHINESE = re.compile(rf"({_NUMERAL}+)\s*年\s*({_NUMERAL}+)\s*月\s*({_NUMERAL}+)\s*[日号號]?")

_REPUBLICAN = re.compile(r"(中[华華])?民[国國].*|\d{3}\s*年.*|\d{3}([-/.])\d{1,2}\2\d{1,2}", re.ASCII)
_NO_YEAR = re.compile(rf"{_NUMERAL}+月{_NUMERAL}+[日号號]?|\d{{1,2}}[-/.]\d{{1,2}}", re.ASCII)
_INCOMPLETE = re.compile(
    rf"\d{{4}}[-/.]\d{{1,2}}[-/.]?|{_NUMERAL}{{4}}年({_NUMERAL}+月)?|\d{{4}}年度?|\d{{4}}[-/.]", re.ASCII
)
_AMBIGUOUS = re.compile(
    rf"\d{{1,2}}([-/.])\d{{1,2}}\1(\d{{1,2}}|\d{{4}})|{_NUMERAL}{{2}}年{_NUMERAL}+月{_NUMERAL}+[日号號]?",
    re.ASCII,
)
_REASONS = (
    ("date.republican", _REPUBLICAN),
    ("date.no_year", _NO_YEAR),
    ("date.incomplete", _INCOMPLETE),
    ("date.ambiguous", _AMBIGUOUS),
)


def read_spelling(text: str) -> Spelled | str:
    """The parts of ``text`` (plain characters, not only digits), or the rule id of what is wrong with it."""
    if len(text) > 60:
        return "date.unreadable"
    day = _read_day(text)
    if day is not None:
        return day
    return _read_moment(text) or _reason(text)


def _reason(text: str) -> str:
    bare = "".join(text.split())
    return next((rule for rule, pattern in _REASONS if pattern.fullmatch(bare)), "date.unreadable")


def _read_day(text: str) -> Spelled | None:
    if separated := _SEPARATED.fullmatch(text):
        year, _, month, day = separated.groups()
        return Spelled(int(year), int(month), int(day))
    chinese = _CHINESE.fullmatch(text)
    if chinese is None:
        return None
    year, month, day = _read_year(chinese[1]), _read_month(chinese[2]), _read_small(chinese[3])
    return None if year is None or month is None or day is None else Spelled(year, month, day)


def _read_year(text: str) -> int | None:
    digits = read_digits(re.sub("[Oo]", "〇", text))
    return int(digits) if digits is not None and len(digits) == 4 else None


def _read_month(text: str) -> int | None:
    return 1 if text == "元" else _read_small(text)


def _read_small(text: str) -> int | None:
    """A month's or day's number: 5, 05, 五, 〇五, 十二, 廿一, 三十一."""
    if text.isascii():
        return int(text) if text.isdigit() and len(text) <= 2 else None
    return read_integer(text.replace("廿", "二十").replace("卅", "三十"))


def _read_moment(text: str) -> Spelled | None:
    """A day with a time of day behind it."""
    matched = _TIME.fullmatch(text)
    day = _read_day(matched["day"].strip()) if matched else None
    if matched is None or day is None:
        return None
    hour = int(matched["hour"])
    if matched["half"] == "下午" and hour < 12:
        hour += 12
    try:
        clock = time(hour, int(matched["minute"]), int(matched["second"] or 0))
        return Spelled(day.year, day.month, day.day, clock, _read_zone(matched["zone"]))
    except ValueError:
        return None


def _read_zone(text: str | None) -> tzinfo | None:
    if text is None or text == "Z":
        return None if text is None else UTC
    sign = -1 if text[0] == "-" else 1
    return timezone(sign * timedelta(hours=int(text[1:3]), minutes=int(text[-2:])))
