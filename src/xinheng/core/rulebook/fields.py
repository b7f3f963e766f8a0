"""Fields of a catalogue item: shared ones, the item's own ones, and how one is laid over the other."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from xinheng.core.choices import ChoiceList
from xinheng.core.rulebook.legal import parse_refs
from xinheng.core.rulebook.node import Node
from xinheng.core.rulebook.subjects import PERSONAL_KINDS
from xinheng.core.rulebook.types import Disclosure, Field, FieldKind, Law, RequiredWhen

UNITS = ("yuan", "wan")
OLD_CODES = ("registration_number", "organisation_code", "tax_number", "institution_number", "social_number")
ADDED = ("codes", "headers", "other_headers", "law")
"""Keys whose lists are added up when a field is laid over a shared one; every other key replaces."""

KEYS = (
    "kind", "label", "codes", "headers", "other_headers", "disclosure", "disclosure_individual", "required",
    "required_when", "max_length", "list", "unit", "minimum", "maximum", "old_code", "no_future", "law",
)  # fmt: skip
_CHOICES = (FieldKind.SUBJECT_CATEGORY, FieldKind.CHOICE, FieldKind.CHOICES)


@dataclass(frozen=True, slots=True)
class Known:
    """What a catalogue may name: closed lists and laws."""

    lists: Mapping[str, ChoiceList]
    laws: Mapping[str, Law]


def lay_over(entry: Node, below: Node) -> Node:
    """``entry`` with the keys of ``below`` that it does not set; codes, headers and laws are added up."""
    if not isinstance(entry.value, Mapping) or not isinstance(below.value, Mapping):
        return entry
    merged = {**below.value, **entry.value}
    for key in ADDED:
        lists = (below.value.get(key), entry.value.get(key))
        added = [item for one in lists if isinstance(one, list) for item in one]
        if added:
            merged[key] = list(dict.fromkeys(map(str, added)))
    merged.pop("shared", None)
    return Node(entry.file, entry.path, merged, entry.problems)


def with_shared(entry: Node, shared: Mapping[str, Node]) -> Node:
    """A field entry laid over the shared field that its key ``shared`` names, if any."""
    name = entry.at("shared")
    if name.absent:
        return entry
    chosen = name.known(shared, "公用字段", "shared field")
    return lay_over(entry, shared[chosen]) if chosen in shared else entry


def parse_field(field_id: str, entry: Node, known: Known) -> Field:
    """One field. Without a disclosure class, or about a person and open to the public, it does not parse."""
    entry.keys(("kind", "label", "disclosure"), KEYS)
    if not (field_id.isidentifier() and field_id.islower()):
        entry.fail("字段编号应为英文小写加下划线", "a field id is English snake_case")
    kind = entry.at("kind").one_of(FieldKind)
    field = Field(
        id=field_id,
        kind=kind,
        label=entry.at("label").bilingual(),
        codes=entry.at("codes").texts(),
        headers=entry.at("headers").texts(),
        disclosure=entry.at("disclosure").one_of(Disclosure),
        required=entry.at("required").flag(),
        required_when=parse_when(entry.at("required_when")),
        max_length=entry.at("max_length").optional_integer(1),
        list=_list(entry.at("list"), kind, known),
        unit=_unit(entry.at("unit"), kind),
        minimum=entry.at("minimum").optional_number(),
        maximum=entry.at("maximum").optional_number(),
        old_code=_old_code(entry.at("old_code"), kind),
        no_future=entry.at("no_future").flag(),
        disclosure_individual=_individual(entry.at("disclosure_individual")),
        law=parse_refs(entry.at("law"), known.laws),
        other_headers=entry.at("other_headers").texts(),
    )
    _check_persons(entry, field)
    _check_bounds(entry, field)
    return field


def parse_when(node: Node) -> RequiredWhen | None:
    """``{field: id, any_of: [codes]}``; whether they exist is checked with the edition."""
    if node.absent:
        return None
    node.keys(("field", "any_of"))
    return RequiredWhen(node.at("field").text(), frozenset(node.at("any_of").texts()))


def check_when(node: Node, when: RequiredWhen | None, fields: Iterable[Field], known: Known) -> None:
    """That a condition names a field of a closed list and codes of that list."""
    if when is None:
        return
    choices = {field.id: field.list for field in fields if field.list is not None}
    node.at("field").known(choices, "封闭列表字段", "field with a closed list")
    chosen = known.lists.get(choices.get(when.field) or "")
    if chosen is not None:
        check_codes(node.at("any_of"), chosen)


def check_codes(node: Node, choices: ChoiceList) -> None:
    """That every text of a list is a code of the closed list."""
    for item in node.items():
        item.known((term.code for term in choices.terms), f"{choices.id} 代码", f"code of {choices.id}")


def _list(node: Node, kind: FieldKind, known: Known) -> str | None:
    if node.absent:
        if kind in _CHOICES:
            node.fail("选项字段必须指明封闭列表", "a field of choice must name its closed list")
        return None
    return node.known(known.lists, "封闭列表", "closed list")


def _unit(node: Node, kind: FieldKind) -> str | None:
    if kind is FieldKind.AMOUNT:
        return node.known(UNITS, "金额单位", "unit of an amount")
    if not node.absent:
        node.fail("只有金额字段有单位", "only a field of kind amount has a unit")
    return None


def _old_code(node: Node, kind: FieldKind) -> str | None:
    if kind is FieldKind.OLD_CODE:
        return node.known(OLD_CODES, "旧代码种类", "kind of old code")
    if not node.absent:
        node.fail("只有旧代码字段有此键", "only a field of kind old_code has this key")
    return None


def _individual(node: Node) -> Disclosure | None:
    return None if node.absent else node.one_of(Disclosure)


def _check_persons(entry: Node, field: Field) -> None:
    key = "disclosure" if field.disclosure is Disclosure.PUBLIC else "disclosure_individual"
    public = Disclosure.PUBLIC in (field.disclosure, field.disclosure_individual)
    if field.kind in PERSONAL_KINDS and public:
        entry.at(key).fail("个人信息字段不得公开", "a field about a person must not be public")
    open_papers = field.disclosure in (Disclosure.MASKED, Disclosure.AGENCIES)
    if field.kind is FieldKind.PERSON_PAPERS and open_papers:
        entry.at("disclosure").fail("个人证件字段只能为 internal", "a person's papers are internal, nothing else")


def _check_bounds(entry: Node, field: Field) -> None:
    low, high = field.minimum, field.maximum
    if low is not None and high is not None and low > high:
        entry.at("maximum").refuse(f"不小于 {low} 的数", f"a number not below {low}")
