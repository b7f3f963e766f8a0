"""The bulk engine: a block of rows judged column by column, with the row engine's own words.

One meaning, two engines: what is said of a cell is said by the core's functions, once for every text that is not
plain (``plain.py``); what is said of a row is said by them wherever it is not provably silent (``rows.py``); rows that
are unusual as a whole go through the row engine as they are.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import islice

import polars as pl

from xinheng.core.cells import RawRow
from xinheng.core.validation.desk import Desk
from xinheng.core.validation.engine import judge
from xinheng.core.validation.gate import GateContext
from xinheng.core.validation.header import SEARCHED_ROWS, Header
from xinheng.core.validation.persons import ambiguous_codes, known_openly
from xinheng.core.validation.single import one_column
from xinheng.intake.bulk.block import JudgedBlock
from xinheng.intake.bulk.cells import ColumnJudge, JudgedColumn, Look
from xinheng.intake.bulk.codes import plain_codes
from xinheng.intake.bulk.places import with_verdicts
from xinheng.intake.bulk.reading import ColumnBlock
from xinheng.intake.bulk.rows import RowJudge, Table

GateOf = Callable[[frozenset[str]], GateContext]
"""The gate's context, from the codes of a person's shape that the register knows."""
Known = Callable[[frozenset[str]], frozenset[str]]
"""Which of these codes of a person's shape the register knows."""

_SAMPLE = 500
_FEW = 4
"""A column in which each text stands this often on average is judged by its distinct texts."""


class BulkJudge:
    """Judges the blocks of one table under its header. ``known`` is called only for blocks that hold such codes."""

    def __init__(self, header: Header, gate_of: GateOf, known: Known) -> None:
        self._header = header
        self._gate_of = gate_of
        self._known = known
        self._gate = gate_of(frozenset())
        self._columns: list[ColumnJudge] = []
        self._constants = {
            name: self._constant(name) for name in header.constants if name not in header.columns.values()
        }
        self._rows = RowJudge(header, self._gate)

    def judge(self, block: ColumnBlock) -> JudgedBlock:
        """The verdict on every row of a block, as the row engine would give it."""
        frame = pl.DataFrame({str(at): column for at, column in enumerate(block.columns)})
        frame = frame.with_columns(pl.all().fill_null("")) if block.irregular else frame
        width = frame.width
        frame = frame.with_columns(pl.repeat("", len(block), eager=True).alias(name) for name in self._constants)
        columns = [*self._columns_of(width), *self._constants.values()]
        looks = self._look(frame, columns)
        gate = self._gate_for(block, columns, looks)
        desk = Desk(gate, known_openly({}, replace(gate, is_register=False)))
        cells = frame.get_columns()
        judged = [each.judge(text, look, desk) for each, text, look in zip(columns, cells, looks, strict=True)]
        table = Table(block, cells[:width], judged, self._by_field(judged[:width], judged[width:]), desk)
        result, whole = self._rows.judge(table)
        return with_verdicts(result, {at: judge(block.row(at), self._header, gate) for at in sorted(whole)}, gate.item)

    def _gate_for(self, block: ColumnBlock, columns: list[ColumnJudge], looks: list[Look]) -> GateContext:
        """The gate with what the register knows of this block's codes of a person's shape."""
        unclear = [column.ambiguous(look, self._gate) for column, look in zip(columns, looks, strict=True)]
        unclear += [ambiguous_codes(row, self._header, self._gate.rulebook) for row in block.irregular.values()]
        asked = frozenset().union(*unclear)
        known = self._known(asked) if asked else frozenset()
        return self._gate_of(known) if known else self._gate

    def _look(self, frame: pl.DataFrame, columns: list[ColumnJudge]) -> list[Look]:
        """What of each column is to be judged."""
        named = dict(zip(frame.columns, columns, strict=True))
        plain = {name: column.plain(pl.col(name), self._gate) for name, column in named.items()}
        codes = [name for name, column in named.items() if column.is_code]
        distinct = _distinct_texts(frame, [name for name, known in plain.items() if known is None], codes)
        plain_of_codes = [plain_codes(frame.get_column(n), self._gate.rulebook.uscc).alias(n) for n in codes]
        masks = [known.alias(n) for n, known in plain.items() if known is not None and n not in distinct]
        rest = _rows_outside(frame.select(*masks, *plain_of_codes))
        looks = []
        for name, column in named.items():
            if name in distinct:
                looks.append(column.look(distinct[name], None))
            else:
                rows = rest[name]
                looks.append(column.look(frame.get_column(name).gather(rows).to_list() if rows else [], rows))
        return looks

    def _columns_of(self, width: int) -> list[ColumnJudge]:
        for column in range(len(self._columns), width):
            field_id = self._header.columns.get(column)
            about = None if field_id is None else self._gate.item.field(field_id)
            self._columns.append(ColumnJudge(one_column(self._header, column), about, self._gate))
        return self._columns[:width]

    def _constant(self, field_id: str) -> ColumnJudge:
        """A field without a column, which holds the same in every row: an empty column of it says just that."""
        header = replace(one_column(self._header, -1), columns={0: field_id})
        return ColumnJudge(header, self._gate.item.field(field_id), self._gate)

    def _by_field(self, judged: list[JudgedColumn], constants: list[JudgedColumn]) -> dict[str, list[JudgedColumn]]:
        fields = {name: [column] for name, column in zip(self._constants, constants, strict=True)}
        for column, field_id in self._header.columns.items():
            if column < len(judged):
                fields.setdefault(field_id, []).append(judged[column])
        return fields


def _distinct_texts(frame: pl.DataFrame, unknown: list[str], codes: list[str]) -> dict[str, list[str]]:
    """The distinct texts of columns in which each stands often, and of those where nothing else is known."""
    sample = frame.head(_SAMPLE)
    varied = sample.select(pl.all().n_unique()).row(0, named=True)
    asked = [
        name
        for name in frame.columns
        if name not in codes and (name in unknown or varied[name] * _FEW <= max(sample.height, 2 * _FEW))
    ]
    texts = frame.select(pl.col(asked).unique().implode()).row(0, named=True) if asked else {}
    most = max(frame.height // _FEW, 2)
    return {name: list(found) for name, found in texts.items() if name in unknown or len(found) <= most}


def _rows_outside(masks: pl.DataFrame) -> dict[str, list[int]]:
    """For each mask the rows that it does not cover."""
    if not masks.width:
        return {}
    rows = masks.select(pl.all().not_().arg_true().implode()).row(0, named=True)
    return {name: list(found) for name, found in rows.items()}


def judged_blocks(
    blocks: Iterable[ColumnBlock], header: Header, gate_of: GateOf, known: Known
) -> Iterator[JudgedBlock]:
    """The judged rows of a table below its header."""
    bulk = BulkJudge(header, gate_of, known)
    for block in blocks:
        rows = block.after(header.last_row)
        if len(rows):
            yield bulk.judge(rows)


def first_rows(blocks: Iterable[ColumnBlock]) -> list[RawRow]:
    """The rows among which a table's header is looked for."""
    rows = (block.row(place) for block in blocks for place in range(len(block)))
    return list(islice(rows, SEARCHED_ROWS))
