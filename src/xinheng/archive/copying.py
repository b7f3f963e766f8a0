"""Columns into tables: COPY text built column by column, in the caller's transaction."""

from collections.abc import Mapping

import polars as pl
from django.db import connection

NOTHING = "\\N"


def copy_rows(table: str, rows: pl.DataFrame) -> None:
    """Copy the frame into ``table``, whose columns its own columns name. Binary columns become bytea, dates ISO."""
    if rows.is_empty():
        return
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({', '.join(rows.columns)}) FROM STDIN") as copy:
        copy.write(_lines(rows))


def _lines(rows: pl.DataFrame) -> memoryview:
    """All lines in COPY's text format, each ended."""
    cells = {str(place): _cells(column).fill_null(NOTHING) for place, column in enumerate(rows.iter_columns())}
    lines = pl.DataFrame(cells).select(pl.concat_str(pl.concat_str(pl.all(), separator="\t"), pl.lit("\n"))).to_series()
    array = lines.rechunk().to_arrow()
    _, offsets, data = array.buffers()
    ends = memoryview(offsets).cast("q")
    return memoryview(data)[ends[array.offset] : ends[array.offset + len(array)]]


def _cells(column: pl.Series) -> pl.Series:
    if column.dtype == pl.Binary:
        return pl.select(pl.format("\\\\x{}", pl.lit(column.bin.encode("hex")))).to_series()
    if column.dtype != pl.String:
        return column.cast(pl.String)
    special = [pl.lit(column).str.contains(letter, literal=True) for letter in _ESCAPES]
    odd = pl.select(pl.any_horizontal(special).fill_null(value=False)).to_series().arg_true()
    return column if odd.is_empty() else column.scatter(odd, _escaped(column.gather(odd)))


def _escaped(texts: pl.Series) -> pl.Series:
    for raw, written in _ESCAPES.items():
        texts = texts.str.replace_all(raw, written, literal=True)
    return texts


_ESCAPES: Mapping[str, str] = {"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"}
