"""Verdicts of the row engine as a block: the way of workbooks, JSON and whatever else is judged row by row."""

from collections.abc import Iterable, Sequence

import polars as pl

from xinheng.core.findings import Outcome
from xinheng.core.identity import FORMER_CODE
from xinheng.core.rulebook.types import ItemEdition
from xinheng.core.validation.gate import RowVerdict
from xinheng.intake.bulk.block import PLACE_OF, JudgedBlock, OldCodes


def from_verdicts(verdicts: Sequence[RowVerdict], item: ItemEdition) -> JudgedBlock:
    """The verdicts as columns, in their order; only fields of ``item`` can be among their values."""
    return JudgedBlock(
        numbers=pl.Series("number", [verdict.number for verdict in verdicts], pl.Int32),
        outcomes=pl.Series("outcome", [PLACE_OF[verdict.outcome] for verdict in verdicts], pl.UInt8),
        values=_values(verdicts, item),
        code=_texts(verdict.claim.code for verdict in verdicts),
        name=_texts(verdict.claim.name for verdict in verdicts),
        body=_texts(verdict.body for verdict in verdicts),
        old_codes={place: old for place, verdict in enumerate(verdicts) if (old := _old_codes(verdict))},
        findings={place: verdict.findings for place, verdict in enumerate(verdicts) if verdict.findings},
        kept=_kept(verdicts),
        kept_width=pl.Series("width", [len(verdict.kept or ()) for verdict in verdicts], pl.UInt32),
        gone=frozenset(place for place, verdict in enumerate(verdicts) if verdict.kept is None),
    )


def field_names(item: ItemEdition) -> tuple[str, ...]:
    """Every name that a record of this edition may store, in the order of its digest."""
    return tuple(name for field in item.fields for name in (field.id, f"{field.id}_other"))


def _values(verdicts: Sequence[RowVerdict], item: ItemEdition) -> dict[str, pl.Series]:
    filled = {name for verdict in verdicts if verdict.outcome in _FILED for name in verdict.values}
    return {
        name: _texts(verdict.values.get(name) for verdict in verdicts) for name in field_names(item) if name in filled
    }


_FILED = (Outcome.ACCEPTED, Outcome.HELD, Outcome.REJECTED)


def _old_codes(verdict: RowVerdict) -> OldCodes:
    claim = verdict.claim
    return tuple(old for old in claim.old_codes if old != (FORMER_CODE, claim.code))


def _kept(verdicts: Sequence[RowVerdict]) -> list[pl.Series]:
    width = max((len(verdict.kept or ()) for verdict in verdicts), default=0)
    return [_texts(_cell(verdict.kept or (), column) for verdict in verdicts) for column in range(width)]


def _cell(cells: tuple[str, ...], column: int) -> str | None:
    return cells[column] if column < len(cells) else None


def _texts(texts: Iterable[str | None]) -> pl.Series:
    return pl.Series(list(texts), dtype=pl.String)
