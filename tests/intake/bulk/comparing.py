"""Puts the same rows to both engines and compares what they say, field by field."""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from xinheng.core.cells import RawRow
from xinheng.core.identity import FORMER_CODE
from xinheng.core.validation.engine import judge
from xinheng.core.validation.gate import GateContext, RowVerdict
from xinheng.core.validation.header import Header, find_header
from xinheng.intake.bulk.block import OUTCOMES, JudgedBlock
from xinheng.intake.bulk.judge import BulkJudge
from xinheng.intake.bulk.reading import ColumnBlock


def block_of(rows: Sequence[RawRow], width: int) -> ColumnBlock:
    """Rows as the reader of blocks delivers them: those of the usual width as columns, others as they are."""
    irregular = {at: row for at, row in enumerate(rows) if row.problem or len(row.cells) != width}
    columns = [
        pl.Series([None if at in irregular else row.cells[column] for at, row in enumerate(rows)], dtype=pl.String)
        for column in range(width)
    ]
    return ColumnBlock(pl.Series([row.number for row in rows], dtype=pl.Int32), columns, irregular)


def of_verdict(verdict: RowVerdict) -> dict[str, Any]:
    """A verdict of the row engine as both engines are compared."""
    return {
        "number": verdict.number,
        "outcome": verdict.outcome,
        "findings": verdict.findings,
        "values": dict(verdict.values),
        "code": verdict.claim.code,
        "name": verdict.claim.name,
        "old_codes": tuple(old for old in verdict.claim.old_codes if old != (FORMER_CODE, verdict.claim.code)),
        "body": verdict.body,
        "kept": verdict.kept,
    }


def of_block(block: JudgedBlock) -> list[dict[str, Any]]:
    """A judged block, row by row."""
    assert block.kept_width is not None
    columns = [block.outcomes, block.code, block.name, block.body, block.kept_width, *block.kept]
    assert {len(column) for column in (*columns, *block.values.values())} <= {len(block)}
    return [_row(block, at) for at in range(len(block))]


def _row(block: JudgedBlock, at: int) -> dict[str, Any]:
    assert block.kept_width is not None
    kept = tuple(column[at] for column in block.kept)
    width = block.kept_width[at]
    assert set(kept[width:]) <= {None}
    return {
        "number": block.numbers[at],
        "outcome": OUTCOMES[block.outcomes[at]],
        "findings": block.findings.get(at, ()),
        "values": {name: column[at] for name, column in block.values.items() if column[at] is not None},
        "code": block.code[at],
        "name": block.name[at],
        "old_codes": block.old_codes.get(at, ()),
        "body": block.body[at],
        "kept": None if at in block.gone else kept[:width],
    }


def bulk_judge(header: Header, gate: GateContext, asked: list[frozenset[str]] | None = None) -> BulkJudge:
    """The bulk engine with this gate whatever the register would answer."""

    def known(codes: frozenset[str]) -> frozenset[str]:
        if asked is not None:
            asked.append(codes)
        return gate.known_codes

    return BulkJudge(header, lambda _: gate, known)


def assert_agree(rows: Sequence[RawRow], header: Header, gate: GateContext, width: int) -> list[RowVerdict]:
    """Both engines say the same of these rows; returns what they say."""
    verdicts = [judge(row, header, gate) for row in rows]
    bulk = bulk_judge(header, gate)
    # Twice: what the first block left remembered must not change the second.
    for _ in range(2):
        for row, wanted, given in zip(rows, verdicts, of_block(bulk.judge(block_of(rows, width))), strict=True):
            assert given == of_verdict(wanted), row
    return verdicts


def as_rows(cells: Sequence[Sequence[str]], first: int = 2) -> list[RawRow]:
    """Rows of text, numbered from ``first``."""
    return [RawRow(first + at, tuple(row)) for at, row in enumerate(cells)]


def header_over(names: Sequence[str], gate: GateContext, sample: Mapping[str, str]) -> Header:
    """The header of a table under these headings."""
    header = find_header([RawRow(1, tuple(names)), RawRow(2, tuple(sample.values()))], gate.item)
    assert header is not None
    assert header.last_row == 1
    return header
