"""``laws.yml`` and the references to it: a rule can only cite what is listed there."""

from collections.abc import Mapping

from xinheng.core.rulebook.node import Node
from xinheng.core.rulebook.types import Law, LawRef, Period


def parse_laws(node: Node) -> dict[str, Law]:
    """Every legal text of ``laws.yml`` by its id."""
    laws: dict[str, Law] = {}
    for entry in node.keys(("laws",)).at("laws").items():
        law = _law(entry)
        if law.id in laws:
            entry.at("id").fail(f"法规编号“{law.id}”重复", f"law id {law.id!r} stands there twice")
        laws[law.id] = law
    return laws


def parse_period(node: Node) -> Period:
    """``{from: day, to: day}``; without ``to`` still in force."""
    node.keys(("from",), ("to",))
    start = node.at("from").day()
    end = None if node.at("to").absent else node.at("to").day()
    if end is not None and end < start:
        node.at("to").refuse(f"不早于{start}的日期", f"a day not before {start}")
    return Period(start, end)


def parse_refs(node: Node, laws: Mapping[str, Law]) -> tuple[LawRef, ...]:
    """A list of ``law-id#article`` (or ``law-id`` for the whole text), each listed in ``laws.yml``."""
    return tuple(_ref(item, laws) for item in node.items())


def parse_basis(node: Node, laws: Mapping[str, Law]) -> tuple[LawRef, ...]:
    """References of a rule that may not stand without one."""
    refs = parse_refs(node, laws)
    if not refs:
        node.fail("至少一个法律依据", "at least one legal basis is needed")
    return refs


def _law(entry: Node) -> Law:
    entry.keys(("id", "title", "issuer", "number", "in_force", "verified", "source"), ("articles",))
    articles = {key: article.bilingual() for key, article in entry.at("articles").entries()}
    if entry.at("verified").absent:
        entry.at("verified").refuse("true 或 false", "true or false")
    return Law(
        entry.at("id").text(),
        entry.at("title").bilingual(),
        entry.at("issuer").bilingual(),
        entry.at("number").optional_text(),
        parse_period(entry.at("in_force")),
        entry.at("verified").flag(),
        articles,
        entry.at("source").text(),
    )


def _ref(node: Node, laws: Mapping[str, Law]) -> LawRef:
    law_id, _, article = node.text().partition("#")
    law = laws.get(law_id)
    if law is None:
        known = ", ".join(laws)
        node.refuse(f"laws.yml 中的法规：{known}", f"a law of laws.yml: {known}")
    elif article and article not in law.articles:
        known = ", ".join(law.articles)
        node.refuse(f"{law_id} 中已列的条款：{known}", f"an article listed for {law_id}: {known}")
    return LawRef(law_id, article or None)
