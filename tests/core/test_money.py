"""Amounts of money as agencies write them."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinheng.core.cells import Uncalculated
from xinheng.core.money import AmountReading, Unit, read_amount, render_amount, to_yuan

WITHOUT_UNIT = [
    "2000",
    "2,000",
    "2,000.00",
    "2，000",
    "2 000",
    "2'000",
    "２０００",
    "２，０００．００",
    "￥2000",
    "¥ 2,000.00",
    "RMB 2000",
    "rmb2,000",
    "CNY2000",
    "人民币2000",
    "人民币：2000",
    "2000.",
    "2000。",
    "2E3",
    "2.0E+3",
    "+2000",
    "02000",
    "'2000",
    "\ufeff2000\u200b",
    "2000 RMB",
]
TWO_THOUSAND_YUAN = [
    "2000元",
    "2000元整",
    "2000.00元",
    "2,000元",
    "2000 元",
    "2000圆整",
    "2000块",
    "2000块钱",
    "人民币2000元整",
    "￥2000元",
    "2000元人民币",
    "2000元（人民币）",
    "２０００元",
    "2000（元）",
    "2000元。",
    "2千元",
    "2千元整",
    "20百元",
    "0.2万元",
    "0.2万",
    "0.2 万元",
    "0.2(万元)",
    ".2万元",
    "0.00002亿元",
    "二千元",
    "两千元整",
    "二〇〇〇元",
    "贰仟元整",
    "贰仟圆整",
    "人民币贰仟元整",
    "人民币贰仟元正",
    "贰仟元整（2000元）",
    "贰仟元整（￥2,000.00）",
    "大写：贰仟元整（小写：2000.00元）",
    "2e3元",
    "零点二万元",
]


@pytest.mark.parametrize("cell", WITHOUT_UNIT)
@pytest.mark.parametrize("unit", Unit)
def test_a_bare_number_is_in_the_unit_of_its_column(cell, unit):
    assert read_amount(cell, unit=unit) == AmountReading(Decimal(2000), None, None, cell != "2000")


@pytest.mark.parametrize("cell", TWO_THOUSAND_YUAN)
def test_a_unit_in_the_cell_wins(cell):
    in_yuan = read_amount(cell, unit=Unit.YUAN)
    in_wan = read_amount(cell, unit=Unit.WAN)
    assert (in_yuan.value, in_yuan.problem) == (Decimal(2000), None)
    assert (in_wan.value, in_wan.problem) == (Decimal("0.2"), None)
    assert in_yuan.cell_unit == in_wan.cell_unit
    assert in_yuan.cell_unit in tuple(Unit)
    assert in_yuan.cleaned


@pytest.mark.parametrize(
    ("cell", "yuan"),
    [
        ("三万五千元", "35000"),
        ("3万5千元", "35000"),
        ("3万2000元", "32000"),
        ("壹拾万元整", "100000"),
        ("拾万元", "100000"),
        ("三万零五元", "30005"),
        ("一亿零五万元", "100050000"),
        ("1亿2000万元", "120000000"),
        ("2百万元", "2000000"),
        ("3千万元", "30000000"),
        ("1.5亿", "150000000"),
        ("伍角", "0.5"),
        ("伍分", "0.05"),
        ("3元5角", "3.5"),
        ("叁元伍角贰分", "3.52"),
        ("壹佰元零伍分", "100.05"),
        ("一点五万元", "15000"),
        ("零元", "0"),
        ("0万元", "0"),
    ],
)
def test_amounts_in_words(cell, yuan):
    assert read_amount(cell, unit=Unit.YUAN).value == Decimal(yuan)


@pytest.mark.parametrize(
    ("cell", "problem"),
    [
        ("1-2万元", "amount.range"),
        ("1万至2万", "amount.range"),
        ("1万元～2万元", "amount.range"),
        ("一万到两万元", "amount.range"),
        ("约2万", "amount.approximate"),
        ("2万元左右", "amount.approximate"),
        ("2万余元", "amount.approximate"),
        ("2万多元", "amount.approximate"),
        ("2万元以上", "amount.approximate"),
        ("2万元以下", "amount.approximate"),
        ("两三万元", "amount.approximate"),
        ("几万元", "amount.approximate"),
        ("≥2万", "amount.approximate"),
        ("不超过2万元", "amount.approximate"),
        ("-5", "amount.negative"),
        ("－5万元", "amount.negative"),
        ("−5", "amount.negative"),
        ("￥-5", "amount.negative"),
        ("负贰仟元", "amount.negative"),
        ("(500)", "amount.negative"),
        ("500-", "amount.negative"),
        (-5, "amount.negative"),
        (-0.5, "amount.negative"),
        ("abc", "amount.not_a_number"),
        ("罚款", "amount.not_a_number"),
        ("50%", "amount.not_a_number"),
        ("10²", "amount.not_a_number"),
        ("٢٠٠٠", "amount.not_a_number"),
        ("1,23", "amount.not_a_number"),
        ("1.234,56", "amount.not_a_number"),
        ("12,34,567", "amount.not_a_number"),
        ("1.2.3", "amount.not_a_number"),
        ("2万5", "amount.not_a_number"),
        ("三万五", "amount.not_a_number"),
        ("3万5元", "amount.not_a_number"),
        ("1.5元5角", "amount.not_a_number"),
        ("2000元/次", "amount.not_a_number"),
        ("2w", "amount.not_a_number"),
        ("NaN", "amount.not_a_number"),
        ("Infinity", "amount.not_a_number"),
        ("1" * 25, "amount.not_a_number"),
        ("万" * 500, "amount.not_a_number"),
        (float("nan"), "amount.not_a_number"),
        (float("inf"), "amount.not_a_number"),
        (True, "amount.not_a_number"),
        (date(2026, 3, 5), "amount.not_a_number"),
        (Uncalculated.FORMULA, "amount.uncalculated"),
        ("=B2*0.1", "amount.uncalculated"),
        ("#REF!", "amount.uncalculated"),
        ("#DIV/0!", "amount.uncalculated"),
        ("######", "amount.uncalculated"),
        ("1万元；2万元", "amount.several"),
        ("100、200", "amount.several"),
        ("罚款1万元，没收2万元", "amount.several"),
        ("贰万元整（2000元）", "amount.several"),
        ("2000美元", "amount.currency"),
        ("$2000", "amount.currency"),
        ("0.123", "amount.precision"),
        ("0.0000001万元", "amount.precision"),
        (0.001, "amount.precision"),
        (Decimal("1.0000000000000000000000000000000001"), "amount.precision"),
        ("1E20", "amount.above_maximum"),
        ("1E999", "amount.above_maximum"),
        (1e300, "amount.above_maximum"),
    ],
)
def test_everything_else_is_refused_with_its_reason(cell, problem):
    reading = read_amount(cell, unit=Unit.YUAN)
    assert (reading.value, reading.problem) == (None, problem)


def test_a_count_of_thousands_without_yuan_is_unclear_in_a_column_of_wan():
    assert read_amount("二千", unit=Unit.YUAN).value == Decimal(2000)
    assert read_amount("二千", unit=Unit.WAN).problem == "amount.unit_unclear"
    assert read_amount("2千", unit=Unit.WAN).problem == "amount.unit_unclear"
    assert read_amount("二", unit=Unit.WAN).value == Decimal(2)


def test_zero_is_an_amount():
    for cell in (0, 0.0, -0.0, "0", "0.00", "-0", "0元", "零元", Decimal(0)):
        reading = read_amount(cell, unit=Unit.WAN)
        assert (reading.value, reading.problem) == (Decimal(0), None)


def test_bounds_are_in_the_unit_of_the_column():
    fine = {"unit": Unit.WAN, "minimum": Decimal(0), "maximum": Decimal(10_000_000)}
    assert read_amount("10000000", **fine).value == Decimal(10_000_000)
    assert read_amount("10000000.01", **fine).problem == "amount.above_maximum"
    assert read_amount("20000000元", **fine).value == Decimal(2000)
    assert read_amount("1000亿元", **fine).value == Decimal(10_000_000)
    assert read_amount("1001亿元", **fine).problem == "amount.above_maximum"
    assert read_amount("0", unit=Unit.WAN, minimum=Decimal("0.01")).problem == "amount.below_minimum"


def test_an_empty_cell_says_nothing():
    for cell in (None, "", "  ", "\u200b"):
        assert read_amount(cell, unit=Unit.WAN) == AmountReading(None)


def test_a_spreadsheet_shows_fifteen_digits():
    assert read_amount(0.1 + 0.2, unit=Unit.YUAN).value == Decimal("0.3")
    assert read_amount(2000.0, unit=Unit.WAN) == AmountReading(Decimal(2000))
    assert read_amount(123456789012.34, unit=Unit.YUAN).value == Decimal("123456789012.34")


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        ("2000.00", "2000"),
        ("0.20", "0.2"),
        ("1E+3", "1000"),
        ("1E-6", "0.000001"),
        ("-0", "0"),
        ("0E+9", "0"),
        ("100", "100"),
    ],
)
def test_the_canonical_text_of_an_amount(amount, text):
    assert render_amount(Decimal(amount)) == text


fen = st.integers(0, 10**14 - 1)
DIGITS = "零壹贰叁肆伍陆柒捌玖"


def four(number: int) -> str:
    """1-9999 in financial numerals, each gap of zeros as one 零."""
    text, gap = "", False
    for place, name in ((1000, "仟"), (100, "佰"), (10, "拾"), (1, "")):
        digit = number // place % 10
        gap = gap or (digit == 0 and text != "")
        if digit:
            text += ("零" if gap else "") + DIGITS[digit] + name
            gap = False
    return text


def in_words(cents: int) -> str:
    """An amount as it stands on a cheque (支付结算办法, annex 1): 壹佰元零伍分, 壹万零伍佰元整."""
    yuan, rest = divmod(cents, 100)
    text = ""
    for scale, name in ((10**8, "亿"), (10**4, "万"), (1, "")):
        section = yuan // scale % 10_000
        if section:
            text += ("零" if text and section < 1000 else "") + four(section) + name
    jiao, single = divmod(rest, 10)
    text = text + "元" if text else ""
    if not rest:
        return (text or "零元") + "整"
    text += DIGITS[jiao] + "角" if jiao else ("零" if text else "")
    return text + (DIGITS[single] + "分" if single else "")


@given(fen)
def test_every_amount_in_words_reads_as_its_figures(cents):
    amount = Decimal(cents).scaleb(-2)
    assert read_amount(in_words(cents), unit=Unit.YUAN).value == amount
    assert read_amount("人民币" + in_words(cents), unit=Unit.WAN).value == amount / 10_000


@given(fen)
def test_every_amount_in_figures(cents):
    yuan, rest = divmod(cents, 100)
    amount = Decimal(cents) / 100
    spellings = [
        f"{yuan}.{rest:02d}",
        f"{yuan:,}.{rest:02d}",
        f"￥{yuan:,}.{rest:02d}元",
        f"{yuan}.{rest:02d} 元整",
        f"{cents}E-2",
        f"{yuan // 10_000}.{yuan % 10_000:04d}{rest:02d}万元",
        f"{yuan:_}.{rest:02d}".replace("_", " "),
    ]
    assert {read_amount(spelling, unit=Unit.YUAN).value for spelling in spellings} == {amount}


@given(fen, st.sampled_from(Unit))
def test_canonical_text_reads_as_itself(cents, unit):
    amount = Decimal(cents).scaleb(-2 if unit == Unit.YUAN else -6)
    text = render_amount(amount)
    assert read_amount(text, unit=unit) == AmountReading(amount)
    assert to_yuan(amount, unit) == Decimal(cents) / 100
    whole, _, fraction = text.partition(".")
    places = 2 if unit == Unit.YUAN else 6
    assert int(whole + fraction.ljust(places, "0")) == cents


@given(st.text("0123456789.,-万千元亿约 ()一二十零角分E¥", max_size=16) | st.floats() | st.integers())
def test_any_cell_gives_an_amount_or_a_reason_but_never_both(cell):
    reading = read_amount(cell, unit=Unit.WAN)
    if isinstance(cell, str) and not cell.strip():
        assert reading == AmountReading(None)
    else:
        assert (reading.value is None) == (reading.problem is not None)
        assert reading.value is None or reading.value >= 0
