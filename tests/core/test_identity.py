"""The right organisation: by its codes, never by its name alone."""

import pytest

from tests.core.validation.worked_cases import rulebook
from xinheng.core.findings import Outcome
from xinheng.core.identity import Claim, Event, RegisteredSubject, judge_registration, resolve

A, B = "91610802MA70XH014D", "91610802MA70XH0228"
NAME, OTHER = "示例市甲商贸有限公司", "示例市丙餐饮有限公司"
NUMBER = ("registration_number", "610800100000015")
TRADITIONAL = str.maketrans("東貿號", "东贸号")


def simplify(text: str) -> str:
    return text.translate(TRADITIONAL)


def register(*subjects):
    return {subject.code: subject for subject in subjects or (RegisteredSubject(A, NAME), RegisteredSubject(B, OTHER))}


def resolved(claim, by_code=None, by_old=None):
    return resolve(claim, by_code if by_code is not None else register(), by_old or {}, rulebook(), simplify)


def rules(resolution):
    return [finding.rule for finding in resolution.findings]


def test_the_unified_code_and_the_registered_name():
    assert resolved(Claim(A, (), NAME)).subject == A
    assert resolved(Claim(A, (), NAME)).findings == ()


def test_a_valid_code_that_the_register_does_not_know_waits():
    resolution = resolved(Claim(A, (), NAME), by_code={})
    assert (resolution.subject, resolution.outcome, rules(resolution)) == (None, Outcome.HELD, ["subject.unknown"])


@pytest.mark.parametrize(
    ("registered", "claimed", "rule"),
    [
        (RegisteredSubject(A, "示例市A商贸（集团）有限公司"), "示例市Ａ商贸(集团)有限公司", "subject.name_width"),
        (RegisteredSubject(A, "示例市东贸商号"), "示例市東貿商號", "subject.name_script"),
        (RegisteredSubject(A, "示例市甲商贸有限责任公司"), NAME, "subject.name_legal_form"),
        (RegisteredSubject(A, OTHER, (NAME,)), NAME, "subject.name_former"),
    ],
)
def test_a_name_that_differs_in_writing_only_is_a_warning_with_both_names(registered, claimed, rule):
    resolution = resolved(Claim(A, (), claimed), register(registered))
    assert (resolution.subject, resolution.outcome, rules(resolution)) == (A, None, [rule])
    for text in (resolution.findings[0].message.zh, resolution.findings[0].message.en):
        assert claimed in text
        assert registered.name in text


def test_another_name_waits_and_names_both():
    resolution = resolved(Claim(A, (), OTHER))
    assert (resolution.subject, resolution.outcome, rules(resolution)) == (None, Outcome.HELD, ["subject.name_differs"])
    assert NAME in resolution.findings[0].message.zh


def test_old_codes_lead_through_their_mapping():
    assert resolved(Claim(None, (NUMBER,), NAME), by_old={NUMBER: (A,)}).subject == A
    other = resolved(Claim(None, (NUMBER,), OTHER), by_old={NUMBER: (A,)})
    assert (other.outcome, rules(other)) == (Outcome.HELD, ["subject.name_differs"])


def test_a_name_alone_leads_nowhere():
    resolution = resolved(Claim(None, (), NAME))
    assert (resolution.subject, resolution.outcome) == (None, Outcome.REJECTED)


@pytest.mark.parametrize(
    ("claim", "by_old", "rule"),
    [
        (Claim(None, (NUMBER,), NAME), {}, "subject.unknown_old_code"),
        (Claim(None, (NUMBER,), NAME), {NUMBER: (A, B)}, "subject.old_code_contested"),
        (Claim(A, (NUMBER,), NAME), {NUMBER: (B,)}, "subject.codes_disagree"),
        (Claim(A, (("uscc", B),), NAME), {}, "subject.codes_disagree"),
        (
            Claim(None, (NUMBER, ("organisation_code", "600037341")), NAME),
            {NUMBER: (A,), ("organisation_code", "600037341"): (B,)},
            "subject.codes_disagree",
        ),
    ],
)
def test_what_does_not_fit_together_waits(claim, by_old, rule):
    resolution = resolved(claim, by_old=by_old)
    assert (resolution.subject, resolution.outcome, rules(resolution)) == (None, Outcome.HELD, [rule])


