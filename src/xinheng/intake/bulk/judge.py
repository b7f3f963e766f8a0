"""The bulk engine: a block of rows judged column by column, with the row engine's own words.

One meaning, two engines: what is said of a cell is said by the core's functions, once for every text that is not
plain (``plain.py``); what is said of a row is said by them wherever it is not provably silent (``rows.py``); rows that
are unusual as a whole go through the row engine as they are.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import islice

from xinheng.core.cells import RawRow
from xinheng.core.validation.desk import Desk
from xinheng.core.validation.engine import judge
from xinheng.core.validation.gate import GateContext
from xinheng.core.validation.header import SEARCHED_ROWS, Header
from xinheng.core.validation.persons import ambiguous_codes, known_openly
from xinheng.intake.bulk.block import JudgedBlock
from xinheng.intake.bulk.cells import ColumnJudge, JudgedColumn
from xinheng.intake.bulk.places import with_verdicts
from xinheng.intake.bulk.reading import ColumnBlock
from xinheng.intake.bulk.rows import RowJudge, Table

GateOf = Callable[[frozenset[str]], GateContext]
Known = Callable[[frozenset[str]], frozenset[str]]
"""Which of these codes of a person's shape the register knows."""


class BulkJudge:
    """Judges the blocks of one table under its header.

    ``gate_of`` makes the gate's context from the codes of a person's shape that the register knows; ``known`` asks the
    register for them, and is called only for blocks that hold any.
    """

    def __init__(self, header: Header, gate_of: GateOf, known: Known) -> None:
        self._header = header
        self._gate_of = gate_of
        self._known = known
        self._plain_gate = gate_of(frozenset())
        self._columns: list[ColumnJudge] = []
        self._rows = RowJudge(header, self._plain_gate)

    def judge(self, block: ColumnBlock) -> JudgedBlock:
        """The verdict on every row of a block, as the row engine would give it."""
        texts = [column.fill_null("") for column in block.columns]
        columns = self._columns_of(len(texts))
        looks = [column.look(text, self._plain_gate) for column, text in zip(columns, texts, strict=True)]
        found = [column.ambiguous(look, self._plain_gate) for column, look in zip(columns, looks, strict=True)]
        rulebook = self._plain_gate.rulebook
        strange = (ambiguous_codes(row, self._header, rulebook) for row in block.irregular.values())
        gate = self._gate(frozenset().union(*found, *strange))
        desk = Desk(gate, known_openly({}, replace(gate, is_register=False)))
        judged = [column.judge(text, look, desk) for column, text, look in zip(columns, texts, looks, strict=True)]
        table = Table(block, texts, judged, self._by_field(judged), desk)
        result, whole = self._rows.judge(table)
        return with_verdicts(result, {at: judge(block.row(at), self._header, gate) for at in sorted(whole)}, gate.item)

    def _gate(self, unclear: frozenset[str]) -> GateContext:
        known = self._known(unclear) if unclear else frozenset()
        return self._gate_of(known) if known else self._plain_gate

    def _columns_of(self, width: int) -> list[ColumnJudge]:
        while len(self._columns) < width:
            column = len(self._columns)
            field_id = self._header.columns.get(column)
            about = None if field_id is None else self._plain_gate.item.field(field_id)
            self._columns.append(ColumnJudge(self._header, column, about))
        return self._columns[:width]

    def _by_field(self, judged: list[JudgedColumn]) -> dict[str, list[JudgedColumn]]:
        fields: dict[str, list[JudgedColumn]] = {}
        for column, field_id in self._header.columns.items():
            if column < len(judged):
                fields.setdefault(field_id, []).append(judged[column])
        return fields


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
