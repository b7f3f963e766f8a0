"""Verdicts of the row engine in their places in a block that was judged by columns."""

from collections.abc import Mapping, Sequence

import polars as pl

from xinheng.core.identity import FORMER_CODE, Claim
from xinheng.core.rulebook.types import ItemEdition
from xinheng.core.validation.gate import RowVerdict
from xinheng.intake.bulk.block import PLACE_OF, JudgedBlock, OldCodes


def with_verdicts(block: JudgedBlock, verdicts: Mapping[int, RowVerdict], item: ItemEdition) -> JudgedBlock:
    """The block with these verdicts in the places of some rows, whatever stood there."""
    if not verdicts:
        return block
    rows = list(verdicts)
    said = list(verdicts.values())
    block.outcomes = _put(block.outcomes, rows, [PLACE_OF[verdict.outcome] for verdict in said])
    block.code = _put(block.code, rows, [verdict.claim.code for verdict in said])
    block.name = _put(block.name, rows, [verdict.claim.name for verdict in said])
    block.body = _put(block.body, rows, [verdict.body for verdict in said])
    _put_values(block, rows, said, item)
    _put_kept(block, rows, said)
    for row, verdict in verdicts.items():
        block.findings.pop(row, None)
        block.old_codes.pop(row, None)
        if verdict.findings:
            block.findings[row] = verdict.findings
        if old := old_codes(verdict.claim):
            block.old_codes[row] = old
    block.gone = frozenset(row for row, verdict in verdicts.items() if verdict.kept is None)
    return block


def old_codes(claim: Claim) -> OldCodes:
    """A claim's old codes without the one that repeats its unified code."""
    return tuple(old for old in claim.old_codes if old != (FORMER_CODE, claim.code))


def nulls(count: int) -> pl.Series:
    """A column of text in which nothing stands."""
    return pl.repeat(None, count, dtype=pl.String, eager=True)


def _put(column: pl.Series, rows: Sequence[int], values: Sequence[object]) -> pl.Series:
    return column.clone().scatter(rows, pl.Series(values, dtype=column.dtype))


def _put_values(block: JudgedBlock, rows: Sequence[int], said: Sequence[RowVerdict], item: ItemEdition) -> None:
    filled = {name for verdict in said for name in verdict.values}
    values: dict[str, pl.Series] = {}
    for name in (name for field in item.fields for name in (field.id, f"{field.id}_other")):
        column = block.values.get(name)
        if column is None and name not in filled:
            continue
        base = nulls(len(block)) if column is None else column
        values[name] = _put(base, rows, [verdict.values.get(name) for verdict in said])
    block.values = values


def _put_kept(block: JudgedBlock, rows: Sequence[int], said: Sequence[RowVerdict]) -> None:
    kept = [verdict.kept or () for verdict in said]
    widest = max(map(len, kept), default=0)
    block.kept += [nulls(len(block)) for _ in range(widest - len(block.kept))]
    for column, cells in enumerate(block.kept):
        block.kept[column] = _put(cells, rows, [each[column] if column < len(each) else None for each in kept])
    if block.kept_width is not None:
        block.kept_width = _put(block.kept_width, rows, list(map(len, kept)))
