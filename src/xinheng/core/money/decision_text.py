"""Amounts named in the text of a decision, and whether a column's amount agrees with them."""

import re
from decimal import Decimal
from enum import StrEnum

from xinheng.core import numerals
from xinheng.core.characters import drop_invisible, fold_width
from xinheng.core.money.spelling import Scale, spell


class Comparison(StrEnum):
    """How a column's amount stands to the amounts of a text."""

    MATCH = "match"
    DIFFERS = "differs"
    FACTOR_10000 = "factor_10000"
    NONE = "none"


_CN = f"[{numerals.CHARACTERS}]"
_WRITTEN = rf"(?:\d[\d,]*(?:\.\d+)?|{_CN})(?:\s*(?:\d|{_CN}))*"
_LONGEST = 60
# 元月 and 元旦 are no money; without 元 a number is money only behind a currency sign or where
# 万 ends a clause.
_AMOUNT = re.compile(
    rf"(?P<sign>人民币|RMB|CNY|¥)?\s*(?P<number>{_WRITTEN})\s*"
    rf"(?P<yuan>[元圆圓](?![月旦素])(?:[零〇]?(?:\d|{_CN})角)?(?:[零〇]?(?:\d|{_CN})分)?)?"
    rf"(?P<end>$|(?=[,。;、()\s整正]))?",
    re.IGNORECASE | re.ASCII,
)
_FACTOR = Decimal(10_000)


def amounts_in_text(text: str) -> tuple[Decimal, ...]:
    """The amounts named in a decision's text, in yuan, in order (罚款人民币2万元 → 20000)."""
    readable = drop_invisible(fold_width(text))
    found = (_amount(match) for match in _AMOUNT.finditer(readable))
    return tuple(amount for amount in found if amount is not None)


def compare_with_text(value_yuan: Decimal, text: str) -> Comparison:
    """Whether an amount in yuan agrees with a text that names amounts.

    It matches when any amount of the text equals it, or the sum of the different ones does. A factor of
    10,000 either way is the classic slip between 元 and 万元. No amount in the text: ``NONE``.
    """
    named = set(amounts_in_text(text))
    if not named:
        return Comparison.NONE
    candidates = named | {sum(named, Decimal(0))}
    if value_yuan in candidates:
        return Comparison.MATCH
    if value_yuan and candidates & {value_yuan * _FACTOR, value_yuan / _FACTOR}:
        return Comparison.FACTOR_10000
    return Comparison.DIFFERS


def _amount(match: re.Match[str]) -> Decimal | None:
    number = match["number"].strip(", ")
    spelled = spell(number + (match["yuan"] or "")) if len(number) <= _LONGEST else None
    if spelled is None:
        return None
    ends_in_wan = spelled.scale == Scale.WAN and match["end"] is not None
    return spelled.number if match["yuan"] or match["sign"] or ends_in_wan else None
