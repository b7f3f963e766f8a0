"""Faults as senders make them, planted in known rows. Two faulty rows never stand beside each other."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

import polars as pl

from xinheng.bench.made import codes
from xinheng.bench.made.rows import (
    CATEGORY,
    CODE,
    FACTS,
    FINE,
    KINDS,
    LICENCE_CONTENT,
    LICENCE_DAY,
    LICENCE_KIND,
    LICENCE_NUMBER,
    NAME,
    PENALTY_DAY,
    PENALTY_NUMBER,
)

NOT_REGISTERED = 29_000_000
"""Where the series of codes begins that no register of ours knows."""

Cells = dict[str, str]


@dataclass(frozen=True, slots=True)
class Faults:
    """Which columns of an item carry which kind of value."""

    number: str
    day: str
    choice: str
    text: str
    amount: str | None


_OF_ITEM = {
    "penalty": Faults(PENALTY_NUMBER, PENALTY_DAY, KINDS, FACTS, FINE),
    "licence": Faults(LICENCE_NUMBER, LICENCE_DAY, LICENCE_KIND, LICENCE_CONTENT, None),
}
COLUMNS, QUOTES, UNCLOSED = "wrong_column_count", "broken_quotes", "unclosed_quote"
DUPLICATE = "duplicate_in_file"
IN_LINES = (COLUMNS, QUOTES, UNCLOSED)
"""Faults of the written line, not of a cell."""
_KINDS: dict[str, Callable[[Faults, Cells, Random], Cells]] = {
    "bad_check_digit": lambda of, row, rng: {CODE: codes.wrong_check(row[CODE])},
    "missing_required": lambda of, row, rng: {of.number: ""},
    "bad_date": lambda of, row, rng: {of.day: "2026-13-45"},
    "future_date": lambda of, row, rng: {of.day: "2099-01-05"},
    "bad_amount": lambda of, row, rng: {of.amount: "待定数额", KINDS: "罚款"} if of.amount else {of.day: "去年"},
    "unknown_choice": lambda of, row, rng: {of.choice: "口头提醒"},
    "unknown_subject": lambda of, row, rng: {
        CODE: codes.enterprise_codes(1, start=NOT_REGISTERED + rng.randrange(100_000))[0]
    },
    "person_row": lambda of, row, rng: {NAME: "某某", CATEGORY: "自然人", CODE: ""},
    "person_number_in_text": lambda of, row, rng: {of.text: row[of.text] + "，联系证件" + codes.person_number(rng)},
}
KINDS_OF_FAULT = (*_KINDS, *IN_LINES, DUPLICATE)


def plant(
    rng: Random, item: str, block: pl.DataFrame, share: float, wanted: Sequence[str] = KINDS_OF_FAULT
) -> tuple[pl.DataFrame, dict[int, str]]:
    """A copy of the block with ``share`` (0 to 0.5) of its rows made faulty, and what was done to which row."""
    places = sorted(rng.sample(range(1, len(block), 2), k=min(round(len(block) * share), len(block) // 2)))
    kinds = {place: wanted[nth % len(wanted)] for nth, place in enumerate(places)}
    changes: dict[str, dict[int, str]] = {name: {} for name in block.columns}
    for place, kind in kinds.items():
        for name, value in _changed(rng, item, block, place, kind).items():
            changes[name][place] = value
    columns = [_with(block[name], changed) for name, changed in changes.items()]
    return pl.DataFrame(columns), kinds


def _changed(rng: Random, item: str, block: pl.DataFrame, place: int, kind: str) -> Cells:
    if kind == DUPLICATE:
        return block.row(place - 1, named=True)
    if kind in IN_LINES:
        return {}
    return _KINDS[kind](_OF_ITEM[item], block.row(place, named=True), rng)


def _with(column: pl.Series, changed: dict[int, str]) -> pl.Series:
    return column.scatter(list(changed), list(changed.values())) if changed else column


def broken(line: str, kind: str) -> str:
    """The line as a program writes it that counts columns or doubles quotes wrongly."""
    if kind == COLUMNS:
        return f"{line},多余的一格"
    return '"' + (line if kind == UNCLOSED else line.replace(",", '"（原名）,', 1))
