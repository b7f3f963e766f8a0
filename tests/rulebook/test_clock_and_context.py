"""The clock is read in one place, and the legal day is Shanghai's."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from xinheng.core.context import Actor
from xinheng.runtime import clock
from xinheng.runtime.context import make_context
from xinheng.runtime.errors import RuntimeRefusal
from xinheng.runtime.rulebook_files import load_rulebook

ACTOR = Actor("system", "clock-test")


def test_now_is_aware_and_moves_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(clock.FIXED, raising=False)
    first = clock.now()
    assert first.tzinfo is not None
    assert abs(datetime.now(UTC) - first) < timedelta(seconds=10)
    assert clock.now() >= first


def test_a_fixed_instant_stands_still(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(clock.FIXED, "2026-11-22T23:30:00+08:00")
    assert clock.now() == datetime(2026, 11, 22, 15, 30, tzinfo=UTC)
    assert clock.now() == clock.now()


@pytest.mark.parametrize("text", ["yesterday", "2026-11-22", "2026-11-22T10:00:00"])
def test_an_instant_without_offset_is_refused(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv(clock.FIXED, text)
    with pytest.raises(RuntimeRefusal, match="not usable") as refused:
        clock.now()
    assert refused.value.rule == "clock.fixed_instant"
    assert text in refused.value.message_zh


def test_the_legal_day_begins_in_shanghai(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(clock.FIXED, "2026-11-22T16:00:00+00:00")
    context = make_context(ACTOR)
    assert context.today == date(2026, 11, 23)
    assert context.rulebook is load_rulebook()


def test_an_instant_may_be_given_but_never_a_naive_one() -> None:
    instant = datetime(2026, 1, 1, 1, 0, tzinfo=timezone(timedelta(hours=8)))
    assert make_context(ACTOR, now=instant).now == instant
    with pytest.raises(ValueError, match="aware"):
        make_context(ACTOR, now=datetime(2026, 1, 1))
