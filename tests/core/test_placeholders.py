"""Which cells say nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.identifier_tables import placeholders
from xinheng.core.placeholders import Placeholders, is_placeholder

TABLE = placeholders()


@pytest.mark.parametrize(
    "text",
    [
        "无",
        " 无 ",
        "（无）",
        "【无】",
        "无。",
        "無",
        "暂无",
        "暂 无",
        "没有",
        "不详",
        "无无",
        "/",
        "//",
        "／",
        "-",
        "---",
        "—",
        "——",
        "－",
        "*",
        "***",
        "＊",
        "、",
        "。",
        "……",
        "N/A",
        "n/a",
        "Ｎ／Ａ",
        "NA",
        "N.A.",
        "#N/A",
        "null",
        "NULL",
        "(null)",
        "<NULL>",
        "None",
        "NaN",
        "nan",
        "NaT",
        "\\N",
        "undefined",
        "xxx",
        "XX",
        "×××",
        "□",
        "?",
        "？？",
        "\u200b无\ufeff",
        "",
        " ",
        "\u3000",
        "\t\n",
        "ーー",
        "~",
        "_",
        "...",
        "#REF!",
        "#DIV/0!",
    ],
)
def test_these_say_nothing(text: str) -> None:
    assert is_placeholder(text, TABLE)
    assert is_placeholder(text, TABLE, numeric_zero=True)


@pytest.mark.parametrize(
    "text",
    [
        "无锡市第一建筑公司",
        "无限公司",
        "空港物流",
        "没有罚款",
        "罚款0元",
        "A",
        "X",
        "1",
        "-1",
        "榆",
        "无1",
        "NANA",
        "Nullarbor",
        "〇",
        "①",
    ],
)
def test_these_say_something(text: str) -> None:
    assert not is_placeholder(text, TABLE)


@pytest.mark.parametrize("zero", ["0", "０", "00", "0.0", "0.00", " 0 "])
def test_zero_is_a_placeholder_only_where_a_name_or_number_is_wanted(zero: str) -> None:
    assert is_placeholder(zero, TABLE, numeric_zero=True)
    assert not is_placeholder(zero, TABLE)


def test_an_office_may_add_its_own_words() -> None:
    assert not is_placeholder("同上级", TABLE)
    assert is_placeholder("（ 同上级 ）", Placeholders(("同上级",)))


@given(st.text("-/*—_.,;:!?、。（）()[] \u3000", max_size=20))
def test_punctuation_alone_says_nothing(text: str) -> None:
    assert is_placeholder(text, Placeholders(()))


@given(st.text())
def test_no_text_breaks_the_question_and_blanks_around_change_nothing(text: str) -> None:
    assert is_placeholder(f" {text}\u3000", TABLE) == is_placeholder(text, TABLE)
