"""From when to when a record is public: properties against a calendar walked day by day, and the law's own examples."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinheng.core.retention import PublicDecision, add_months, decide, public_on
from xinheng.core.rulebook.publication_types import EVERY_CLASS
from xinheng.core.rulebook.types import Condition, Period, PublicationRegime, PublicTerm, SeverityRule

DAYS = st.dates(date(1990, 1, 1), date(2090, 12, 31))
KINDS = ("warning", "fine", "revoke_licence", "close_business")
VALUES = st.fixed_dictionaries(
    {},
    optional={
        "penalty_types": st.lists(st.sampled_from(KINDS), max_size=3).map(";".join),
        "fine_amount": st.decimals(0, 2000, places=2).map(str),
        "valid_to": st.one_of(DAYS.map(str), st.just("open"), st.just("")),
    },
)


def slow_add_months(day: date, months: int) -> date:
    """Step a month at a time through the calendar, then to the same day or the last one before the month ends."""
    first = day.replace(day=1)
    for _ in range(months):
        step = first
        while step.month == first.month:
            step += timedelta(days=1)
        first = step
    reached = first
    while reached.day < day.day and (reached + timedelta(days=1)).month == first.month:
        reached += timedelta(days=1)
    return reached


@given(DAYS, st.integers(0, 60))
def test_months_are_added_as_a_calendar_is_leafed_through(day: date, months: int) -> None:
    assert add_months(day, months) == slow_add_months(day, months)


@pytest.mark.parametrize(
    ("day", "months", "reached"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2026, 12, 31), 12, date(2027, 12, 31)),
        (date(2026, 5, 15), 0, date(2026, 5, 15)),
    ],
)
def test_a_month_without_the_day_ends_on_its_last(day: date, months: int, reached: date) -> None:
    assert add_months(day, months) == reached


def rule(severity: str, **condition: object) -> SeverityRule:
    return SeverityRule(f"{severity}-rule", severity, Condition(**condition), True, ())  # type: ignore[arg-type]


def term(severity: str, *, published: bool, months: int | None, minimum: int | None) -> PublicTerm:
    return PublicTerm(severity, published, months, minimum, True, ())


RULES = (
    rule("serious", any_of=frozenset({"revoke_licence"})),
    rule("minor", only=frozenset({"warning"})),
    rule("general", any_of=frozenset({"fine"}), fine_at_most=Decimal(1000)),
)


@st.composite
def regimes(draw: st.DrawFn) -> PublicationRegime:
    lengths = st.one_of(st.none(), st.integers(1, 60))
    terms = tuple(
        term(name, published=draw(st.booleans()), months=draw(lengths), minimum=draw(lengths))
        for name in draw(st.sets(st.sampled_from(["serious", "minor", "general"])))
    )
    until = draw(st.sampled_from([None, "valid_to"]))
    rules = draw(st.sampled_from([(), RULES]))
    return PublicationRegime("r", "penalty", Period(date(1800, 1, 1), None), "decided_on", until, rules, terms, ())


@given(regimes(), VALUES, DAYS)
def test_the_last_day_is_never_before_the_first(
    regime: PublicationRegime, values: dict[str, str], decided: date
) -> None:
    answer = decide(regime, values, decided)
    if answer.decision is PublicDecision.PUBLISHED:
        assert answer.start == decided
        assert answer.until is None or answer.until >= decided
        assert public_on(answer, decided)
    else:
        assert answer.start is answer.until is answer.repair_from is None


@given(regimes(), VALUES, DAYS)
def test_repair_never_becomes_possible_before_the_earliest_day(
    regime: PublicationRegime, values: dict[str, str], decided: date
) -> None:
    answer = decide(regime, values, decided)
    if answer.repair_from is not None:
        minimum = next(t.minimum_months for t in regime.terms if t.severity_class == (answer.severity or ""))
        assert minimum is not None
        assert answer.repair_from == slow_add_months(decided, minimum) > decided


@given(regimes(), VALUES, DAYS, st.integers(-800, 2400))
def test_a_record_is_public_on_exactly_the_days_from_start_to_until(
    regime: PublicationRegime, values: dict[str, str], decided: date, offset: int
) -> None:
    answer = decide(regime, values, decided)
    day = decided + timedelta(days=offset)
    inside = answer.start is not None and offset >= 0 and (answer.until is None or day <= answer.until)
    assert public_on(answer, day) == (answer.decision is PublicDecision.PUBLISHED and inside)


@given(VALUES, DAYS)
def test_what_no_rule_decides_waits_for_the_office(values: dict[str, str], decided: date) -> None:
    kinds = set(filter(None, values.get("penalty_types", "").split(";")))
    small = Decimal(values.get("fine_amount", "0")) <= 1000
    expected = (
        "serious"
        if "revoke_licence" in kinds
        else "minor"
        if kinds == {"warning"}
        else "general"
        if "fine" in kinds and small
        else None
    )
    regime = PublicationRegime("r", "penalty", Period(date(1800, 1, 1), None), "decided_on", None, RULES, (), ())
    answer = decide(regime, values, decided)
    assert answer.severity == expected
    assert (answer.decision is PublicDecision.OFFICE) == (expected is None)


@given(DAYS, st.integers(1, 60))
def test_a_term_of_months_ends_on_the_day_before_its_anniversary(decided: date, months: int) -> None:
    terms = (term(EVERY_CLASS, published=True, months=months, minimum=None),)
    regime = PublicationRegime("r", "penalty", Period(date(1800, 1, 1), None), "decided_on", None, (), terms, ())
    until = decide(regime, {}, decided).until
    assert until is not None
    assert until + timedelta(days=1) == slow_add_months(decided, months)


@given(DAYS, DAYS)
def test_of_two_ends_the_earlier_counts(decided: date, valid_to: date) -> None:
    terms = (term(EVERY_CLASS, published=True, months=12, minimum=None),)
    regime = PublicationRegime("r", "licence", Period(date(1800, 1, 1), None), "decided_on", "valid_to", (), terms, ())
    anniversary = slow_add_months(decided, 12) - timedelta(days=1)
    assert decide(regime, {"valid_to": str(valid_to)}, decided).until == max(decided, min(anniversary, valid_to))
    assert decide(regime, {"valid_to": "open"}, decided).until == anniversary


@pytest.mark.parametrize("amount", ["0", "1000", "1000.00"])
def test_the_figure_itself_still_counts_as_at_most(amount: str) -> None:
    regime = PublicationRegime("r", "penalty", Period(date(1800, 1, 1), None), "decided_on", None, RULES, (), ())
    values = {"penalty_types": "fine", "fine_amount": amount}
    assert decide(regime, values, date(2026, 5, 1)).severity == "general"
    assert decide(regime, values | {"fine_amount": "1000.01"}, date(2026, 5, 1)).severity is None
