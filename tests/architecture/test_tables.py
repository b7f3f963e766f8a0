"""What the migrations really made: keys, constraints, partitions, and rights of the two working roles."""

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection

pytestmark = pytest.mark.django_db

OUTSIDE = {"django_migrations"}
"""Tables that Django keeps for itself."""

PARTITIONED = {"archive_version": ["bucket", "subject", "key", "n"], "publication_notice": ["bucket", "subject", "key"]}
"""Tables in 64 buckets with their primary keys, which must contain the bucket."""

HISTORY = [
    "ledger_entry", "archive_version", "archive_event", "archive_withdrawal",
    "intake_withdrawal", "intake_correction", "intake_decision", "intake_adapter",
]  # fmt: skip
"""Tables that are only ever added to."""


def rows(sql: str, parameters: list[object] | None = None) -> list[tuple]:
    """What the database answers."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall()


def tables() -> set[str]:
    """Our tables, without the partitions that make some of them up."""
    found = rows("SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND NOT relispartition"
                 " AND relnamespace = 'public'::regnamespace")  # fmt: skip
    return {name for (name,) in found} - OUTSIDE


def constraints(kinds: str) -> set[str]:
    """Tables that carry a constraint of these kinds (p: primary key, c: check, u: unique, f: foreign key)."""
    found = rows("SELECT conrelid::regclass::text FROM pg_constraint WHERE contype = ANY(%s)", [list(kinds)])
    return {name for (name,) in found}


def test_the_database_holds_exactly_the_models_tables() -> None:
    ours = {model._meta.db_table for model in apps.get_models() if model.__module__.startswith("xinheng.")}
    assert tables() == ours


def test_every_table_has_a_primary_key() -> None:
    assert tables() - constraints("p") == set()


def test_every_table_has_a_rule_of_its_own() -> None:
    assert tables() - constraints("cu") == set()


def test_migrations_say_what_the_models_say() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


@pytest.mark.parametrize("table", PARTITIONED)
def test_hand_written_tables_have_their_models_columns(table: str) -> None:
    model = next(each for each in apps.get_models() if each._meta.db_table == table)
    columns = rows("SELECT column_name FROM information_schema.columns WHERE table_name = %s", [table])
    assert {name for (name,) in columns} == {field.column for field in model._meta.concrete_fields if field.column}


@pytest.mark.parametrize(("table", "key"), PARTITIONED.items())
def test_the_primary_key_contains_the_bucket(table: str, key: list[str]) -> None:
    found = rows(
        "SELECT array_agg(a.attname::text ORDER BY k.place) FROM pg_constraint c"
        " CROSS JOIN unnest(c.conkey) WITH ORDINALITY AS k(number, place)"
        " JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.number"
        " WHERE c.contype = 'p' AND c.conrelid = %s::regclass GROUP BY c.oid",
        [table],
    )
    assert found == [(key,)]


@pytest.mark.parametrize("table", PARTITIONED)
def test_sixty_four_buckets(table: str) -> None:
    bounds = rows(
        "SELECT pg_get_expr(c.relpartbound, c.oid) FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid"
        " WHERE i.inhparent = %s::regclass",
        [table],
    )
    assert {bound for (bound,) in bounds} == {f"FOR VALUES FROM ('{n}') TO ('{n + 1}')" for n in range(64)}


@pytest.mark.parametrize("table", HISTORY)
@pytest.mark.parametrize("role", ["xinheng_app", "xinheng_web"])
def test_nobody_who_works_may_change_history(table: str, role: str) -> None:
    for right in ("UPDATE", "DELETE", "TRUNCATE"):
        assert rows("SELECT has_table_privilege(%s, %s, %s)", [role, table, right]) == [(False,)]


def test_the_web_role_reads_and_nothing_else() -> None:
    found = rows(
        "SELECT relname, right_name"
        "  FROM pg_class, unnest(ARRAY['INSERT', 'UPDATE', 'DELETE', 'TRUNCATE']) AS right_name"
        " WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace"
        "   AND has_table_privilege('xinheng_web', pg_class.oid, right_name)"
    )
    assert found == []


def test_the_web_role_sees_nothing_of_the_gate() -> None:
    seen = [name for name in tables() if name.startswith("intake_")
            and rows("SELECT has_table_privilege('xinheng_web', %s, 'SELECT')", [name]) == [(True,)]]  # fmt: skip
    assert seen == []


def test_the_working_role_may_add_to_history() -> None:
    for table in HISTORY:
        assert rows("SELECT has_table_privilege('xinheng_app', %s, 'INSERT')", [table]) == [(True,)]
