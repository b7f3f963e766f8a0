"""The one search box."""

import pytest
from django.db import connection

from tests.factories import codes
from tests.factories.archive import register
from tests.factories.intake import Gate, penalty, registration
from xinheng.core.context import Context
from xinheng.publication.finding import marked_parts
from xinheng.publication.pages import Hit, SearchPage
from xinheng.publication.selectors import search
from xinheng.synth.codes import registration_check

pytestmark = pytest.mark.django_db

CODE, OTHER, STALL = codes.enterprise(1), codes.enterprise(2), codes.individual_business(1)
NAME = "示例市青禾（榆木）食品有限公司"
OLD = codes.organisation_code(1)
NUMBER_14 = "61080260000123"
REGISTERED_AS = NUMBER_14 + registration_check(NUMBER_14)


@pytest.mark.parametrize(
    "typed",
    [CODE, CODE.lower(), f" {CODE} ", f"{CODE[:8]} {CODE[8:]}", f"{CODE[:2]}-{CODE[2:]}", f"'{CODE}", f"\ufeff{CODE}"],
)
def test_a_code_goes_straight_to_its_file(ctx: Context, typed: str) -> None:
    register(CODE, NAME)
    assert search(ctx, typed).go_to == CODE
    wide = "".join(chr(ord(character) + 0xFEE0) for character in CODE)
    assert search(ctx, wide).go_to == CODE


def test_a_valid_code_of_nobody_says_that_nothing_is_found(ctx: Context) -> None:
    page = search(ctx, CODE)
    assert page.go_to is None
    assert page.hint is not None
    assert "没有" in page.hint.zh


def test_a_wrong_check_character_is_explained(ctx: Context) -> None:
    register(CODE, NAME)
    wrong = CODE[:-1] + next(c for c in "0123456789A" if c != CODE[-1])
    page = search(ctx, wrong)
    assert page.go_to is None
    assert page.hint is not None
    assert CODE[-1] in page.hint.zh
    assert "{" not in page.hint.zh + page.hint.en


@pytest.mark.parametrize("typed", [OLD, f"{OLD[:8]}-{OLD[8]}", OLD.lower(), REGISTERED_AS])
def test_an_old_code_goes_to_the_file(ctx: Context, typed: str) -> None:
    register(CODE, NAME, identifiers=(("organisation_code", OLD), ("registration_number", REGISTERED_AS)))
    assert search(ctx, typed).go_to == CODE


def test_an_old_code_that_two_claim_goes_nowhere(ctx: Context) -> None:
    for code in (CODE, OTHER):
        register(code, NAME, identifiers=(("organisation_code", OLD),))
    assert search(ctx, OLD).go_to is None


def test_an_old_code_that_only_agencies_may_see_leads_nowhere(ctx: Context) -> None:
    told = (("registration_number", REGISTERED_AS), ("organisation_code", OLD), ("tax_number", "610802700000016"))
    register(STALL, "青禾面馆", identifiers=told)
    register(CODE, NAME, identifiers=(("tax_number", "610802700000024"),))
    for typed in (REGISTERED_AS, OLD, "610802700000016", "610802700000024"):
        assert search(ctx, typed).go_to is None
    assert search(ctx, STALL).go_to == STALL


def test_a_code_given_up_leads_to_the_file_that_goes_on(ctx: Context) -> None:
    register(CODE, NAME, identifiers=(("former_code", OTHER),))
    assert search(ctx, OTHER).go_to == CODE
    register(OTHER, "示例市白杨食品有限公司")
    assert search(ctx, OTHER).go_to == OTHER


@pytest.mark.parametrize(
    "typed",
    ["示应急罚〔2026〕1号", "示应急罚[2026]1号", "示应急罚【2026】1号", "示应急罚（2026）1号", "示应急罚(2026) 1 号",
     "示应急罚［２０２６］１号"],
)  # fmt: skip
def test_a_decision_number_finds_its_record_in_any_brackets(gate: Gate, typed: str) -> None:
    gate.register(CODE, NAME)
    gate.publish("penalty", penalty(CODE, NAME, "示应急罚〔2026〕1号"), penalty(CODE, NAME, "示应急罚〔2026〕2号"))
    page = search(gate.ctx, typed)
    assert [record.document_number for record in page.records] == ["示应急罚〔2026〕1号"]
    assert page.hint is None


def test_the_matching_part_is_marked(ctx: Context) -> None:
    register(CODE, NAME)
    (hit,) = search(ctx, "青禾(榆木)").hits
    assert hit.marked == (("示例市", False), ("青禾（榆木", True), ("）食品有限公司", False))
    assert "".join(piece for piece, _ in hit.marked) == NAME


