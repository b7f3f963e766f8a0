"""What goes between the process that reads a packaged file and the one that asked: framed JSON.

JSON has neither dates nor exact numbers: these travel as small objects. Nothing received is executed or
unpickled, and what is not of this shape is an error.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from xinheng.core.cells import Cell, RawRow, RowProblem, Uncalculated
from xinheng.intake.readers.errors import too_large
from xinheng.intake.readers.files import MIB, Limits

Packed = list[Any]
"""A row as number, cells, keys, spans, problem; or the first and the last of a run of blank rows."""

LENGTH_BYTES = 4
MOST_BYTES = 256 * MIB
_BLOCK_ROWS, _BLOCK_CELLS, _BLOCK_CHARS = 256, 16_384, 1024 * 1024
_ROW_CHARS = 16 * 1024 * 1024
_BLANK_RUN = 2


def frame(message: object) -> bytes:
    """A message with its length before it."""
    body = _ENCODER.encode(message).encode("utf-8", "surrogatepass")
    return len(body).to_bytes(LENGTH_BYTES, "big") + body


def unframed(body: bytes) -> Any:
    """The message in a frame. ``ValueError`` where there is none."""
    return _DECODER.decode(body.decode("utf-8", "surrogatepass"))


@dataclass(slots=True)
class _Size:
    cells: int = 0
    chars: int = 0

    def add(self, cells: tuple[Cell, ...]) -> None:
        """Count a row in."""
        self.cells += len(cells)
        chars = sum([len(cell) for cell in cells if isinstance(cell, str)])
        if chars > _ROW_CHARS:
            raise too_large("一行的文字", "The text of a row", str(_ROW_CHARS))
        self.chars += chars


def blocks(rows: Iterable[RawRow], limits: Limits) -> Iterator[list[Packed]]:
    """Rows packed for the way, some at a time. Raises ``UnreadableFile`` above the limits of a table."""
    cells = chars = 0
    packed: list[Packed] = []
    size = _Size()
    for row in rows:
        size.add(row.cells)
        _pack(packed, row)
        if len(packed) < _BLOCK_ROWS and size.cells < _BLOCK_CELLS and size.chars < _BLOCK_CHARS:
            continue
        cells, chars = cells + size.cells, chars + size.chars
        if cells > limits.cells:
            raise too_large("表格的单元格数（含空白）", "The number of cells, blank ones included,", str(limits.cells))
        if chars > limits.file_bytes:
            raise too_large("表格的文字总量", "The text in the table", str(limits.file_bytes))
        yield packed
        packed, size = [], _Size()
    yield packed


def unpacked(block: list[Packed]) -> Iterator[RawRow]:
    """The rows of a block."""
    for row in block:
        if len(row) == _BLANK_RUN:
            yield from (RawRow(number, ()) for number in range(row[0], row[1] + 1))
            continue
        number, cells, keys, spans, problem = row
        yield RawRow(
            number,
            tuple(cells),
            None if keys is None else tuple(keys),
            tuple([(first, last) for first, last in spans]),
            None if problem is None else RowProblem(problem),
        )


def _pack(packed: list[Packed], row: RawRow) -> None:
    if not row.cells and row.keys is None and not row.spans and row.problem is None:
        if packed and len(packed[-1]) == _BLANK_RUN:
            packed[-1][1] = row.number
        else:
            packed.append([row.number, row.number])
        return
    cells: Iterable[Cell] = row.cells
    if Uncalculated.FORMULA in row.cells:
        # The encoder would take it for the text that it also is.
        cells = [_FORMULA if cell is Uncalculated.FORMULA else cell for cell in row.cells]  # type: ignore[misc]
    packed.append([row.number, cells, row.keys, row.spans, row.problem and row.problem.value])


_FORMULA = {"formula": ""}
_NAMES: dict[type, str] = {Decimal: "number", datetime: "moment", date: "day", time: "clock", timedelta: "span"}
_MAKERS: dict[str, Callable[[str], Cell]] = {
    "number": Decimal,
    "moment": datetime.fromisoformat,
    "day": date.fromisoformat,
    "clock": time.fromisoformat,
    "span": lambda text: timedelta(microseconds=int(text)),
    "formula": lambda _: Uncalculated.FORMULA,
}


def _as_object(value: object) -> dict[str, str]:
    if isinstance(value, timedelta):
        return {"span": str(value // timedelta(microseconds=1))}
    written = str(value) if isinstance(value, Decimal) else value.isoformat()  # type: ignore[attr-defined]
    return {_NAMES[type(value)]: written}


def _as_value(members: dict[str, Any]) -> Any:
    if len(members) == 1:
        [(kind, written)] = members.items()
        if kind in _MAKERS:
            return _MAKERS[kind](written)
    return members


_ENCODER = json.JSONEncoder(
    ensure_ascii=False, check_circular=False, allow_nan=False, separators=(",", ":"), default=_as_object
)
_DECODER = json.JSONDecoder(object_hook=_as_value)
