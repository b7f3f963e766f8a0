"""Every published or computed vector of the identifiers' standards."""

import pytest
from stdnum.cn import uscc as peer

from tests.core.identifier_tables import TABLES
from xinheng.core.identifiers.legacy import judge_organisation_code, judge_registration_number
from xinheng.core.identifiers.uscc import (
    Verdict,
    bucket_of,
    inner_check,
    judge_uscc,
    organisation_part,
    subject_type,
)

ISSUED = [
    "91110000600037341L",
    "91310115MA1K3BTP2B",
    "121200004013590816",
    "91310116052958608G",
    "911522010783762860",
    "913101203509708598",
    "91152201078377449P",
    "913205056082348768",
    "9115220107837941X1",
    "91340600MA2PBM9HXD",
    "91152201078382010M",
    "91340600MA2PBP2120",
    "911522010783917502",
    "91371082775260043P",
    "91310112087994932F",
    "9144030071526726XG",
    "91620105L015101280",
    "914112810713741814",
    "92340602MA2PBQAH7E",
    "92340603MA2UK1TD00",
    "92340621MA2PBKRXXG",
    "92340604MA2PBNQNXM",
    "91230500MA1B3N1N2M",
    "11230500001755309F",
    "91350100M000100Y43",
    "91330100799655058B",
]

ONE_PER_CATEGORY = [
    "11610800016090004T",
    "12610800436200011G",
    "13610000435000122J",
    "31610000MD0123454F",
    "51610000500310013N",
    "52610800MJY2000111",
    "53610000500320027M",
    "71610000MP7000012J",
    "81610802MC3000018T",
    "92610802MA7CQX010W",
    "93610823MA70ABCD70",
    "A1100000MX5000018C",
    "N1610802MF4100011M",
    "N2610802MF4000010W",
    "Y1610000MY60000136",
]

REGISTRATION_NUMBERS = [
    "110108000000016",
    "310117003171688",
    "330282602082220",
    "430524600099555",
    "350205200033663",
    "320507000045918",
    "440301104041144",
    "440307811872564",
    "130903000004802",
    "370125200024527",
    "330225000051892",
    "340100000400528",
    "445381600190918",
    "441900001868015",
    "310230000419464",
    "440301103072002",
    "320483000067847",
    "320300000174110",
    "610800100000015",
    "610802600001230",
]

ORGANISATION_CODES = {"60003734": "1", "MA1K3BTP": "2", "L0151012": "8", "D2143569": "X"}

# Value, verdict, rules that speak (in any order), facts that they state.
FAULTY = [
    ("91110000600037341", Verdict.REJECT, {"code.length"}, {}),
    ("91110000600037341LL", Verdict.REJECT, {"code.length"}, {}),
    ("91110000600037341N", Verdict.REJECT, {"code.outer_check"}, {"code.outer_check": "L"}),
    (
        "91110000600037431L",
        Verdict.REJECT,
        {"code.outer_check", "code.inner_check"},
        {"code.outer_check": "9", "code.inner_check": "X"},
    ),
    (
        "91310115MA1K3BPT2B",
        Verdict.REJECT,
        {"code.outer_check", "code.inner_check"},
        {"code.outer_check": "D", "code.inner_check": "X"},
    ),
    ("91310115MA1K3BTP2A", Verdict.REJECT, {"code.outer_check"}, {"code.outer_check": "B"}),
    ("911100O0600037341L", Verdict.REJECT, {"code.alphabet"}, {}),
    ("9111000060003734IL", Verdict.REJECT, {"code.alphabet"}, {}),
    ("9111000060003Z341L", Verdict.REJECT, {"code.alphabet"}, {}),
    ("9111000060003S341L", Verdict.REJECT, {"code.alphabet"}, {}),
    ("9111000060003V341L", Verdict.REJECT, {"code.alphabet"}, {}),
    ("A1110000600037341L", Verdict.REJECT, {"code.outer_check"}, {"code.outer_check": "K"}),
    ("91110000600037340H", Verdict.WARN, {"code.inner_check"}, {"code.inner_check": "1"}),
    ("94110000600037341B", Verdict.REJECT, {"code.category"}, {}),
    ("99110000600037341U", Verdict.WARN, {"code.category_unusual"}, {}),
    ("91999999600037341N", Verdict.WARN, {"code.region_unknown"}, {}),
    ("01110000600037341X", Verdict.REJECT, {"code.authority"}, {}),
    ("9111000A6000373415", Verdict.REJECT, {"code.alphabet"}, {}),
    ("000000000000000000", Verdict.REJECT, {"code.placeholder"}, {}),
    ("00000000000000000X", Verdict.REJECT, {"code.placeholder"}, {}),
    (
        "91320100250571846X",
        Verdict.REJECT,
        {"code.outer_check", "code.inner_check"},
        {"code.outer_check": "L", "code.inner_check": "2"},
    ),
    ("120101189002291421", Verdict.WARN, {"code.region_unknown"}, {}),
    ("110101189002290494", Verdict.WARN, {"code.region_unknown", "code.inner_check"}, {}),
    ("９１110000600037341L", Verdict.OK, {"code.cleaned"}, {}),
    ("91110000600037341l", Verdict.OK, {"code.cleaned"}, {}),
    ("91 110000 600037341L", Verdict.OK, {"code.cleaned"}, {}),
]


