"""Cases decided once for many: the same answers as deciding each record by itself."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.factories import codes
from tests.factories.archive import Sent, archive_rows, record_id
from xinheng.archive import selectors as archive
from xinheng.core.context import Context
from xinheng.core.retention import decide, fields_read
from xinheng.publication import services
from xinheng.publication.deciding import UNDECIDED, Answers, publication_of
from xinheng.publication.models import Notice

CODE = codes.enterprise(1)
DAY = date(2026, 5, 20)
ITEMS = ("penalty", "licence", "registration", "inspection", "no_such_item")
VALUES = st.fixed_dictionaries(
    {"content": st.sampled_from(["甲", "乙"])},
    optional={
        "penalty_types": st.sampled_from(["", "fine", "warning", "warning;fine", "revoke_licence"]),
        "fine_amount": st.sampled_from(["", "0.3", "2", "20", "2000000"]),
        "status": st.sampled_from(["valid", "revoked", "cancelled"]),
        "valid_to": st.sampled_from(["", "open", "2027-01-31", "2019-01-31"]),
    },
)
RECORD = st.tuples(st.sampled_from(ITEMS), st.dates(date(2014, 1, 1), date(2027, 1, 1)) | st.none(), VALUES)


class Watched(dict[str, str]):
    """Values that remember which of them were asked for."""

    def __init__(self, values: Mapping[str, str]) -> None:
        super().__init__(values)
        self.asked: set[str] = set()

    def get(self, field: str, default: str | None = None) -> str | None:  # type: ignore[override]
        self.asked.add(field)
        return super().get(field, default)


@pytest.mark.django_db
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(records=st.lists(RECORD, min_size=1, max_size=40))
def test_a_case_remembered_is_the_case_decided(ctx: Context, records: list[tuple]) -> None:
    sent = Sent(codes.enterprise(2), "一号")
    if not archive.versions(record_id(sent)):
        archive_rows(ctx, [sent])
    (version, *_) = archive.versions(record_id(sent))
    answers = Answers(ctx.rulebook)
    for item, day, values in records:
        case = replace(version, item=item, effective_on=day, values=values)
        told = publication_of(ctx, case) or UNDECIDED
        _, decision, severity, regime, rule, start, until, repair, _ = answers.of(case)
        assert (decision, severity, regime, rule) == (told.decision.value, told.severity, told.regime, told.rule)
        assert (start, until, repair) == (told.start, told.until, told.repair_from)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(values=VALUES)
def test_deciding_reads_no_field_that_is_not_named(ctx: Context, values: Mapping[str, str]) -> None:
    for regime in ctx.rulebook.publication:
        watched = Watched(values)
        decide(regime, watched, DAY)
        assert watched.asked <= fields_read(regime)


@pytest.mark.django_db
def test_pages_of_versions_and_a_record_twice_in_one(ctx: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "PAGE", 4)
    sent = [Sent(CODE, f"{number}号", {"penalty_types": "fine", "fine_amount": "2"}) for number in range(6)]
    archive_rows(ctx, sent)
    archive_rows(ctx, [replace(sent[0], values={"penalty_types": "warning"})])
    every = [version for each in sent for version in archive.versions(record_id(each))]
    assert services.notices_note(ctx, versions=iter(every)) == len(every)
    noted = {bytes(notice.key): (notice.n, notice.decision) for notice in Notice.objects.all()}
    assert noted.pop(record_id(sent[0]).key) == (2, "withheld")
    assert set(noted.values()) == {(1, "published")}
    assert len(noted) == len(sent) - 1
