"""What is missing in rows: asked of the core once for each pattern of empty fields, and only where something may be."""

from collections.abc import Iterator, Mapping, Sequence
from functools import reduce
from operator import and_, or_

import polars as pl

from xinheng.core.findings import Finding
from xinheng.core.rulebook.types import Field, FieldKind, ItemEdition
from xinheng.core.validation.checks import required_findings
from xinheng.core.validation.desk import Desk, Entry
from xinheng.intake.bulk.cells import JudgedColumn

Fields = Mapping[str, JudgedColumn]
Pattern = tuple[str | bool | None, ...]


class MissingJudge:
    """The required fields of one item."""

    def __init__(self, item: ItemEdition) -> None:
        self._item = item
        self._codes = [one for one in item.fields if one.kind is FieldKind.OLD_CODE or one.id == item.subject_code]
        self._asked = [one for one in item.fields if one.required or one.required_when or one in self._codes]
        self._conditions = sorted({one.required_when.field for one in self._asked if one.required_when})
        self._known: dict[Pattern, list[Finding]] = {}

    def spoken(self, fields: Fields, count: int, desk: Desk) -> Iterator[tuple[int, list[Finding]]]:
        """What is said of rows in which something is missing."""
        rows = self._rows(fields, count)
        parts = [_parts(None if one.id not in fields else fields[one.id].filled, rows) for one in self._asked]
        parts += [_parts(fields[name].value if name in fields else None, rows) for name in self._conditions]
        for row, *pattern in zip(rows, *parts, strict=True):
            key = tuple(pattern)
            if key not in self._known:
                self._known[key] = self._missing(key, desk)
            yield row, self._known[key]

    def _rows(self, fields: Fields, count: int) -> list[int]:
        """The rows in which a field that may be required is empty."""
        required = [_empty(fields, one) for one in self._asked if one.required]
        conditional = [_empty_though_wanted(fields, one) for one in self._asked if not one.required]
        uncoded = [_empty(fields, one) for one in self._codes]
        masks = [*required, *conditional, _all(uncoded)]
        if any(mask is True for mask in masks):
            return list(range(count))
        varied = [mask for mask in masks if isinstance(mask, pl.Series)]
        return reduce(or_, varied).fill_null(False).arg_true().to_list() if varied else []

    def _missing(self, pattern: Pattern, desk: Desk) -> list[Finding]:
        filled = dict(zip((one.id for one in self._asked), pattern, strict=False))
        entries = {one.id: Entry(one, None, "", bool(filled.get(one.id, True))) for one in self._item.fields}
        read = zip(self._conditions, pattern[len(self._asked) :], strict=True)
        return required_findings(entries, {name: str(value) for name, value in read if value}, desk, ())


def _empty(fields: Fields, one: Field) -> pl.Series | bool:
    if one.id not in fields:
        return True
    filled = fields[one.id].filled
    return not filled if isinstance(filled, bool) else ~filled


def _empty_though_wanted(fields: Fields, one: Field) -> pl.Series | bool:
    """Empty where its condition may hold (a code among others is looked for as a part of the text)."""
    when = one.required_when
    chosen = fields[when.field].value if when is not None and when.field in fields else None
    empty = _empty(fields, one)
    if when is None or chosen is None or empty is False:
        return False
    wanted = chosen.str.contains_any(sorted(when.any_of))
    return wanted if empty is True else wanted & empty


def _all(masks: Sequence[pl.Series | bool]) -> pl.Series | bool:
    if any(mask is False for mask in masks):
        return False
    varied = [mask for mask in masks if isinstance(mask, pl.Series)]
    return reduce(and_, varied) if varied else True


def _parts(column: pl.Series | bool | None, rows: list[int]) -> Sequence[str | bool | None]:
    if isinstance(column, pl.Series):
        listed: list[str | bool | None] = column.gather(rows).to_list()
        return listed
    return [column] * len(rows)
