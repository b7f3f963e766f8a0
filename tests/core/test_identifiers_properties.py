"""Properties of the checks, against slow formulas of their own and the peer library."""

import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from stdnum.cn import uscc as peer
from stdnum.iso7064 import mod_11_10

from tests.core.identifier_tables import TABLES
from xinheng.core.identifiers.uscc import (
    Verdict,
    bucket_of,
    check_character,
    inner_check,
    judge_uscc,
    registration_check_holds,
)

# Written out here on purpose: the alphabet is the digits and capitals without I, O, S, V, Z.
LETTERS = re.sub("[IOSVZ]", "", "0123456789" + "".join(chr(c) for c in range(ord("A"), ord("Z") + 1)))
HEADS = ("11", "12", "13", "31", "51", "52", "53", "91", "92", "93", "A1", "N2", "Y1")


def outer_sum(code: str) -> int:
    """The sum of GB 32100 over all 18 places by Horner's rule from the back; 0 when the code is right."""
    total = 0
    for character in reversed(code[:17]):
        total = total * 3 + LETTERS.index(character)
    return (total + LETTERS.index(code[17])) % 31


def inner_sum(nine: str) -> int:
    """The sum of GB 11714 over all nine places (X in the last is ten); 0 when the code is right."""
    values = [int(character, 36) for character in nine[:8]] + [10 if nine[8] == "X" else int(nine[8])]
    return sum(value * weight for value, weight in zip(values, [3, 7, 9, 10, 5, 8, 4, 2, 1], strict=True)) % 11


@st.composite
def codes(draw: st.DrawFn) -> str:
    """Valid unified codes, found by trying check characters until the independent sums vanish."""
    region = draw(st.sampled_from(["110000", "610802", "440300", "100000", "540101"]))
    eight = draw(st.text(LETTERS, min_size=8, max_size=8).filter(lambda text: len(set(text)) > 1))
    ninth = next(c for c in "0123456789X" if inner_sum(eight + c) == 0)
    body = draw(st.sampled_from(HEADS)) + region + eight + ninth
    return body + next(c for c in LETTERS if outer_sum(body + c) == 0)


@given(st.text(LETTERS, min_size=17, max_size=17))
def test_the_outer_check_makes_the_sum_vanish(first17: str) -> None:
    assert outer_sum(first17 + check_character(first17)) == 0


@given(st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=8, max_size=8))
def test_the_inner_check_makes_the_sum_vanish(eight: str) -> None:
    assert inner_sum(eight + inner_check(eight)) == 0


@given(codes())
def test_a_valid_code_is_taken_and_the_peer_agrees(code: str) -> None:
    judged = judge_uscc(code, TABLES)
    assert judged.usable
    assert "code.inner_check" not in judged.rules
    if code[0].isdigit():
        assert peer.is_valid(code)


@given(codes(), st.integers(0, 17), st.sampled_from(LETTERS + "IOSVZ?*一"))
def test_every_change_of_one_character_is_refused(code: str, place: int, character: str) -> None:
    assume(code[place] != character)
    changed = code[:place] + character + code[place + 1 :]
    assert judge_uscc(changed, TABLES).verdict is Verdict.REJECT


@given(codes(), st.integers(0, 16))
def test_every_swap_of_neighbours_is_refused(code: str, place: int) -> None:
    assume(code[place] != code[place + 1])
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    assert judge_uscc(swapped, TABLES).verdict is Verdict.REJECT


@given(codes(), st.lists(st.tuples(st.integers(0, 18), st.sampled_from(" \u3000\u200b\t-–\ufeff")), max_size=6))
def test_noise_inside_a_code_never_changes_it(code: str, noise: list[tuple[int, str]]) -> None:
    written = code
    for place, mark in noise:
        written = written[:place] + mark + written[place:]
    assert judge_uscc(written.lower(), TABLES).normalised == code


@given(st.text("0123456789", min_size=15, max_size=15))
def test_registration_numbers_are_judged_as_the_peer_does(number: str) -> None:
    assert registration_check_holds(number) == mod_11_10.is_valid(number)


@given(st.one_of(st.text(), st.integers(), st.floats(), st.decimals(), st.none(), st.booleans()))
def test_no_cell_breaks_the_judge(value: str | int | float | None) -> None:
    judged = judge_uscc(value, TABLES)
    assert judged.usable == (judged.verdict is not Verdict.REJECT)
    assert not judged.usable or re.fullmatch(f"[{LETTERS}]{{18}}", judged.normalised)


@given(codes())
def test_buckets_are_sixty_four(code: str) -> None:
    assert 0 <= bucket_of(code) <= 63


@pytest.mark.parametrize("wrong", ["", "9111000060003734", "911100006000373410", "9111000060003734I"])
def test_the_outer_check_wants_seventeen_characters_of_its_alphabet(wrong: str) -> None:
    with pytest.raises(ValueError, match="17 characters"):
        check_character(wrong)


@pytest.mark.parametrize("wrong", ["", "6000373", "600037341", "6000373a"])
def test_the_inner_check_wants_eight_digits_or_capitals(wrong: str) -> None:
    with pytest.raises(ValueError, match="8 digits"):
        inner_check(wrong)
