"""Rows that may become records, as the archive files them: key, digest, canonical content, computed by columns.

Keys and digests are those of core/canonical.py; a property test holds both equal.
"""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from hashlib import sha256
from itertools import pairwise

import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from xinheng.core.canonical import KEY_BYTES, lp
from xinheng.core.findings import Outcome
from xinheng.core.identifiers.uscc import bucket_of
from xinheng.core.rulebook.types import ItemEdition
from xinheng.intake.bulk.block import PLACE_OF, JudgedBlock, ResolvedBlock
from xinheng.intake.judging import REGISTER

SALT_BYTES = 16
SUBJECT = "subject"
"""How a catalogue key names the organisation itself, by whatever code the row found it."""
REGISTER_DAYS = ("changed_on", "status_on", "registered_on")
SCHEMA = {
    "subject": pl.String, "bucket": pl.Int16, "key": pl.Binary, "body": pl.String, "document_number": pl.String,
    "effective_on": pl.Date, "salt": pl.Binary, "digest": pl.Binary, "content": pl.String,
}  # fmt: skip
OPEN = [PLACE_OF[Outcome.ACCEPTED], PLACE_OF[Outcome.HELD]]
"""Outcomes of rows that may become records."""
FIRST_PRINTED, QUOTE, BACKSLASH = 0x20, 0x22, 0x5C
_NEEDS_ESCAPE = r'["\\\x00-\x1f]'


def field_names(item: ItemEdition) -> list[str]:
    """Every name that a record of this edition may store, in the order of its digest."""
    return [name for field in item.fields for name in (field.id, f"{field.id}_other")]


def filed_columns(item: ItemEdition, block: ResolvedBlock, places: pl.Series) -> pl.DataFrame:
    """Columns ``subject``, ``bucket``, ``key``, ``body``, ``document_number``, ``effective_on``, ``salt``, ``digest``
    and ``content`` of the rows at ``places``, in their order.
    """
    rows, count = block.rows, len(places)
    if not count:
        return pl.DataFrame(schema=SCHEMA)
    values = _values(item, rows, places)
    subject = block.subjects.gather(places)
    owned = pl.DataFrame(
        {"owner": _owners(rows, subject, places), "subject": subject, "body": rows.body.gather(places)}
    ).with_columns(pl.col("subject", "body").fill_null(""))
    salts = _salts(count)
    columns = {
        "subject": subject,
        "bucket": _buckets(subject),
        "key": _keys(item, owned, values),
        "body": owned["body"],
        "document_number": _column(values, item.document_number or "", count),
        "effective_on": _days(item, values, count),
        "salt": pl.Series(salts, dtype=pl.Binary),
        "digest": _digests(item, owned["subject"], values, salts),
        "content": _contents(values, count),
    }
    return pl.DataFrame(columns, schema=SCHEMA)


def filed_ahead(item: ItemEdition, rows: JudgedBlock) -> pl.DataFrame:
    """The same, with their ``place``, of all rows that the pure checks let pass, as if each were its claimed code's."""
    places = rows.outcomes.is_in(OPEN).arg_true().cast(pl.Int64)
    claimed = ResolvedBlock(rows, rows.outcomes, rows.code, {}, {})
    return filed_columns(item, claimed, places).with_columns(places.alias("place"))


def filed_as_resolved(item: ItemEdition, block: ResolvedBlock, ahead: pl.DataFrame) -> pl.DataFrame:
    """What was filed ahead, after the register's word: rows that it refused are out, rows that it led to another code
    are filed anew. In file order, with ``place``.
    """
    passed = block.outcomes.is_in(OPEN)
    moved = block.subjects.ne_missing(block.rows.code) & passed
    stays = ahead.filter((passed & ~moved).gather(ahead["place"]))
    if not moved.any():
        return stays
    places = moved.arg_true().cast(pl.Int64)
    block = replace(block, rows=replace(block.rows, values=_values_filed(ahead, places, len(block.rows))))
    again = filed_columns(item, block, places).with_columns(places.alias("place"))
    return pl.concat([stays, again]).sort("place")


def _values_filed(ahead: pl.DataFrame, places: pl.Series, count: int) -> dict[str, pl.Series]:
    """The values of some rows as their content states them; a block of another process brings them nowhere else."""
    contents = list(map(json.loads, ahead.filter(pl.col("place").is_in(places.to_list()))["content"]))
    nothing = pl.repeat(None, count, dtype=pl.String, eager=True)
    return {
        name: nothing.clone().scatter(places, pl.Series([each.get(name) for each in contents], dtype=pl.String))
        for name in dict.fromkeys(name for content in contents for name in content)
    }


def _values(item: ItemEdition, rows: JudgedBlock, places: pl.Series) -> pl.DataFrame:
    """The filled fields in the order of a digest, those that some row fills."""
    named = [column.alias(name) for name in field_names(item) if (column := rows.values.get(name)) is not None]
    chosen = pl.DataFrame(named)[places] if named else pl.DataFrame()
    return chosen.select([name for name in chosen.columns if chosen[name].null_count() < len(places)])


def _column(values: pl.DataFrame, name: str, count: int) -> pl.Series:
    return values[name] if name in values.columns else pl.repeat(None, count, dtype=pl.String, eager=True)


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


