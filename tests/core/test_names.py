"""When two names mean the same organisation, and how a name is found."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opencc import OpenCC

from tests.core.identifier_tables import name_forms
from xinheng.core.names import (
    NameKind,
    compare_names,
    grams,
    locate,
    mask_person_name,
    search_form,
)

FORMS = name_forms()
simplify = OpenCC("t2s").convert


@pytest.mark.parametrize(
    ("a", "b", "kind"),
    [
        ("榆林市信衡贸易有限公司", "榆林市信衡贸易有限公司", NameKind.SAME),
        ("榆林市信衡贸易有限公司 ", "\ufeff榆林市信衡贸易有限公司", NameKind.SAME),
        ("信衡(陕西)有限公司", "信衡（陕西）有限公司", NameKind.WIDTH),
        ("信衡陕西有限公司", "信衡（陕西）有限公司", NameKind.WIDTH),
        ("信衡 陕西有限公司", "信衡陕西有限公司", NameKind.WIDTH),
        ("ＡＢＣ科技有限公司", "abc科技有限公司", NameKind.WIDTH),
        ("榆林市信衡貿易有限公司", "榆林市信衡贸易有限公司", NameKind.SCRIPT),
        ("信衡貿易（陝西）有限公司", "信衡贸易(陕西)有限公司", NameKind.SCRIPT),
        ("榆林市信衡贸易有限责任公司", "榆林市信衡贸易有限公司", NameKind.LEGAL_FORM),
        ("榆林市信衡貿易有限責任公司", "榆林市信衡贸易有限公司", NameKind.LEGAL_FORM),
        ("信衡银行榆林支行", "信衡银行股份有限公司榆林支行", NameKind.LEGAL_FORM),
        ("信衡有限责任公司榆林分公司", "信衡有限公司榆林分公司", NameKind.LEGAL_FORM),
        ("绿源种植专业合作社", "绿源种植农民专业合作社", NameKind.LEGAL_FORM),
        ("信衡有限公司", "信衡股份有限公司", NameKind.DIFFERENT),
        ("信衡有限公司", "信衡厂", NameKind.DIFFERENT),
        ("信衡有限公司", "信衡有限公司榆林分公司", NameKind.DIFFERENT),
        ("信衡一分公司", "信衡二分公司", NameKind.DIFFERENT),
        ("榆林市信衡贸易有限公司", "榆林市信恒贸易有限公司", NameKind.DIFFERENT),
        ("榆林市信衡贸易有限公司", "西安市信衡贸易有限公司", NameKind.DIFFERENT),
        ("", "信衡有限公司", NameKind.DIFFERENT),
        ("***", "///", NameKind.DIFFERENT),
    ],
)
def test_how_two_names_differ(a: str, b: str, kind: NameKind) -> None:
    match = compare_names(a, b, FORMS, simplify)
    assert match.kind is kind
    assert match.agrees == (kind is not NameKind.DIFFERENT)
    assert compare_names(b, a, FORMS, simplify).kind is kind


def test_a_former_name_is_named() -> None:
    match = compare_names("信衡(陕西)厂", "新信衡有限公司", FORMS, simplify, ("更早的厂", "信衡（陕西）厂"))
    assert (match.kind, match.former) == (NameKind.FORMER, "信衡（陕西）厂")
    assert compare_names("别的厂", "新信衡有限公司", FORMS, simplify, ("更早的厂",)).kind is NameKind.DIFFERENT


def test_the_search_form_and_its_grams() -> None:
    assert search_form(" ＸＨ貿易（陝西） ", simplify) == "xh贸易陕西"
    assert grams("信衡信衡") == ("信", "衡", "信衡", "衡信")
    assert grams("") == ()


@pytest.mark.parametrize(
    ("query", "marked"),
    [
        ("贸易", "贸易"),
        ("貿易", "贸易"),
        ("易陕", "易（陕"),
        ("ｘｈ", "XH"),
        ("陕西）", "陕西"),
        ("没有", None),
        ("", None),
        ("（", None),
    ],
)
def test_the_matching_part_is_located_in_the_name_as_written(query: str, marked: str | None) -> None:
    name = "XH信衡贸易（陕西）有限公司"
    found = locate(query, name, simplify)
    assert (name[found[0] : found[1]] if found else None) == marked


@given(st.text(), st.text())
def test_comparing_is_symmetric_and_a_name_is_itself(a: str, b: str) -> None:
    assert compare_names(a, a, FORMS, simplify).kind is NameKind.SAME
    assert compare_names(a, b, FORMS, simplify) == compare_names(b, a, FORMS, simplify)


@given(st.text("信衡贸易有限公司（）()abc ", min_size=1), st.data())
def test_every_part_of_a_name_shares_its_grams(name: str, data: st.DataObject) -> None:
    form = search_form(name, simplify)
    start = data.draw(st.integers(0, len(form)))
    part = form[start : data.draw(st.integers(start, len(form)))]
    assert set(grams(part)) <= set(grams(form))


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("周岚", "周*"),
        ("周小岚", "周*岚"),
        ("周 小岚", "周*岚"),
        ("欧阳小岚", "欧**岚"),
        ("周", "*"),
        ("", ""),
        ("Ann", "A*n"),
    ],
)
def test_a_person_s_name_loses_its_middle(name: str, masked: str) -> None:
    assert mask_person_name(name) == masked
