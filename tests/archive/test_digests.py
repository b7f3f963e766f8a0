"""The same bytes from Python and SQL: buckets, keys' places and digests of rows."""

import json

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.factories import codes
from xinheng.core.canonical import canonical_json, record_digest
from xinheng.core.identifiers.uscc import bucket_of

pytestmark = pytest.mark.django_db

# PostgreSQL stores no NUL and no lone surrogates; the gate drops both.
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=40)
NAMES = st.text("abcdefghij_", min_size=1, max_size=12)
FIELDS = st.dictionaries(NAMES, TEXT, max_size=8)
quick = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def sql_digest(salt: bytes, item: str, edition: str, subject: str, order: list[str], values: dict[str, str]) -> bytes:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT xh_record_digest(%s, %s, %s, %s, %s::text[], %s::json)",
            [salt, item, edition, subject, order, canonical_json(values).decode()],
        )
        return bytes(cursor.fetchone()[0])


@quick
@given(salt=st.binary(min_size=16, max_size=16), item=TEXT, subject=TEXT, values=FIELDS, data=st.data())
def test_python_and_sql_agree_on_every_digest(
    salt: bytes, item: str, subject: str, values: dict[str, str], data: st.DataObject
) -> None:
    order = data.draw(st.permutations(sorted({*values, "never_filled"})))
    expected = record_digest(
        salt=salt, item=item, edition="2018", subject=subject,
        fields=[(name, values[name]) for name in order if name in values],
    )  # fmt: skip
    assert sql_digest(salt, item, "2018", subject, order, values) == expected


def test_the_order_of_the_fields_is_part_of_the_digest() -> None:
    values = {"a": "1", "b": "2"}
    salt = bytes(16)
    assert sql_digest(salt, "penalty", "2018", "", ["a", "b"], values) != sql_digest(
        salt, "penalty", "2018", "", ["b", "a"], values
    )


@quick
@given(FIELDS)
def test_content_comes_back_from_the_database_as_it_was_written(values: dict[str, str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT (%s::json)::text", [canonical_json(values).decode()])
        assert json.loads(cursor.fetchone()[0]) == values


@pytest.mark.parametrize("n", range(200))
def test_the_bucket_is_the_same_in_python_and_sql(n: int) -> None:
    code = codes.enterprise(n)
    with connection.cursor() as cursor:
        cursor.execute("SELECT get_byte(sha256(convert_to(%s, 'UTF8')), 0) / 4", [code])
        assert cursor.fetchone()[0] == bucket_of(code)
