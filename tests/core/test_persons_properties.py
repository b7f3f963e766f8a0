"""Masking under every surrounding, width and gap."""

import unicodedata
from datetime import date
from itertools import pairwise

from hypothesis import assume, given
from hypothesis import strategies as st
from stdnum import luhn
from stdnum.cn import ric

from tests.core.identifier_tables import TABLES
from xinheng.core.identifiers.uscc import both_checks_hold, check_character, inner_check
from xinheng.core.persons import find_person_numbers, mask_any, mask_text

LATEST = date(2026, 11, 22)
GAPS = st.sampled_from(
    [
        "",
        "",
        "",
        " ",
        "  ",
        "\u3000",
        "\u200b",
        "\u00ad",
        "-",
        "\n",
        "\u00a0\ufeff",
        "\u3164",
        "\u0301",
        " – ",
    ]
)
CHINESE = st.text("当事人周某的号码为于年月日处罚（），。、：；《》「」 \n", max_size=12)
ANY_TEXT = st.text(max_size=12)


@st.composite
def resident_numbers(draw: st.DrawFn) -> str:
    """18 characters: the peer library's check digit, or a wrong one."""
    born = draw(st.dates(date(1800, 1, 1), LATEST))
    body = f"{draw(st.integers(100000, 899999))}{born:%Y%m%d}{draw(st.integers(0, 999)):03d}"
    return body + draw(st.sampled_from([ric.calc_check_digit(body + "0"), "X", "7"]))


@st.composite
def old_resident_numbers(draw: st.DrawFn) -> str:
    born = draw(st.dates(date(1900, 1, 1), date(1999, 12, 31)))
    return f"{draw(st.integers(110000, 659999))}{born:%y%m%d}{draw(st.integers(0, 999)):03d}"


@st.composite
def cards(draw: st.DrawFn) -> str:
    body = "62" + draw(st.text("0123456789", min_size=13, max_size=16))
    return body + luhn.calc_check_digit(body)


MOBILES = st.from_regex(r"(\+86)?1[3-9][0-9]{9}", fullmatch=True).filter(str.isascii)
NUMBERS = st.one_of(resident_numbers(), old_resident_numbers(), cards(), MOBILES)


@st.composite
def disguised(draw: st.DrawFn, numbers: st.SearchStrategy[str]) -> str:
    """A number with gaps anywhere and some characters in full width."""
    pieces = []
    for character in draw(numbers):
        wide = draw(st.booleans()) and "0" <= character <= "9"
        pieces.append((chr(ord(character) + 0xFEE0) if wide else character) + draw(GAPS))
    return "".join(pieces).strip()


def digits(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKC", text) if c.isdecimal())


@given(CHINESE, disguised(NUMBERS), CHINESE)
def test_no_digit_of_a_planted_number_survives(before: str, number: str, after: str) -> None:
    masked = mask_text(before + number + after, tables=TABLES, latest=LATEST)
    assert masked.kinds
    assert digits(masked.text) == ""


@given(ANY_TEXT, NUMBERS, ANY_TEXT)
def test_any_surrounding_but_a_digit_leaves_the_number_found(before: str, number: str, after: str) -> None:
    assume(not digits(before[-3:]) and not digits(after[:3]))
    assert number not in mask_any(before + number + after, LATEST)


@given(st.lists(st.one_of(disguised(NUMBERS), ANY_TEXT, st.text("0123456789X -", max_size=24)), max_size=5))
def test_masking_twice_is_masking_once(pieces: list[str]) -> None:
    once = mask_text(" ".join(pieces), tables=TABLES, latest=LATEST).text
    assert mask_text(once, tables=TABLES, latest=LATEST).text == once
    everything = mask_any("".join(pieces), LATEST)
    assert mask_any(everything, LATEST) == everything


@given(st.text())
def test_a_text_with_fewer_than_eleven_digits_is_never_touched(text: str) -> None:
    assume(len(digits(text)) < 11)
    assert mask_text(text, tables=TABLES).text == text


@given(st.text("0123456789", min_size=20, max_size=40))
def test_a_longer_run_of_digits_is_no_person_s_number(run: str) -> None:
    assert find_person_numbers(f"第{run}号") == ()


@given(st.text("0123456789 X年月-", max_size=60))
def test_spans_are_ordered_and_apart(text: str) -> None:
    spans = find_person_numbers(text)
    assert all(one.end <= other.start for one, other in pairwise(spans))
    assert all(0 <= span.start < span.end <= len(text) for span in spans)


@given(st.dates(date(1800, 1, 1), LATEST), st.integers(0, 99), CHINESE, CHINESE)
def test_a_code_with_nine_and_both_checks_survives_though_a_birthday_stands_in_it(
    born: date, serial: int, before: str, after: str
) -> None:
    head = f"911000{born:%Y%m%d}{serial:02d}"
    inner = inner_check(head[8:])
    code = head + inner + check_character(head + inner) if inner != "X" else head + "X" + check_character(head + "X")
    assume(both_checks_hold(code) and head[8:] != "00000000")
    text = f"{before}{code}{after}"
    assert code in mask_text(text, tables=TABLES, latest=LATEST).text
