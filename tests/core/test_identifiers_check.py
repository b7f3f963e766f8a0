"""The command ``code check``: one value of unknown kind, and what is said about it."""

import pytest

from tests.core.identifier_tables import TABLES
from xinheng.core.cells import Cell
from xinheng.core.identifiers.check import check
from xinheng.core.identifiers.judgement import RULES, Kind, Reason, Verdict
from xinheng.core.identifiers.messages import sentence


@pytest.mark.parametrize(
    ("value", "kind", "verdict", "normalised"),
    [
        ("91110000600037341L", Kind.USCC, Verdict.OK, "91110000600037341L"),
        ("９１110000600037341l", Kind.USCC, Verdict.OK, "91110000600037341L"),
        ("91110000600037340H", Kind.USCC, Verdict.WARN, "91110000600037340H"),
        ("91110000600037341N", Kind.USCC, Verdict.REJECT, "91110000600037341N"),
        ("60003734-1", Kind.ORG_CODE, Verdict.OK, "600037341"),
        ("60003734-2", Kind.ORG_CODE, Verdict.REJECT, "600037342"),
        ("110108000000016", Kind.REGISTRATION_NUMBER, Verdict.OK, "110108000000016"),
        ("110108000000017", Kind.REGISTRATION_NUMBER, Verdict.REJECT, "110108000000017"),
        ("91110000600037341", None, Verdict.REJECT, "91110000600037341"),
        ("", None, Verdict.REJECT, ""),
        ("无", None, Verdict.REJECT, ""),
        ("/", None, Verdict.REJECT, ""),
    ],
)
def test_the_kind_is_found_out_and_judged(value: Cell, kind: Kind | None, verdict: Verdict, normalised: str) -> None:
    judged = check(value, TABLES)
    assert (judged.kind, judged.verdict, judged.normalised) == (kind, verdict, normalised)


@pytest.mark.parametrize(
    "value",
    [
        "11010519491231002X",
        "110105194912310021",
        "１１０１０５ １９４９１２３１ 002x",
        "'11010519491231002X",
        "身份证号：11010519491231002X",
        "110105491231003",
        110105194912310021,
        110105194912310021.0,
        "1.10105194912310E+17",
        "932156199003074512",
        "USA110090030745",
        "810000199003074512",
    ],
)
def test_a_person_s_number_is_refused_and_shown_nowhere(value: Cell) -> None:
    judged = check(value, TABLES)
    assert judged.verdict is Verdict.REJECT
    assert not any(character.isdigit() for character in judged.input + judged.normalised)
    assert not any(character.isdigit() for reason in judged.reasons for character in str(reason.detail))


# Birthdays with endings chosen so that the outer check of a unified code holds, for some the inner one too.
@pytest.mark.parametrize(
    "value", ["110105194912310005", "110105194912310482", "11010519491231101X", "911000194912100012"]
)
def test_a_person_s_number_that_is_a_valid_code_too_is_masked_and_warns(value: str) -> None:
    judged = check(value, TABLES)
    assert judged.verdict is Verdict.WARN
    assert judged.rules[0] == "code.person_shape"
    assert not any(character.isdigit() for character in judged.input + judged.normalised)


@pytest.mark.parametrize("value", ["13812345678", "+86 138 1234 5678", "6222021234567890128", "联系人 13812345678"])
def test_phones_and_cards_are_masked_too(value: str) -> None:
    judged = check(value, TABLES)
    assert judged.verdict is Verdict.REJECT
    assert not any(character.isdigit() for character in judged.input + judged.normalised)


@pytest.mark.parametrize("rule", sorted(RULES))
def test_every_rule_speaks_two_languages(rule: str) -> None:
    said = sentence(Reason(rule))
    assert any("\u4e00" <= character <= "\u9fff" for character in said.zh)
    assert said.en.isascii() or "“" in said.en
    assert "{" not in said.zh + said.en


def test_a_sentence_states_its_facts() -> None:
    said = sentence(Reason("code.old_code_in_unified_column", {"column": "org_code"}))
    assert "组织机构代码" in said.zh
    assert "organisation code" in said.en
    assert "应为 L" in sentence(Reason("code.outer_check", {"expected": "L"})).zh
