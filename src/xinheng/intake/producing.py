"""What of a file's way through the gate needs no database: reading, judging, keeping the rows, filing them.

It runs beside the database: in a thread (`pipeline.py`), or for large texts in a process of its own (`beside.py`).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from xinheng.core.cells import RawSheet
from xinheng.core.context import Context
from xinheng.core.findings import Finding
from xinheng.core.mapping.adapters import Adapter
from xinheng.core.rulebook.types import ItemEdition
from xinheng.core.validation.gate import AgencyFacts
from xinheng.documents.store import RowsWriter
from xinheng.intake.bulk.block import JudgedBlock
from xinheng.intake.filed import filed_ahead
from xinheng.intake.judging import Judging, Known, Part, PlacedBlock


@dataclass(frozen=True, slots=True)
class Order:
    """What rows are judged by: the item's edition, who sends, who may decide, and how this sender names its columns.

    ``keyed``: the file names every cell by a key (JSON). ``only``: one sheet of a workbook was asked for by name.
    """

    ctx: Context
    item: ItemEdition
    sender: str
    agencies: Mapping[str, AgencyFacts]
    adapters: tuple[Adapter, ...]
    keyed: bool
    only: str | None

    def judging(self, known: Known) -> Judging:
        """A fresh judgement; ``known`` asks the register."""
        return Judging(
            self.ctx, self.item, self.sender, self.agencies, known, adapters=self.adapters, keyed=self.keyed
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Ready:
    """A block on its way to the archive: where its rows stood, what was judged, and what becomes records if the
    register agrees, as it would be filed.
    """

    part: Part
    rows: JudgedBlock
    filed: pl.DataFrame


@dataclass(frozen=True, slots=True)
class FileSaid:
    """What is known of a file once it was read to its end: what its columns mean, and what is said of it as a whole."""

    headers: Mapping[str, dict[str, Any]]
    findings: tuple[Finding, ...]


@dataclass(slots=True)
class Producing:
    """One reading of a file; `said` is complete when `blocks` has ended."""

    order: Order
    judging: Judging
    sheets: tuple[RawSheet, ...]
    writer: RowsWriter

    def blocks(self) -> Iterator[Ready]:
        """Judged and filed blocks in file order; their rows are kept."""
        for placed in self.judging.blocks(self.sheets, only=self.order.only):
            _keep(self.writer, placed)
            yield Ready(placed.part, placed.rows.without_kept(), filed_ahead(self.order.item, placed.rows))

    @property
    def said(self) -> FileSaid:
        """What is said of the file."""
        return FileSaid(self.judging.headers, tuple(self.judging.batch_findings))


def _keep(writer: RowsWriter, placed: PlacedBlock) -> None:
    """Keep the rows as the gate left them; of a person's row nothing is kept."""
    rows = placed.rows
    widths = rows.kept_width
    if widths is None:
        return
    chosen = [rows.numbers, widths, *rows.kept]
    if rows.gone:
        stays = pl.Series([place for place in range(len(rows)) if place not in rows.gone], dtype=pl.UInt32)
        chosen = [column.gather(stays) for column in chosen]
    writer.write(placed.part.name, chosen[0], chosen[2:], chosen[1])
