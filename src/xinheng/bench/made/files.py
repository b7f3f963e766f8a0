"""Files on disk: GB18030 text as senders export it, and the same rows clean, ready to be copied."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

import polars as pl

from xinheng.bench.made.faults import IN_LINES, KINDS_OF_FAULT, broken, plant
from xinheng.bench.made.rows import Order, clean_blocks

ENCODING = "gb18030"
FIRST_ROW = 2
"""The row of the first record: the headings stand on row 1."""


@dataclass(frozen=True, slots=True)
class MadeFile:
    """A sender's file. ``planted``: which fault stands in which row, rows as a spreadsheet program counts them.

    ``clean`` holds the same rows without faults, tab-separated UTF-8 without headings, in ``columns``.
    """

    item: str
    path: Path
    clean: Path
    columns: tuple[str, ...]
    rows: int
    size: int
    planted: Mapping[int, str]

    @property
    def row_bytes(self) -> float:
        """Bytes a row in the sender's encoding."""
        return self.size / self.rows


def write(order: Order, folder: Path, *, bad: float, name: str = "", kinds: Sequence[str] = KINDS_OF_FAULT) -> MadeFile:
    """Write both forms of one order; ``bad`` is the share of faulty rows, ``kinds`` their faults in turn."""
    path = folder / f"{name or order.item}.csv"
    clean = path.with_suffix(".tsv")
    rng = Random(f"{order.seed} {order.item} faults")  # noqa: S311 - the same file every time
    planted: dict[int, str] = {}
    columns: list[str] = []
    at = 0
    with path.open("wb") as sent, clean.open("wb") as copied:
        for block in clean_blocks(order):
            if not columns:
                columns = block.columns
                sent.write((",".join(columns) + "\r\n").encode(ENCODING))
            copied.write(block.write_csv(include_header=False, separator="\t", quote_style="never").encode())
            faulty, done = plant(rng, order.item, block, bad, kinds)
            sent.write(_lines(faulty, done).encode(ENCODING))
            planted |= {FIRST_ROW + at + place: kind for place, kind in done.items()}
            at += len(block)
    return MadeFile(order.item, path, clean, tuple(columns), order.rows, path.stat().st_size, planted)


def _lines(block: pl.DataFrame, kinds: Mapping[int, str]) -> str:
    """The block as comma-separated lines; no cell of ours holds a comma, a quote or a line break."""
    lines = block.select(pl.concat_str(pl.all(), separator=",")).to_series().to_list()
    for place, kind in kinds.items():
        if kind in IN_LINES:
            lines[place] = broken(lines[place], kind)
    return "\r\n".join(lines) + "\r\n"
