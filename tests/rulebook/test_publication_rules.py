"""Classes and periods of penalties: the table of the law, decision by decision."""

from datetime import date

import pytest

from xinheng.core.retention import PublicDecision, decide, public_on
from xinheng.runtime.rulebook_files import load_rulebook

ORDER_36, PLAN, ORDER_58, GUIDANCE = date(2026, 5, 6), date(2025, 7, 1), date(2024, 3, 1), date(2020, 1, 10)


def _decided(day: date, kinds: str, fine: str = ""):
    regime = load_rulebook().regime("penalty", day)
    assert regime is not None
    return decide(regime, {"penalty_types": kinds, "fine_amount": fine}, day)


@pytest.mark.parametrize("day", [ORDER_36, PLAN, ORDER_58, GUIDANCE])
@pytest.mark.parametrize(
    ("kinds", "fine", "severity"),
    [
        ("warning", "", "minor"),
        ("criticism", "", "minor"),
        ("warning;criticism", "", "minor"),
        ("fine", "0.3", "minor"),
        ("fine", "0", "minor"),
        ("warning;fine", "0.2", "minor"),
        ("fine", "0.300001", "general"),
        ("fine", "1000", "general"),
        ("fine", "1000.01", None),
        ("confiscate_income", "", "general"),
        ("confiscate_property;warning", "", "general"),
        ("fine;confiscate_income", "0.1", "general"),
        ("suspend_licence", "", "general"),
        ("stop_business", "", "general"),
        ("revoke_licence", "", "serious"),
        ("bar_practice", "", "serious"),
        ("close_business", "", "serious"),
        ("fine;revoke_licence", "2", "serious"),
        ("fine;revoke_licence", "5000", "serious"),
        ("warning;bar_practice", "", "serious"),
        ("other", "", None),
        ("warning;other", "", None),
        ("", "", None),
    ],
)
def test_the_class_follows_from_kinds_and_fine(day: date, kinds: str, fine: str, severity: str | None) -> None:
    found = _decided(day, kinds, fine)
    assert found.severity == severity
    if severity is None:
        assert found.decision is PublicDecision.OFFICE


@pytest.mark.parametrize("day", [ORDER_36, PLAN, ORDER_58, GUIDANCE])
def test_the_minor_class_is_never_public(day: date) -> None:
    found = _decided(day, "warning")
    assert found.decision is PublicDecision.WITHHELD
    assert not public_on(found, day)


@pytest.mark.parametrize(
    ("day", "kinds", "last", "repair_from"),
    [
        (ORDER_36, "confiscate_income", date(2027, 5, 5), date(2026, 8, 6)),
        (ORDER_36, "revoke_licence", date(2029, 5, 5), date(2027, 5, 6)),
        (PLAN, "confiscate_income", date(2026, 6, 30), date(2025, 10, 1)),
        (PLAN, "revoke_licence", date(2028, 6, 30), date(2026, 7, 1)),
        (ORDER_58, "confiscate_income", date(2027, 2, 28), date(2024, 6, 1)),
        (ORDER_58, "revoke_licence", date(2027, 2, 28), date(2025, 3, 1)),
        (GUIDANCE, "confiscate_income", date(2021, 1, 9), date(2020, 4, 10)),
        (GUIDANCE, "revoke_licence", date(2023, 1, 9), date(2020, 7, 10)),
    ],
)
def test_the_period_is_that_of_the_regime_of_the_decision(day: date, kinds: str, last: date, repair_from: date) -> None:
    found = _decided(day, kinds)
    assert (found.start, found.until, found.repair_from) == (day, last, repair_from)


@pytest.mark.parametrize(
    ("day", "regime"),
    [
        (date(2023, 4, 30), "penalty-guidance-2018"),
        (date(2023, 5, 1), "penalty-order-58"),
        (date(2025, 6, 21), "penalty-order-58"),
        (date(2025, 6, 22), "penalty-plan-2025"),
        (date(2026, 3, 31), "penalty-plan-2025"),
        (date(2026, 4, 1), "penalty-order-36"),
    ],
)
def test_the_regime_is_that_of_the_day_of_the_decision(day: date, regime: str) -> None:
    found = load_rulebook().regime("penalty", day)
    assert found is not None
    assert found.id == regime


def test_numbers_nobody_confirmed_say_so() -> None:
    regime = load_rulebook().regime("penalty", ORDER_36)
    assert regime is not None
    unconfirmed = {rule.id for rule in regime.rules if not rule.verified}
    assert {"minor-small-fine", "general-money", "serious-closure"} <= unconfirmed
    assert "serious-kinds" not in unconfirmed


def test_a_licence_is_public_until_it_ends_and_the_register_for_good() -> None:
    licence = load_rulebook().regime("licence", date(2021, 2, 3))
    assert licence is not None
    ended = decide(licence, {"valid_to": "2026-02-02"}, date(2021, 2, 3))
    assert public_on(ended, date(2026, 2, 2))
    assert not public_on(ended, date(2026, 2, 3))
    standing = decide(licence, {"valid_to": "open"}, date(2021, 2, 3))
    assert public_on(standing, date(2099, 1, 1))
    register = load_rulebook().regime("registration", date(1898, 1, 1))
    assert register is not None
    assert (register.from_field, register.until_field, register.rules) == (None, None, ())


def test_an_annulled_decision_is_named_as_withheld() -> None:
    for regime in load_rulebook().publication:
        if regime.item == "penalty":
            assert regime.withheld_when is not None
            assert (regime.withheld_when.field, regime.withheld_when.any_of) == ("status", {"revoked"})
