"""Reading the corpus: versions, what is current or was at some time, heads and events of organisations, a replay.

Needs no database. Every part that is read is first compared with its SHA-256 in the manifest.
"""

from collections.abc import Collection, Iterator, Sequence
from contextlib import ExitStack
from datetime import UTC, date, datetime
from hashlib import sha256
from types import TracebackType
from typing import Self

import duckdb
import pyarrow as pa

from xinheng.archive.selectors import SUCCESSIVE
from xinheng.core.merkle import leaf_hash
from xinheng.core.merkle import root as tree_root
from xinheng.corpus.engine import engine_errors, listed, open_engine
from xinheng.corpus.layout import Layout
from xinheng.corpus.manifest import Manifest, Part
from xinheng.corpus.merging import Piece, fetched, pieces, touching
from xinheng.corpus.refusals import beyond
from xinheng.corpus.streams import BUCKETS, EVENT, ORGANISATION, SALT, VERSION, WITHDRAWAL, Stream
from xinheng.corpus.writing import require_whole
from xinheng.runtime.folder import DataFolder

AsOf = int | datetime | None
"""A ledger position (inclusive), an instant (what was known then), or None: the end of the corpus."""


class Corpus:
    """The corpus of one data folder, open for reading as it stands at this moment; use it as a context manager.

    ``verify`` False compares only the sizes of files (for a corpus that was checked just before).
    Raises RuntimeRefusal: corpus.not_built, manifest_damaged, other_schema, part_missing, part_damaged.
    """

    def __init__(self, folder: DataFolder, *, verify: bool = True) -> None:
        self.layout = Layout(folder)
        self._verify = verify
        self._trusted: set[str] = set()
        self._open = ExitStack()
        self.manifest: Manifest

    def __enter__(self) -> Self:
        with self._open as opening:
            self.manifest = opening.enter_context(self.layout.reading())
            self.engine: duckdb.DuckDBPyConnection = opening.enter_context(open_engine(self.layout.spill))
            opening.enter_context(engine_errors(self.layout.path))
            self._open = opening.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.__exit__(kind, error, trace)

    @property
    def position(self) -> int:
        """The last ledger position in it, -1 when there is none."""
        return self.manifest.position

    def versions(self, as_of: AsOf = None, buckets: Collection[int] | None = None) -> duckdb.DuckDBPyRelation:
        """Every version known at some time, in no order."""
        return self.engine.sql(self._rows(VERSION, as_of, _in_buckets(buckets)))

    def events(self, as_of: AsOf = None, buckets: Collection[int] | None = None) -> duckdb.DuckDBPyRelation:
        """What the register had reported of organisations by some time, in no order."""
        return self.engine.sql(self._rows(EVENT, as_of, _in_buckets(buckets)))

    def organisations(self, as_of: AsOf = None, buckets: Collection[int] | None = None) -> duckdb.DuckDBPyRelation:
        """Heads of files with names and old codes, as the last build up to some time saw them.

        Between two builds the register may have spoken several times: then only the last state was seen. What held on
        a day says the newest version of the item registration.
        """
        known = self._rows(ORGANISATION, as_of, _in_buckets(buckets))
        return self.engine.sql(f"{known} QUALIFY position = max(position) OVER (PARTITION BY subject)")

    def withdrawals(self, as_of: AsOf = None, buckets: Collection[int] | None = None) -> duckdb.DuckDBPyRelation:
        """Versions that had been taken back by some time, in no order."""
        return self.engine.sql(self._rows(WITHDRAWAL, as_of, _in_buckets(buckets)))

    def current(
        self, as_of: AsOf = None, *, day: date | None = None, buckets: Collection[int] | None = None
    ) -> Iterator[duckdb.DuckDBPyRelation]:
        """The newest version of each record that was known at some time and not taken back by then, a piece of the
        corpus after the other.

        An organisation lies in one piece, and pieces come in order, so work on whole organisations needs no memory for
        more than one. With ``day`` only what held on it, as `archive.selectors.file_as_of` reads a single file.
        """
        for piece in self._pieces(buckets):
            rows, gone = (self._rows(stream, as_of, piece.condition, piece) for stream in (VERSION, WITHDRAWAL))
            newest = _newest_sql(rows, day)
            yield self.engine.sql(f"SELECT * FROM ({newest}) ANTI JOIN ({gone}) USING (subject, key, n)")  # noqa: S608

    def replay(self, as_of: AsOf = None, *, buckets: Collection[int] | None = None) -> Iterator[pa.Table]:
        """The rows of ``archive_version`` with their salts, by bucket, subject, key and n: the archive again."""
        for piece in self._pieces(buckets):
            versions = self._rows(VERSION, as_of, piece.condition, piece)
            salts = self._rows(SALT, None, piece.condition, piece)
            yield from self._fetched(
                f"SELECT v.*, s.salt FROM ({versions}) v JOIN ({salts}) s USING (bucket, subject, key, n)"  # noqa: S608
                " ORDER BY bucket, subject, key, n"
            )

    def count(self, as_of: AsOf = None) -> int:
        """How many records there were, individual versions not counted again."""
        known = self._rows(VERSION, as_of, "n = 1")
        return int(next(self._fetched(f"SELECT count(*) AS rows FROM ({known})"))["rows"][0].as_py())  # noqa: S608

    def root(self, as_of: AsOf = None) -> bytes:
        """One digest of all versions that were known at some time, the same whatever the parts: the RFC 6962 root over
        the 64 buckets' digests."""
        return tree_root([leaf_hash(digest) for digest in self.digests(VERSION, as_of)])

    def digests(self, stream: Stream, as_of: AsOf = None, *, only: str = "true") -> list[bytes]:
        """For each bucket SHA-256 over the lines that say its rows, in order; ``only`` leaves rows out."""
        latest = " QUALIFY position = max(position) OVER (PARTITION BY subject)" if stream is ORGANISATION else ""
        digests = [sha256() for _ in range(BUCKETS)]
        for piece in pieces(self.layout.path, self._parts(stream)):
            rows = self._rows(stream, as_of, f"{piece.condition} AND {only}", piece)
            for table in self._fetched(_told(stream, rows + latest)):
                for bucket, line in zip(table["bucket"].to_pylist(), table["line"].to_pylist(), strict=True):
                    digests[bucket].update(line.encode() + b"\n")
        return [digest.digest() for digest in digests]

    def _pieces(self, buckets: Collection[int] | None) -> Iterator[Piece]:
        for piece in pieces(self.layout.path, self._parts(VERSION)):
            if buckets is None or piece.bucket in buckets:
                yield piece
            elif piece.bucket is None:
                yield from (Piece(bucket) for bucket in sorted(buckets))

    def _parts(self, stream: Stream) -> Sequence[Part]:
        parts = self.manifest.of(stream.name)
        for part in parts:
            self._require(part)
        return parts

    def _require(self, part: Part) -> None:
        """Each part is looked at once."""
        if part.file not in self._trusted:
            require_whole(self.layout.path, part, hashed=self._verify)
            self._trusted.add(part.file)

    def _rows(self, stream: Stream, as_of: AsOf, condition: str, piece: Piece | None = None) -> str:
        """SQL for the rows of a stream that were known at some time."""
        known = _known(as_of, self.position)
        parts = [part for part in touching(self.manifest.of(stream.name), piece or Piece()) if _begun(part, as_of)]
        for part in parts:
            self._require(part)
        if not parts:
            nothing = ", ".join(f"CAST(NULL AS {column.kind.name}) AS {column.name}" for column in stream.columns)
            return f"SELECT * FROM (SELECT {nothing}) WHERE false"  # noqa: S608
        files = listed([self.layout.path / part.file for part in parts])
        return f"SELECT {', '.join(stream.names)} FROM {files} WHERE {condition} AND {known}"  # noqa: S608

    def _fetched(self, query: str) -> Iterator[pa.Table]:
        return fetched(self.engine, self.layout.path, query)


