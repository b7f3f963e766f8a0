"""Editions of a catalogue item: which fields, which key, which checks, from when to when."""

from collections.abc import Mapping

from xinheng.core.rulebook.case_files import parse_cases
from xinheng.core.rulebook.fields import Known, check_codes, check_when, lay_over, parse_field
from xinheng.core.rulebook.legal import parse_basis, parse_period, parse_refs
from xinheng.core.rulebook.node import Node
from xinheng.core.rulebook.subjects import check_impersonal
from xinheng.core.rulebook.types import Check, Expectation, Field, FieldKind, ItemEdition, PersonRows, ReportingTerm
from xinheng.core.validation.headings import key as heading_key
from xinheng.core.values import Severity

NEEDED = (
    "edition", "label", "in_force", "law", "fields", "key", "subject_code", "subject_name", "title_field",
    "keeps_representative",
)  # fmt: skip
OPTIONAL = (
    "subject_category", "body_code", "decided_on", "document_number", "checks", "term", "expectations",
    "cases", "persons",
)  # fmt: skip
CHECKS: Mapping[str, tuple[str, ...]] = {
    "order": ("from", "to"),
    "order_warning": ("from", "to"),
    "amount_agrees": ("amount", "text"),
    "amount_factor": ("amount", "text"),
    "forbidden_choice": ("choice",),
    "category_agrees": ("category", "code"),
    "forbidden_subject": ("code",),
}
"""The named checks and the parts that each wants; the gate holds one pure function for each name."""

KEY_WORDS = ("subject", "body_code")
"""Parts of a key beside field ids: the organisation found; the deciding body (or the sender)."""

_DATES = (FieldKind.DATE, FieldKind.END_DATE)


def parse_edition(item_id: str, node: Node, fields: Mapping[str, Node], known: Known) -> ItemEdition:
    """One edition of an item, every name in it resolved."""
    node.keys(NEEDED, OPTIONAL)
    chosen = tuple(_field(entry, fields, known) for entry in node.at("fields").items())
    _check_fields(node, chosen, known)
    ids = tuple(field.id for field in chosen)
    for named in (*node.at("key").items(), node.at("title_field")):
        check_impersonal(named, str(named.value), chosen)
    if node.at("keeps_representative").absent:
        node.at("keeps_representative").refuse("true 或 false", "true or false")
    return ItemEdition(
        id=item_id,
        edition=node.at("edition").text(),
        in_force=parse_period(node.at("in_force")),
        label=node.at("label").bilingual(),
        fields=chosen,
        key=tuple(part.known((*ids, *KEY_WORDS), "字段", "field") for part in node.at("key").items()),
        subject_code=_of_kind(node.at("subject_code"), chosen, FieldKind.SUBJECT_CODE),
        subject_name=_of_kind(node.at("subject_name"), chosen, FieldKind.SUBJECT_NAME),
        subject_category=_maybe(node.at("subject_category"), chosen, FieldKind.SUBJECT_CATEGORY),
        body_code=_maybe(node.at("body_code"), chosen, FieldKind.AGENCY_CODE),
        decided_on=_maybe(node.at("decided_on"), chosen, FieldKind.DATE),
        document_number=_maybe(node.at("document_number"), chosen, FieldKind.DOCUMENT_NUMBER),
        title_field=node.at("title_field").known(ids, "字段", "field"),
        keeps_representative=node.at("keeps_representative").flag(),
        checks=tuple(_check(entry, chosen, known) for entry in node.at("checks").items()),
        term=_term(node.at("term"), chosen, known),
        law=parse_basis(node.at("law"), known.laws),
        expectations=tuple(_expectation(entry, ids) for entry in node.at("expectations").items()),
        cases=parse_cases(node.at("cases"), ids),
        persons=_persons(node.at("persons"), ids),
    )


def _field(entry: Node, fields: Mapping[str, Node], known: Known) -> Field:
    """A field by its id, or a map with ``id`` and the keys that this edition changes."""
    named = entry.at("id") if isinstance(entry.value, Mapping) else entry
    field_id = named.known(fields, "字段", "field")
    if field_id not in fields:
        return parse_field("unknown", entry, known)
    if named is entry:
        return parse_field(field_id, fields[field_id], known)
    changes = {key: value for key, value in entry.entries() if key != "id"}
    over = Node(entry.file, entry.path, {key: value.value for key, value in changes.items()}, entry.problems)
    return parse_field(field_id, lay_over(over, fields[field_id]), known)


