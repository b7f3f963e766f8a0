"""Rows that may become records, as the archive files them: key, digest, canonical content, computed by columns.

Keys and digests are those of core/canonical.py; a property test holds both equal.
"""

import json
import os
from collections.abc import Sequence
from hashlib import sha256
from itertools import pairwise

import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from xinheng.core.canonical import KEY_BYTES, lp
from xinheng.core.identifiers.uscc import bucket_of
from xinheng.core.rulebook.types import ItemEdition
from xinheng.intake.bulk.block import JudgedBlock
from xinheng.intake.judging import REGISTER
from xinheng.intake.register import ResolvedBlock
from xinheng.intake.staged import field_names

SALT_BYTES = 16
SUBJECT = "subject"
"""How a catalogue key names the organisation itself, by whatever code the row found it."""
REGISTER_DAYS = ("changed_on", "status_on", "registered_on")
_NEEDS_ESCAPE = r'["\\\x00-\x1f]'


def filed_columns(item: ItemEdition, block: ResolvedBlock, places: pl.Series) -> pl.DataFrame:
    """Columns ``subject``, ``bucket``, ``key``, ``body``, ``document_number``, ``effective_on``, ``salt``, ``digest``
    and ``content`` of the rows at ``places``, in their order.
    """
    rows = block.rows
    values = {
        name: column
        for name in field_names(item)
        if (full := rows.values.get(name)) is not None and (column := full.gather(places)).null_count() < len(column)
    }
    subject = block.subjects.gather(places)
    body = rows.body.gather(places).fill_null("")
    salts = _salts(len(places))
    digest = _digests(item, subject.fill_null(""), values, salts)
    number = values.get(item.document_number or "")
    return pl.DataFrame(
        {
            "subject": subject,
            "bucket": _buckets(subject),
            "key": _keys(item, _owners(rows, subject, places), body, values),
            "body": body,
            "document_number": pl.Series([None] * len(places), dtype=pl.String) if number is None else number,
            "effective_on": _days(item, values, len(places)),
            "salt": pl.Series(salts, dtype=pl.Binary),
            "digest": digest,
            "content": _contents(values, len(places)),
        }
    )


def _owners(rows: JudgedBlock, subject: pl.Series, places: pl.Series) -> pl.Series:
    """Whose record it is: the subject, or as long as none is found the first old code."""
    lost = subject.is_null().arg_true().to_list()
    if not lost:
        return subject
    olds = [rows.old_codes.get(places[place], (("", ""),))[0] for place in lost]
    return subject.clone().scatter(lost, pl.Series([":".join(old) for old in olds], dtype=pl.String))


def _buckets(subject: pl.Series) -> pl.Series:
    codes = subject.drop_nulls().unique()
    table = pl.DataFrame({"code": codes, "bucket": pl.Series([bucket_of(code) for code in codes], dtype=pl.Int16)})
    return pl.DataFrame({"code": subject}).join(table, on="code", how="left", maintain_order="left")["bucket"]


def _keys(item: ItemEdition, owner: pl.Series, body: pl.Series, values: dict[str, pl.Series]) -> pl.Series:
    blank = pl.repeat("", len(owner), eager=True)
    pieces: list[pa.Array | bytes] = [lp(item.id.encode())]
    for part in item.key:
        if part in (SUBJECT, item.subject_code):
            column = owner
        elif part == item.body_code:
            column = body
        else:
            column = values[part].fill_null("") if part in values else blank
        pieces.append(_prefixed(column))
    return _hashes(pieces, len(owner), KEY_BYTES)


def _digests(item: ItemEdition, subject: pl.Series, values: dict[str, pl.Series], salts: list[bytes]) -> pl.Series:
    head = lp(item.id.encode()) + lp(item.edition.encode())
    pieces: list[pa.Array | bytes] = [pa.array(salts, pa.large_binary()), head, _prefixed(subject)]
    pieces += [_prefixed(column, lp(name.encode())) for name, column in values.items()]
    return _hashes(pieces, len(subject), 32)


