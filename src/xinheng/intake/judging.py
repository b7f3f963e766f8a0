"""From an opened file to blocks of judged rows: the pure checks decide, this room feeds them table by table."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import Any

from xinheng.core.cells import RawRow, RawSheet
from xinheng.core.context import Context
from xinheng.core.findings import Finding, Outcome
from xinheng.core.identity import Resolution
from xinheng.core.mapping.adapters import Adapter, HeaderRead, adapted_keys, keyed_header, read_header
from xinheng.core.rulebook.types import ItemEdition
from xinheng.core.validation.engine import ambiguous_codes, judge
from xinheng.core.validation.gate import AgencyFacts, GateContext, RowVerdict, finding
from xinheng.core.validation.header import (
    SEARCHED_ROWS,
    Header,
    best_items,
    missing_columns,
    other_item,
)
from xinheng.core.validation.headings import CHECK_TITLE, TEMPLATE_LISTS, TEMPLATE_NOTES
from xinheng.intake.bulk.block import JudgedBlock
from xinheng.intake.bulk.judge import judged_blocks
from xinheng.intake.bulk.verdicts import from_verdicts
from xinheng.intake.kept_headers import header_entry
from xinheng.intake.readers.source import Rows
from xinheng.intake.refusals import refusal

BLOCK = 2000
REGISTER = "registration"

Known = Callable[[frozenset[str]], frozenset[str]]
"""Which of these values of a person's shape are codes all the same, as the register knows."""


@dataclass(frozen=True, slots=True)
class Part:
    """Where in a file rows stand: the member of an archive and the sheet of a workbook, where there are such."""

    file: str | None = None
    sheet: str | None = None

    @property
    def name(self) -> str | None:
        """Both in one, as versions and kept rows name their source."""
        return "/".join(each for each in (self.file, self.sheet) if each is not None) or None


@dataclass(frozen=True, slots=True)
class PlacedBlock:
    """A judged block and the part of the file that it comes from."""

    part: Part
    rows: JudgedBlock


