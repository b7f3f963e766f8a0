"""Rows of several sorted parts in one order, piece by piece: memory follows the piece, never the corpus."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from xinheng.corpus.engine import engine_errors, listed
from xinheng.corpus.manifest import Part
from xinheng.corpus.streams import BUCKETS, Stream

ROWS_PER_PIECE = 100_000
"""About how many rows are sorted at a time."""

ROWS_PER_BATCH = 16_384


@dataclass(frozen=True, slots=True)
class Piece:
    """Whole organisations that lie together: of all buckets, of one, or of one from some code to before another."""

    bucket: int | None = None
    start: str | None = None
    stop: str | None = None

    @property
    def condition(self) -> str:
        """The same as SQL."""
        said = [
            f"bucket = {self.bucket}" if self.bucket is not None else "",
            f"subject >= '{self.start}'" if self.start else "",
            f"subject < '{self.stop}'" if self.stop else "",
        ]
        return " AND ".join(filter(None, said)) or "true"


def pieces(root: Path, parts: Sequence[Part]) -> Iterator[Piece]:
    """The whole stream in pieces that may be worked on one after the other, in order."""
    if sum(part.rows for part in parts) <= ROWS_PER_PIECE:
        yield Piece()
        return
    for bucket in range(BUCKETS):
        yield from pieces_of_bucket(root, parts, bucket)


def pieces_of_bucket(root: Path, parts: Sequence[Part], bucket: int) -> Iterator[Piece]:
    """One bucket in pieces: a large one is cut between organisations, where its parts' row groups begin."""
    own = [part for part in parts if part.bucket == bucket]
    cuts = _cuts(root, own) if sum(part.rows for part in own) > ROWS_PER_PIECE else []
    for start, stop in zip([None, *cuts], [*cuts, None], strict=True):
        yield Piece(bucket, start, stop)


def _cuts(root: Path, parts: Sequence[Part]) -> list[str]:
    cuts: list[str] = []
    rows = 0
    for start, count in sorted(group for part in parts for group in _groups(root / part.file)):
        if rows >= ROWS_PER_PIECE and start not in cuts[-1:]:
            cuts.append(start)
            rows = 0
        rows += count
    return cuts


def _groups(path: Path) -> Iterator[tuple[str, int]]:
    """Where each row group of a part begins and how long it is."""
    found = pq.read_metadata(path)
    column = found.schema.names.index("subject")
    for place in range(found.num_row_groups):
        group = found.row_group(place)
        yield group.column(column).statistics.min, group.num_rows


def touching(parts: Sequence[Part], piece: Piece) -> list[Part]:
    """The parts in which rows of a piece may lie."""
    return [
        part
        for part in parts
        if (part.bucket is None or piece.bucket in (None, part.bucket))
        and (piece.start is None or part.max_subject >= piece.start)
        and (piece.stop is None or part.min_subject < piece.stop)
    ]


def merged(
    engine: duckdb.DuckDBPyConnection, root: Path, stream: Stream, parts: Sequence[Part], piece: Piece
) -> Iterator[pa.Table]:
    """The rows of one piece in the stream's order."""
    files = [root / part.file for part in touching(parts, piece)]
    if files:
        yield from (
            table.cast(stream.schema)
            for table in fetched(
                engine, root, f"SELECT {', '.join(stream.names)} FROM {listed(files)}"  # noqa: S608
                f" WHERE {piece.condition} ORDER BY {', '.join(['bucket', *stream.order])}"
            )
        )  # fmt: skip


def fetched(engine: duckdb.DuckDBPyConnection, root: Path, query: str) -> Iterator[pa.Table]:
    """What a query answers, in batches."""
    with engine_errors(root), engine.cursor() as cursor:
        for batch in cursor.sql(query).to_arrow_reader(ROWS_PER_BATCH):
            yield pa.Table.from_batches([batch])
