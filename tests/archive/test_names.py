"""Organisations, their names and old codes; finding them by any part of a name."""

from itertools import count

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.factories import codes
from tests.factories.archive import register
from xinheng.archive import selectors
from xinheng.archive.models import Name, Organisation
from xinheng.archive.search import NameHit, names_matching

pytestmark = pytest.mark.django_db

ONE, TWO, THREE = (codes.enterprise(n) for n in (1, 2, 3))
STALL = codes.individual_business(1)


def found(text: str) -> list[str]:
    return [hit.code for hit in names_matching(text)]


def test_a_renaming_keeps_the_former_name() -> None:
    register(ONE, "青禾商贸有限公司")
    register(ONE, "青禾食品有限公司", former_names=("青禾商贸有限公司",))
    assert selectors.organisation(ONE).name == "青禾食品有限公司"
    assert selectors.former_names(ONE) == ("青禾商贸有限公司",)
    register(ONE, "青禾商贸有限公司", former_names=("青禾食品有限公司",))
    assert selectors.former_names(ONE) == ("青禾食品有限公司",)
    assert Name.objects.filter(subject_id=ONE, kind="current").count() == 1


def test_a_name_that_differs_in_width_alone_is_no_second_name() -> None:
    register(ONE, "青禾（榆木）食品有限公司")
    register(ONE, "青禾(榆木)食品有限公司")
    assert selectors.former_names(ONE) == ()
    assert selectors.organisation(ONE).name == "青禾(榆木)食品有限公司"


def test_what_the_register_no_longer_says_of_old_codes_stays_known() -> None:
    register(ONE, "甲公司", identifiers=(("organisation_code", "700000017"),))
    register(ONE, "甲公司")
    assert selectors.subjects_by_old_code([("organisation_code", "700000017")]) == {
        ("organisation_code", "700000017"): (ONE,)
    }


def test_an_old_code_that_two_claim_is_contested() -> None:
    claim = (("registration_number", "610802600001230"),)
    register(ONE, "甲公司", identifiers=claim)
    register(TWO, "乙公司", identifiers=claim)
    register(THREE, "丙公司", identifiers=(("tax_number", "610802600001230"),))
    asked = [("registration_number", "610802600001230"), ("organisation_code", "000000000")]
    assert selectors.subjects_by_old_code(asked) == {asked[0]: tuple(sorted((ONE, TWO)))}
    assert selectors.subjects_by_old_code([]) == {}


@pytest.mark.parametrize(
    "text",
    ["青", "青禾", "榆木ABC", "食品有限公司", "青禾(榆木)", "青禾（榆木）", "【榆木】", " 青 禾 ", "青禾・榆木"],
)  # fmt: skip
def test_any_part_finds_in_any_width_and_with_any_brackets(text: str) -> None:
    register(ONE, "青禾（榆木）ABC食品有限公司")
    register(TWO, "白杨粮油厂")
    assert found(text) == [ONE]


def test_traditional_finds_simplified_and_the_other_way_round() -> None:
    register(ONE, "华龙电气有限公司")
    register(TWO, "華興電氣有限公司")
    assert found("華龍") == [ONE]
    assert found("华兴电气") == [TWO]
    assert set(found("電氣")) == {ONE, TWO}


def test_a_former_name_finds_and_says_so() -> None:
    register(ONE, "青禾商贸有限公司")
    register(ONE, "白杨食品有限公司", former_names=("青禾商贸有限公司",))
    (hit,) = names_matching("青禾")
    assert (hit.code, hit.kind, hit.name, hit.current_name) == (ONE, "former", "青禾商贸有限公司", "白杨食品有限公司")


def test_an_organisation_is_found_once_by_its_best_name() -> None:
    register(ONE, "青禾")
    register(ONE, "青禾食品有限公司", former_names=("青禾", "新青禾食品厂"))
    (hit,) = names_matching("青禾")
    assert (hit.name, hit.kind, hit.place[0]) == ("青禾", "former", 0)
    (hit,) = names_matching("食品")
    assert (hit.name, hit.kind) == ("青禾食品有限公司", "current")


def test_whole_names_first_then_beginnings_then_parts_and_short_before_long() -> None:
    for code, name in [(ONE, "新青禾"), (TWO, "青禾食品厂"), (THREE, "青禾"), (codes.enterprise(4), "青禾厂")]:
        register(code, name)
    assert found("青禾") == [THREE, codes.enterprise(4), TWO, ONE]


def test_an_individual_business_is_found_by_its_full_trade_name_only() -> None:
    register(STALL, "榆木区青禾面馆")
    assert found("榆木区青禾面馆") == found("榆木区 青禾 麵館") == [STALL]
    for part in ("青", "青禾", "青禾面馆", "榆木区青禾面", "榆木区青禾面馆一"):
        assert found(part) == []


def test_an_individual_businesss_former_trade_name_must_be_whole_too() -> None:
    register(STALL, "青禾面馆")
    register(STALL, "白杨面馆", former_names=("青禾面馆",))
    assert found("青禾面馆") == [STALL]
    assert found("青禾") == []


@pytest.mark.parametrize("text", ["", " ", "（）", "---", "%", "_", "\0", "有限%", "'; DROP TABLE archive_name; --"])
def test_punctuation_finds_nothing_and_breaks_nothing(text: str) -> None:
    register(ONE, "青禾食品厂")
    assert found(text) == []


def pages(text: str, size: int) -> list[NameHit]:
    hits: list[NameHit] = []
    for _ in range(100):
        page = names_matching(text, after=hits[-1].place if hits else None, limit=size)
        hits += page
        if len(page) < size:
            return hits
    raise AssertionError("pages without end")


NAMES = st.lists(
    st.tuples(
        st.text("青禾食厂", min_size=1, max_size=4), st.lists(st.text("青禾食厂", min_size=1, max_size=4), max_size=2)
    ),
    min_size=1,
    max_size=9,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(NAMES, st.text("青禾食", min_size=1, max_size=2), st.integers(1, 4))
def test_pages_hold_every_organisation_that_a_slow_search_finds_once(
    told: list[tuple[str, list[str]]], text: str, size: int
) -> None:
    with transaction.atomic():
        expected = set()
        for n, (name, former) in zip(count(1), told, strict=False):
            register(codes.enterprise(n), name, former_names=tuple(former))
            if any(text in each for each in (name, *former)):
                expected.add(codes.enterprise(n))
        hits = pages(text, size)
        assert [hit.place for hit in hits] == sorted(hit.place for hit in hits)
        assert len(hits) == len({hit.code for hit in hits})
        assert {hit.code for hit in hits} == expected
        transaction.set_rollback(True)


@pytest.mark.parametrize("many", [10, 20])
def test_the_number_of_queries_does_not_grow_with_the_rows(many: int) -> None:
    for n in range(many):
        register(codes.enterprise(n), f"青禾{n}号", former_names=(f"旧青禾{n}号",))
    wanted = [codes.enterprise(n) for n in range(many)]
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert len(names_matching("青禾", limit=many)) == many
        assert len(selectors.registered(wanted)) == many
        assert len(selectors.organisations(wanted)) == many
        assert selectors.known_codes(wanted) == set(wanted)
    assert len(queries) == 5


def test_heads_say_what_the_register_said_last() -> None:
    register(ONE, "青禾厂")
    register(ONE, "青禾厂", status="deregistered", successor=TWO)
    head = selectors.organisation(ONE)
    assert (head.status, head.successor) == ("deregistered", TWO)
    assert selectors.organisation_count() == Organisation.objects.count() == 1
    assert selectors.organisation(THREE) is None