@pytest.mark.parametrize("code", ISSUED + ONE_PER_CATEGORY)
def test_a_valid_code_is_usable_and_both_its_checks_hold(code: str) -> None:
    judged = judge_uscc(code, TABLES)
    assert judged.usable
    assert judged.normalised == code
    assert not {"code.inner_check", "code.outer_check"} & set(judged.rules)


@pytest.mark.parametrize("code", [code for code in ISSUED + ONE_PER_CATEGORY if code[0] not in "ANY"])
def test_the_peer_library_agrees_where_it_knows_the_authority(code: str) -> None:
    assert peer.is_valid(code)
    assert judge_uscc(code, TABLES).usable


@pytest.mark.parametrize(("value", "verdict", "rules", "expected"), FAULTY)
def test_a_faulty_code_is_graded_with_every_reason(
    value: str, verdict: Verdict, rules: set[str], expected: dict[str, str]
) -> None:
    judged = judge_uscc(value, TABLES)
    assert judged.verdict is verdict
    assert set(judged.rules) == rules
    assert {r.rule: r.detail["expected"] for r in judged.reasons if r.rule in expected} == expected


@pytest.mark.parametrize("number", REGISTRATION_NUMBERS)
def test_a_registration_number_passes_its_check(number: str) -> None:
    assert judge_registration_number(number, TABLES).verdict is Verdict.OK


@pytest.mark.parametrize(("eight", "check"), ORGANISATION_CODES.items())
def test_an_organisation_code_has_its_check_character_with_and_without_the_dash(eight: str, check: str) -> None:
    assert inner_check(eight) == check
    for written in (eight + check, f"{eight}-{check}"):
        judged = judge_organisation_code(written, TABLES)
        assert judged.verdict is Verdict.OK
        assert judged.normalised == eight + check


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("11610800016090004T", "government"),
        ("12610800436200011G", "public_institution"),
        ("13610000435000122J", "mass_organisation"),
        ("91110000600037341L", "enterprise"),
        ("92340602MA2PBQAH7E", "individual_business"),
        ("93610823MA70ABCD70", "cooperative"),
        ("51610000500310013N", "social_association"),
        ("52610800MJY2000111", "private_non_enterprise"),
        ("53610000500320027M", "foundation"),
        ("N1610802MF4100011M", "rural_collective"),
        ("N2610802MF4000010W", "rural_collective"),
        ("31610000MD0123454F", "other"),
        ("Y1610000MY60000136", "other"),
    ],
)
def test_the_prefix_names_the_kind_of_organisation(code: str, kind: str) -> None:
    assert subject_type(code) == kind


def test_the_organisation_part_is_the_old_code() -> None:
    assert organisation_part("91110000600037341L") == "600037341"


# First bytes of `printf %s CODE | sha256sum`, taken with another program and divided by four.
@pytest.mark.parametrize(("code", "bucket"), [("91110000600037341L", 45), ("N2610802MF4000010W", 62)])
def test_the_bucket_of_a_code_never_changes(code: str, bucket: int) -> None:
    assert bucket_of(code) == bucket
