"""The catalogue's named checks over columns: each is asked of the core for those rows in which it may speak.

``may_speak`` of a check is sound: rows outside it are rows of which the check says nothing. A check that has no such
predicate here is asked of every row.
"""

from collections.abc import Callable, Iterator, Mapping, Set
from dataclasses import replace

import polars as pl

from xinheng.core.findings import Finding
from xinheng.core.numerals import CHARACTERS
from xinheng.core.rulebook.types import Check, ItemEdition
from xinheng.core.validation.checks import run_checks
from xinheng.core.validation.desk import Desk
from xinheng.core.validation.reading import OPEN_END

Values = Mapping[str, pl.Series]
MaySpeak = Callable[[Check, ItemEdition], pl.Expr]

# A plain amount in a text: nothing before or behind it can be taken for a part of it (core/money/decision_text.py).
_NO_PART = rf"{CHARACTERS}元圆圓角分整正月旦素"
_AMOUNTS = (
    rf"[\x{{4e00}}-\x{{9fff}}&&[^{_NO_PART}]][0-9]{{1,12}}(?:\.[0-9]{{1,6}})?万?元"
    rf"(?:$|[，。；、）,;)]|[\x{{4e00}}-\x{{9fff}}&&[^{_NO_PART}]])"
)
_AMOUNT = r"[0-9.]+万?元"


class CheckJudge:
    """The checks of one item, each alone."""

    def __init__(self, item: ItemEdition) -> None:
        self._checks = [(check, replace(item, checks=(check,))) for check in item.checks]

    def spoken(self, values: Values, desk: Desk, without: Set[int]) -> Iterator[tuple[int, tuple[Finding, ...], bool]]:
        """What the checks say of rows, check by check in the catalogue's order, and whether the row is held."""
        speaking = self._speaking(values)
        for at, (check, item) in enumerate(self._checks):
            rows = [row for row in speaking[at] if row not in without]
            if not rows:
                continue
            needed = [name for name in check.fields.values() if name in values] if check.name in _MAY_SPEAK else values
            columns = {name: values[name].gather(rows).to_list() for name in needed}
            alone = Desk(replace(desk.gate, item=item), desk.known)
            for place, row in enumerate(rows):
                said = run_checks({n: cells[place] for n, cells in columns.items() if cells[place] is not None}, alone)
                if said.findings or said.held:
                    yield row, said.findings, said.held

    def _speaking(self, values: Values) -> list[list[int]]:
        """For each check the rows in which it may speak; a known check whose parts are missing says nothing."""
        frame = pl.DataFrame(dict(values))
        asked = {
            str(at): _MAY_SPEAK[check.name](check, item)
            for at, (check, item) in enumerate(self._checks)
            if check.name in _MAY_SPEAK and set(check.fields.values()) <= values.keys()
        }
        found = (
            frame.select(mask.fill_null(False).arg_true().implode().alias(name) for name, mask in asked.items()).row(
                0, named=True
            )
            if asked
            else {}
        )
        return [
            list(found.get(str(at), ())) if check.name in _MAY_SPEAK else list(range(frame.height))
            for at, (check, _) in enumerate(self._checks)
        ]


def _out_of_order(check: Check, item: ItemEdition) -> pl.Expr:
    first, last = pl.col(check.fields["from"]), pl.col(check.fields["to"])
    return (first > last) & (first != OPEN_END) & (last != OPEN_END)


def _disagrees(check: Check, item: ItemEdition) -> pl.Expr:
    """Rows whose text speaks of the check's words and does not plainly name the column's amount."""
    amount, text = pl.col(check.fields["amount"]), pl.col(check.fields["text"])
    in_wan = item.field(check.fields["amount"]).unit == "wan"
    spoken_of = amount.is_not_null() & text.is_not_null()
    words = list(check.params.get("words", ()))
    if words:
        spoken_of &= text.str.contains_any(words)
    named = text.str.extract_all(_AMOUNTS).list.eval(pl.element().str.extract(f"({_AMOUNT})"))
    yuan = amount.cast(pl.Float64, strict=False) * (10_000 if in_wan else 1)
    whole = yuan.round(0)
    as_yuan = pl.when((yuan - whole).abs() < 1e-3).then(pl.format("{}元", whole.cast(pl.Int64, strict=False)))
    as_wan = amount + "万元" if in_wan else pl.lit(None, dtype=pl.String)
    said = named.list.contains(as_yuan).fill_null(False) | named.list.contains(as_wan).fill_null(False)
    return spoken_of & ~said


def _forbidden(check: Check, item: ItemEdition) -> pl.Expr:
    return pl.col(check.fields["choice"]).str.contains_any(list(check.params.get("choices", ())))


def _category_differs(check: Check, item: ItemEdition) -> pl.Expr:
    category, code = pl.col(check.fields["category"]), pl.col(check.fields["code"])
    differs = pl.lit(False)
    for term, prefixes in check.params.items():
        begins = pl.any_horizontal([pl.lit(False), *(code.str.starts_with(prefix) for prefix in prefixes)])
        differs = differs | ((category == term) != begins)
    return differs & category.is_not_null() & code.is_not_null()


def _forbidden_subject(check: Check, item: ItemEdition) -> pl.Expr:
    code = pl.col(check.fields["code"])
    return pl.any_horizontal([pl.lit(False), *(code.str.starts_with(p) for p in check.params.get("prefixes", ()))])


_MAY_SPEAK: Mapping[str, MaySpeak] = {
    "order": _out_of_order,
    "order_warning": _out_of_order,
    "amount_agrees": _disagrees,
    "amount_factor": _disagrees,
    "forbidden_choice": _forbidden,
    "category_agrees": _category_differs,
    "forbidden_subject": _forbidden_subject,
}
