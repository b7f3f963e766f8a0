"""Text as it arrives: folding, controls, damage, and what a program might run."""

import unicodedata
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinheng.core.cells import Cell, Uncalculated
from xinheng.core.text import cell_text, drop_controls, fold, looks_active, tidy, visible_problems


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("榆林市　ＡＢＣ（集团）公司", "榆林市 ABC(集团)公司"),
        ("\ufeff榆\u200b林\u00ad市\x00", "榆林市"),
        (" 甲\t乙\r\n丙  丁 ", "甲 乙 丙 丁"),
        ("\u2800\u3000", ""),
        ("葛\U000e0100城", "葛城"),
    ],
)
def test_folding(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(st.text())
def test_folding_twice_is_folding_once_and_leaves_nothing_invisible(text: str) -> None:
    once = fold(text)
    assert fold(once) == once
    assert not any(unicodedata.category(character) == "Cc" for character in once)


def test_tidying_keeps_width() -> None:
    assert tidy(" 甲（ 乙）\u200b ") == "甲（ 乙）"


@pytest.mark.parametrize(
    ("text", "kept", "dropped"),
    [
        ("甲\x00乙", "甲乙", True),
        ("甲\x1b[31m乙\x85丙", "甲[31m乙\n丙", True),
        ("甲\ud800乙", "甲乙", True),
        ("一\r\n二\r三\n四\t五", "一\n二\n三\n四\t五", False),
        ("", "", False),
    ],
)
def test_controls_are_dropped_and_lines_kept(text: str, kept: str, dropped: bool) -> None:
    assert drop_controls(text) == (kept, dropped)


@given(st.text(st.characters(codec=None)))
def test_what_is_kept_can_be_stored(text: str) -> None:
    kept, _ = drop_controls(text)
    assert "\x00" not in kept
    assert kept.encode("utf-8").decode("utf-8") == kept


def test_damage_is_named() -> None:
    assert visible_problems("榆林\ufffd公司") == ("replacement_character",)
    assert visible_problems("榆林\ue000公司") == ("private_use",)
    assert visible_problems("锟斤拷\U000f0000") == ("private_use", "mojibake")
    assert visible_problems("榆林市公司") == ()


@pytest.mark.parametrize(
    ("text", "active"),
    [
        ("=1+1", "formula"),
        ('=HYPERLINK("http://x")', "formula"),
        ("+1+1", "formula"),
        ("-1+cmd|' /C calc'!A0", "formula"),
        ("@SUM(A1)", "formula"),
        ("＝1+1", "formula"),
        ("  =1", "formula"),
        ("\t榆林", "formula"),
        ("\r甲", "formula"),
        ("－甲公司", "formula"),
        ("\u200b=1+1", "formula"),
        ("<script>alert(1)</script>", "script"),
        ("＜script＞", "script"),
        ("<img src=x onerror=alert(1)>", "script"),
        ("javascript:alert(1)", "script"),
        ("x onload = y", "script"),
        ("</script >", "script"),
        ("' OR 1=1 --", "query"),
        ("'; DROP TABLE records; --", "query"),
        ("1 UNION ALL SELECT 1", "query"),
        ("a' or 'a'='a", "query"),
        ("1; pg_sleep(10)", "query"),
        ("-1", None),
        ("-1,234.50", None),
        ("+86", None),
        ("-5%", None),
        ("-", None),
        ("——", None),
        ("---", None),
        ("", None),
        ("榆林市市场监督管理局", None),
        ("a=b", None),
        ("5 < 6", None),
        ("罚款-没收", None),
        ("O'Brien and Sons", None),
        ("甲公司 <乙> 分公司", None),
        ("-1.5E+3", None),
        ("\t", None),
    ],
)
def test_active_text_is_known(text: str, active: str | None) -> None:
    assert looks_active(text) == active


@given(st.text())
def test_no_text_breaks_the_questions(text: str) -> None:
    assert looks_active(text) in (None, "formula", "script", "query")
    assert isinstance(visible_problems(text), tuple)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_plain_number_is_never_a_formula(number: float) -> None:
    assert looks_active(str(number)) is None


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        ("甲", "甲"),
        (600037341, "600037341"),
        (600037341.0, "600037341"),
        (1.5, "1.5"),
        (-0.0, "0"),
        (Decimal("12.00"), "12"),
        (Decimal("1E+3"), "1000"),
        (Decimal("NaN"), "NaN"),
        (True, "True"),
        (Uncalculated.FORMULA, ""),
        (Decimal("1E+999999"), "1E+999999"),
        (float("inf"), "inf"),
    ],
)
def test_a_cell_as_text(value: Cell, text: str) -> None:
    assert cell_text(value) == text


def test_a_number_of_any_length_is_text() -> None:
    assert cell_text(10**5000) == "1" + "0" * 5000


@pytest.mark.parametrize("unseen", ["\u115f", "\u3164", "\ufe0f", "\U000e0100", "\u200b", "\u00ad", "\x07", "\u034f"])
def test_what_is_not_seen_is_dropped_wherever_it_stands(unseen: str) -> None:
    for text in (f"罚{unseen}款", f"91{unseen}61", f"{unseen}x"):
        assert fold(text) == text.replace(unseen, "")
