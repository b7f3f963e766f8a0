"""Codes are cleaned, never guessed."""

from datetime import date
from decimal import Decimal

import pytest

from tests.core.identifier_tables import TABLES
from xinheng.core.cells import Cell, Uncalculated
from xinheng.core.identifiers.legacy import (
    judge_institution_certificate,
    judge_organisation_code,
    judge_registration_number,
    judge_social_certificate,
    judge_tax_number,
)
from xinheng.core.identifiers.tables import UsccTables
from xinheng.core.identifiers.uscc import Kind, Verdict, judge_uscc

CODE = "91110000600037341L"


@pytest.mark.parametrize(
    ("written", "steps"),
    [
        ("９１１１００００６０００３７３４１Ｌ", "width"),
        ("91110000600037341l", "case"),
        ("  91110000 6000\u30003734\u00a01L\t", "blanks"),
        ("91110000-60003734-1L", "dashes"),
        ("91110000–60003734—1−L", "dashes"),
        ("\ufeff9111\u200b0000\u2060600037341L\u00ad", "invisible"),
        ("9111\x000000600037341L", "invisible"),
        ("'91110000600037341L", "apostrophe"),
        ("’91110000600037341L", "apostrophe"),
        ("统一社会信用代码：91110000600037341L", "width,label"),
        ("统一社会信用代码:91110000600037341L", "label"),
        ("信用代码:91110000600037341L", "label"),
        ("USCC 91110000600037341L", "blanks,label"),
        ("uscc: 91110000600037341L", "blanks,case,label"),
        ("纳税人识别号：91110000600037341L", "width,label"),
    ],
)
def test_what_a_sender_puts_around_a_code_is_removed_and_named(written: str, steps: str) -> None:
    judged = judge_uscc(written, TABLES)
    assert (judged.verdict, judged.normalised) == (Verdict.OK, CODE)
    assert [reason.detail["what"] for reason in judged.reasons] == [steps]


@pytest.mark.parametrize(
    "written",
    [
        "911100OO600037341L",  # letters O for zeros
        "9111000060003734lL",  # letter l for one
        "91110000600037341L(1-1)",
        "91110000600037341L。",
        '"91110000600037341L"',
        "''91110000600037341L",
        "编码91110000600037341L",
        "①1110000600037341L",
        "９¹110000600037341L",
        "91110000600037341",
        "91110000600037341LL",
        "9111000060003734１Ｌ？",
        "٩1110000600037341L",
    ],
)
def test_anything_else_is_refused_and_not_repaired(written: str) -> None:
    assert judge_uscc(written, TABLES).verdict is Verdict.REJECT


@pytest.mark.parametrize("value", [None, "", "  ", "\u3000\u200b", "\n"])
def test_an_empty_cell_is_refused_as_empty(value: Cell) -> None:
    assert judge_uscc(value, TABLES).rules == ("code.empty",)


@pytest.mark.parametrize(
    "value",
    ["无", "/", "---", "N/A", "null", "0", 0, 0.0, "（无）", "111111111111111111", "91110000000000000N"],
)
def test_a_placeholder_is_refused_as_a_placeholder(value: Cell) -> None:
    assert "code.placeholder" in judge_uscc(value, TABLES).rules


@pytest.mark.parametrize("value", [True, date(2026, 1, 1), Uncalculated.FORMULA])
def test_a_cell_that_holds_no_text_is_refused_as_such(value: Cell) -> None:
    assert judge_uscc(value, TABLES).rules == ("code.not_text",)


@pytest.mark.parametrize(
    "value",
    [
        911522010783762860.0,
        911522010783762000,
        Decimal("911522010783762000"),
        Decimal("9.11522010783762E+17"),
        "9.1110000600037E+17",
        "9.11522E+17",
        "9.11522e17",
        "911522010783762000",
        "911522010783762860.0",
        "９.１１５２２Ｅ＋１７",
    ],
)
def test_digits_lost_by_a_spreadsheet_are_named(value: Cell) -> None:
    judged = judge_uscc(value, TABLES)
    assert judged.verdict is Verdict.REJECT
    assert "code.digits_lost" in judged.rules


def test_a_whole_number_that_kept_its_digits_is_a_code() -> None:
    assert judge_uscc(911522010783762860, TABLES).verdict is Verdict.OK


@pytest.mark.parametrize(
    "written",
    [
        f"{CODE}、91310115MA1K3BTP2B",
        f"{CODE}/91310115MA1K3BTP2B",
        f"{CODE}\n91310115MA1K3BTP2B",
        f"{CODE} 91310115MA1K3BTP2B",
        f"{CODE}；{CODE}",
        f"{CODE}91310115MA1K3BTP2B",
        f"{CODE},60003734-1",
        f"统一社会信用代码：{CODE} 组织机构代码：60003734-1",
    ],
)
def test_two_codes_in_a_cell_ask_to_be_split(written: str) -> None:
    assert "code.several" in judge_uscc(written, TABLES).rules


