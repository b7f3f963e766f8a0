"""What is known, what was known, and what held on a day."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.factories import codes
from tests.factories.archive import Sent, archive_rows, record_id
from xinheng.archive import selectors
from xinheng.archive.records import RecordId, read_record_id
from xinheng.core.context import Context

pytestmark = pytest.mark.django_db

CODE = codes.enterprise(1)
PENALTY = Sent(CODE, "一号", {"content": "罚款2万元"}, on=date(2026, 3, 1))
REGISTERED = Sent(CODE, "", {"subject_name": "旧名公司"}, on=date(2019, 5, 20))
RENAMED = replace(REGISTERED, values={"subject_name": "新名公司"}, on=date(2026, 6, 1))
FAR = date(2099, 1, 1)


def at(ctx: Context, days: int) -> Context:
    return replace(ctx, now=ctx.now + timedelta(days=days))


def contents(code: str, as_of: date, known_at: datetime, item: str | None = None) -> list[str]:
    found = selectors.file_as_of(code, as_of=as_of, known_at=known_at, item=item)
    return sorted(next(iter(version.values.values())) for version in found)


def test_a_renaming_holds_from_its_day_on(ctx: Context) -> None:
    archive_rows(ctx, [REGISTERED], item="registration")
    archive_rows(at(ctx, 1), [RENAMED], item="registration")
    later = at(ctx, 2).now
    assert contents(CODE, date(2026, 5, 31), later) == ["旧名公司"]
    assert contents(CODE, date(2026, 6, 1), later) == ["新名公司"]
    assert contents(CODE, date(2026, 6, 1), ctx.now) == ["旧名公司"]
    assert contents(CODE, date(2019, 5, 19), later) == []


def test_a_correction_replaces_what_it_corrects_but_not_what_was_known(ctx: Context) -> None:
    archive_rows(ctx, [PENALTY])
    archive_rows(at(ctx, 5), [replace(PENALTY, values={"content": "罚款2千元"}, on=date(2026, 4, 1))])
    assert contents(CODE, FAR, at(ctx, 4).now) == ["罚款2万元"]
    assert contents(CODE, FAR, at(ctx, 5).now) == ["罚款2千元"]
    # The corrected decision is of April: in March nothing held, as is known today.
    assert contents(CODE, date(2026, 3, 15), at(ctx, 5).now) == []
    assert contents(CODE, date(2026, 3, 15), at(ctx, 4).now) == ["罚款2万元"]


def test_what_has_no_day_of_its_own_always_holds(ctx: Context) -> None:
    archive_rows(ctx, [replace(PENALTY, on=None)])
    assert contents(CODE, date(1990, 1, 1), ctx.now) == ["罚款2万元"]


def test_one_item_may_be_asked_for(ctx: Context) -> None:
    archive_rows(ctx, [REGISTERED], item="registration")
    archive_rows(ctx, [PENALTY])
    assert contents(CODE, FAR, ctx.now, "penalty") == ["罚款2万元"]
    assert len(contents(CODE, FAR, ctx.now)) == 2


def test_nothing_was_known_before_the_first_entry(ctx: Context) -> None:
    archive_rows(ctx, [PENALTY])
    assert contents(CODE, FAR, ctx.now - timedelta(microseconds=1)) == []


def test_other_organisations_stay_out_of_a_file(ctx: Context) -> None:
    archive_rows(ctx, [PENALTY, replace(PENALTY, subject=codes.enterprise(2), values={"content": "别家的"})])
    assert contents(CODE, FAR, ctx.now) == ["罚款2万元"]


Acts = list[tuple[int, str, int]]
ACTS = st.lists(st.tuples(st.integers(0, 2), st.sampled_from("甲乙丙"), st.integers(0, 30)), min_size=1, max_size=8)
in_a_transaction = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def slow_file(acts: Acts, known: int, as_of: int) -> dict[int, str]:
    """What each record says on a day, as known after so many acts: replayed one act at a time."""
    told: dict[int, list[tuple[str, int]]] = {}
    for record, content, day in acts[:known]:
        versions = told.setdefault(record, [])
        if (content, day) not in versions:
            versions.append((content, day))
    return {record: versions[-1][0] for record, versions in told.items() if versions[-1][1] <= as_of}


@in_a_transaction
@given(ACTS, st.integers(0, 30))
def test_every_reading_is_the_replay_of_what_was_known(ctx: Context, acts: Acts, as_of: int) -> None:
    start = date(2026, 1, 1)
    with transaction.atomic():
        for place, (record, content, day) in enumerate(acts):
            on = start + timedelta(days=day)
            values = {"content": content, "day": str(on)}
            archive_rows(at(ctx, place), [Sent(CODE, f"{record}号", values, on=on)])
        for known in range(len(acts) + 1):
            found = selectors.file_as_of(CODE, as_of=start + timedelta(days=as_of), known_at=at(ctx, known - 1).now)
            said = {version.id: version.values["content"] for version in found}
            expected = slow_file(acts, known, as_of)
            assert said == {record_id(Sent(CODE, f"{record}号")): content for record, content in expected.items()}
        transaction.set_rollback(True)


@in_a_transaction
@given(ACTS)
def test_knowledge_only_grows(ctx: Context, acts: Acts) -> None:
    """Every version that was there at some instant is there, unchanged, at every later one."""
    with transaction.atomic():
        seen: dict[tuple[RecordId, int], bytes] = {}
        for place, (record, content, _) in enumerate(acts):
            sent = Sent(CODE, f"{record}号", {"content": content})
            archive_rows(at(ctx, place), [sent])
            now = {(v.id, v.n): v.digest for v in selectors.versions(record_id(sent))}
            assert {place: now.get(place, digest) for place, digest in seen.items()} == seen
            seen |= now
        transaction.set_rollback(True)


def test_a_chosen_version_is_read_by_its_number(ctx: Context) -> None:
    archive_rows(ctx, [PENALTY])
    archive_rows(ctx, [replace(PENALTY, values={"content": "更正"})])
    name = record_id(PENALTY)
    assert selectors.numbered_versions({name: 1})[name].values == {"content": "罚款2万元"}
    assert selectors.numbered_versions({name: 2})[name].values == {"content": "更正"}
    assert selectors.numbered_versions({name: 3}) == {}
    assert selectors.numbered_versions({}) == {}


def test_an_act_is_read_by_pages(ctx: Context) -> None:
    fates = archive_rows(ctx, [Sent(CODE, f"{n}号") for n in range(7)])
    act = selectors.versions(record_id(Sent(CODE, "0号")))[0].act
    first = selectors.versions_of_act(act, limit=3)
    second = selectors.versions_of_act(act, after=first[-1].ordinal, limit=10)
    assert [version.ordinal for version in (*first, *second)] == list(range(len(fates)))


@pytest.mark.parametrize("text", ["", "abc", f"{CODE}-xyz", f"{CODE}-{'0' * 31}", f"{CODE}-{'0' * 32}\n", "../../etc"])
def test_what_names_no_record_is_none(text: str) -> None:
    assert read_record_id(text) is None


def test_a_records_name_reads_back() -> None:
    name = RecordId(CODE, bytes(range(16)))
    assert read_record_id(str(name)) == name
