"""Who may submit what, and for whom."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from tests.factories import codes
from tests.factories.accounts import agency
from xinheng.accounts.models import Agency
from xinheng.accounts.selectors import agencies, agency_count
from xinheng.accounts.selectors import agency as read
from xinheng.core.context import Context
from xinheng.ledger.selectors import entries_after, head
from xinheng.runtime.errors import RuntimeRefusal

pytestmark = pytest.mark.django_db

ONE, TWO, THREE = (codes.government(n) for n in (1, 2, 3))


def test_without_items_every_item_may_be_sent(ctx: Context) -> None:
    agency(ctx, ONE, "示例市某局")
    found = read(ONE)
    assert found is not None
    assert found.items is None
    assert found.may_submit("penalty")


def test_with_items_only_these(ctx: Context) -> None:
    agency(ctx, ONE, items=["licence"])
    found = read(ONE)
    assert found is not None
    assert (found.may_submit("licence"), found.may_submit("penalty")) == (True, False)
    agency(ctx, ONE, items=[])
    assert read(ONE) == agencies()[ONE]
    assert not agencies()[ONE].may_submit("licence")


@pytest.mark.parametrize("written", [ONE.lower(), f" {ONE} ", f"{ONE[:9]}-{ONE[9:]}"])
def test_a_code_is_cleaned(ctx: Context, written: str) -> None:
    assert agency(ctx, written) == ONE


@pytest.mark.parametrize("code", ["", "无", "123", ONE[:-1] + "0", "11610802"])
def test_a_wrong_code_is_refused(ctx: Context, code: str) -> None:
    with pytest.raises(RuntimeRefusal) as refusal:
        agency(ctx, code)
    assert refusal.value.rule == "agency.code"
    assert agency_count() == head().size == 0


def test_a_persons_number_is_not_said_back(ctx: Context) -> None:
    with pytest.raises(RuntimeRefusal) as refusal:
        agency(ctx, "999999195001011231")
    assert "19500101" not in refusal.value.message_zh + refusal.value.message_en


def test_a_name_an_item_and_a_body_must_be_known(ctx: Context) -> None:
    for changes, rule in (
        ({"name": " "}, "agency.name"),
        ({"items": ["weather"]}, "item.unknown"),
        ({"sends_for": [TWO]}, "agency.unknown"),
    ):
        with pytest.raises(RuntimeRefusal) as refusal:
            agency(ctx, ONE, **changes)  # type: ignore[arg-type]
        assert refusal.value.rule == rule
    assert agency_count() == head().size == 0


def test_an_agency_may_send_for_others_but_need_not_for_itself(ctx: Context) -> None:
    agency(ctx, TWO)
    agency(ctx, ONE, sends_for=[TWO, ONE, TWO.lower()])
    assert agencies()[ONE].sends_for == frozenset({TWO})
    agency(ctx, ONE)
    assert agencies()[ONE].sends_for == frozenset()


def test_the_same_call_twice_changes_nothing(ctx: Context) -> None:
    agency(ctx, TWO)
    for _ in range(3):
        agency(ctx, ONE, "示例市某局", items=["penalty", "licence", "penalty"], sends_for=[TWO])
    assert head().size == 2
    agency(ctx, ONE, "示例市某局", items=["penalty"], sends_for=[TWO])
    assert head().size == 3


def test_every_change_is_an_entry(ctx: Context) -> None:
    agency(ctx, ONE, items=["penalty", "licence"])
    (entry,) = entries_after(-1, limit=10)
    assert (entry.kind, entry.payload["agency"]) == ("agency:settings:added", ONE)
    assert entry.payload["items"] == ["licence", "penalty"]


def test_when_an_agency_came_stays(ctx: Context) -> None:
    from dataclasses import replace
    from datetime import timedelta

    agency(ctx, ONE, "旧名局")
    agency(replace(ctx, now=ctx.now + timedelta(days=1)), ONE, "新名局")
    stored = Agency.objects.get()
    assert (stored.name, stored.added_at) == ("新名局", ctx.now)


@pytest.mark.parametrize("many", [2, 6])
def test_reading_all_costs_three_queries(ctx: Context, many: int) -> None:
    for n in range(1, many + 1):
        agency(ctx, codes.government(n), items=["penalty"], sends_for=[ONE] if n > 1 else [])
    with CaptureQueriesContext(connection) as queries:
        assert len(agencies()) == many
    assert len(queries) == 3


def test_the_table_itself_refuses_what_is_no_code() -> None:
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("INSERT INTO accounts_agency VALUES ('11', 'x', true, now())")


def test_the_public_door_cannot_admit_anybody() -> None:
    statement = f"SET LOCAL ROLE xinheng_web; INSERT INTO accounts_agency VALUES ('{ONE}', 'x', true, now())"
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