@pytest.mark.parametrize(
    ("name", "query", "marked"),
    [
        ("華龍電氣", "龙电", (("華", False), ("龍電", True), ("氣", False))),
        ("ＡＢ食品", "ab", (("ＡＢ", True), ("食品", False))),
        ("青禾", "白杨", (("青禾", False),)),
        ("青禾", "", (("青禾", False),)),
    ],
)
def test_marks_stand_on_the_name_as_it_is_written(name: str, query: str, marked: tuple[tuple[str, bool], ...]) -> None:
    assert marked_parts(name, query) == marked


def test_a_former_name_is_found_and_called_one(gate: Gate) -> None:
    gate.register(CODE, "示例市青禾商贸有限公司")
    gate.register(CODE, "示例市白杨食品有限公司", 曾用名="示例市青禾商贸有限公司", 变更日期="2026-11-01")
    (hit,) = search(gate.ctx, "青禾商贸").hits
    assert (hit.matched_by, hit.name) == ("former", "示例市白杨食品有限公司")


def test_a_persons_number_is_masked_before_anything_else(ctx: Context) -> None:
    page = search(ctx, "999999195001011231")
    assert "19500101" not in repr(page)
    assert page.hint is not None


def test_a_registered_code_in_the_shape_of_a_persons_number_is_found_and_not_shown(ctx: Context) -> None:
    from xinheng.core.persons import person_shape
    from xinheng.synth.codes import outer_check

    shaped = next(
        first + outer_check(first)
        for first in (f"51610819990101{n:03d}" for n in range(1000))
        if outer_check(first).isdigit() and person_shape(first + outer_check(first))
    )
    assert search(ctx, shaped).go_to is None
    register(shaped, "示例市某协会")
    page = search(ctx, shaped)
    assert page.go_to == shaped
    assert shaped not in page.query


@pytest.mark.parametrize(
    "text", ["", "  ", "\0", "\0号1", "\ud8001号", "x" * 5000, "1" * 5000, "%", "〔〕", "号" * 300]
)
def test_whatever_is_typed_gets_an_answer(ctx: Context, text: str) -> None:
    page = search(ctx, text)
    assert (page.go_to, page.hits, page.records) == (None, (), ())


@pytest.mark.parametrize(
    "after", ["", "x", "0-1-", "9-1-" + CODE, "0-999999-" + CODE, f"0-1-{CODE}\0", f"1-5-{CODE}\n"]
)
def test_a_foreign_cursor_starts_anew(ctx: Context, after: str) -> None:
    register(CODE, NAME)
    assert [hit.code for hit in search(ctx, "青禾", after=after).hits] == [CODE]


def walk(ctx: Context, text: str) -> list[Hit]:
    hits: list[Hit] = []
    page: SearchPage | None = None
    while page is None or page.next_page:
        page = search(ctx, text, after=page.next_page if page else None)
        hits += page.hits
    return hits


@pytest.mark.parametrize("many", [25, 26, 60])
def test_pages_of_hits_have_no_gap_and_no_repeat(ctx: Context, many: int) -> None:
    for n in range(many):
        register(codes.enterprise(n), f"青禾{n % 7}号{'店' * (n % 3)}")
    hits = walk(ctx, "青禾")
    assert len(hits) == many
    assert {hit.code for hit in hits} == {codes.enterprise(n) for n in range(many)}


def test_a_page_costs_as_many_queries_for_one_hit_as_for_a_full_page(ctx: Context) -> None:
    from django.test.utils import CaptureQueriesContext

    register(CODE, "青禾一号")
    with CaptureQueriesContext(connection) as few:
        search(ctx, "青禾")
    for n in range(2, 40):
        register(codes.enterprise(n), f"青禾{n}号")
    with CaptureQueriesContext(connection) as many:
        assert search(ctx, "青禾").next_page
    assert len(few) == len(many) <= 4


def test_merged_and_changed_organisations_are_found_as_they_are(gate: Gate) -> None:
    merged = registration(CODE, NAME, 登记状态="注销", 状态日期="2026-10-01", 承继主体统一社会信用代码=OTHER)
    changed = registration(OTHER, "示例市白杨食品有限公司", 原统一社会信用代码=codes.enterprise(3))
    gate.publish("registration", merged, changed)
    assert search(gate.ctx, codes.enterprise(3)).go_to == OTHER
    (hit,) = search(gate.ctx, "青禾").hits
    assert (hit.code, hit.status_label.zh, hit.status_tone) == (CODE, "注销", "mute")
