"""What is public on which day, and what never is."""

from datetime import date, timedelta

import pytest
from django.db import connection

from tests.factories import codes
from tests.factories.archive import Sent, archive_rows, record_id
from tests.factories.intake import Gate, catch_up, licence, penalty
from tests.factories.publication import reader
from xinheng.core.context import Context
from xinheng.publication import selectors
from xinheng.publication.followers import PublicationFollower
from xinheng.publication.models import Notice

pytestmark = pytest.mark.django_db

CODE = codes.enterprise(1)
NAME = "示例市青禾食品有限公司"
NUMBER = "示应急罚〔2026〕1号"


def seen(ctx: Context, record: str, day: date | None = None) -> list[bool]:
    """Whether a record shows on its page, in its organisation's file, by its number, and on the first page."""
    reading = reader(ctx, day)
    page = selectors.record(reading, record)
    file = selectors.organisation(reading, CODE)
    assert file is not None
    in_file = {summary.id for group in file.groups for summary in group.records}
    number = page.summary.document_number if page else NUMBER
    by_number = {summary.id for summary in selectors.search(reading, number).records}
    home = selectors.home(reading)
    latest = {summary.id for summary in home.latest}
    assert sum(group.total for group in file.groups) == len(in_file)
    assert home.public_records == len(latest)
    return [page is not None, record in in_file, record in by_number, record in latest]


def filed(gate: Gate, item: str, row: dict[str, str]) -> str:
    gate.register(CODE, NAME)
    (outcome,) = gate.publish(item, row).rows
    assert outcome.record is not None
    return outcome.record


def test_a_general_penalty_is_public_for_a_year_both_days_included(gate: Gate) -> None:
    record = filed(gate, "penalty", penalty(CODE, NAME, NUMBER, 处罚决定日期="2026-11-09"))
    page = selectors.record(reader(gate.ctx), record)
    assert page is not None
    assert page.summary.period is not None
    assert page.summary.period.until == date(2027, 11, 8)
    assert page.summary.period.repair_from == date(2027, 2, 9)
    assert page.summary.severity is not None
    assert page.summary.severity.zh == "一般失信"
    assert seen(gate.ctx, record, date(2027, 11, 8)) == [True] * 4
    assert seen(gate.ctx, record, date(2027, 11, 9)) == [False] * 4


def test_an_annulled_penalty_is_not_public(gate: Gate) -> None:
    record = filed(gate, "penalty", penalty(CODE, NAME, NUMBER) | {"当前状态": "撤销"})
    assert seen(gate.ctx, record) == [False] * 4


def test_nothing_is_public_before_its_day(gate: Gate) -> None:
    record = filed(gate, "penalty", penalty(CODE, NAME, NUMBER, 处罚决定日期="2026-11-09"))
    assert seen(gate.ctx, record, date(2026, 11, 9)) == [True] * 4
    assert seen(gate.ctx, record, date(2026, 11, 8)) == [False] * 4


@pytest.mark.parametrize(
    "changes",
    [
        {"处罚类别": "警告", "罚款金额（万元）": "", "处罚内容": "警告"},
        {"处罚类别": "罚款", "罚款金额（万元）": "0.3", "处罚内容": "罚款3000元"},
        {"处罚类别": "警告；通报批评", "罚款金额（万元）": "", "处罚内容": "警告、通报批评"},
    ],
)
def test_the_minor_class_is_never_public(gate: Gate, changes: dict[str, str]) -> None:
    record = filed(gate, "penalty", penalty(CODE, NAME, NUMBER, **changes))
    for day in (date(2026, 11, 9), date(2026, 11, 22), date(2027, 2, 1), date(2030, 1, 1)):
        assert seen(gate.ctx, record, day) == [False] * 4
    assert Notice.objects.get(item="penalty").decision == "withheld"


def test_what_no_rule_decides_waits_for_the_office(gate: Gate) -> None:
    row = penalty(CODE, NAME, NUMBER, **{"罚款金额（万元）": "1000.01", "处罚内容": "罚款1000.01万元"})
    record = filed(gate, "penalty", row)
    assert seen(gate.ctx, record) == [False] * 4
    assert Notice.objects.get(item="penalty").decision == "office"


def test_a_licence_is_public_until_its_last_day(gate: Gate) -> None:
    record = filed(gate, "licence", licence(CODE, NAME, NUMBER, 有效期至="2026-12-31"))
    assert seen(gate.ctx, record, date(2026, 12, 31)) == [True] * 4
    assert seen(gate.ctx, record, date(2027, 1, 1)) == [False] * 4


