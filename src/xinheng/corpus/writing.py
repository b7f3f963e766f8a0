"""One part file: rows come sorted, go out in groups, and the file appears whole or not at all."""

import contextlib
import hashlib
from pathlib import Path
from types import TracebackType
from typing import Self

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from xinheng.corpus.durable import flush, put_in_place, unfinished
from xinheng.corpus.layout import Layout
from xinheng.corpus.manifest import Part
from xinheng.corpus.refusals import part_damaged, part_missing
from xinheng.corpus.streams import Stream
from xinheng.runtime.disk import file_errors
from xinheng.runtime.folder import give_to_owner

ROWS_PER_GROUP = 16_384
PLAIN = ("key", "digest", "salt", "content", "document_number", "names", "identifiers", "detail")
"""Columns whose values hardly repeat: a dictionary would only cost."""


class PartWriter:
    """Writes one part; leaves nothing behind unless `finish` was called."""

    def __init__(self, layout: Layout, stream: Stream, name: str) -> None:
        self._stream, self._name = stream, name
        self._path = layout.file(name)
        self._waiting: list[pa.Table] = []
        self._waiting_rows = self._rows = 0
        self._subjects: list[str] = []

    def __enter__(self) -> Self:
        with file_errors(self._path):
            self._file = unfinished(self._path).open("wb")
            give_to_owner(unfinished(self._path))
            self._writer = pq.ParquetWriter(
                self._file, self._stream.schema, compression="zstd", write_page_checksum=True,
                use_dictionary=[name for name in self._stream.names if name not in PLAIN],
            )  # fmt: skip
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not self._file.closed:
            # A full disk that ended the block makes these fail again, and must not hide why it ended.
            with contextlib.suppress(OSError, pa.ArrowException):
                self._writer.close()
            with contextlib.suppress(OSError):
                self._file.close()
        unfinished(self._path).unlink(missing_ok=True)

    def write(self, rows: pa.Table) -> None:
        """Take the next rows, sorted after those before."""
        if not rows.num_rows:
            return
        ends = pc.min_max(rows["subject"]).as_py()
        self._subjects = [min([ends["min"], *self._subjects]), max([ends["max"], *self._subjects])]
        self._waiting.append(rows)
        self._waiting_rows += rows.num_rows
        if self._waiting_rows >= ROWS_PER_GROUP:
            with file_errors(self._path):
                self._write_groups()

    def finish(self, *, bucket: int | None, span: tuple[int, int]) -> Part | None:
        """Make the file durable under its own name and say what it is; None, and no file, without rows."""
        if not self._rows + self._waiting_rows:
            return None
        with file_errors(self._path):
            self._write_groups()
            self._writer.close()
            self._file.flush()
            flush(self._file.fileno())
            self._file.close()
            size, digest = unfinished(self._path).stat().st_size, file_digest(unfinished(self._path))
            put_in_place(self._path)
        return Part(self._name, bucket, *span, self._rows, size, digest, *self._subjects)

    def _write_groups(self) -> None:
        rows, self._waiting = self._waiting, []
        self._rows, self._waiting_rows = self._rows + self._waiting_rows, 0
        if rows:
            self._writer.write_table(pa.concat_tables(rows), row_group_size=ROWS_PER_GROUP)


def require_whole(root: Path, part: Part, *, hashed: bool = True) -> None:
    """Before a part is read: it is there, and it is what was written. ``hashed`` False looks at its size only.

    Raises RuntimeRefusal: corpus.part_missing, corpus.part_damaged.
    """
    path = root / part.file
    if not path.is_file():
        raise part_missing(part.file)
    if path.stat().st_size != part.bytes or (hashed and file_digest(path) != part.sha256):
        raise part_damaged(part.file)


def file_digest(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
