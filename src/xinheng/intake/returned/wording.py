"""What stands in the check column and in a cell's comment, and never as a formula."""

import re

from xinheng.core.rulebook.types import Rulebook
from xinheng.core.text import drop_controls
from xinheng.core.validation.headings import CHECK_KEY, CHECK_TITLE
from xinheng.intake.returned.said import Finding, Said

TITLE = CHECK_TITLE
"""The heading of the column that is written; the gate reads no field from it."""
MEMBER = CHECK_KEY
"""The member that JSON objects get in its place."""
MOST_CHARS = 8000
"""Spreadsheet programs stop at 32,767 characters a cell."""
_COMMENT_CHARS = 1500
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%", "＝", "＋", "－", "＠")
_BLANKS = re.compile(r"\s+")


def row_text(said: Said, rulebook: Rulebook) -> str:
    """Outcome and messages of a row on one line, Chinese first."""
    outcome = rulebook.labels[f"outcome.{said.outcome}"]
    zh = "；".join(one_line(each["message_zh"]) for each in said.findings)
    en = "; ".join(one_line(each["message_en"]) for each in said.findings)
    text = f"{outcome.zh}：{zh} / {outcome.en}: {en}" if said.findings else f"{outcome.zh} / {outcome.en}"
    return harmless(_cut(text, MOST_CHARS))


def cell_text(findings: list[Finding]) -> str:
    """What is said of one cell, for its comment."""
    lines = [f"{one_line(each['message_zh'])}\n{one_line(each['message_en'])}" for each in findings]
    return _cut("\n".join(lines), _COMMENT_CHARS)


def starts(rulebook: Rulebook) -> tuple[str, ...]:
    """How a text of the check column may begin, by which an earlier one is known in a broken line."""
    labels = (label for code, label in rulebook.labels.items() if code.startswith("outcome."))
    return tuple(start for label in labels for start in (f"{label.zh}：", f"{label.zh} / {label.en}"))


def one_line(text: object) -> str:
    """Text without line breaks, controls and half characters."""
    return _BLANKS.sub(" ", drop_controls(str(text))[0]).strip()


def harmless(text: str) -> str:
    """Text that no spreadsheet program takes for a formula: one that begins like one gets an apostrophe before it."""
    return f"'{text}" if text.lstrip(" '\u200b\ufeff").startswith(_FORMULA_STARTS) else text


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
