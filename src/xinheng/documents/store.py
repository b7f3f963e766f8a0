"""Documents kept beside the database: for every batch the rows as the gate left them, one compressed Parquet file.

A file is whole or not there: it is written under another name, flushed to disk and renamed before the database
commits. A file
whose batch never committed is an orphan and is removed at the next start.
"""

import contextlib
import hashlib
import os
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self
from uuid import UUID

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from xinheng.runtime.disk import file_errors

ROWS_PER_GROUP = 10_000
SALT_BYTES = 16
_SUFFIX = ".rows.parquet"
_UNFINISHED = ".unfinished"
_PLACE = [("part", pa.string()), ("row", pa.int32()), ("width", pa.int32())]


@dataclass(frozen=True, slots=True)
class KeptRow:
    """One physical row as the gate left it: persons' rows are not here, numbers of persons are masked, papers
    emptied."""

    part: str | None
    row: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StoredRows:
    """Where a batch's rows lie: file name and SHA-256 of the file (hex)."""

    name: str
    digest: str


class DocumentStore:
    """The documents of one installation, in one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def rows_writer(self, batch: UUID) -> "RowsWriter":
        """A writer for one batch's rows; use it as a context manager and call `finish`."""
        return RowsWriter(self.folder, f"{batch}{_SUFFIX}")

    def row(self, name: str, part: str | None, row: int) -> KeptRow | None:
        """One kept row: the end of the way back from a page to what the agency sent."""
        found = kept_rows(pq.read_table(self.folder / name, filters=[("row", "=", row)]))
        return next((each for each in found if each.part == part), None)

    def remove_orphans(self, known: Collection[str]) -> int:
        """Remove files of batches that never committed. Call it only while nobody submits. Returns how many went."""
        orphans = [path for path in self._files() if path.name not in known]
        for path in orphans:
            path.unlink(missing_ok=True)
        return len(orphans)

    def _files(self) -> Iterator[Path]:
        if self.folder.is_dir():
            yield from self.folder.glob(f"*{_SUFFIX}")
            yield from self.folder.glob(f"*{_SUFFIX}{_UNFINISHED}")


def kept_rows(table: pa.Table) -> Iterator[KeptRow]:
    """The rows of a document or a part of it, as they were kept."""
    columns = [name for name in table.column_names if name.startswith(_CELL)]
    for row in table.to_pylist():
        cells = [row[name] for name in columns] + (row["beyond"] or [])
        yield KeptRow(row["part"], row["row"], tuple(cells[: row["width"]]))


class RowsWriter:
    """Writes kept rows group by group; leaves nothing behind unless `finish` was called."""

    def __init__(self, folder: Path, name: str) -> None:
        self._folder = folder
        self._name = name
        self._path = folder / f"{name}{_UNFINISHED}"
        self._waiting: list[pl.DataFrame] = []
        self._writer: pq.ParquetWriter | None = None
        self._width = 0

    @property
    def place(self) -> tuple[Path, str]:
        """Folder and name, by which another process can write the same file."""
        return self._folder, self._name

    def __enter__(self) -> Self:
        with file_errors(self._folder):
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._file = self._path.open("wb")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not self._file.closed:
            # A full disk that ended the block makes these fail again, and must not hide why it ended.
            with contextlib.suppress(OSError, pa.ArrowException):
                if self._writer is not None:
                    self._writer.close()
            with contextlib.suppress(OSError):
                self._file.close()
        self._path.unlink(missing_ok=True)

    def write(self, part: str | None, numbers: pl.Series, columns: Sequence[pl.Series], widths: pl.Series) -> None:
        """Take rows of one part of the source by columns: their numbers, their cells column by column, and how many
        cells each row has. They reach the file in groups.
        """
        if numbers.is_empty():
            return
        # The first table's width is the file's: what a later row has beyond it stands in one list.
        self._width = self._width or len(columns)
        self._waiting.append(_frame(part, numbers, columns, widths, self._width))
        if sum(map(len, self._waiting)) >= ROWS_PER_GROUP:
            with file_errors(self._folder):
                self._flush()

    def finish(self) -> StoredRows:
        """Make the file durable under its own name."""
        with file_errors(self._folder):
            self._flush()
            self._opened().close()
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
            digest = _digest(self._path)
            self._path.rename(self._folder / self._name)
            _sync_folder(self._folder)
        return StoredRows(self._name, digest)

    def _flush(self) -> None:
        frames, self._waiting = self._waiting, []
        if frames:
            writer = self._opened()
            writer.write_table(pl.concat(frames).to_arrow().cast(writer.schema))

    def _opened(self) -> pq.ParquetWriter:
        if self._writer is None:
            self._writer = pq.ParquetWriter(self._file, _salted_schema(self._width), compression="zstd")
        return self._writer


_CELL = "cell_"


def _frame(
    part: str | None, numbers: pl.Series, columns: Sequence[pl.Series], widths: pl.Series, width: int
) -> pl.DataFrame:
    count = len(numbers)
    inside = [column.alias(f"{_CELL}{place}") for place, column in enumerate(columns[:width])]
    missing = [_empty(count).alias(f"{_CELL}{place}") for place in range(len(inside), width)]
    beyond = pl.DataFrame([column.alias(str(place)) for place, column in enumerate(columns[width:])])
    told = beyond.select(pl.concat_list(pl.all())).to_series() if beyond.width else _nothing(count)
    parts = pl.repeat(part, count, dtype=pl.String, eager=True).alias("part")
    place = [parts, numbers.cast(pl.Int32).alias("row"), widths.cast(pl.Int32).alias("width")]
    return pl.DataFrame([*place, *inside, *missing, told.alias("beyond")])


def _empty(count: int) -> pl.Series:
    return pl.repeat(None, count, dtype=pl.String, eager=True)


def _nothing(count: int) -> pl.Series:
    return pl.repeat(None, count, dtype=pl.List(pl.String), eager=True)


def _salted_schema(width: int) -> pa.Schema:
    """The schema with random bytes beside it: the file's digest stands in the ledger and confirms no guess."""
    cells = [(f"{_CELL}{place}", pa.string()) for place in range(width)]
    schema = pa.schema([*_PLACE, *cells, ("beyond", pa.list_(pa.string()))])
    return schema.with_metadata({"salt": os.urandom(SALT_BYTES).hex()})


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
