"""Closed lists, ``codes/*.yml``: what a field of choice may hold."""

from collections.abc import Mapping

from xinheng.core.choices import ChoiceList, Term
from xinheng.core.rulebook.legal import parse_refs
from xinheng.core.rulebook.node import Node
from xinheng.core.rulebook.subjects import check_list_label, check_term
from xinheng.core.rulebook.types import Law


def parse_list(node: Node, laws: Mapping[str, Law]) -> ChoiceList:
    """One closed list. Two terms that share a spelling, or an ``other`` that is no term, do not parse; nor
    does a term for natural persons.
    """
    node.keys(("list", "label", "law", "terms"), ("other",))
    check_list_label(node.at("label").at("zh"), node.at("label").bilingual().zh)
    parse_refs(node.at("law"), laws)
    list_id = node.at("list").text()
    entries = node.at("terms").items()
    for entry in entries:
        check_term(list_id, entry)
    terms = tuple(map(_term, entries))
    if not terms:
        node.at("terms").refuse("至少一个词条", "at least one term")
    try:
        return ChoiceList(list_id, terms, node.at("other").optional_text())
    except ValueError as refused:
        node.at("terms").fail(f"词条有冲突：{refused}", f"the terms contradict each other: {refused}")
        return ChoiceList(list_id, ())


def _term(entry: Node) -> Term:
    entry.keys(("code", "label"), ("aliases",))
    label = entry.at("label").bilingual()
    return Term(entry.at("code").text(), label.zh, label.en, entry.at("aliases").texts())