def _prefixed(column: pl.Series, before: bytes = b"") -> pa.Array:
    """Each text behind its length as 4 bytes, all that behind ``before``; nothing where there is no text."""
    data = column.cast(pl.Binary)
    swapped = _big_endian(data.bin.size().fill_null(0)).to_arrow()
    sizes = pa.Array.from_buffers(pa.binary(4), len(column), [None, swapped.buffers()[1]], offset=swapped.offset)
    sizes = sizes.cast(pa.binary()).cast(pa.large_binary())
    return pc.binary_join_element_wise(_scalar(before), sizes, _binary(data), _scalar(b""), null_handling="emit_null")


def _big_endian(numbers: pl.Series) -> pl.Series:
    n = pl.lit(numbers.cast(pl.UInt32))
    return (
        pl.select(n % 256 * 2**24 + n // 2**8 % 256 * 2**16 + n // 2**16 % 256 * 2**8 + n // 2**24)
        .to_series()
        .cast(pl.UInt32)
    )


def _hashes(pieces: Sequence[pa.Array | bytes], count: int, size: int) -> pl.Series:
    """The first ``size`` bytes of SHA-256 over each row's pieces, one behind the other."""
    if not count:
        return pl.Series([], dtype=pl.Binary)
    parts = [_scalar(piece) if isinstance(piece, bytes) else piece for piece in pieces]
    joined = pc.binary_join_element_wise(*parts, _scalar(b""), null_handling="replace", null_replacement=b"")
    _, offsets, data = joined.buffers()
    ends = memoryview(offsets).cast("q")[joined.offset : joined.offset + count + 1].tolist()
    view = memoryview(data)
    return pl.Series([sha256(view[start:end]).digest()[:size] for start, end in pairwise(ends)], dtype=pl.Binary)


def _binary(column: pl.Series) -> pa.Array:
    array = column.to_arrow()
    return array if array.type == pa.large_binary() else array.cast(pa.large_binary())


def _scalar(value: bytes) -> pa.Scalar:
    return pa.scalar(value, pa.large_binary())


def _salts(count: int) -> list[bytes]:
    pool = os.urandom(SALT_BYTES * count)
    return [pool[start : start + SALT_BYTES] for start in range(0, len(pool), SALT_BYTES)]


def _days(item: ItemEdition, values: dict[str, pl.Series], count: int) -> pl.Series:
    """The record's own day: of the decision, or for the register of the change that it reports."""
    names = REGISTER_DAYS if item.id == REGISTER else (item.decided_on or "",)
    columns = [values[name] for name in names if name in values]
    if not columns:
        return pl.Series([None] * count, dtype=pl.Date)
    first = pl.DataFrame({str(n): column for n, column in enumerate(columns)}).select(pl.coalesce(pl.all()))
    return first.to_series().str.to_date("%Y-%m-%d")


def _contents(values: dict[str, pl.Series], count: int) -> pl.Series:
    """The filled fields as canonical JSON (RFC 8785); field ids are ASCII, so their order is that of their letters."""
    if not values:
        return pl.repeat("{}", count, eager=True)
    quoted = {name: _json_texts(values[name]) for name in sorted(values)}
    pieces = [pl.format(f',"{name}":{{}}', pl.col(name)) for name in quoted]
    joined = pl.DataFrame(quoted).select(pl.concat_str(pieces, ignore_nulls=True).str.slice(1).alias("c"))
    return joined.select(pl.format("{{{}}}", "c")).to_series()


def _json_texts(column: pl.Series) -> pl.Series:
    plain = pl.select(pl.format('"{}"', pl.lit(column))).to_series()
    odd = column.str.contains(_NEEDS_ESCAPE).fill_null(value=False).arg_true()
    if odd.is_empty():
        return plain
    escaped = [json.dumps(text, ensure_ascii=False) for text in column.gather(odd).to_list()]
    return plain.scatter(odd, pl.Series(escaped, dtype=pl.String))
