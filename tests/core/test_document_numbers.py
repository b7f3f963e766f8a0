"""Document numbers: one spelling for one number, and never one for two."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinheng.core.document_numbers import normalise_document_number

NUMBER = "沪市监处罚〔2026〕第12号"


@pytest.mark.parametrize(
    "written",
    [
        "沪市监处罚〔2026〕第12号",
        "沪市监处罚[2026]第12号",
        "沪市监处罚【2026】第12号",
        "沪市监处罚（2026）第12号",
        "沪市监处罚(2026)第12号",
        "沪市监处罚［2026］第12号",
        "沪市监处罚{2026}第12号",
        "沪市监处罚〖2026〗第12号",
        "沪市监处罚﹝2026﹞第12号",
        "沪市监处罚〔２０２６〕第１２号",
        " 沪市监处罚 〔2026〕 第 12 号 ",
        "沪市监处罚〔2026〕第12号\u3000",
        "'沪市监处罚〔2026〕第12号",
        "\ufeff沪市监处罚\u200b〔2026〕第\u00ad12号",
        "沪市监处罚〔2026)第12号",
        "沪市监处罚〔2026〕\n第12号",
    ],
)
def test_spellings_of_one_number(written):
    assert normalise_document_number(written) == NUMBER


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("沪罚〔2026〕12号", "沪罚〔2026〕第12号"),
        ("沪罚〔2026〕12号", "沪罚〔2026〕012号"),
        ("沪罚〔2026〕12号", "沪罚〔2026〕12"),
        ("沪罚〔2026〕1-2号", "沪罚〔2026〕12号"),
        ("沪罚〔2026〕②号", "沪罚〔2026〕2号"),
        ("沪罚〔2026〕1²号", "沪罚〔2026〕12号"),
        ("沪罚〔2026〕12号", "沪罚2026第12号"),
        ("沪罚〔2026〕12号", "沪罚〔2025〕12号"),
        ("沪罚〔2026〕一号", "沪罚〔2026〕1号"),
        ("沪罚〔2026〕一号", "沪罚〔2026〕-号"),
    ],
)
def test_different_numbers_stay_different(one, other):
    assert normalise_document_number(one) != normalise_document_number(other)


def test_latin_letters_and_dashes():
    assert normalise_document_number("ｊｙ１３１０１０４－０００１") == "JY1310104-0001"
    assert normalise_document_number("jy1310104—0001") == "JY1310104-0001"


alphabet = "沪市监罚字第号0123456789AXZ-〔〕."
numbers = st.text(alphabet, max_size=20)
# Written here by hand and one by one: how an agency's keyboard may spell each sign.
SPELLINGS = {
    "〔": "〔[【（(［{｛〖﹝",
    "〕": "〕]】）)］}｝〗﹞",
    "-": "-－–—‐‑−",
    **{digit: digit + chr(ord(digit) + 0xFEE0) for digit in "0123456789"},
    **{letter: letter + letter.lower() + chr(ord(letter) + 0xFEE0) for letter in "AXZ"},
    ".": ".．",
}
NOISE = ["", "", "", " ", "\u3000", "\u200b", "\ufeff", "\t", "\u00a0"]


@given(numbers, st.data())
def test_however_a_number_is_typed_its_spelling_is_the_same(number, data):
    typed = ""
    for char in number:
        typed += data.draw(st.sampled_from(SPELLINGS.get(char, char)))
        typed += data.draw(st.sampled_from(NOISE))
    assert normalise_document_number(typed) == number


@given(numbers, numbers)
def test_two_different_numbers_never_become_one(one, other):
    assert (normalise_document_number(one) == normalise_document_number(other)) == (one == other)


@given(st.text(max_size=30))
def test_twice_is_once(text):
    once = normalise_document_number(text)
    assert normalise_document_number(once) == once