def test_an_old_code_nobody_knows_does_not_disturb_a_known_unified_code():
    assert resolved(Claim(A, (NUMBER,), NAME)).subject == A
    assert resolved(Claim(A, (NUMBER,), NAME), by_old={NUMBER: (A, B)}).subject == A


def test_the_organisation_part_of_the_code_is_no_other_organisation():
    claim = Claim(A, (("organisation_code", A[8:17]),), NAME)
    assert resolved(claim).subject == A


def registered(row_name, known, **row):
    return judge_registration(Claim(A, (), row_name), known, row, rulebook(), simplify)


def test_a_new_organisation_is_registered():
    resolution = registered(NAME, None, status="active")
    assert (resolution.subject, resolution.outcome) == (A, None)
    assert resolution.events == (Event("registered", {"name": NAME}),)


def test_the_same_again_is_no_event():
    resolution = registered(NAME, RegisteredSubject(A, NAME, (), "active"), status="active")
    assert (resolution.subject, resolution.findings, resolution.events) == (A, (), ())


def test_one_code_with_two_names_waits():
    resolution = registered(OTHER, RegisteredSubject(A, NAME))
    assert (resolution.subject, resolution.outcome, rules(resolution)) == (None, Outcome.HELD, ["subject.two_names"])
    assert NAME in resolution.findings[0].message.zh
    assert resolution.events == ()


def test_an_old_register_file_with_the_former_name_waits_too():
    resolution = registered(NAME, RegisteredSubject(A, OTHER, (NAME,)))
    assert (resolution.outcome, rules(resolution)) == (Outcome.HELD, ["subject.two_names"])


def test_a_new_name_that_gives_the_old_one_is_a_renaming():
    resolution = registered(OTHER, RegisteredSubject(A, NAME), former_names=f"别名有限公司;{NAME}")
    assert (resolution.subject, resolution.outcome) == (A, None)
    assert resolution.events == (Event("renamed", {"from": NAME, "to": OTHER}),)


@pytest.mark.parametrize(
    ("before", "row", "kinds"),
    [
        ("active", {"status": "deregistered"}, ["deregistered"]),
        ("active", {"status": "revoked"}, ["revoked"]),
        ("active", {"status": "suspended"}, ["status_changed"]),
        ("active", {"status": "deregistered", "successor_code": B}, ["merged", "deregistered"]),
        ("active", {"former_code": B}, ["code_changed"]),
        ("deregistered", {"status": "deregistered"}, []),
        ("active", {}, []),
        (None, {"status": "active"}, ["status_changed"]),
    ],
)
def test_what_happened_to_an_organisation(before, row, kinds):
    resolution = registered(NAME, RegisteredSubject(A, NAME, (), before), **row)
    assert [event.kind for event in resolution.events] == kinds
    assert resolution.outcome is None


def test_a_code_that_was_given_up_leads_to_its_successor_with_a_warning():
    known = register(RegisteredSubject(B, NAME))
    claim = Claim(A, (("former_code", A),), NAME)
    found = resolved(claim, known, {("former_code", A): (B,)})
    assert (found.subject, found.outcome, rules(found)) == (B, None, ["subject.former_code"])
    assert A in found.findings[0].message.zh
    assert B in found.findings[0].message.zh
    assert rules(resolved(claim, known)) == ["subject.unknown"]


def test_a_code_that_is_registered_still_speaks_for_itself():
    claim = Claim(A, (("former_code", A),), NAME)
    assert resolved(claim, by_old={("former_code", A): (B,)}).subject == A
    assert resolved(claim, by_old={("former_code", A): (B,)}).findings == ()


def test_the_heir_of_a_code_must_bear_the_rows_name():
    known = register(RegisteredSubject(B, OTHER))
    found = resolved(Claim(A, (("former_code", A),), NAME), known, {("former_code", A): (B,)})
    assert (found.outcome, rules(found)) == (Outcome.HELD, ["subject.former_code", "subject.name_differs"])
