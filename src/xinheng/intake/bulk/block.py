"""A block of judged rows as columns: what both engines hand on, whatever way they came to it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import polars as pl

from xinheng.core.findings import Finding, Outcome
from xinheng.core.identity import FORMER_CODE, Claim, Event

OUTCOMES = tuple(Outcome)
"""Outcomes by their place in a block's ``outcomes``."""
PLACE_OF = {outcome: place for place, outcome in enumerate(OUTCOMES)}

OldCodes = tuple[tuple[str, str], ...]


@dataclass(slots=True)
class JudgedBlock:
    """Rows of one table in file order, judged by the pure checks alone (the register is asked later).

    All columns have the same length; ``sparse`` mappings are keyed by the row's place in the block (0-based).

    ``numbers`` (Int32): the row as a spreadsheet program shows it. ``outcomes`` (UInt8): places in ``OUTCOMES``.
    ``values``: canonical text by field id in catalogue order (with ``<field>_other``), null where there is none;
    a field that no row fills may be absent. ``code``: the claimed unified code or null; ``name``: the claimed name
    (empty where none); ``body``: code of the deciding body or null. ``old_codes`` (sparse): the claim's old codes,
    as (kind, value), without the ``former_code`` that repeats the claimed code.
    ``findings`` (sparse): in the order in which the row engine says them.
    ``kept``: the cells as they may be kept, one column for each column of the table, null beyond the row's end;
    ``kept_width``: how many cells each row has; ``gone`` (sparse set): rows of which nothing may be kept.
    """

    numbers: pl.Series
    outcomes: pl.Series
    values: dict[str, pl.Series]
    code: pl.Series
    name: pl.Series
    body: pl.Series
    old_codes: dict[int, OldCodes] = field(default_factory=dict)
    findings: dict[int, tuple[Finding, ...]] = field(default_factory=dict)
    kept: list[pl.Series] = field(default_factory=list)
    kept_width: pl.Series | None = None
    gone: frozenset[int] = frozenset()

    def __len__(self) -> int:
        return len(self.numbers)

    def without_kept(self) -> "JudgedBlock":
        """The verdicts alone."""
        return replace(self, kept=[], kept_width=None)


@dataclass(frozen=True, slots=True)
class ResolvedBlock:
    """A judged block with its organisations: ``outcomes`` after the register's word (UInt8, as in a judged block),
    ``subjects`` (code or null), and by place in the block all findings and the register's events.
    """

    rows: JudgedBlock
    outcomes: pl.Series
    subjects: pl.Series
    findings: Mapping[int, tuple[Finding, ...]]
    events: Mapping[int, tuple[Event, ...]]

    def claim(self, place: int) -> Claim:
        """Whom a row names."""
        return claim_of(self.rows, place)


def claim_of(block: JudgedBlock, place: int) -> Claim:
    """Whom a row of a judged block names."""
    code = block.code[place]
    former = ((FORMER_CODE, code),) if code is not None else ()
    return Claim(code, (*block.old_codes.get(place, ()), *former), block.name[place])
