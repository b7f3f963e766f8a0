"""The baselines hold the rows that they claim to, in tables like those that they stand for."""

import os
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from xinheng.bench.copying import NATURAL_KEY, copy_source, copy_tables, count, dump_grown, table_counts
from xinheng.bench.made.files import MadeFile


@pytest.fixture
def owner() -> Iterator[psycopg.Connection]:
    """The owner's connection; what a test leaves is removed."""
    with psycopg.connect(os.environ["XINHENG_CONNINFO"], autocommit=True) as connection:
        yield connection
        connection.execute("DROP TABLE IF EXISTS bench_source, bench_grown")
        connection.execute("DROP SCHEMA IF EXISTS bench_copies CASCADE")


def test_the_source_table_holds_every_clean_row(
    owner: psycopg.Connection, penalties: MadeFile, licences: MadeFile
) -> None:
    seconds, rows = copy_source(owner, [penalties, licences])
    assert rows == penalties.rows + licences.rows
    assert seconds > 0
    first = penalties.clean.read_text(encoding="utf-8").splitlines()[0].split("\t")
    values = dict(zip(penalties.columns, first, strict=True))
    found = owner.execute('SELECT subject_code, document_number, "违法事实" FROM bench_source WHERE id = 1').fetchone()
    assert found == tuple(values[name] for name in penalties.columns if name in (
        "行政相对人代码_1（统一社会信用代码）", "行政处罚决定书文号", "违法事实"))  # fmt: skip


def test_the_source_table_is_logged_and_has_its_two_keys(owner: psycopg.Connection, penalties: MadeFile) -> None:
    copy_source(owner, [penalties])
    kept = owner.execute("SELECT relpersistence FROM pg_class WHERE relname = 'bench_source'").fetchone()
    keys = owner.execute("SELECT indexdef FROM pg_indexes WHERE tablename = 'bench_source' ORDER BY 1").fetchall()
    assert kept == ("p",)
    assert len(keys) == 2
    assert all("UNIQUE" in definition for (definition,) in keys)
    assert any(all(name in definition for name in NATURAL_KEY) for (definition,) in keys)


def test_copies_of_tables_have_partitions_indexes_checks_and_all_rows(
    owner: psycopg.Connection, tmp_path: Path
) -> None:
    owner.execute(
        "CREATE TABLE bench_grown (bucket int, name text, CHECK (name <> ''), PRIMARY KEY (bucket, name))"
        " PARTITION BY RANGE (bucket)"
    )
    owner.execute("CREATE TABLE bench_grown_0 PARTITION OF bench_grown FOR VALUES FROM (0) TO (5)")
    owner.execute("CREATE TABLE bench_grown_1 PARTITION OF bench_grown FOR VALUES FROM (5) TO (10)")
    owner.execute("CREATE INDEX ON bench_grown (name)")
    before = table_counts(owner)
    owner.execute("INSERT INTO bench_grown SELECT n % 10, 'n' || n FROM generate_series(1, 500) n")
    dumps = dump_grown(owner, before, tmp_path)
    assert [(dump.table, dump.rows) for dump in dumps] == [("bench_grown", 500)]
    seconds, rows = copy_tables(owner, dumps)
    assert rows == {"bench_grown": 500}
    assert seconds > 0
    parts = owner.execute("SELECT count(*) FROM pg_inherits WHERE inhparent = 'bench_copies.bench_grown'::regclass")
    assert parts.fetchone() == (2,)
    indexes = owner.execute(
        "SELECT count(*) FROM pg_indexes WHERE schemaname = 'bench_copies' AND tablename = 'bench_grown'"
    )
    assert indexes.fetchone() == (2,)
    with pytest.raises(psycopg.errors.CheckViolation):
        owner.execute("INSERT INTO bench_copies.bench_grown VALUES (1, '')")
    assert count(owner, "bench_copies.bench_grown_0") == 250


def test_dumped_rows_stand_in_the_order_of_their_key(owner: psycopg.Connection, tmp_path: Path) -> None:
    owner.execute("CREATE TABLE bench_grown (a text, b int, PRIMARY KEY (b, a))")
    before = table_counts(owner)
    owner.execute("INSERT INTO bench_grown SELECT 'x', n FROM unnest(ARRAY[30, 10, 20]) n")
    (dump,) = dump_grown(owner, before, tmp_path)
    assert dump.path.read_text() == "x\t10\nx\t20\nx\t30\n"