@dataclass(frozen=True, slots=True)
class JudgedRow:
    """One row with the gate's verdict and what the register says of its subject."""

    part: str | None
    verdict: RowVerdict
    resolution: Resolution

    @property
    def outcome(self) -> Outcome:
        """The graver of the two answers."""
        held = self.verdict.outcome is Outcome.ACCEPTED and self.resolution.outcome is not None
        return self.resolution.outcome if held and self.resolution.outcome else self.verdict.outcome

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All that is said of the row."""
        return self.verdict.findings + self.resolution.findings


@dataclass(slots=True)
class Judging:
    """One file's way through the checks.

    ``agencies``: those that may send or decide, by code. ``keyed``: the file names every cell by a key (JSON), so
    there is no header row. ``adapters``: confirmed mappings of the sender's own headings. ``headers``: what the columns
    of each table mean, by the name of its part. ``batch_findings`` are said of the whole file.
    """

    ctx: Context
    item: ItemEdition
    sender: str
    agencies: Mapping[str, AgencyFacts]
    known: Known
    keyed: bool = False
    adapters: tuple[Adapter, ...] = ()
    headers: dict[str, dict[str, Any]] = field(default_factory=dict)
    batch_findings: list[Finding] = field(default_factory=list)
    tables: int = 0

    def blocks(self, sheets: tuple[RawSheet, ...], *, only: str | None) -> Iterator[PlacedBlock]:
        """Judged rows of every visible table, in blocks. Raises RuntimeRefusal when no table is this item's."""
        for sheet in sheets:
            if sheet.hidden and only is None:
                if sheet.name != TEMPLATE_LISTS:
                    self._say("sheet.hidden_skipped", _shown(sheet))
                continue
            yield from self._table(sheet)
        if not self.tables:
            self._refuse_unknown(sheets)

    def _table(self, sheet: RawSheet) -> Iterator[PlacedBlock]:
        rows = iter(sheet.rows)
        first = list(islice(rows, SEARCHED_ROWS))
        if not any(row.cells or row.problem for row in first):
            self.tables += self.keyed
            return
        keyed = self.keyed or any(row.keys for row in first)
        read = HeaderRead(None) if keyed else read_header(first, self.item, self.adapters, self.ctx.rulebook)
        self.batch_findings.extend(read.findings)
        if not (self._fits(first) if keyed else read.header):
            if sheet.name != TEMPLATE_NOTES:
                self._say("sheet.no_header", _shown(sheet))
            return
        if read.adapter is None and self._other_item(first):
            self._say("sheet.other_item", _shown(sheet))
            return
        self.tables += 1
        part = Part(sheet.file, sheet.name)
        if read.header is not None:
            self._say_columns(read.header)
            self.headers[part.name or ""] = header_entry(read.header)
        blocks = sheet.rows.blocks() if isinstance(sheet.rows, Rows) else None
        if blocks is not None and read.header is not None:
            judged = judged_blocks(blocks, read.header, self.gate, self.known)
        else:
            judged = self._judged(chain(first, rows), read.header)
        yield from (PlacedBlock(part, block) for block in judged)

    def _judged(self, rows: Iterable[RawRow], header: Header | None) -> Iterator[JudgedBlock]:
        below = (row for row in rows if header is None or row.number > header.last_row)
        while block := list(islice(below, BLOCK)):
            yield self._block(block, header)

    def _block(self, rows: list[RawRow], header: Header | None) -> JudgedBlock:
        headers = [header or keyed_header(row.keys or (), self.item, self.adapters) for row in rows]
        unclear = frozenset().union(
            *(ambiguous_codes(row, head, self.ctx.rulebook) for row, head in zip(rows, headers, strict=True))
        )
        gate = self.gate(self.known(unclear) if unclear else frozenset())
        return from_verdicts([judge(row, head, gate) for row, head in zip(rows, headers, strict=True)], self.item)

    def gate(self, known: frozenset[str]) -> GateContext:
        """What rows are judged by; ``known``: codes of a person's shape that the register has."""
        return GateContext(
            item=self.item,
            rulebook=self.ctx.rulebook,
            today=self.ctx.today,
            sender=self.sender,
            agencies=self.agencies,
            known_codes=known,
            is_register=self.item.id == REGISTER,
        )

    def _say_columns(self, header: Header) -> None:
        # The column that an earlier check wrote for the sender says nothing new.
        unknown = [title for title in header.leftovers.values() if title and title != CHECK_TITLE]
        if unknown:
            self._say("batch.leftover_columns", "、".join(unknown))
        missing = missing_columns(header, self.item)
        if missing:
            labels = [self.item.field(each).label for each in missing]
            said = finding(self.ctx.rulebook, "header.missing_column", None, "、".join(label.zh for label in labels))
            self.batch_findings.append(said)

    def _say(self, rule: str, value: str) -> None:
        self.batch_findings.append(finding(self.ctx.rulebook, rule, None, value))

    def _fits(self, rows: list[RawRow]) -> bool:
        if any(adapted_keys(row.keys or (), self.item, self.adapters) for row in rows):
            return True
        fit = best_items(rows, [self.item])
        return bool(fit) and fit[0].known >= 2

    def _other_item(self, rows: list[RawRow]) -> str | None:
        """The item whose table this plainly is, if it is another's: no row of it is taken for this one."""
        editions = [self.ctx.rulebook.item(item, self.ctx.today) for item in self.ctx.rulebook.items]
        return other_item(best_items(rows, editions), self.item.id)

    def _refuse_unknown(self, sheets: tuple[RawSheet, ...]) -> None:
        """Nothing here is this item's table: say what it rather looks like, or which columns were wanted."""
        for sheet in sheets:
            other = self._other_item(list(islice(sheet.rows, SEARCHED_ROWS)))
            if other:
                raise refusal(self.ctx.rulebook, "item.wrong", other, item=self.item.id)
        raise refusal(self.ctx.rulebook, "gate.no_header", self.item.id)


def _shown(sheet: RawSheet) -> str:
    """A table as its sender knows it: the member of an archive and the sheet."""
    return Part(sheet.file, sheet.name).name or ""
