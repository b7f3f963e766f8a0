"""The baselines: what PostgreSQL itself needs to take the same rows, by COPY and nothing else.

``source``: the clean columns of the sender's files into one logged table with a primary key and the unique natural key.
``tables``: what the gate wrote, ready and sorted, into empty copies of all tables that it filled.
Each is timed from the first byte to the end of a checkpoint, on an otherwise quiet server after a checkpoint.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from xinheng.bench.made.files import MadeFile
from xinheng.bench.made.rows import CODE, LICENCE_NUMBER, PENALTY_NUMBER

PIECE = 4 * 1024 * 1024
KEY_NAMES = {
    CODE: "subject_code",
    PENALTY_NUMBER: "document_number",
    LICENCE_NUMBER: "document_number",
    "许可编号": "licence_number",
    "处罚机关统一社会信用代码": "body_code",
    "许可机关统一社会信用代码": "body_code",
}
NATURAL_KEY = ("subject_code", "body_code", "document_number", "licence_number")

_TABLES = """
SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND NOT c.relispartition ORDER BY c.relname
"""
_COLUMNS = """
SELECT attname FROM pg_attribute
 WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = '' ORDER BY attnum
"""
_KEY = """
SELECT a.attname FROM pg_index i, unnest(i.indkey::int[]) WITH ORDINALITY k(attnum, place)
  JOIN pg_attribute a ON a.attnum = k.attnum
 WHERE i.indrelid = %s::regclass AND a.attrelid = i.indrelid AND i.indisprimary ORDER BY k.place
"""
_PARTITIONS = """
SELECT c.relname, pg_get_expr(c.relpartbound, c.oid), array_to_string(c.reloptions, ', ')
  FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
 WHERE i.inhparent = %s::regclass ORDER BY c.relname
"""
_DIVIDED = "SELECT pg_get_partkeydef(oid) FROM pg_class WHERE oid = %s::regclass AND relkind = 'p'"


@dataclass(frozen=True, slots=True)
class Dump:
    """One table's rows in a file, ready to be copied."""

    table: str
    columns: tuple[str, ...]
    path: Path
    rows: int


def copy_source(owner: psycopg.Connection, files: Sequence[MadeFile]) -> tuple[float, int]:
    """Seconds for the clean columns of all files into one table, and how many rows it then holds."""
    names = list(dict.fromkeys([*NATURAL_KEY, *(name for file in files for name in _named(file))]))
    columns = sql.SQL(", ").join(sql.SQL("{} text").format(sql.Identifier(name)) for name in names)
    key = sql.SQL(", ").join(map(sql.Identifier, NATURAL_KEY))
    owner.execute(
        sql.SQL(
            "CREATE TABLE bench_source (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, {},"
            " UNIQUE NULLS NOT DISTINCT ({}))"
        ).format(columns, key)
    )
    work = [("bench_source", _named(file), file.clean) for file in files]
    return _timed(owner, work), count(owner, "bench_source")


def copy_tables(owner: psycopg.Connection, dumps: Sequence[Dump]) -> tuple[float, dict[str, int]]:
    """Seconds for the dumped rows into copies of their tables, and how many rows each then holds."""
    owner.execute("CREATE SCHEMA bench_copies")
    for dump in dumps:
        _make_copy(owner, dump.table)
    work = [(f"bench_copies.{dump.table}", dump.columns, dump.path) for dump in dumps]
    return _timed(owner, work), {dump.table: count(owner, f"bench_copies.{dump.table}") for dump in dumps}


def table_counts(owner: psycopg.Connection) -> dict[str, int]:
    """How many rows every table holds, partitions in their whole."""
    return {name: count(owner, name) for (name,) in owner.execute(_TABLES).fetchall()}


def dump_grown(owner: psycopg.Connection, before: Mapping[str, int], folder: Path) -> list[Dump]:
    """The rows of every table that has grown, each in the order of its primary key."""
    grown = [name for name, rows in table_counts(owner).items() if rows > before.get(name, 0)]
    return [_dump(owner, name, folder / f"{name}.copy") for name in grown]


def count(owner: psycopg.Connection, table: str) -> int:
    """The rows of one table."""
    row = owner.execute(sql.SQL("SELECT count(*) FROM {}").format(_table(table))).fetchone()
    return int(row[0]) if row else 0


def _timed(owner: psycopg.Connection, work: Sequence[tuple[str, Sequence[str], Path]]) -> float:
    owner.execute("CHECKPOINT")
    start = time.monotonic()
    with owner.transaction():
        for table, columns, path in work:
            _copy_file(owner, table, columns, path)
    owner.execute("CHECKPOINT")
    return time.monotonic() - start


def _copy_file(owner: psycopg.Connection, table: str, columns: Sequence[str], path: Path) -> None:
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(_table(table), names)
    with path.open("rb") as file, owner.cursor() as cursor, cursor.copy(statement) as copy:
        while piece := file.read(PIECE):
            copy.write(piece)


def _dump(owner: psycopg.Connection, table: str, path: Path) -> Dump:
    columns = tuple(name for (name,) in owner.execute(_COLUMNS, [table]).fetchall())
    key = [name for (name,) in owner.execute(_KEY, [table]).fetchall()] or list(columns)
    statement = sql.SQL("COPY (SELECT {} FROM {} ORDER BY {}) TO STDOUT").format(
        sql.SQL(", ").join(map(sql.Identifier, columns)),
        sql.Identifier(table),
        sql.SQL(", ").join(map(sql.Identifier, key)),
    )
    with path.open("wb") as file, owner.cursor() as cursor, cursor.copy(statement) as copy:
        for piece in copy:
            file.write(piece)
    return Dump(table, columns, path, count(owner, table))


def _make_copy(owner: psycopg.Connection, table: str) -> None:
    divided = owner.execute(_DIVIDED, [table]).fetchone()
    copied, original = _table(f"bench_copies.{table}"), sql.Identifier(table)
    make = sql.SQL("CREATE TABLE {} (LIKE {} INCLUDING ALL)").format(copied, original)
    if divided is None:
        owner.execute(make)
        return
    owner.execute(make + sql.SQL(" PARTITION BY ") + sql.SQL(divided[0]))
    for name, bound, options in owner.execute(_PARTITIONS, [table]).fetchall():
        part = sql.Identifier("bench_copies", name)
        stored = sql.SQL(f" WITH ({options})") if options else sql.SQL("")
        owner.execute(sql.SQL("CREATE TABLE {} PARTITION OF {} ").format(part, copied) + sql.SQL(bound) + stored)


def _named(file: MadeFile) -> tuple[str, ...]:
    return tuple(KEY_NAMES.get(name, name) for name in file.columns)


def _table(name: str) -> sql.Identifier:
    return sql.Identifier(*name.split("."))
