"""History is only added to: by triggers for everybody, by grants for the two working roles."""

import re

import pytest
from django.db import DatabaseError, connection, transaction

from tests.factories import codes
from tests.factories.archive import Sent, archive_rows, register, registration
from xinheng.archive.services import FileEvent, organisations_register
from xinheng.core.context import Context

pytestmark = pytest.mark.django_db

SUBJECT = codes.enterprise(1)
HISTORY = ("archive_version", "archive_event", "ledger_entry")
STATE = ("archive_organisation", "archive_name", "archive_identifier")


@pytest.fixture(autouse=True)
def _something_stored(ctx: Context) -> None:
    told = registration(
        SUBJECT,
        "示例公司",
        identifiers=(("organisation_code", "700000017"),),
        events=(FileEvent("registered", None, {}),),
    )
    organisations_register(act=register(SUBJECT, "示例公司"), registrations=[told])
    archive_rows(ctx, [Sent(SUBJECT, "一号")])
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE xh_asked, xh_passed")  # the owner's, so that another role can make its own
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def attempt(statement: str, role: str | None = None) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        if role:
            cursor.execute(f"SET LOCAL ROLE {role}")
        cursor.execute(statement)


def change(table: str) -> str:
    columns = {
        "ledger_entry": "kind = 'a:b'",
        "archive_organisation": "name = 'x'",
        "archive_identifier": "value = 'x'",
    }
    return f"UPDATE {table} SET {columns.get(table, 'act = gen_random_uuid()' if table in HISTORY else 'name = name')}"


@pytest.mark.parametrize("table", HISTORY)
@pytest.mark.parametrize("verb", ["UPDATE", "DELETE FROM", "TRUNCATE"])
def test_nobody_rewrites_history_not_even_the_owner(table: str, verb: str) -> None:
    statement = change(table) if verb == "UPDATE" else f"{verb} {table}"
    with pytest.raises(DatabaseError, match="append-only"):
        attempt(statement)


@pytest.mark.parametrize("verb", ["DELETE FROM", "TRUNCATE"])
def test_nor_through_the_back_door_of_a_partition(verb: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tableoid::regclass::text FROM archive_version")
        partition = cursor.fetchone()[0]
    assert re.fullmatch(r"archive_version_\d\d", partition)
    with pytest.raises(DatabaseError, match="append-only"):
        attempt(f"{verb} {partition}")


def same_again(table: str) -> str:
    return f"INSERT INTO {table} SELECT * FROM {table}"


@pytest.mark.parametrize("table", HISTORY + STATE)
@pytest.mark.parametrize("verb", ["INSERT", "UPDATE", "DELETE", "TRUNCATE"])
def test_the_public_door_only_reads(table: str, verb: str) -> None:
    statements = {
        "INSERT": same_again(table), "UPDATE": change(table), "DELETE": f"DELETE FROM {table}",
        "TRUNCATE": f"TRUNCATE {table}",
    }  # fmt: skip
    attempt(f"SELECT count(*) FROM {table}", "xinheng_web")
    with pytest.raises(DatabaseError, match="permission denied"):
        attempt(statements[verb], "xinheng_web")


@pytest.mark.parametrize("table", HISTORY)
@pytest.mark.parametrize("verb", ["UPDATE", "DELETE", "TRUNCATE"])
def test_the_working_role_adds_and_never_changes(table: str, verb: str) -> None:
    statement = (
        change(table) if verb == "UPDATE" else f"DELETE FROM {table}" if verb == "DELETE" else f"TRUNCATE {table}"
    )
    with pytest.raises(DatabaseError, match="permission denied"):
        attempt(statement, "xinheng_app")


@pytest.mark.parametrize("table", STATE)
def test_the_working_role_takes_nothing_away_from_what_is_known(table: str) -> None:
    with pytest.raises(DatabaseError, match="permission denied"):
        attempt(f"DELETE FROM {table}", "xinheng_app")


@pytest.mark.parametrize("table", ["intake_batch", "intake_row", "intake_held"])
def test_the_public_door_does_not_even_read_what_came_in(table: str) -> None:
    with pytest.raises(DatabaseError, match="permission denied"):
        attempt(f"SELECT 1 FROM {table}", "xinheng_web")


def test_the_working_role_can_do_its_work(ctx: Context) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE xinheng_app")
        (fate,) = archive_rows(ctx, [Sent(SUBJECT, "二号")])
        register(SUBJECT, "示例新公司")
    assert fate.outcome.value == "accepted"
