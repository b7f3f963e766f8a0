"""``gate.yml``: the policies of the gate. Only checked here; its cases are put to the gate by the tests."""

from collections.abc import Mapping

from xinheng.core.findings import Outcome
from xinheng.core.rulebook.node import Node
from xinheng.core.rulebook.problems import Problem
from xinheng.core.rulebook.types import FindingText, ItemEdition, Rulebook

_CASE_KEYS = ("change", "table", "again", "outcome", "outcomes", "rules", "values", "known", "register")
_TABLE_KEYS = ("header", "rows")


def gate_problems(content: object, rulebook: Rulebook) -> tuple[Problem, ...]:
    """What is wrong with the content of ``gate.yml``: names of rules, items, fields and outcomes that do not exist."""
    node = Node("gate.yml", "", content, [])
    _check_gate(node, rulebook.items, rulebook.findings)
    return tuple(node.problems)


def _check_gate(node: Node, items: Mapping[str, tuple[ItemEdition, ...]], findings: Mapping[str, FindingText]) -> None:
    node.keys(("sender", "agencies", "today", "bases", "policies"))
    node.at("today").day()
    node.at("sender").known([code for code, _ in node.at("agencies").entries()], "单位", "agency of this file")
    for item, base in node.at("bases").entries():
        base.within(items, item, "目录事项", "catalogue item")
        _check_fields(base, item, items)
    policies = [_policy(entry, items, findings) for entry in node.at("policies").items()]
    for repeated in sorted({one for one in policies if policies.count(one) > 1}):
        node.at("policies").fail(f"规则“{repeated}”重复", f"policy {repeated!r} stands there twice")
    for rule, finding in findings.items():
        if finding.policy not in policies:
            zh, en = (
                f"{rule} 所属的规则“{finding.policy}”不存在",
                f"{rule} belongs to policy {finding.policy!r}, which is missing",
            )
            node.at("policies").fail(zh, en)


def _policy(entry: Node, items: Mapping[str, tuple[ItemEdition, ...]], findings: Mapping[str, FindingText]) -> str:
    entry.keys(("id", "text", "rules", "cases"))
    entry.at("text").bilingual()
    _check_rules(entry.at("rules"), findings)
    if not entry.at("cases").items():
        entry.at("cases").refuse("至少一个案例", "at least one worked case")
    for case in entry.at("cases").items():
        _check_case(case, items, findings)
    return entry.at("id").text()


def _check_case(case: Node, items: Mapping[str, tuple[ItemEdition, ...]], findings: Mapping[str, FindingText]) -> None:
    case.keys(("name", "item"), _CASE_KEYS)
    case.at("name").text()
    item = case.at("item").known(items, "目录事项", "catalogue item")
    _check_rules(case.at("rules"), findings)
    for change in (case.at("change"), *case.at("again").items()):
        _check_fields(change, item, items)
    _check_fields(case.at("values"), item, items)
    if not case.at("table").absent:
        case.at("table").keys(_TABLE_KEYS)
    outcomes = [] if case.at("outcome").absent else [case.at("outcome")]
    for outcome in (*outcomes, *case.at("outcomes").items()):
        outcome.one_of(Outcome)
    if case.at("outcome").absent and case.at("outcomes").absent:
        case.fail("缺少 outcome 或 outcomes", "outcome or outcomes is needed")


def _check_rules(node: Node, findings: Mapping[str, FindingText]) -> None:
    for rule in node.items():
        rule.known(findings, "校验规则", "rule of findings.yml")


def _check_fields(node: Node, item: str, items: Mapping[str, tuple[ItemEdition, ...]]) -> None:
    known = {field.id for edition in items.get(item, ()) for field in edition.fields}
    for name, place in node.entries():
        place.within(known, name.removesuffix("_other"), "字段", "field")
