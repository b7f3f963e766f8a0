"""The public file of one organisation, and the first page."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import codes
from tests.factories.accounts import BUREAU, BUREAU_NAME
from tests.factories.intake import Gate, licence, penalty, registration
from tests.factories.publication import reader
from xinheng.publication import selectors
from xinheng.publication.pages import RecordSummary

pytestmark = pytest.mark.django_db

CODE, OTHER = codes.enterprise(1), codes.enterprise(2)
NAME = "示例市青禾食品有限公司"


def many_licences(gate: Gate, first: int, last: int) -> None:
    days = ["2026-10-01", "2026-10-02", "2026-10-03"]
    rows = (licence(CODE, NAME, f"示许〔2026〕{n}号", 许可决定日期=days[n % 3]) for n in range(first, last))
    gate.publish("licence", *rows)


def walk(gate: Gate) -> list[RecordSummary]:
    found: list[RecordSummary] = []
    after: str | None = None
    while True:
        page = selectors.organisation(gate.ctx, CODE, item="licence", after=after)
        assert page is not None
        (group,) = page.groups
        found += group.records
        after = group.next_page
        if after is None:
            return found


@pytest.mark.parametrize("many", [24, 25, 26, 60])
def test_pages_of_records_have_no_gap_and_no_repeat(gate: Gate, many: int) -> None:
    gate.register(CODE, NAME)
    many_licences(gate, 0, many)
    found = walk(gate)
    assert len(found) == len({summary.id for summary in found}) == many
    assert [s.decided_on for s in found] == sorted((s.decided_on for s in found), reverse=True)


@pytest.mark.parametrize(
    "after", ["", "x", "20261345-" + "0" * 32, "20261122-" + "g" * 32, "-", "\0", "٢٠٢٦١١٢٢-" + "0" * 32]
)
def test_a_foreign_cursor_starts_anew(gate: Gate, after: str) -> None:
    gate.register(CODE, NAME)
    many_licences(gate, 0, 2)
    page = selectors.organisation(gate.ctx, CODE, item="licence", after=after)
    assert page is not None
    assert len(page.groups[0].records) == 2


def test_no_page_costs_more_queries_when_there_is_more_on_it(gate: Gate) -> None:
    gate.register(CODE, NAME)
    many_licences(gate, 0, 1)
    record = selectors.home(gate.ctx).latest[0].id
    pages = {
        "home": lambda: selectors.home(gate.ctx),
        "organisation": lambda: selectors.organisation(gate.ctx, CODE),
        "item": lambda: selectors.organisation(gate.ctx, CODE, item="licence"),
        "record": lambda: selectors.record(gate.ctx, record),
    }
    counts = []
    for first, last in ((0, 0), (1, 9), (9, 30)):
        if last:
            many_licences(gate, first, last)
            gate.register(
                CODE, f"示例市青禾食品有限公司{last}", 曾用名=f"示例市青禾食品有限公司{first if first > 1 else ''}"
            )
        counts.append({})
        for name, read in pages.items():
            with CaptureQueriesContext(connection) as queries:
                assert read() is not None
            counts[-1][name] = len(queries)
    assert counts[1] == counts[2]
    assert all(counts[0][name] <= counts[1][name] for name in pages)
    assert all(number <= 40 for number in counts[2].values()), counts[2]


def test_a_group_counts_all_and_shows_the_newest(gate: Gate) -> None:
    gate.register(CODE, NAME)
    many_licences(gate, 0, 30)
    page = selectors.organisation(gate.ctx, CODE)
    assert page is not None
    group = next(group for group in page.groups if group.item == "licence")
    assert (group.total, len(group.records), group.next_page is not None) == (30, 25, True)


def test_renaming_merger_and_code_change_are_told(gate: Gate) -> None:
    gate.register(CODE, NAME)
    gate.register(CODE, "示例市白杨食品有限公司", 曾用名=NAME, 变更日期="2026-10-01")
    gate.register(
        CODE,
        "示例市白杨食品有限公司",
        曾用名=NAME,
        登记状态="注销",
        状态日期="2026-11-01",
        承继主体统一社会信用代码=OTHER,
    )
    page = selectors.organisation(reader(gate.ctx), CODE)
    assert page is not None
    told = [(event.label.zh, event.detail.zh, str(event.on)) for event in page.events]
    assert ("名称变更", f"{NAME} → 示例市白杨食品有限公司", "2026-10-01") in told
    assert ("合并", OTHER, "2026-11-01") in told
    assert ("注销登记", "存续 → 注销", "2026-11-01") in told
    assert page.former_names == (NAME,)
    assert (page.successor, page.status_label.zh) == (OTHER, "注销")


def test_a_changed_code_is_told_on_the_file_that_goes_on(gate: Gate) -> None:
    gate.register(CODE, NAME, 原统一社会信用代码=OTHER)
    page = selectors.organisation(gate.ctx, CODE)
    assert page is not None
    assert [event.detail.zh for event in page.events if event.label.zh == "统一社会信用代码变更"] == [OTHER]


def test_an_unknown_code_has_no_page(gate: Gate) -> None:
    for code in (CODE, "", "x" * 18, "91"):
        assert selectors.organisation(gate.ctx, code) is None


def test_facts_of_the_register_wait_for_their_publication_like_every_record(gate: Gate) -> None:
    gate.register(CODE, NAME)
    before = selectors.organisation(gate.ctx, CODE)
    gate.publish("penalty", penalty(CODE, NAME))
    after = selectors.organisation(gate.ctx, CODE)
    assert before is not None
    assert after is not None
    assert (before.name, before.facts) == (NAME, ())
    assert "registered_on" in {fact.field for fact in after.facts}


def test_a_record_names_source_row_edition_and_digest(gate: Gate) -> None:
    gate.register(CODE, NAME)
    receipt = gate.publish("penalty", penalty(CODE, NAME, "甲〔2026〕1号"), penalty(CODE, NAME, "甲〔2026〕2号"))
    page = selectors.record(gate.ctx, receipt.rows[1].record or "")
    assert page is not None
    assert (page.source_agency, page.source_agency_code, page.source_row) == (BUREAU_NAME, BUREAU, 3)
    assert page.versions[0].batch == str(receipt.batch)
    assert page.versions[0].position == receipt.position
    assert len(page.digest) == 64
    # Decided on Monday 9 November; the seventh working day after it is Wednesday the 18th.
    assert (str(page.reported_on), page.reported_in_time) == ("2026-11-22", False)


def test_a_row_that_waited_for_the_register_counts_from_the_day_it_came(gate: Gate) -> None:
    receipt = gate.publish("penalty", penalty(CODE, NAME, 处罚决定日期="2026-11-16"))
    later = replace(gate.ctx, now=gate.ctx.now + timedelta(days=5))
    gate.publish("registration", registration(CODE, NAME), ctx=later)
    page = selectors.record(later, selectors.home(later).latest[0].id)
    assert page is not None
    # Due on the seventh working day, the 25th; it came on the 22nd and was filed on the 27th.
    assert (str(page.reported_on), page.reported_in_time) == ("2026-11-22", True)
    assert page.versions[0].batch == str(receipt.batch)
    assert page.versions[0].position > receipt.position


def test_the_first_page_counts_what_is_public(gate: Gate) -> None:
    gate.register(CODE, NAME)
    gate.publish(
        "penalty",
        penalty(CODE, NAME),
        penalty(CODE, NAME, "乙〔2026〕1号", 处罚类别="警告", **{"罚款金额（万元）": ""}),
    )
    home = selectors.home(gate.ctx)
    assert (home.organisations, home.public_records, home.agencies) == (1, 1, 2)
    assert [summary.document_number for summary in home.latest] == ["示应急罚〔2026〕1号"]
    assert home.last_submission_at == gate.ctx.now


def test_other_kinds_of_record_stand_beside(gate: Gate) -> None:
    gate.register(CODE, NAME)
    gate.publish("licence", licence(CODE, NAME))
    receipt = gate.publish("penalty", penalty(CODE, NAME))
    page = selectors.record(gate.ctx, receipt.rows[0].record or "")
    assert page is not None
    assert [summary.item for summary in page.linked] == ["licence"]
