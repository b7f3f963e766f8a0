"""Publication files: which records of an item the public sees, by the day of the decision."""

from collections.abc import Iterable, Mapping
from itertools import pairwise

from xinheng.core.rulebook.fields import Known, check_codes, check_when, parse_when
from xinheng.core.rulebook.legal import parse_basis, parse_period
from xinheng.core.rulebook.node import Node
from xinheng.core.rulebook.problems import Problem
from xinheng.core.rulebook.publication_types import EVERY_CLASS
from xinheng.core.rulebook.types import (
    Condition,
    Field,
    FieldKind,
    ItemEdition,
    ItemHead,
    PublicationRegime,
    Publicity,
    PublicTerm,
    SeverityRule,
)

KINDS_LIST = "penalty_types"
_DATES = (FieldKind.DATE, FieldKind.END_DATE)


def parse_publication(
    node: Node, items: Mapping[str, tuple[ItemEdition, ...]], known: Known
) -> tuple[PublicationRegime, ...]:
    """The regimes of one item in the order of their first days. Regimes must not overlap."""
    node.keys(("item", "regimes"), ("rules",))
    item_id = node.at("item").known(items, "目录事项", "catalogue item")
    fields = {field.id: field for edition in items.get(item_id, ()) for field in edition.fields}
    sets = {name: _rules(entry, known) for name, entry in node.at("rules").entries()}
    regimes = [(entry, _regime(entry, item_id, fields, sets, known)) for entry in node.at("regimes").items()]
    regimes.sort(key=lambda pair: pair[1].in_force.start)
    for (_, earlier), (entry, later) in pairwise(regimes):
        if earlier.in_force.covers(later.in_force.start):
            entry.at("in_force").fail(f"与 {earlier.id} 的期间重叠", f"overlaps regime {earlier.id}")
    return tuple(regime for _, regime in regimes)


def check_publicity(
    heads: Mapping[str, ItemHead], regimes: Iterable[PublicationRegime], problems: list[Problem]
) -> None:
    """What the catalogue says of an item's publication and what its regimes do are one thing."""
    shown = {regime.item for regime in regimes if not regime.terms or any(term.published for term in regime.terms)}
    for head in heads.values():
        node = Node(f"catalogue/{head.id}.yml", "stages.publication", head.publication.value, problems)
        if head.publication is Publicity.WITHHELD and head.id in shown:
            node.fail(
                f"事项不公示，但 publication/{head.id}.yml 仍会公示其记录",
                f"the item is withheld, but publication/{head.id}.yml would show its records",
            )
        if head.publication is Publicity.BY_RULE and head.id not in shown:
            node.fail(
                f"事项按规则公示，但 publication/{head.id}.yml 没有任何公示的期限",
                f"the item is public by rule, but publication/{head.id}.yml publishes nothing",
            )


def _regime(
    entry: Node,
    item_id: str,
    fields: Mapping[str, Field],
    sets: Mapping[str, tuple[SeverityRule, ...]],
    known: Known,
) -> PublicationRegime:
    entry.keys(("id", "in_force", "law"), ("from_field", "until_field", "rules", "terms", "withheld_when"))
    chosen = None if entry.at("rules").absent else entry.at("rules").known(sets, "规则组", "set of rules")
    rules = sets.get(chosen, ()) if chosen is not None else ()
    terms = tuple(_term(term, known) for term in entry.at("terms").items())
    _check_classes(entry, rules, terms)
    withheld = parse_when(entry.at("withheld_when"))
    check_when(entry.at("withheld_when"), withheld, fields.values(), known)
    return PublicationRegime(
        id=entry.at("id").text(),
        item=item_id,
        in_force=parse_period(entry.at("in_force")),
        from_field=_date_field(entry.at("from_field"), fields),
        until_field=_date_field(entry.at("until_field"), fields),
        rules=rules,
        terms=terms,
        law=parse_basis(entry.at("law"), known.laws),
        withheld_when=withheld,
    )


def _date_field(node: Node, fields: Mapping[str, Field]) -> str | None:
    if node.absent:
        return None
    dates = [field.id for field in fields.values() if field.kind in _DATES]
    return node.known(dates, "日期字段", "field of dates")


def _rules(node: Node, known: Known) -> tuple[SeverityRule, ...]:
    rules = tuple(_rule(entry, known) for entry in node.items())
    ids = [rule.id for rule in rules]
    for repeated in sorted({one for one in ids if ids.count(one) > 1}):
        node.fail(f"规则“{repeated}”重复", f"rule {repeated!r} stands there twice")
    return rules


def _rule(entry: Node, known: Known) -> SeverityRule:
    entry.keys(("id", "class", "when", "verified", "law"))
    return SeverityRule(
        entry.at("id").text(),
        entry.at("class").text(),
        _condition(entry.at("when"), known),
        _verified(entry),
        parse_basis(entry.at("law"), known.laws),
    )


def _condition(node: Node, known: Known) -> Condition:
    node.keys((), ("only", "any_of", "fine_at_most", "fine_above"))
    if not node.entries():
        node.refuse("至少一个条件", "at least one condition")
    if KINDS_LIST in known.lists:
        check_codes(node.at("only"), known.lists[KINDS_LIST])
        check_codes(node.at("any_of"), known.lists[KINDS_LIST])
    return Condition(
        _codes(node.at("only")),
        _codes(node.at("any_of")),
        node.at("fine_at_most").optional_number(),
        node.at("fine_above").optional_number(),
    )


def _codes(node: Node) -> frozenset[str] | None:
    return None if node.absent else frozenset(node.texts())


def _term(entry: Node, known: Known) -> PublicTerm:
    entry.keys(("class", "published", "verified", "law"), ("months", "minimum_months"))
    if entry.at("published").absent:
        entry.at("published").refuse("true 或 false", "true or false")
    term = PublicTerm(
        entry.at("class").text(),
        entry.at("published").flag(),
        entry.at("months").optional_integer(1),
        entry.at("minimum_months").optional_integer(0),
        _verified(entry),
        parse_basis(entry.at("law"), known.laws),
    )
    if term.months is not None and term.minimum_months is not None and term.minimum_months > term.months:
        entry.at("minimum_months").refuse(f"不大于{term.months}的月数", f"at most {term.months} months")
    return term


def _verified(entry: Node) -> bool:
    if entry.at("verified").absent:
        entry.at("verified").refuse("true 或 false", "true or false")
    return entry.at("verified").flag()


def _check_classes(entry: Node, rules: tuple[SeverityRule, ...], terms: tuple[PublicTerm, ...]) -> None:
    """Every class that a rule can give has exactly one term; without rules one term speaks of all records."""
    named = [term.severity_class for term in terms]
    if not rules and named not in ([], [EVERY_CLASS]):
        entry.at("terms").fail(
            f"没有 rules 时只能有一个期限，类别为 {EVERY_CLASS}",
            f"without rules there is one term at most, of class {EVERY_CLASS}",
        )
    for wanted in sorted({rule.severity_class for rule in rules}):
        if named.count(wanted) != 1:
            entry.at("terms").fail(f"类别“{wanted}”需要且只能有一个期限", f"class {wanted!r} needs exactly one term")
