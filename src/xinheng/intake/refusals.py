"""Refusing a file whole, in the rulebook's words."""

from xinheng.core.persons import mask_any
from xinheng.core.rulebook.types import Rulebook
from xinheng.core.validation.gate import finding
from xinheng.runtime.errors import RuntimeRefusal


def refusal(rulebook: Rulebook, rule: str, value: str, **parts: str) -> RuntimeRefusal:
    """The refusal that a rule of ``findings.yml`` means for a whole file; a person's number in ``value`` is masked."""
    said = finding(rulebook, rule, None, mask_any(value), **parts)
    return RuntimeRefusal(said.rule, said.message.zh, said.message.en)
