"""Rows as the gate left them: whole files or none."""

import gc
import hashlib
import stat
from itertools import groupby
from pathlib import Path
from uuid import UUID, uuid4

import polars as pl
import pytest

from xinheng.documents.store import ROWS_PER_GROUP, DocumentStore, KeptRow, RowsWriter
from xinheng.runtime.errors import RuntimeRefusal

ROWS = [KeptRow(None, 2, ("甲", "")), KeptRow("表二", 2, ("乙", "=1+1")), KeptRow("表二", 3, ())]


def write(store: DocumentStore, rows: list[KeptRow], batch: UUID | None = None) -> str:
    with store.rows_writer(batch or uuid4()) as writer:
        put(writer, rows)
        return writer.finish().name


def put(writer: RowsWriter, rows: list[KeptRow]) -> None:
    """The rows part by part, column by column, as the gate hands them on."""
    for part, group in groupby(rows, key=lambda row: row.part):
        cells = list(group)
        widths = pl.Series([len(row.cells) for row in cells], dtype=pl.UInt32)
        columns = [
            pl.Series([row.cells[n] if n < len(row.cells) else None for row in cells], dtype=pl.String)
            for n in range(widths.max() or 0)
        ]
        writer.write(part, pl.Series([row.row for row in cells], dtype=pl.Int32), columns, widths)


def test_a_row_reads_back_as_it_was_kept(store: DocumentStore) -> None:
    name = write(store, ROWS)
    assert [store.row(name, row.part, row.row) for row in ROWS] == ROWS
    assert store.row(name, None, 3) is None
    assert store.row(name, "表三", 2) is None


def test_many_rows_come_back_from_whatever_group_they_lie_in(store: DocumentStore) -> None:
    name = write(store, [KeptRow(None, n, (str(n),)) for n in range(2 * ROWS_PER_GROUP + 5)])
    for n in (0, ROWS_PER_GROUP - 1, ROWS_PER_GROUP, 2 * ROWS_PER_GROUP + 4):
        assert store.row(name, None, n) == KeptRow(None, n, (str(n),))
    assert store.row(name, None, 2 * ROWS_PER_GROUP + 5) is None


def test_a_batch_without_rows_has_a_document_too(store: DocumentStore) -> None:
    assert store.row(write(store, []), None, 2) is None


def test_the_digest_is_of_the_file(store: DocumentStore) -> None:
    with store.rows_writer(uuid4()) as writer:
        put(writer, ROWS)
        stored = writer.finish()
    assert stored.digest == hashlib.sha256((store.folder / stored.name).read_bytes()).hexdigest()


@pytest.mark.filterwarnings("error")
def test_a_writer_left_unfinished_leaves_nothing(store: DocumentStore) -> None:
    with store.rows_writer(uuid4()) as writer:
        put(writer, ROWS * 10)
    del writer
    gc.collect()
    assert list(store.folder.iterdir()) == []


def test_a_fault_on_the_way_leaves_nothing(store: DocumentStore) -> None:
    with pytest.raises(pl.exceptions.PolarsError), store.rows_writer(uuid4()) as writer:
        writer.write(None, pl.Series([1, 2]), [pl.Series(["no", "row", "at all"])], pl.Series([1, 1]))
    assert list(store.folder.iterdir()) == []


def test_only_files_of_known_batches_stay(store: DocumentStore) -> None:
    known, unknown = write(store, ROWS), write(store, ROWS)
    (store.folder / f"{uuid4()}.rows.parquet.unfinished").write_bytes(b"half")
    (store.folder / "notes.txt").write_text("somebody's own")
    assert store.remove_orphans({known}) == 2
    assert sorted(path.name for path in store.folder.iterdir()) == sorted([known, "notes.txt"])
    assert not (store.folder / unknown).exists()
    assert store.remove_orphans({known}) == 0


def test_a_store_that_is_not_there_yet_has_no_orphans(tmp_path: Path) -> None:
    assert DocumentStore(tmp_path / "nowhere").remove_orphans(()) == 0


def test_nobody_else_may_look_in(store: DocumentStore) -> None:
    write(store, ROWS)
    assert stat.S_IMODE(store.folder.stat().st_mode) == 0o700


def test_a_folder_that_cannot_be_made_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(RuntimeRefusal) as refusal, DocumentStore(tmp_path / "file").rows_writer(uuid4()):
        pass
    assert refusal.value.message_zh
