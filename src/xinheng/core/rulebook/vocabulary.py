"""Words: the glossary, the labels of codes, and what the gate's rules say."""

from string import Formatter

from xinheng.core.rulebook.node import Node
from xinheng.core.rulebook.types import FindingText, GlossaryTerm, PersonHeadings
from xinheng.core.validation.headings import key
from xinheng.core.values import Bilingual, Severity


def parse_glossary(node: Node) -> dict[str, GlossaryTerm]:
    """``glossary.yml``: every term once, by code."""
    terms: dict[str, GlossaryTerm] = {}
    for entry in node.keys(("terms",)).at("terms").items():
        entry.keys(("code", "label", "definition"))
        code = entry.at("code").text()
        if code in terms:
            entry.at("code").fail(f"术语“{code}”重复", f"term {code!r} stands there twice")
        terms[code] = GlossaryTerm(code, entry.at("label").bilingual(), entry.at("definition").bilingual())
    return terms


def parse_person_headings(node: Node) -> PersonHeadings:
    """``codes/person_headings.yml``: by which words an unknown column names persons."""
    node.keys(("source", "words"), ("counts",)).at("source").text()
    words = node.at("words").texts()
    if not words:
        node.at("words").refuse("至少一个词", "at least one word")
    for entry in (*node.at("words").items(), *node.at("counts").items()):
        if not key(str(entry.value)):
            entry.refuse("含文字的词", "a word with letters")
    return PersonHeadings(tuple(map(key, words)), tuple(map(key, node.at("counts").texts())))


def parse_labels(node: Node) -> dict[str, Bilingual]:
    """``labels.yml``: ``group.code`` to its label."""
    groups = node.keys(("labels",)).at("labels").entries()
    return {f"{group}.{code}": label.bilingual() for group, inner in groups for code, label in inner.entries()}


def parse_findings(node: Node) -> dict[str, FindingText]:
    """``findings.yml``: the gate's rules by their permanent ids."""
    return {rule: _finding(rule, entry) for rule, entry in node.entries()}


def _finding(rule: str, entry: Node) -> FindingText:
    entry.keys(("severity", "policy", "zh", "en"))
    message = Bilingual(entry.at("zh").text(), entry.at("en").text())
    if _places(message.zh) != _places(message.en):
        entry.at("en").fail("中英文的占位符不一致", "both languages must have the same {placeholders}")
    return FindingText(rule, entry.at("severity").one_of(Severity), message, entry.at("policy").text())


def _places(text: str) -> set[str] | None:
    try:
        return {name for _, name, _, _ in Formatter().parse(text) if name is not None}
    except ValueError:
        return None
