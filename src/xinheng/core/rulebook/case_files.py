"""Worked cases as the catalogue writes them: a whole row, or an earlier one with some cells changed."""

from collections.abc import Mapping

from xinheng.core.findings import Outcome
from xinheng.core.rulebook.node import Node
from xinheng.core.rulebook.types import Case


def parse_cases(node: Node, ids: tuple[str, ...]) -> tuple[Case, ...]:
    """The cases of one edition; ``ids`` are its fields. ``like`` takes up the row of a case above."""
    cases: dict[str, Case] = {}
    for entry in node.items():
        case = _case(entry, ids, cases)
        if case.name in cases:
            entry.at("name").fail(f"案例“{case.name}”重复", f"case {case.name!r} stands there twice")
        cases[case.name] = case
    return tuple(cases.values())


def _case(entry: Node, ids: tuple[str, ...], above: Mapping[str, Case]) -> Case:
    entry.keys(("name", "outcome"), ("row", "like", "rules", "values", "today", "sender"))
    row: dict[str, str] = {}
    if not entry.at("like").absent:
        like = entry.at("like").known(above, "前面的案例", "case above")
        row |= above[like].row if like in above else {}
    row |= {header: _cell(cell) for header, cell in entry.at("row").entries()}
    if not row:
        entry.at("row").refuse("表头与单元格的对照表", "a map of headers and cells")
    return Case(
        entry.at("name").text(),
        row,
        entry.at("outcome").one_of(Outcome).value,
        entry.at("rules").texts(),
        _values(entry.at("values"), ids),
        None if entry.at("today").absent else entry.at("today").day(),
        entry.at("sender").optional_text(),
    )


def _values(node: Node, ids: tuple[str, ...]) -> dict[str, str]:
    """Canonical values by field id (the words behind 其他 as ``<field>_other``); an empty text: no value."""
    values = {}
    for field_id, value in node.entries():
        if field_id.removesuffix("_other") not in ids:
            value.fail(f"没有字段“{field_id}”", f"this edition has no field {field_id!r}")
        values[field_id] = _cell(value)
    return values


def _cell(node: Node) -> str:
    return "" if node.value == "" or node.absent else node.text()
