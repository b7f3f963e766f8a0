"""Worked cases: rows in the rule files with what the gate must say of them, put to the gate."""

from datetime import date

from xinheng.core.cells import RawRow
from xinheng.core.rulebook.types import Case, ItemEdition, Rulebook
from xinheng.core.validation.engine import AgencyFacts, GateContext, judge
from xinheng.core.validation.header import map_keys

CASE_DAY = date(2026, 11, 22)
"""The day on which a case is judged that names none."""

SENDER = "11610800MB2A0002XQ"
"""The made-up agency that sends a case whose row names no deciding body."""

REGISTER = "registration"


def run_case(rulebook: Rulebook, item: ItemEdition, case: Case) -> tuple[str, tuple[str, ...], dict[str, str]]:
    """Put one worked case through the gate: outcome, rules that spoke, canonical values by field id.

    The sender is the one that the case names, or the row's own deciding body; no other agency is known, and
    the register knows no code of a person's shape.
    """
    keys = tuple(case.row)
    header = map_keys(keys, item)
    column = header.column_of(item.body_code) if item.body_code else None
    sender = case.sender or (case.row[keys[column]] if column is not None else "") or SENDER
    gate = GateContext(
        item=item,
        rulebook=rulebook,
        today=case.today or CASE_DAY,
        sender=sender,
        agencies={sender: AgencyFacts(sender, sender)},
        is_register=item.id == REGISTER,
    )
    verdict = judge(RawRow(1, tuple(case.row.values()), keys), header, gate)
    rules = tuple(dict.fromkeys(finding.rule for finding in verdict.findings))
    return verdict.outcome.value, rules, dict(verdict.values)
