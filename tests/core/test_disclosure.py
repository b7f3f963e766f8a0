"""Who sees which field: nothing is shown that was not granted, and a stricter reader never sees more."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinheng.core.disclosure import disclosure_of, public_fields
from xinheng.core.rulebook.types import Disclosure, Field, FieldKind, ItemEdition, Rulebook
from xinheng.runtime.rulebook_files import load_rulebook

STRICTNESS = (Disclosure.PUBLIC, Disclosure.MASKED, Disclosure.AGENCIES, Disclosure.INTERNAL)
KINDS = (FieldKind.TEXT, FieldKind.PERSON_NAME, FieldKind.SUBJECT_CODE)
PLANTED = "甲植入乙丙"


@pytest.fixture(scope="module")
def rulebook() -> Rulebook:
    return load_rulebook()


def template() -> ItemEdition:
    rulebook = load_rulebook()
    return next(iter(rulebook.items["penalty"]))


EDITION = template()
FIELD = EDITION.fields[0]


@st.composite
def editions(draw: st.DrawFn) -> ItemEdition:
    classes = st.sampled_from(STRICTNESS)
    made: list[Field] = []
    for n in range(draw(st.integers(1, 6))):
        changes: dict[str, Any] = {
            "id": f"f{n}",
            "kind": draw(st.sampled_from(KINDS)),
            "disclosure": draw(classes),
            "disclosure_individual": draw(st.one_of(st.none(), classes)),
        }
        made.append(replace(FIELD, **changes))
    return replace(EDITION, fields=tuple(made))


VALUES = st.dictionaries(st.sampled_from([f"f{n}" for n in range(8)]), st.sampled_from(["", PLANTED, "乙", "丙丁"]))


@given(editions(), VALUES, st.booleans())
def test_exactly_the_filled_fields_that_were_granted_are_shown(
    edition: ItemEdition, values: dict[str, str], individual: bool
) -> None:
    shown = public_fields(edition, values, individual=individual)
    granted = [
        field.id
        for field in edition.fields
        if values.get(field.id)
        and ((field.disclosure_individual if individual else None) or field.disclosure)
        in (Disclosure.PUBLIC, Disclosure.MASKED)
    ]
    assert [visible.field.id for visible in shown] == granted


@given(editions(), VALUES, st.booleans())
def test_a_masked_field_never_shows_its_value_and_a_persons_name_is_always_masked(
    edition: ItemEdition, values: dict[str, str], individual: bool
) -> None:
    for visible in public_fields(edition, values, individual=individual):
        stored = values[visible.field.id]
        open_class = disclosure_of(visible.field, individual=individual) is Disclosure.PUBLIC
        assert visible.masked == (not open_class or visible.field.kind is FieldKind.PERSON_NAME)
        assert (visible.value == stored) == (not visible.masked)
        assert not visible.masked or "*" in visible.value


@given(editions(), VALUES, st.booleans(), st.data())
def test_a_stricter_class_never_shows_more(
    edition: ItemEdition, values: dict[str, str], individual: bool, data: st.DataObject
) -> None:
    stricter = []
    for field in edition.fields:
        held = disclosure_of(field, individual=individual)
        harder = data.draw(st.sampled_from(STRICTNESS[STRICTNESS.index(held) :]))
        stricter.append(replace(field, disclosure=harder, disclosure_individual=None))
    before = {v.field.id: v for v in public_fields(edition, values, individual=individual)}
    after = public_fields(replace(edition, fields=tuple(stricter)), values, individual=individual)
    for visible in after:
        assert visible.field.id in before
        assert visible.masked or not before[visible.field.id].masked


def test_an_individual_business_never_shows_more_than_an_enterprise(rulebook: Rulebook) -> None:
    for edition in (each for editions in rulebook.items.values() for each in editions):
        values = {field.id: PLANTED for field in edition.fields}
        of_enterprise = {v.field.id for v in public_fields(edition, values, individual=False)}
        of_individual = {v.field.id for v in public_fields(edition, values, individual=True)}
        assert of_individual <= of_enterprise


def test_no_persons_papers_are_public_in_any_edition(rulebook: Rulebook) -> None:
    for edition in (each for editions in rulebook.items.values() for each in editions):
        values = {field.id: PLANTED for field in edition.fields}
        for individual in (True, False):
            kinds = {v.field.kind for v in public_fields(edition, values, individual=individual) if not v.masked}
            assert kinds.isdisjoint({FieldKind.PERSON_NAME, FieldKind.PERSON_PAPERS})


def test_the_person_behind_an_individual_business_is_hidden_in_the_register(rulebook: Rulebook) -> None:
    (edition,) = rulebook.items["registration"]
    values = {field.id: PLANTED for field in edition.fields}
    shown = {v.field.id for v in public_fields(edition, values, individual=True)}
    assert shown.isdisjoint({"legal_representative", "address", "registration_number", "organisation_code"})
