"""Export files, ``exports/<format>.yml``: in which columns and spellings records go to others."""

from collections.abc import Mapping

from xinheng.core.rulebook.export_types import ExportColumn, ExportFormat, ExportLayout
from xinheng.core.rulebook.fields import Known, check_when, parse_when
from xinheng.core.rulebook.legal import parse_basis
from xinheng.core.rulebook.node import Node
from xinheng.core.rulebook.types import Disclosure, Field, ItemEdition

Items = Mapping[str, tuple[ItemEdition, ...]]


def parse_export(node: Node, items: Items, known: Known) -> ExportFormat:
    """One format. A column names a field by one of that field's own codes; a field that is shared with nobody, or is
    about a person, fills no column.
    """
    node.keys(("format", "label", "law", "separator", "open_end", "items"))
    return ExportFormat(
        node.at("format").text(),
        node.at("label").bilingual(),
        parse_basis(node.at("law"), known.laws),
        node.at("separator").text(),
        node.at("open_end").day(),
        {item: _layout(item, entry, items, known) for item, entry in node.at("items").entries()},
    )


def _layout(item: str, node: Node, items: Items, known: Known) -> ExportLayout:
    node.within(items, item, "目录事项", "catalogue item")
    node.keys(("edition", "columns"), ("left_out_when",))
    editions = {edition.edition: edition for edition in items.get(item, ())}
    chosen = node.at("edition").known(editions, "版本", "edition")
    fields = {field.id: field for field in editions[chosen].fields} if chosen in editions else {}
    codes = _codes_of_lists(items.get(item, ()), known)
    columns = tuple(_column(entry, fields, codes) for entry in node.at("columns").items())
    named = [column.code for column in columns]
    for repeated in sorted({code for code in named if named.count(code) > 1}):
        node.at("columns").fail(f"列“{repeated}”重复", f"column {repeated!r} stands there twice")
    left_out = parse_when(node.at("left_out_when"))
    check_when(node.at("left_out_when"), left_out, fields.values(), known)
    return ExportLayout(item, chosen, columns, left_out)


def _codes_of_lists(editions: tuple[ItemEdition, ...], known: Known) -> dict[str, set[str]]:
    """What each field of choice can hold, in any edition under which a record may stand."""
    codes: dict[str, set[str]] = {}
    for field in (field for edition in editions for field in edition.fields if field.list in known.lists):
        terms = known.lists[field.list or ""].terms
        codes.setdefault(field.id, set()).update(term.code for term in terms)
    return codes


def _column(entry: Node, fields: Mapping[str, Field], codes: Mapping[str, set[str]]) -> ExportColumn:
    entry.keys(("code",), ("field", "terms"))
    code = entry.at("code").text()
    if entry.at("field").absent:
        return ExportColumn(code, None, {})
    field_id = entry.at("field").known(fields, "字段", "field")
    field = fields.get(field_id)
    if field is not None and code not in field.codes:
        entry.at("code").refuse(f"字段 {field_id} 的代码：{', '.join(field.codes)}", f"a code of {field_id}")
    if field is not None and field.disclosure in (Disclosure.INTERNAL, Disclosure.MASKED):
        entry.at("field").fail("不共享的字段不得导出，请删除 field", "a field that is not shared is not exported")
    terms = {term: spelling.text() for term, spelling in entry.at("terms").entries()}
    for term, place in entry.at("terms").entries():
        place.within(codes.get(field_id, ()), term, "选项代码", "code of the field's list")
    return ExportColumn(code, field_id, terms)
