"""What goes wrong with dates, amounts, lists and required fields. Each function spoils one row in place."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from xinheng.synth.desk import Desk
from xinheng.synth.organisations import Organisation
from xinheng.synth.rows import Formula, Row

Change = Callable[[Row, Desk, Organisation], None]

_CHINESE_DIGITS = "〇一二三四五六七八九十"
_WIDE_DIGITS = {ord(c): ord(c) + 0xFEE0 for c in "0123456789-"}


def _chinese_number(n: int) -> str:
    tens, ones = divmod(n, 10)
    head = "" if tens == 0 else ("十" if tens == 1 else _CHINESE_DIGITS[tens] + "十")
    return head + (_CHINESE_DIGITS[ones] if ones else "")


def _chinese(day: date) -> str:
    year = "".join(_CHINESE_DIGITS[int(c)] for c in str(day.year))
    return f"{year}年{_chinese_number(day.month)}月{_chinese_number(day.day)}日"


def _epoch(day: date) -> int:
    """Seconds of midnight in Shanghai, eight hours before midnight in Greenwich."""
    return int((datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=8)).timestamp())


SPELLINGS: dict[str, Callable[[date], str]] = {
    "unpadded": lambda d: f"{d.year}-{d.month}-{d.day}",
    "slashes": lambda d: f"{d:%Y/%m/%d}",
    "dots": lambda d: f"{d:%Y.%m.%d}",
    "chinese_signs": lambda d: f"{d.year}年{d.month}月{d.day}日",
    "eight_digits": lambda d: f"{d:%Y%m%d}",
    "chinese_numerals": _chinese,
    "full_width": lambda d: f"{d:%Y-%m-%d}".translate(_WIDE_DIGITS),
    "with_time": lambda d: f"{d:%Y-%m-%d} 14:30:00",
    "iso_time": lambda d: f"{d:%Y-%m-%d}T09:05:00",
    "serial": lambda d: str((d - date(1899, 12, 30)).days),
    "epoch": lambda d: str(_epoch(d)),
    "epoch_milliseconds": lambda d: str(_epoch(d) * 1000),
}

WRONG_DATES: dict[str, Callable[[date], str]] = {
    "minguo": lambda d: f"民国{d.year - 1911}年{d.month}月{d.day}日",
    "incomplete": lambda d: f"{d.year}年{d.month}月",
    "impossible": lambda d: f"{d.year}-02-30",
    "yearless": lambda d: f"{d.month}月{d.day}日",
    "ambiguous": lambda d: f"03/05/{d.year}",
    "placeholder": lambda d: "1900-01-01" if d.day % 2 else "0000-00-00",
    "open_decision": lambda d: "长期",
}


def respelled(spell: Callable[[date], str]) -> Change:
    """The decision date in another spelling."""

    def change(row: Row, desk: Desk, one: Organisation) -> None:
        day = row.values[desk.layout.part("date")]
        assert isinstance(day, date)
        row.values[desk.layout.part("date")] = spell(day)

    return change


def future_date(row: Row, desk: Desk, one: Organisation) -> None:
    row.values[desk.layout.part("date")] = desk.today + timedelta(days=desk.rng.randrange(20, 300))


def no_end(row: Row, desk: Desk, one: Organisation) -> None:
    row.values[desk.layout.part("end")] = desk.rng.choice(("长期", "2099-12-31", "9999-12-31"))


def from_after_to(row: Row, desk: Desk, one: Organisation) -> None:
    decided = row.values[desk.layout.part("date")]
    assert isinstance(decided, date)
    row.values[desk.layout.part("end")] = decided - timedelta(days=desk.rng.randrange(10, 300))


def placeholder(row: Row, desk: Desk, one: Organisation) -> None:
    column = desk.rng.choice(("document", "content", "body"))
    text = desk.rng.choice(("无", "暂无", "/", "-", "—", "N/A", "ｎ／ａ", "NULL", "*", "……"))
    row.values[desk.layout.part(column)] = text


def unknown_kind(row: Row, desk: Desk, one: Organisation) -> None:
    row.values[desk.layout.part("kind")] = desk.rng.choice(("口头教育", "一般类", "甲类"))


def other_explained(row: Row, desk: Desk, one: Organisation) -> None:
    """其他, and what it is."""
    row.values[desk.layout.part("kind")] = desk.rng.choice(("其他（责令限期补正）", "其他：责令限期补正"))


def detention(row: Row, desk: Desk, one: Organisation) -> None:
    row.values |= {"CF_CFLB": "行政拘留", "CF_NR": "处以行政拘留五日"}


def _amount(text: str | Decimal | Formula) -> Change:
    def change(row: Row, desk: Desk, one: Organisation) -> None:
        row.values["CF_NR_FK"] = text

    return change


def yuan_in_cell(row: Row, desk: Desk, one: Organisation) -> None:
    row.values["CF_NR_FK"] = f"{_yuan(row)}元"


def zero(row: Row, desk: Desk, one: Organisation) -> None:
    """A warning with a fine of nothing: 0 is an amount."""
    row.values |= {
        "CF_CFLB": "警告",
        "CF_NR": "给予警告",
        "CF_NR_FK": Decimal(0),
        "CF_NR_WFFF": "",
        "CF_NR_ZKDX": "",
    }


def factor_ten_thousand(row: Row, desk: Desk, one: Organisation) -> None:
    """Yuan in a column of ten thousands; the wording still says yuan."""
    row.values["CF_NR_FK"] = Decimal(_yuan(row))


def text_differs(row: Row, desk: Desk, one: Organisation) -> None:
    row.values["CF_NR"] = f"处以罚款{_yuan(row) + 1100}元"


def _yuan(row: Row) -> int:
    amount = row.values["CF_NR_FK"]
    assert isinstance(amount, Decimal)
    return int(amount * 10_000)


WRONG_AMOUNTS: dict[str, Change] = {
    "range": _amount("1-2万元"),
    "about": _amount("约5000元"),
    "negative": _amount(Decimal("-0.5")),
    "not_a_number": _amount("若干"),
    "above_bound": _amount(Decimal(20_000_000)),
}
amount_formula = _amount(Formula("SUM(A1:A2)/10000"))
