"""Every policy of the gate has its words, its rules and worked cases, and the gate does what they say."""

import re
from pathlib import Path

import pytest

import xinheng.core
from tests.core.validation.worked_cases import answer, cases, gate_file, rulebook


@pytest.mark.parametrize(("policy", "case"), [pytest.param(p, c, id=f"{p}-{c['name']}") for p, c in cases()])
def test_worked_case(policy, case):
    said = answer(case)
    assert said.outcomes == case.get("outcomes", [case.get("outcome")])
    if "rules" in case:
        assert said.rules == set(case["rules"])
    for field, value in case.get("values", {}).items():
        assert said.verdicts[0].values.get(field) == value


def test_there_are_the_thirteen_policies_each_with_a_case():
    policies = gate_file()["policies"]
    assert [policy["id"] for policy in policies] == list("abcdefghijklm")
    assert all(policy["cases"] and policy["rules"] for policy in policies)


def test_every_rule_stands_under_exactly_one_policy_and_has_a_text():
    listed = [rule for policy in gate_file()["policies"] for rule in policy["rules"]]
    assert len(listed) == len(set(listed))
    assert set(listed) == set(rulebook().findings)


def test_every_rule_that_the_core_can_speak_has_a_text():
    shape = re.compile(r'"((?:code|date|amount|choice|subject|body|person|shape|header|cell|region)\.[a-z_0-9]+)"')
    core = Path(xinheng.core.__file__).parent
    spoken = {rule for source in core.rglob("*.py") for rule in shape.findall(source.read_text(encoding="utf-8"))}
    assert len(spoken) > 50
    assert spoken <= set(rulebook().findings)


def test_sentences_say_something_in_both_languages():
    for text in rulebook().findings.values():
        assert re.search(r"[\u4e00-\u9fff]", text.message.zh)
        assert re.search(r"[a-z]{3}", text.message.en)
        assert text.message.zh.endswith("。")
        assert text.message.en.endswith(".")


def test_a_finding_names_the_policy_it_stands_under():
    stands = {rule: policy["id"] for policy in gate_file()["policies"] for rule in policy["rules"]}
    assert {rule: text.policy for rule, text in rulebook().findings.items()} == stands