def _newest_sql(rows: str, day: date | None) -> str:
    """SQL for the newest version of each record among some versions; with ``day`` what held on it.

    A new version corrects the one before it; the register's follow each other in time, so there the newest counts whose
    day had come.
    """
    newest = "QUALIFY n = max(n) OVER (PARTITION BY subject, key)"
    if day is None:
        return f"{rows} {newest}"
    held = f"(effective_on IS NULL OR effective_on <= DATE '{day.isoformat()}')"
    come = f"SELECT * FROM ({rows}) WHERE item <> '{SUCCESSIVE}' OR {held} {newest}"  # noqa: S608
    return f"SELECT * FROM ({come}) WHERE {held}"  # noqa: S608


def _told(stream: Stream, rows: str) -> str:
    """SQL for one line a row, the same bytes as `copying.told_lines` gets from the archive."""
    said = " || ".join(
        f"coalesce(strlen({column.told})::VARCHAR || ':' || {column.told}, '-')" for column in stream.compared
    )
    order = ", ".join(["bucket", *stream.order])
    return f"SELECT bucket, sha256({said}) AS line FROM ({rows}) ORDER BY {order}"  # noqa: S608


def _known(as_of: AsOf, position: int) -> str:
    if isinstance(as_of, datetime):
        moment = as_of.astimezone(UTC).replace(tzinfo=None).isoformat(sep=" ", timespec="microseconds")
        return f"recorded_at <= TIMESTAMP '{moment}'"
    if as_of is not None and as_of > position:
        raise beyond(as_of, position)
    return "true" if as_of is None else f"position <= {int(as_of)}"


def _begun(part: Part, as_of: AsOf) -> bool:
    return isinstance(as_of, datetime) or as_of is None or part.first <= as_of


def _in_buckets(buckets: Collection[int] | None) -> str:
    if buckets is None:
        return "true"
    return f"bucket IN ({', '.join(str(int(bucket)) for bucket in buckets)})" if buckets else "false"
