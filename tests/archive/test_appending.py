"""From rows to versions: what repeats in a file, and what the archive already holds."""

from dataclasses import replace
from datetime import date

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.factories import codes
from tests.factories.archive import Sent, archive_rows, record_id
from xinheng.archive import selectors
from xinheng.core.context import Context
from xinheng.core.findings import Outcome

pytestmark = pytest.mark.django_db

ONE = Sent(codes.enterprise(1), "一号", {"content": "警告"})
OTHER = replace(ONE, values={"content": "罚款"})
COLUMNS = "bucket subject key n item edition body act ordinal source_row salt digest content"
THIRD = replace(ONE, values={"content": "没收"})


FILES = st.lists(st.lists(st.sampled_from("甲乙丙丁"), min_size=1, max_size=5), min_size=1, max_size=4)


def outcomes(ctx: Context, *rows: Sent) -> list[str]:
    return [fate.outcome.value for fate in archive_rows(ctx, rows)]


def test_the_first_row_of_a_key_stands(ctx: Context) -> None:
    fates = archive_rows(ctx, [ONE, ONE, OTHER])
    assert [fate.outcome for fate in fates] == [Outcome.ACCEPTED, Outcome.DUPLICATE, Outcome.HELD]
    assert [fate.repeats for fate in fates] == [None, "duplicate.in_file", "conflict.in_file"]
    assert [fate.earlier for fate in fates] == [None, 2, 2]
    assert [version.values for version in selectors.versions(record_id(ONE))] == [{"content": "警告"}]


def test_a_row_that_equals_any_earlier_one_is_a_duplicate_even_of_a_conflict(ctx: Context) -> None:
    fates = archive_rows(ctx, [ONE, OTHER, OTHER, ONE])
    assert [fate.outcome.value for fate in fates] == ["accepted", "held", "duplicate", "duplicate"]
    assert [fate.earlier for fate in fates] == [None, 2, 3, 2]


def test_against_the_archive(ctx: Context) -> None:
    assert outcomes(ctx, ONE) == ["accepted"]
    assert outcomes(ctx, ONE) == ["unchanged"]
    assert outcomes(ctx, OTHER) == ["updated"]
    (old,) = archive_rows(ctx, [ONE])
    assert (old.outcome, old.repeats, old.n) == (Outcome.UNCHANGED, "archive.superseded", 1)
    assert [version.n for version in selectors.versions(record_id(ONE))] == [1, 2]
    current = selectors.current(record_id(ONE))
    assert current is not None
    assert current.values == {"content": "罚款"}


def test_a_correction_back_to_an_older_content_is_no_news(ctx: Context) -> None:
    for sent in (ONE, OTHER, THIRD):
        archive_rows(ctx, [sent])
    (fate,) = archive_rows(ctx, [OTHER])
    assert (fate.outcome, fate.n) == (Outcome.UNCHANGED, 2)


def test_a_held_row_that_the_archive_already_holds_waits_for_nobody(ctx: Context) -> None:
    archive_rows(ctx, [ONE])
    assert outcomes(ctx, replace(ONE, outcome=Outcome.HELD)) == ["unchanged"]
    assert outcomes(ctx, replace(OTHER, outcome=Outcome.HELD)) == ["held"]
    assert len(selectors.versions(record_id(ONE))) == 1


def test_rows_that_were_refused_touch_no_record(ctx: Context) -> None:
    assert outcomes(ctx, replace(ONE, outcome=Outcome.REJECTED), ONE) == ["rejected", "accepted"]


def test_the_same_key_of_two_organisations_is_two_records(ctx: Context) -> None:
    assert outcomes(ctx, ONE, replace(ONE, subject=codes.enterprise(2))) == ["accepted", "accepted"]


def reference(history: list[str], batch: list[str]) -> list[str]:
    """What each content of one key's rows becomes, said slowly and one row at a time."""
    said = []
    for place, content in enumerate(batch):
        if content in batch[:place]:
            said.append("duplicate")
        elif place:
            said.append("held")
        elif content in history:
            said.append("unchanged")
        else:
            said.append("updated" if history else "accepted")
    return said


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.lists(st.sampled_from("甲乙丙丁"), min_size=1, max_size=5), min_size=1, max_size=4), st.integers(1, 5)
)
def test_any_files_in_a_row_fare_as_the_slow_reference_says(ctx: Context, files: list[list[str]], block: int) -> None:
    """However a file is cut into blocks."""
    with transaction.atomic():
        history: list[str] = []
        for batch in files:
            expected = reference(history, batch)
            rows = [replace(ONE, values={"content": content}) for content in batch]
            assert [fate.outcome.value for fate in archive_rows(ctx, rows, block=block)] == expected
            history += [batch[0]] if expected[0] in ("accepted", "updated") else []
        assert [version.values["content"] for version in selectors.versions(record_id(ONE))] == history
        transaction.set_rollback(True)


def test_lineage_names_act_row_and_position(ctx: Context) -> None:
    archive_rows(ctx, [replace(ONE, name="零号"), ONE])
    (version,) = selectors.versions(record_id(ONE))
    assert (version.ordinal, version.source_row, version.position) == (1, 3, 0)
    assert selectors.versions_of_act(version.act)[1].id == record_id(ONE)


@pytest.mark.parametrize(
    ("column", "value"), [("bucket", "64"), ("bucket", "(bucket + 1) % 64"), ("n", "0"), ("subject", "'abc'")]
)
def test_a_version_in_the_wrong_place_is_refused_by_the_table(ctx: Context, column: str, value: str) -> None:
    archive_rows(ctx, [ONE])
    names = COLUMNS.split()
    told = {name: f"n + 1 AS {name}" if name == "n" else name for name in names} | {column: value}
    chosen = ", ".join(told.values())
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO archive_version ({', '.join(names)}) SELECT {chosen} FROM archive_version")


def test_an_effective_day_is_kept(ctx: Context) -> None:
    archive_rows(ctx, [replace(ONE, on=date(2024, 2, 29))])
    assert selectors.versions(record_id(ONE))[0].effective_on == date(2024, 2, 29)
