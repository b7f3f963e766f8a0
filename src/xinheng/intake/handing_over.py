"""A block handed from one process to another: its columns lie in shared memory, which the taker maps as it is.

The values of the fields come as the content of the filed rows and no second time.
"""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl
import pyarrow as pa

from xinheng.core.findings import Finding
from xinheng.intake.bulk.block import JudgedBlock, OldCodes
from xinheng.intake.judging import Part
from xinheng.intake.producing import Ready

_FIXED = ("numbers", "outcomes", "code", "name", "body")


@dataclass(frozen=True, slots=True)
class Handed:
    """What is said of a block in few bytes; its two tables come as open memory files."""

    part: Part
    old_codes: Mapping[int, OldCodes]
    findings: Mapping[int, tuple[Finding, ...]]
    gone: frozenset[int]


def hand_over(ready: Ready) -> tuple[Handed, tuple[int, int]]:
    """The block as a message and two memory files (descriptors that the caller sends and closes)."""
    rows = ready.rows
    fixed = [getattr(rows, name).alias(name) for name in _FIXED]
    said = Handed(ready.part, rows.old_codes, rows.findings, rows.gone)
    return said, (_written(pl.DataFrame(fixed)), _written(ready.filed))


def take_over(said: Handed, files: Sequence[int]) -> Ready:
    """The block again; the memory files may be closed afterwards, the columns stay."""
    table, filed = map(_mapped, files)
    fixed = {name: table[name] for name in _FIXED}
    rows = JudgedBlock(**fixed, values={}, old_codes=dict(said.old_codes), findings=dict(said.findings), gone=said.gone)
    return Ready(said.part, rows, filed)


def _written(table: pl.DataFrame) -> int:
    descriptor = os.memfd_create("block", os.MFD_CLOEXEC)
    table.write_ipc(_path(descriptor), compression="uncompressed")
    return descriptor


def _mapped(descriptor: int) -> pl.DataFrame:
    with pa.memory_map(_path(descriptor)) as memory:
        table = pl.from_arrow(pa.ipc.open_file(memory).read_all())
    assert isinstance(table, pl.DataFrame)
    return table


def _path(descriptor: int) -> str:
    return f"/proc/self/fd/{descriptor}"