@pytest.mark.parametrize("written", ["911522010 783762860", "91152201 078376286 0", "911522010783762 860"])
def test_one_code_in_groups_is_one_code(written: str) -> None:
    assert judge_uscc(written, TABLES).normalised == "911522010783762860"


@pytest.mark.parametrize(
    ("written", "column"),
    [
        ("60003734-1", "org_code"),
        ("600037341", "org_code"),
        (600037341, "org_code"),
        (600037341.0, "org_code"),
        ("组织机构代码：60003734-1", "org_code"),
        ("110108000000016", "registration_number"),
        (110108000000016.0, "registration_number"),
        ("610802D2143569X", "tax_number"),
    ],
)
def test_an_old_code_in_the_unified_column_names_its_own(written: Cell, column: str) -> None:
    judged = judge_uscc(written, TABLES)
    assert judged.verdict is Verdict.REJECT
    found = [r.detail for r in judged.reasons if r.rule == "code.old_code_in_unified_column"]
    assert found == [{"column": column}]


def test_a_listed_exception_is_usable_though_it_breaks_a_rule() -> None:
    odd = "91110000600037341N"
    assert not judge_uscc(odd, TABLES).usable
    listed = UsccTables(TABLES.authorities, TABLES.regions, frozenset({odd}))
    assert judge_uscc(odd, listed).rules == ("code.exception",)


def test_a_retired_region_warns_and_a_development_zone_does_not() -> None:
    retired = judge_uscc("91110103600037341" + "U", TABLES)
    assert "code.region_retired" in retired.rules
    zone = next(reason for code in ("610131", "320594") if (reason := TABLES.regions[code]))
    assert zone.status == "outside"


@pytest.mark.parametrize(
    ("written", "rule"),
    [
        ("60003734-2", "code.org_check"),
        ("6000373", "code.length"),
        ("60003734-Y", "code.alphabet"),
        ("无", "code.placeholder"),
        (None, "code.empty"),
    ],
)
def test_a_wrong_organisation_code_is_refused_in_its_own_column(written: Cell, rule: str) -> None:
    judged = judge_organisation_code(written, TABLES)
    assert judged.verdict is Verdict.REJECT
    assert rule in judged.rules


@pytest.mark.parametrize(
    ("written", "rule"),
    [
        ("110108000000017", "code.registration_check"),
        ("1101080000000", "code.length"),
        ("1.10108E+14", "code.digits_lost"),
    ],
)
def test_a_wrong_registration_number_is_refused_in_its_own_column(written: Cell, rule: str) -> None:
    assert rule in judge_registration_number(written, TABLES).rules
    assert not judge_registration_number(written, TABLES).usable


def test_a_unified_code_in_an_old_column_is_usable_with_a_warning() -> None:
    judged = judge_registration_number(CODE, TABLES)
    assert (judged.kind, judged.verdict, judged.normalised) == (Kind.USCC, Verdict.WARN, CODE)


@pytest.mark.parametrize(
    ("number", "verdict"),
    [
        ("610802D2143569X", Verdict.OK),
        ("610802D21435691", Verdict.WARN),
        (CODE, Verdict.OK),
        ("6108021234", Verdict.REJECT),
    ],
)
def test_a_tax_number_is_read_leniently(number: str, verdict: Verdict) -> None:
    assert judge_tax_number(number, TABLES).verdict is verdict


@pytest.mark.parametrize(
    "number", ["11010519491231002X", "11010519491231002X01", "110105491231002", "11010549123100201"]
)
def test_a_tax_number_that_is_its_owner_s_own_number_is_refused_and_not_kept(number: str) -> None:
    judged = judge_tax_number(number, TABLES)
    assert judged.rules == ("code.person_number",)
    assert judged.normalised == ""


def test_certificates_have_a_length_and_no_check() -> None:
    assert judge_institution_certificate("161000000001", TABLES).verdict is Verdict.OK
    assert judge_institution_certificate("16100000001", TABLES).verdict is Verdict.REJECT
    assert judge_social_certificate("陕民社证字第 0001 号", TABLES).verdict is Verdict.OK
    assert judge_social_certificate("证" * 51, TABLES).verdict is Verdict.REJECT
    assert judge_social_certificate("", TABLES).rules == ("code.empty",)
    assert judge_social_certificate("无", TABLES).rules == ("code.placeholder",)