def _check_fields(node: Node, fields: tuple[Field, ...], known: Known) -> None:
    owner: dict[str, str] = {}
    seen: set[str] = set()
    for place, field in enumerate(fields):
        here = node.at("fields").items()[place]
        if field.id in seen:
            here.fail(f"字段“{field.id}”重复", f"field {field.id!r} stands there twice")
        seen.add(field.id)
        for name in field.names:
            other = owner.setdefault(heading_key(name), field.id)
            if other != field.id:
                here.fail(
                    f"表头“{name}”同时属于 {other} 和 {field.id}",
                    f"the header {name!r} names both {other} and {field.id}",
                )
        if field.required_when is not None:
            when = {"field": field.required_when.field, "any_of": sorted(field.required_when.any_of)}
            path = f"{here.path}.required_when"
            check_when(Node(here.file, path, when, here.problems), field.required_when, fields, known)


def _of_kind(node: Node, fields: tuple[Field, ...], kind: FieldKind) -> str:
    ids = [field.id for field in fields if field.kind is kind]
    return node.known(ids, f"{kind.value} 字段", f"field of kind {kind.value}")


def _maybe(node: Node, fields: tuple[Field, ...], kind: FieldKind) -> str | None:
    return None if node.absent else _of_kind(node, fields, kind)


def _check(entry: Node, fields: tuple[Field, ...], known: Known) -> Check:
    entry.keys(("name", "fields", "severity"), ("params", "law"))
    name = entry.at("name").known(CHECKS, "检查", "check")
    parts = entry.at("fields").keys(CHECKS[name])
    ids = tuple(field.id for field in fields)
    named = {part: field.known(ids, "字段", "field") for part, field in parts.entries()}
    params = {key: value.texts() for key, value in entry.at("params").entries()}
    by_id = {field.id: field for field in fields}
    if name in ("order", "order_warning"):
        _check_dates(parts, named, by_id)
    choice = by_id.get(named.get("choice", ""))
    choices = known.lists.get(choice.list or "") if choice else None
    if choices is not None:
        check_codes(entry.at("params").at("choices"), choices)
    severity = entry.at("severity").one_of(Severity)
    return Check(name, named, severity, params, parse_refs(entry.at("law"), known.laws))


def _check_dates(parts: Node, named: Mapping[str, str], by_id: Mapping[str, Field]) -> None:
    for part, field_id in named.items():
        if field_id in by_id and by_id[field_id].kind not in _DATES:
            parts.at(part).refuse("日期字段", "a field of dates")


def _term(node: Node, fields: tuple[Field, ...], known: Known) -> ReportingTerm | None:
    if node.absent:
        return None
    node.keys(("working_days", "from_field", "law"))
    from_field = _of_kind(node.at("from_field"), fields, FieldKind.DATE)
    return ReportingTerm(node.at("working_days").integer(1), from_field, parse_basis(node.at("law"), known.laws))


def _persons(node: Node, ids: tuple[str, ...]) -> PersonRows | None:
    if node.absent:
        return None
    node.keys((), ("unnamed", "title_field", "title_words", "group_words"))
    title = node.at("title_field")
    if title.absent != node.at("title_words").absent:
        node.fail("title_field 与 title_words 必须同时填写", "title_field and title_words belong together")
    return PersonRows(
        node.at("unnamed").flag(),
        None if title.absent else title.known(ids, "字段", "field"),
        node.at("title_words").texts(),
        node.at("group_words").texts(),
    )


def _expectation(entry: Node, ids: tuple[str, ...]) -> Expectation:
    entry.keys(("field", "filled_at_least"))
    share = entry.at("filled_at_least").number()
    if not 0 <= share <= 1:
        entry.at("filled_at_least").refuse("0到1之间的比例", "a share between 0 and 1")
    return Expectation(entry.at("field").known(ids, "字段", "field"), share)
