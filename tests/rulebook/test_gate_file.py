"""The policies' file names only what exists, and covers every policy of the gate."""

import pytest

from tests.rulebook.plain_files import DROP, Add, change, shipped_files
from xinheng.core.rulebook.gate_file import gate_problems
from xinheng.runtime.rulebook_check import schema_problems
from xinheng.runtime.rulebook_files import load_rulebook

GATE = "gate.yml"
CASE = "policies[0].cases[0]"


def test_the_shipped_policies_are_a_to_m_and_name_only_what_exists() -> None:
    content = shipped_files()[GATE]
    assert [policy["id"] for policy in content["policies"]] == list("abcdefghijklm")
    assert gate_problems(content, load_rulebook()) == ()


@pytest.mark.parametrize(
    ("where", "changes", "path", "said"),
    [
        ("", {"colour": "red"}, "colour", "unknown key"),
        ("", {"today": "2026-13-01"}, "today", "'2026-13-01'"),
        ("", {"sender": "nobody"}, "sender", "'nobody'"),
        ("bases", {"pledge": {}}, "bases.pledge", "'pledge'"),
        ("bases.penalty", {"mood": "good"}, "bases.penalty.mood", "'mood'"),
        ("policies[0]", {"rules": ["no.such"]}, "policies[0].rules[0]", "'no.such'"),
        ("policies[0]", {"id": "b"}, "policies", "stands there twice"),
        ("policies[0]", {"id": "z"}, "policies", "belongs to policy 'a'"),
        ("policies[0]", {"cases": []}, "policies[0].cases", "at least one worked case"),
        ("policies[0].text", {"en": DROP}, "policies[0].text.en", "missing"),
        (CASE, {"item": "pledge"}, f"{CASE}.item", "'pledge'"),
        (CASE, {"rules": Add("no.such")}, f"{CASE}.rules[", "'no.such'"),
        (CASE, {"change": {"mood": "x"}}, f"{CASE}.change.mood", "'mood'"),
        (CASE, {"outcome": "lost"}, f"{CASE}.outcome", "'lost'"),
        (CASE, {"outcome": DROP}, CASE, "outcome or outcomes"),
    ],
)
def test_a_mistake_in_the_policies_is_told(where: str, changes: dict[str, object], path: str, said: str) -> None:
    files = shipped_files()
    change(files, GATE, where, changes)
    problems = gate_problems(files[GATE], load_rulebook())
    assert [p for p in problems if p.file == GATE and path in p.path and said in p.message_en], problems


@pytest.mark.parametrize("rubbish", [None, 7, [], {"policies": [[]]}, {"policies": [{"cases": {}}]}])
def test_rubbish_is_a_problem_for_parser_and_schema(rubbish: object) -> None:
    assert gate_problems(rubbish, load_rulebook())
    assert {problem.file for problem in schema_problems({GATE: rubbish})} == {GATE}
