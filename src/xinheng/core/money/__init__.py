"""Amounts of money: read from a cell, rendered, found in the text of a decision."""

from xinheng.core.money.decision_text import Comparison, amounts_in_text, compare_with_text
from xinheng.core.money.reading import AmountReading, Unit, read_amount, render_amount, to_yuan

__all__ = [
    "AmountReading",
    "Comparison",
    "Unit",
    "amounts_in_text",
    "compare_with_text",
    "read_amount",
    "render_amount",
    "to_yuan",
]
