"""Amounts in the text of a decision, and whether the column agrees."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinheng.core.money import Comparison, amounts_in_text, compare_with_text


@pytest.mark.parametrize(
    ("text", "yuan"),
    [
        ("罚款人民币2万元", ["20000"]),
        ("处罚款2万。", ["20000"]),
        ("罚款20,000元整", ["20000"]),
        ("罚款２０，０００元整", ["20000"]),
        ("罚款 2 万元", ["20000"]),
        ("罚款人民币贰万叁仟伍佰元整", ["23500"]),
        ("罚款人民币叁佰元零伍角整", ["300.5"]),
        ("处罚款贰万元整（¥20000.00）", ["20000", "20000"]),
        ("没收违法所得1500.5元，并处罚款3万元", ["1500.5", "30000"]),
        ("罚款12,000元,没收3,000元", ["12000", "3000"]),
        ("罚款1.2亿元", ["120000000"]),
        ("罚款人民币 20000", ["20000"]),
        ("于2026年3月5日罚款100元", ["100"]),
        ("警告", []),
        ("", []),
        ("2026年元月3日起停业，元旦恢复", []),
        ("自2026年1月1日元旦起", []),
        ("面积2万平方米", []),
        ("依据第三十八条第一款", []),
        ("逾期每日按3%加处", []),
        ("5万美元", []),
    ],
)
def test_amounts_named_in_a_text(text, yuan):
    assert amounts_in_text(text) == tuple(map(Decimal, yuan))


@pytest.mark.parametrize(
    ("yuan", "text", "comparison"),
    [
        ("20000", "罚款人民币2万元", Comparison.MATCH),
        ("2", "罚款人民币2万元", Comparison.FACTOR_10000),
        ("200000000", "罚款人民币2万元", Comparison.FACTOR_10000),
        ("2000", "罚款人民币2万元", Comparison.DIFFERS),
        ("20000", "警告", Comparison.NONE),
        ("0", "罚款人民币2万元", Comparison.DIFFERS),
        ("0", "警告", Comparison.NONE),
        ("31500", "没收违法所得1500元，罚款3万元", Comparison.MATCH),
        ("30000", "没收违法所得1500元，罚款3万元", Comparison.MATCH),
        ("3.15", "没收违法所得1500元，罚款3万元", Comparison.FACTOR_10000),
        ("20000", "罚款贰万元整（¥20000.00）", Comparison.MATCH),
        ("40000", "罚款贰万元整（¥20000.00）", Comparison.DIFFERS),
        ("0.5", "罚款5000元", Comparison.FACTOR_10000),
    ],
)
def test_column_and_text(yuan, text, comparison):
    assert compare_with_text(Decimal(yuan), text) == comparison


words = st.sampled_from(["责令改正", "并处", "没收违法所得", "警告；", "依据《食品安全法》第三十四条，", "，"])
forms = st.sampled_from(["罚款{}元", "罚款人民币{}元整", "没收{}.00元", "处{:,}元罚款"])


@given(st.lists(st.tuples(words, forms, st.integers(1, 10**9), words), min_size=1, max_size=5))
def test_every_amount_of_a_composed_text_is_found(clauses):
    text = "。".join(before + form.format(amount) + after for before, form, amount, after in clauses)
    amounts = [amount for _, _, amount, _ in clauses]
    assert list(amounts_in_text(text)) == amounts
    total = Decimal(sum(set(amounts)))
    assert compare_with_text(total, text) == Comparison.MATCH
    assert all(compare_with_text(Decimal(amount), text) == Comparison.MATCH for amount in amounts)


@given(st.integers(2, 9_999), st.booleans())
def test_a_slip_of_unit_is_told_from_any_other_difference(amount, up):
    slipped = Decimal(amount) * (10_000 if up else 1)
    written = f"罚款{amount}元" if up else f"罚款{amount}万元"
    assert compare_with_text(slipped, written) == Comparison.FACTOR_10000
    assert compare_with_text(slipped * 10, written) == Comparison.DIFFERS


@given(st.text("0123456789,.，万亿元人民币一二十零¥ 月", max_size=200))
def test_no_text_breaks_the_search(text):
    assert all(amount >= 0 for amount in amounts_in_text(text))
