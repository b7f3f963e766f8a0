"""Rows out of PostgreSQL as columns: COPY in blocks of some megabytes, whatever the size of a batch."""

import io
from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa
import pyarrow.csv as csv
from django.db import connection

from xinheng.corpus.streams import BUCKETS, REGISTERED_SINCE, Column, Stream

BLOCK = 4_000_000
"""Bytes of text that are parsed at a time."""

AT_ONCE = 50_000
"""Up to so many rows PostgreSQL sorts in one piece; more go bucket by bucket."""


def followed_rows(stream: Stream, rows: int, given: Mapping[str, Any]) -> Iterator[pa.Table]:
    """The rows that some acts brought, sorted by bucket and key. ``rows`` is about how many there are.

    Up to `AT_ONCE` they come from one statement, and so from one moment.
    """
    for condition in _cut(stream, rows):
        yield from _blocks(stream, f"{stream.followed}{condition}", given)


def told_lines(stream: Stream, rows: int, given: Mapping[str, Any]) -> Iterator[tuple[int, bytes]]:
    """Bucket and line of each row that belongs to the corpus, in order.

    A line is SHA-256, in hexadecimal, over the row's columns in their wire form, each behind its length. ``rows`` is
    about how many there are.
    """
    said = " || ".join(
        f"coalesce(octet_length(({column.sent})::text)::text || ':' || ({column.sent})::text, '-')"
        for column in stream.compared
    )
    told = f"SELECT {stream.source('bucket')}, encode(sha256(convert_to({said}, 'UTF8')), 'hex') FROM {stream.tables}"  # noqa: S608
    for condition in _cut(stream, rows):
        for line in _copied(f"{told} WHERE {stream.standing}{condition} ORDER BY {stream.sorting}", "text", given):
            bucket, _, digest = line.partition(b"\t")
            yield int(bucket), digest


def counted_acts(acts: list[Any]) -> dict[Any, int]:
    """How many versions each of some acts appended."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT act, count(*) FROM archive_version WHERE act = ANY(%s) GROUP BY act", [acts])
        return dict(cursor.fetchall())


def subjects_registered_since(position: int) -> list[str]:
    """Organisations of which the register has spoken after a position."""
    with connection.cursor() as cursor:
        cursor.execute(f"{REGISTERED_SINCE} ORDER BY 1", {"after": position})
        return [subject for (subject,) in cursor.fetchall()]


def _cut(stream: Stream, rows: int) -> list[str]:
    """Conditions that take so many rows bucket by bucket, or few at once."""
    if rows <= AT_ONCE:
        return [""]
    return [f" AND {stream.source('bucket')} = {bucket}" for bucket in range(BUCKETS)]


def _blocks(stream: Stream, condition: str, given: Mapping[str, Any]) -> Iterator[pa.Table]:
    columns = ", ".join(column.sent for column in stream.columns)
    statement = f"SELECT {columns} FROM {stream.tables} WHERE {condition} ORDER BY {stream.sorting}"  # noqa: S608
    lines: list[bytes] = []
    size = 0
    for line in _copied(statement, "csv", given):
        lines.append(line)
        size += len(line)
        if size >= BLOCK:
            yield _parsed(stream, b"".join(lines))
            lines, size = [], 0
    if lines:
        yield _parsed(stream, b"".join(lines))


def _copied(statement: str, form: str, given: Mapping[str, Any]) -> Iterator[bytes]:
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY ({statement}) TO STDOUT (FORMAT {form})", dict(given)) as copy,
    ):
        yield from map(bytes, copy)


def _parsed(stream: Stream, text: bytes) -> pa.Table:
    """A block of CSV as a table. An empty cell is NULL, a quoted empty one the empty text."""
    read = csv.read_csv(
        io.BytesIO(text),
        read_options=csv.ReadOptions(column_names=list(stream.names), block_size=len(text) + 1, use_threads=False),
        parse_options=csv.ParseOptions(newlines_in_values=True),
        convert_options=csv.ConvertOptions(
            column_types={column.name: column.kind.sent for column in stream.columns},
            null_values=[""], strings_can_be_null=True, quoted_strings_can_be_null=False,
        ),
    )  # fmt: skip
    return pa.table([_stored(read[column.name], column) for column in stream.columns], schema=stream.schema)


def _stored(values: pa.ChunkedArray, column: Column) -> pa.Array | pa.ChunkedArray:
    if pa.types.is_fixed_size_binary(column.kind.stored):
        return _unhexed(values, column.kind.stored)
    return values if values.type == column.kind.stored else values.cast(column.kind.stored)


def _unhexed(values: pa.ChunkedArray, stored: pa.DataType) -> pa.Array:
    """Bytes from hexadecimal digits: all cells are filled and equally long, so the column is one long number."""
    digits = "".join(values.to_pylist())
    return pa.Array.from_buffers(stored, len(values), [None, pa.py_buffer(bytes.fromhex(digits))])
