"""Pages of the further items: shown by data alone, and nothing of what is withheld anywhere."""

from collections.abc import Iterator
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import codes
from tests.factories.accounts import BUREAU, BUREAU_NAME
from tests.factories.intake import Gate
from tests.factories.publication import reader, texts
from xinheng.core.context import Context
from xinheng.core.rulebook.types import Publicity
from xinheng.intake.receipts import Receipt
from xinheng.publication import selectors
from xinheng.publication.pages import RecordPage

pytestmark = pytest.mark.django_db

CODE, STALL = codes.enterprise(1), codes.individual_business(1)
NAME, STALL_NAME = "示例市青禾食品有限公司", "榆木区青禾面馆"
PUBLIC = (
    "compulsion", "confirmation", "levy", "benefit", "ruling", "compensation", "award", "inspection", "honour",
    "contract_performance", "intellectual_property",
)  # fmt: skip
WITHHELD = ("evaluation_result", "abnormal_operation", "enforcement")


def row(ctx: Context, item: str, code: str = CODE, name: str = NAME, **changes: str) -> dict[str, str]:
    """The item's complete row of the catalogue, for this organisation and this bureau."""
    edition = ctx.rulebook.item(item, ctx.today)
    cells = {**edition.cases[0].row, "行政相对人名称": name, "统一社会信用代码": code}
    for field in edition.fields:
        if field.kind.value == "agency_code" and field.label.zh in cells:
            cells[field.label.zh] = BUREAU
        if field.id in ("body_name", "source_unit_name") and field.label.zh in cells:
            cells[field.label.zh] = BUREAU_NAME
    return cells | changes


def sent(gate: Gate, item: str, **changes: str) -> Receipt:
    receipt = gate.publish(item, row(gate.ctx, item, **changes))
    assert receipt.counts["accepted"] == 1, list(receipt.all_findings())
    return receipt


def page_of(gate: Gate, receipt: Receipt, day: date | None = None) -> RecordPage | None:
    page = selectors.record(reader(gate.ctx, day), receipt.rows[0].record or "")
    assert page is None or isinstance(page, RecordPage)
    return page


@pytest.mark.parametrize("item", PUBLIC)
def test_a_record_has_a_page_with_its_public_fields_in_both_languages(gate: Gate, item: str) -> None:
    gate.register(CODE, NAME)
    page = page_of(gate, sent(gate, item))
    assert page is not None
    edition = gate.ctx.rulebook.item(item, gate.ctx.today)
    assert page.summary.title
    assert page.summary.item_label == gate.ctx.rulebook.heads[item].label
    assert page.source_class is not None
    assert (page.source_class.zh, page.source_class.en) == ("公共信用信息", "Public credit information")
    granted = {field.id for field in edition.fields if field.disclosure.value == "public"}
    assert {fact.field for fact in page.facts} <= granted
    assert {edition.subject_code, edition.title_field, "decided_on"} <= {fact.field for fact in page.facts}
    assert all(fact.label.zh and fact.label.en and fact.label.zh != fact.label.en for fact in page.facts)
    choices = {field.id for field in edition.fields if field.list}
    assert all(fact.value.zh != fact.value.en for fact in page.facts if fact.field in choices)
    assert page.basis


def test_the_file_shows_every_public_item_in_a_section_of_its_own(gate: Gate) -> None:
    gate.register(CODE, NAME)
    for item in (*PUBLIC, *WITHHELD):
        sent(gate, item)
    page = selectors.organisation(reader(gate.ctx), CODE)
    assert page is not None
    shown = {group.item: group.total for group in page.groups if group.total}
    assert shown == dict.fromkeys(PUBLIC, 1)
    assert all(group.label.zh != group.item for group in page.groups)


def test_many_items_in_a_file_cost_few_queries(gate: Gate) -> None:
    gate.register(CODE, NAME)
    for item in PUBLIC:
        sent(gate, item)
    with CaptureQueriesContext(connection) as queries:
        assert selectors.organisation(gate.ctx, CODE) is not None
    assert len(queries) <= 30


@pytest.mark.parametrize("item", WITHHELD)
def test_what_is_withheld_is_on_no_page_no_search_and_no_address(gate: Gate, item: str) -> None:
    gate.register(CODE, NAME)
    receipt = sent(gate, item)
    assert receipt.rows[0].record
    assert page_of(gate, receipt) is None
    values = gate.ctx.rulebook.item(item, gate.ctx.today).cases[0].row
    planted = {
        text for head, text in values.items() if text and head[:2] in ("来源", "列入", "失信", "案号", "移出", "评价")
    }
    assert planted
    told = list(everything(gate, item))
    assert any(NAME in text for text in told)
    assert planted.isdisjoint(told)
    page = selectors.organisation(reader(gate.ctx), CODE, item=item)
    assert page is not None
    assert page.groups == ()