def test_a_licence_without_an_end_stays(gate: Gate) -> None:
    record = filed(gate, "licence", licence(CODE, NAME, NUMBER, 有效期至="长期"))
    assert seen(gate.ctx, record, date(2090, 1, 1)) == [True] * 4


@pytest.mark.parametrize(
    ("decided", "until"),
    [
        ("2023-04-30", date(2024, 4, 29)),
        ("2023-05-01", date(2026, 4, 30)),
        ("2025-06-21", date(2028, 6, 20)),
        ("2025-06-22", date(2026, 6, 21)),
        ("2026-03-31", date(2027, 3, 30)),
        ("2026-04-01", date(2027, 3, 31)),
    ],
)
def test_the_day_of_the_decision_chooses_the_regime(gate: Gate, decided: str, until: date) -> None:
    record = filed(gate, "penalty", penalty(CODE, NAME, NUMBER, 处罚决定日期=decided))
    assert seen(gate.ctx, record, until) == [True] * 4
    assert seen(gate.ctx, record, until + timedelta(days=1)) == [False] * 4


def test_a_correction_to_the_minor_class_takes_a_record_off_every_page(gate: Gate) -> None:
    record = filed(gate, "penalty", penalty(CODE, NAME, NUMBER))
    gate.publish("penalty", penalty(CODE, NAME, NUMBER, **{"罚款金额（万元）": "0.2", "处罚内容": "罚款2000元"}))
    assert seen(gate.ctx, record) == [False] * 4


def test_until_the_follower_has_decided_a_page_shows_the_version_that_was_decided_upon(gate: Gate) -> None:
    record = filed(gate, "penalty", penalty(CODE, NAME, NUMBER, 违法事实="第一版事实"))
    gate.send("penalty", penalty(CODE, NAME, NUMBER, 违法事实="第二版事实"))
    before = selectors.record(gate.ctx, record)
    catch_up(gate.ctx)
    after = selectors.record(gate.ctx, record)
    assert before is not None
    assert after is not None
    facts = [{fact.field: fact.value.zh for fact in page.facts}["violation_facts"] for page in (before, after)]
    assert facts == ["第一版事实", "第二版事实"]
    assert [len(page.versions) for page in (before, after)] == [1, 2]
    assert [change.zh for change in after.versions[0].changed] == ["违法事实"]


def test_a_record_older_than_every_regime_is_not_public_and_hides_what_stood_before(ctx: Context) -> None:
    told = Sent(CODE, "一号", {"penalty_types": "fine", "fine_amount": "2"}, on=date(2026, 5, 20))
    archive_rows(ctx, [told])
    catch_up(ctx)
    assert selectors.record(ctx, str(record_id(told))) is not None
    archive_rows(ctx, [Sent(CODE, "一号", {"penalty_types": "fine", "fine_amount": "3"}, on=date(1996, 9, 30))])
    catch_up(ctx)
    assert selectors.record(ctx, str(record_id(told))) is None


@pytest.mark.parametrize("name", ["", "x", f"{CODE}-{'0' * 32}", f"{codes.enterprise(9)}-{'a' * 32}"])
def test_a_record_that_is_not_public_reads_like_one_that_never_was(gate: Gate, name: str) -> None:
    hidden = filed(gate, "penalty", penalty(CODE, NAME, NUMBER, 处罚类别="警告", **{"罚款金额（万元）": ""}))
    assert selectors.record(gate.ctx, hidden) is selectors.record(gate.ctx, name) is None


def test_an_entry_handled_twice_counts_once(gate: Gate) -> None:
    filed(gate, "penalty", penalty(CODE, NAME, NUMBER))
    once = list(Notice.objects.order_by("key").values())
    with connection.cursor() as cursor:
        cursor.execute("UPDATE ledger_cursor SET position = -1 WHERE follower = %s", [PublicationFollower.name])
    catch_up(gate.ctx)
    assert list(Notice.objects.order_by("key").values()) == once
    assert selectors.home(gate.ctx).public_records == 1


def test_an_older_version_that_comes_late_changes_nothing(ctx: Context) -> None:
    from xinheng.archive import selectors as archive
    from xinheng.publication.services import notices_note

    told = Sent(CODE, "一号", {"penalty_types": "fine", "fine_amount": "2"})
    archive_rows(ctx, [told])
    archive_rows(ctx, [Sent(CODE, "一号", {"penalty_types": "warning"})])
    first, second = archive.versions(record_id(told))
    notices_note(ctx, versions=[second])
    notices_note(ctx, versions=[first])
    assert Notice.objects.get().n == 2
