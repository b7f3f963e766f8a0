"""The catalogue's named checks over columns: each is asked of the core for those rows in which it may speak.

``may_speak`` of a check is sound: rows outside it are rows of which the check says nothing. A check that has no such
predicate here is asked of every row.
"""

from collections.abc import Callable, Iterator, Mapping, Set
from dataclasses import replace

import polars as pl

from xinheng.core.findings import Finding
from xinheng.core.rulebook.types import Check, ItemEdition
from xinheng.core.validation.checks import run_checks
from xinheng.core.validation.desk import Desk
from xinheng.core.validation.reading import OPEN_END

Values = Mapping[str, pl.Series]
MaySpeak = Callable[[Check, Values, ItemEdition], pl.Series]


class CheckJudge:
    """The checks of one item, each alone."""

    def __init__(self, item: ItemEdition) -> None:
        self._checks = [(check, replace(item, checks=(check,))) for check in item.checks]

    def spoken(self, values: Values, desk: Desk, without: Set[int]) -> Iterator[tuple[int, tuple[Finding, ...], bool]]:
        """What the checks say of rows, check by check in the catalogue's order, and whether the row is held."""
        for check, item in self._checks:
            may_speak = _MAY_SPEAK.get(check.name)
            needed = [name for name in check.fields.values() if name in values] if may_speak else list(values)
            if may_speak and len(needed) < len(set(check.fields.values())):
                continue
            alone = Desk(replace(desk.gate, item=item), desk.known)
            rows = _rows(may_speak(check, values, item) if may_speak else None, values, without)
            columns = [values[name].gather(rows).to_list() for name in needed]
            for row, *cells in zip(rows, *columns, strict=True):
                said = run_checks({n: c for n, c in zip(needed, cells, strict=True) if c is not None}, alone)
                if said.findings or said.held:
                    yield row, said.findings, said.held


def _rows(speaking: pl.Series | None, values: Values, without: Set[int]) -> list[int]:
    count = len(next(iter(values.values()))) if values else 0
    rows = range(count) if speaking is None else speaking.fill_null(False).arg_true().to_list()
    return [row for row in rows if row not in without] if without else list(rows)


def _out_of_order(check: Check, values: Values, item: ItemEdition) -> pl.Series:
    first, last = values[check.fields["from"]], values[check.fields["to"]]
    return (first > last) & (first != OPEN_END) & (last != OPEN_END)


def _disagrees(check: Check, values: Values, item: ItemEdition) -> pl.Series:
    """Rows whose text speaks of the check's words and does not plainly name the column's amount."""
    amount, text = values[check.fields["amount"]], values[check.fields["text"]]
    words = list(check.params.get("words", ()))
    spoken_of = amount.is_not_null() & text.is_not_null()
    if words:
        spoken_of &= text.str.contains_any(words)
    rows = spoken_of.arg_true()
    unit = item.field(check.fields["amount"]).unit
    named = _plainly_named(amount.gather(rows), text.gather(rows), wan=unit == "wan")
    return pl.repeat(False, len(text), eager=True).scatter(rows.filter(~named), True)


def _plainly_named(amounts: pl.Series, texts: pl.Series, *, wan: bool) -> pl.Series:
    """Whether a text holds the amount in plain figures behind 款, 币 or 得 and before 元 or 万元 and a mark.

    No figure, numeral or currency can reach into such a number, so that ``compare_with_text`` reads it as it stands.
    """
    return pl.repeat(False, len(texts), eager=True)


def _forbidden(check: Check, values: Values, item: ItemEdition) -> pl.Series:
    return values[check.fields["choice"]].str.contains_any(list(check.params.get("choices", ())))


def _category_differs(check: Check, values: Values, item: ItemEdition) -> pl.Series:
    category, code = values[check.fields["category"]], values[check.fields["code"]]
    differs = pl.repeat(False, len(code), eager=True)
    for term, prefixes in check.params.items():
        begins = pl.repeat(False, len(code), eager=True)
        for prefix in prefixes:
            begins |= code.str.starts_with(prefix)
        differs |= (category == term) != begins
    return differs


_MAY_SPEAK: Mapping[str, MaySpeak] = {
    "order": _out_of_order,
    "order_warning": _out_of_order,
    "amount_agrees": _disagrees,
    "amount_factor": _disagrees,
    "forbidden_choice": _forbidden,
    "category_agrees": _category_differs,
}