def _keys(item: ItemEdition, owned: pl.DataFrame, values: pl.DataFrame) -> pl.Series:
    named = {SUBJECT: owned["owner"], item.subject_code: owned["owner"], item.body_code: owned["body"]}
    parts = [named[part] if part in named else _column(values, part, len(owned)).fill_null("") for part in item.key]
    return _hashes([lp(item.id.encode()), *_prefixed(pl.DataFrame(_numbered(parts)), {})], len(owned), KEY_BYTES)


def _digests(item: ItemEdition, subject: pl.Series, values: pl.DataFrame, salts: list[bytes]) -> pl.Series:
    head = lp(item.id.encode()) + lp(item.edition.encode())
    titles = {str(place): lp(name.encode()) for place, name in enumerate(values.columns, 1)}
    texts = _prefixed(pl.DataFrame(_numbered([subject, *values.iter_columns()])), titles)
    return _hashes([pa.array(salts, pa.large_binary()), head, *texts], len(subject), 32)


def _numbered(columns: Sequence[pl.Series]) -> dict[str, pl.Series]:
    return {str(place): column for place, column in enumerate(columns)}


def _prefixed(columns: pl.DataFrame, before: Mapping[str, bytes]) -> list[pa.Array]:
    """Two arrays of each column: the length of its text as 4 bytes behind ``before``, and the text; null where there
    is none.
    """
    lengths = columns.select(_big_endian(pl.all().str.len_bytes()))
    texts = columns.select(pl.all().cast(pl.Binary)).to_arrow()
    pairs = ((_sizes(lengths[name], before.get(name, b"")), _whole(texts[name])) for name in columns.columns)
    return [array for pair in pairs for array in pair]


def _sizes(lengths: pl.Series, before: bytes) -> pa.Array:
    swapped = lengths.to_arrow()
    whole = pa.Array.from_buffers(pa.binary(4), len(lengths), swapped.buffers(), offset=swapped.offset)
    sizes = whole.cast(pa.binary()).cast(pa.large_binary())
    return pc.binary_join_element_wise(_scalar(before), sizes, _scalar(b""), null_handling="emit_null")


def _whole(texts: pa.ChunkedArray) -> pa.Array:
    return texts.combine_chunks().cast(pa.large_binary())


def _big_endian(numbers: pl.Expr) -> pl.Expr:
    n = numbers.cast(pl.UInt32)
    swapped = n % 256 * 2**24 + n // 2**8 % 256 * 2**16 + n // 2**16 % 256 * 2**8 + n // 2**24
    return swapped.cast(pl.UInt32)


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


def _scalar(value: bytes) -> pa.Scalar:
    return pa.scalar(value, pa.large_binary())


def _salts(count: int) -> list[bytes]:
    pool = os.urandom(SALT_BYTES * count)
    return [pool[start : start + SALT_BYTES] for start in range(0, len(pool), SALT_BYTES)]


def _days(item: ItemEdition, values: pl.DataFrame, count: int) -> pl.Series:
    """The record's own day: of the decision, or for the register of the change that it reports."""
    names = REGISTER_DAYS if item.id == REGISTER else (item.decided_on or "",)
    known = [name for name in names if name in values.columns]
    if not known:
        return pl.repeat(None, count, dtype=pl.Date, eager=True)
    return values.select(pl.coalesce(known).str.to_date("%Y-%m-%d")).to_series()


def _contents(values: pl.DataFrame, count: int) -> pl.Series:
    """The filled fields as canonical JSON (RFC 8785); field ids are ASCII, so their order is that of their letters."""
    if not values.width:
        return pl.repeat("{}", count, eager=True)
    escaped = values.with_columns(*map(_escaped, _with_special(values)))
    pieces = [piece for name in sorted(values.columns) for piece in _members(escaped[name])]
    text = pl.col("text")
    joined = escaped.select(pl.concat_str(*pieces, pl.lit("}"), ignore_nulls=True).alias("text"))
    # Every member begins with a comma; the first one's is the opening bracket.
    opened = pl.when(text == "}").then(pl.lit("{}")).otherwise(text.str.replace(",", "{", literal=True))
    return joined.select(opened.alias("text")).to_series()


def _members(column: pl.Series) -> list[pl.Expr]:
    """One member of the object, nothing where there is no text."""
    name = column.name
    if column.null_count():
        return [pl.format(f',"{name}":"{{}}"', pl.col(name))]
    return [pl.lit(f',"{name}":"'), pl.col(name), pl.lit('"')]


def _with_special(values: pl.DataFrame) -> list[pl.Series]:
    """The columns in which something has to be escaped, found by the bytes of a whole column at once."""
    return [column for column in values.iter_columns() if _is_special(column)]


def _is_special(column: pl.Series) -> bool:
    data = column.rechunk().cast(pl.Binary).to_arrow().buffers()[-1]
    if data is None or not data.size:
        return False
    letters = pl.Series("b", pa.Array.from_buffers(pa.uint8(), data.size, [None, data]))
    letter = pl.col("b")
    special = (letter < FIRST_PRINTED) | (letter == QUOTE) | (letter == BACKSLASH)
    return bool(letters.to_frame().select(special.any()).item())


def _escaped(column: pl.Series) -> pl.Series:
    odd = column.str.contains(_NEEDS_ESCAPE).fill_null(value=False).arg_true()
    texts = [json.dumps(text, ensure_ascii=False)[1:-1] for text in column.gather(odd).to_list()]
    return column.scatter(odd, pl.Series(texts, dtype=pl.String))
