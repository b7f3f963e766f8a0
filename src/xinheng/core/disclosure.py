"""Who sees which field: granted field by field, never assumed."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from xinheng.core.names import mask_person_name
from xinheng.core.rulebook.types import Disclosure, Field, FieldKind, ItemEdition, ItemHead, Publicity, Sharing


class Stage(StrEnum):
    """The steps that a field of a record passes, or does not: each is classified apart (R-027)."""

    COLLECTION = "collection"
    SHARING = "sharing"
    USE = "use"
    PUBLICATION = "publication"


@dataclass(frozen=True, slots=True)
class VisibleField:
    """One filled field as a reader may see it; ``masked``: shortened to its masked form."""

    field: Field
    value: str
    masked: bool


def disclosure_of(field: Field, *, individual: bool) -> Disclosure:
    """The class that holds for a field; an individual business may have a stricter one (SG-5)."""
    if individual and field.disclosure_individual is not None:
        return field.disclosure_individual
    return field.disclosure


def stages_of(head: ItemHead, edition: ItemEdition, field: Field, *, individual: bool) -> frozenset[Stage]:
    """The stages that a field of an item passes: the item's own rules, narrowed by the field's disclosure class.

    A field about a person is emptied on arrival and passes none; the register's representative is kept. An internal
    field is collected and goes nowhere.
    """
    emptied = field.kind is FieldKind.PERSON_PAPERS
    emptied = emptied or (field.kind is FieldKind.PERSON_NAME and not edition.keeps_representative)
    if emptied:
        return frozenset()
    disclosure = disclosure_of(field, individual=individual)
    passed = {Stage.COLLECTION}
    if disclosure is not Disclosure.INTERNAL:
        passed |= {Stage.SHARING} if head.sharing is Sharing.AGENCIES else set()
        passed |= {Stage.USE} if head.use else set()
    if disclosure in (Disclosure.PUBLIC, Disclosure.MASKED) and head.publication is Publicity.BY_RULE:
        passed.add(Stage.PUBLICATION)
    return frozenset(passed)


def public_fields(edition: ItemEdition, values: Mapping[str, str], *, individual: bool) -> tuple[VisibleField, ...]:
    """The filled fields of a record that the public may see, in catalogue order."""
    shown = (_public(field, values.get(field.id, ""), individual=individual) for field in edition.fields)
    return tuple(field for field in shown if field is not None)


def _public(field: Field, value: str, *, individual: bool) -> VisibleField | None:
    disclosure = disclosure_of(field, individual=individual)
    if not value or disclosure in (Disclosure.AGENCIES, Disclosure.INTERNAL):
        return None
    if disclosure is Disclosure.PUBLIC and field.kind is not FieldKind.PERSON_NAME:
        return VisibleField(field, value, masked=False)
    return VisibleField(field, mask_person_name(value), masked=True)