def everything(gate: Gate, item: str) -> Iterator[str]:
    """Every text that the public can reach."""
    ctx = reader(gate.ctx)
    case = gate.ctx.rulebook.item(item, gate.ctx.today).cases[0]
    yield from texts(selectors.home(ctx))
    yield from texts(selectors.organisation(ctx, CODE))
    for text in (NAME, CODE):
        yield from texts(selectors.search(ctx, text))
    for text in case.row.values():
        found = selectors.search(ctx, text)
        assert found.records == ()
        yield from (told for told in texts(found) if told != found.query)


def test_withheld_items_are_those_of_the_catalogue(gate: Gate) -> None:
    heads = gate.ctx.rulebook.heads.values()
    assert {head.id for head in heads if head.publication is Publicity.WITHHELD} == set(WITHHELD)


@pytest.mark.parametrize(
    ("item", "heading", "cell"),
    [
        ("ruling", "裁决内容", "本机关裁决如下甲"),
        ("levy", "征收金额（万元）", "3.07"),
        ("compensation", "补偿金额（万元）", "12.07"),
        ("contract_performance", "合同金额（万元）", "86.07"),
    ],
)
def test_what_agencies_share_is_not_on_the_page(gate: Gate, item: str, heading: str, cell: str) -> None:
    gate.register(CODE, NAME)
    other = {f"{next(iter(heading[:2]))}{heading[1]}内容": "见附件"} if "金额" in heading else {}
    page = page_of(gate, sent(gate, item, **{heading: cell}, **other))
    assert page is not None
    assert not [text for text in texts(page) if cell in text]


@pytest.mark.parametrize(
    ("item", "first", "last"),
    [
        ("compulsion", date(2026, 11, 10), date(2027, 11, 9)),
        ("benefit", date(2026, 11, 10), date(2029, 11, 9)),
        ("confirmation", date(2026, 11, 10), date(2029, 11, 9)),
        ("honour", date(2026, 10, 12), date(2029, 10, 11)),
        ("intellectual_property", date(2026, 6, 2), date(2036, 6, 1)),
    ],
)
def test_a_record_is_public_to_the_last_day_of_its_period_and_no_longer(
    gate: Gate, item: str, first: date, last: date
) -> None:
    gate.register(CODE, NAME)
    receipt = sent(gate, item)
    page = page_of(gate, receipt)
    assert page is not None
    assert page.summary.period is not None
    assert (page.summary.period.start, page.summary.period.until) == (first, last)
    assert page.summary.period.basis
    assert page_of(gate, receipt, last) is not None
    assert page_of(gate, receipt, date.fromordinal(last.toordinal() + 1)) is None


def test_an_unconfirmed_period_is_shown_as_such(gate: Gate) -> None:
    gate.register(CODE, NAME)
    page = page_of(gate, sent(gate, "compulsion"))
    assert page is not None
    assert page.summary.period is not None
    assert not all(basis.verified for basis in page.summary.period.basis)


@pytest.mark.parametrize("item", ["compulsion", "award", "honour"])
def test_an_annulled_decision_is_not_shown(gate: Gate, item: str) -> None:
    gate.register(CODE, NAME)
    heading = "荣誉状态" if item == "honour" else "当前状态"
    receipt = sent(gate, item)
    assert page_of(gate, receipt) is not None
    again = gate.publish(item, row(gate.ctx, item, **{heading: "撤销"}))
    assert again.counts["updated"] == 1
    assert page_of(gate, receipt) is None


@pytest.mark.parametrize("state", ["违约", "存在争议"])
def test_what_one_side_calls_a_breach_is_not_shown(gate: Gate, state: str) -> None:
    gate.register(CODE, NAME)
    receipt = sent(gate, "contract_performance", 履行状态=state, 违约情况="逾期")
    assert page_of(gate, receipt) is None


def test_the_money_of_an_individual_business_is_not_shown(gate: Gate) -> None:
    gate.register(STALL, STALL_NAME)
    receipt = sent(gate, "benefit", code=STALL, name=STALL_NAME, 行政相对人类别="个体工商户")
    page = page_of(gate, receipt)
    assert page is not None
    assert "benefit_amount" not in {fact.field for fact in page.facts}


def test_a_file_of_another_item_is_refused_under_its_right_name(gate: Gate) -> None:
    from xinheng.runtime.errors import RuntimeRefusal

    gate.register(CODE, NAME)
    for item in (*PUBLIC, *WITHHELD):
        for wrong in ("penalty", "licence", "honour" if item != "honour" else "award"):
            with pytest.raises(RuntimeRefusal) as refused:
                gate.send(wrong, row(gate.ctx, item))
            assert refused.value.rule == "item.wrong", (item, wrong)
            assert item in refused.value.message_en
