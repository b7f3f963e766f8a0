"""Whatever is not public never reaches a page, on none of them."""

from collections.abc import Iterator

import pytest

from tests.factories import codes
from tests.factories.intake import Gate, licence, penalty, registration
from tests.factories.publication import reader, texts
from xinheng.core.context import Context
from xinheng.publication import selectors

pytestmark = pytest.mark.django_db

CODE, STALL = codes.enterprise(1), codes.individual_business(1)
NAME, STALL_NAME = "示例市青禾食品有限公司", "榆木区青禾面馆"
REPRESENTATIVE = "欧阳测试"
NUMBER = "示应急罚〔2026〕1号"


def every_page(ctx: Context) -> Iterator[object]:
    """All pages that lead to the two organisations and their records."""
    reading = reader(ctx)
    home = selectors.home(reading)
    yield home
    for code in (CODE, STALL):
        yield selectors.organisation(reading, code)
        for item in ctx.rulebook.items:
            yield selectors.organisation(reading, code, item=item)
    for query in (NAME, "青禾", STALL_NAME, NUMBER, CODE, STALL, REPRESENTATIVE):
        yield selectors.search(reading, query)
    for summary in home.latest:
        yield selectors.record(reading, summary.id)


def all_texts(ctx: Context) -> list[str]:
    return [text for page in every_page(ctx) for text in texts(page)]


def city(gate: Gate) -> None:
    home_address = {"法定代表人": REPRESENTATIVE, "住所": "青石巷九号后院"}
    gate.send(
        "registration",
        registration(CODE, NAME, **home_address | {"工商注册号": ""}),
        registration(STALL, STALL_NAME, **home_address),
    )
    internal = {"备注": "内部备注甲", "公示截止期": "2028-01-02"}
    gate.publish(
        "penalty",
        penalty(CODE, NAME, NUMBER, **internal),
        penalty(STALL, STALL_NAME, "示应急罚〔2026〕2号", **internal | {"行政相对人类别": "个体工商户"}),
    )
    gate.publish("licence", licence(CODE, NAME, 备注="内部备注乙"))


@pytest.mark.parametrize("planted", ["内部备注甲", "内部备注乙", "2028-01-02", REPRESENTATIVE, "测试"])
def test_what_agencies_keep_among_themselves_is_on_no_page(gate: Gate, planted: str) -> None:
    city(gate)
    shown = all_texts(gate.ctx)
    assert any(NAME in text for text in shown)
    assert not [text for text in shown if planted in text and text != REPRESENTATIVE]


def test_the_representative_of_an_enterprise_is_masked(gate: Gate) -> None:
    city(gate)
    page = selectors.organisation(gate.ctx, CODE)
    assert page is not None
    (fact,) = [fact for fact in page.facts if fact.field == "legal_representative"]
    assert (fact.value.zh, fact.masked) == ("欧**试", True)
    assert any(fact.field == "address" for fact in page.facts)


def test_the_person_and_the_home_behind_an_individual_business_are_hidden(gate: Gate) -> None:
    city(gate)
    page = selectors.organisation(gate.ctx, STALL)
    assert page is not None
    assert page.individual_business
    assert {fact.field for fact in page.facts}.isdisjoint({"legal_representative", "address"})
    assert not [text for text in texts(page) if "欧" in text or "青石巷" in text]


def test_every_public_fact_is_public_by_the_catalogue(gate: Gate) -> None:
    city(gate)
    allowed = {
        field.id
        for editions in gate.ctx.rulebook.items.values()
        for edition in editions
        for field in edition.fields
        if field.disclosure.value in ("public", "masked")
    }
    for summary in selectors.home(gate.ctx).latest:
        page = selectors.record(gate.ctx, summary.id)
        assert page is not None
        assert {fact.field for fact in page.facts} <= allowed


def test_the_words_behind_other_are_shown_with_it(gate: Gate) -> None:
    gate.register(CODE, NAME)
    receipt = gate.publish("licence", licence(CODE, NAME, 许可类别="其他：备案登记"))
    page = selectors.record(gate.ctx, receipt.rows[0].record or "")
    assert page is not None
    (kind,) = [fact.value for fact in page.facts if fact.field == "licence_type"]
    assert "备案登记" in kind.zh
