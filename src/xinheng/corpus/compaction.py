"""Compaction: many small parts become few sorted ones, the content stays.

New acts lie in tails, one file a stretch of acts with all buckets in it. Tails are merged while they are small, and
spread over the buckets when they hold enough. In a bucket, younger parts are merged into an older one only when they
weigh enough beside it, so that each row is written again a logarithmic number of times.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import duckdb
import pyarrow as pa

from xinheng.corpus.engine import listed
from xinheng.corpus.layout import Layout
from xinheng.corpus.manifest import Manifest, Part, write_manifest
from xinheng.corpus.merging import fetched, merged, pieces, pieces_of_bucket
from xinheng.corpus.streams import BUCKETS, STREAMS, Stream
from xinheng.corpus.writing import PartWriter, require_whole
from xinheng.runtime.disk import require_space


@dataclass(frozen=True, slots=True)
class Policy:
    """Sizes of the corpus. ``stretch_rows``: acts are taken together up to so many rows. ``tails``, ``parts``: so many
    tails, or parts of one bucket, may stand unmerged. ``spread_rows``: tails with so many rows go into the buckets.
    ``ratio``: an older part joins a merge when it has at most so many times the rows of the younger ones."""

    stretch_rows: int = 1_000_000
    tails: int = 8
    parts: int = 6
    spread_rows: int = 1_000_000
    ratio: int = 3


@dataclass(frozen=True, slots=True)
class Desk:
    """What writing needs: where, with which engine, by which policy. ``in_force`` False: a generation that nobody
    reads yet, whose manifest is written at its end."""

    layout: Layout
    engine: duckdb.DuckDBPyConnection
    policy: Policy
    in_force: bool = True

    def commit(self, manifest: Manifest) -> Manifest:
        """Let a manifest take effect."""
        if self.in_force:
            write_manifest(self.layout.manifest, manifest)
        return manifest

    def write(
        self, manifest: Manifest, stream: Stream, rows: Iterable[pa.Table], bucket: int | None, span: tuple[int, int]
    ) -> list[Part]:
        """One part of sorted rows; none where there are no rows."""
        name = self.layout.place(manifest.generation, stream.name, bucket, span)
        with PartWriter(self.layout, stream, name) as writer:
            for table in rows:
                writer.write(table)
            part = writer.finish(bucket=bucket, span=span)
        return [part] if part else []

    def merge(self, manifest: Manifest, stream: Stream, parts: Sequence[Part], bucket: int | None) -> list[Part]:
        """Some parts as one: of all buckets, or the rows of one bucket. The parts must be whole (`require_whole`)."""
        root = self.layout.path
        cut = pieces(root, parts) if bucket is None else pieces_of_bucket(root, parts, bucket)
        rows = (table for piece in cut for table in merged(self.engine, root, stream, parts, piece))
        return self.write(manifest, stream, rows, bucket, (parts[0].first, parts[-1].last))


def compacted(desk: Desk, manifest: Manifest) -> Manifest:
    """Bring every stream in order, as far as the policy asks for it."""
    for stream in STREAMS.values():
        for step in (_tails_spread, _tails_merged, _buckets_merged):
            changed = step(desk, manifest, stream)
            manifest = manifest if changed is manifest else desk.commit(changed)
    return manifest


def compacted_wholly(desk: Desk, manifest: Manifest) -> Manifest:
    """One part a bucket, no tails."""
    require_space(desk.layout.path, max((_bytes(manifest.of(name)) for name in STREAMS), default=0))
    at_once = replace(desk.policy, spread_rows=1, parts=1, ratio=1 << 62)
    return compacted(replace(desk, policy=at_once), manifest)


def tails(manifest: Manifest, stream: Stream) -> list[Part]:
    """The parts of a stream that hold all buckets."""
    return [part for part in manifest.of(stream.name) if part.bucket is None]


def to_merge(parts: Sequence[Part], limit: int, ratio: int) -> Sequence[Part]:
    """The youngest parts that are worth being one; none while at most ``limit`` stand."""
    if len(parts) <= limit:
        return ()
    start, rows = len(parts) - 2, parts[-1].rows + parts[-2].rows
    while start and parts[start - 1].rows <= ratio * rows:
        start -= 1
        rows += parts[start].rows
    return parts[start:]


def _tails_spread(desk: Desk, manifest: Manifest, stream: Stream) -> Manifest:
    gone = tails(manifest, stream)
    if not gone or sum(part.rows for part in gone) < desk.policy.spread_rows:
        return manifest
    buckets = _checked(desk, gone)
    come = [part for bucket in buckets for part in desk.merge(manifest, stream, gone, bucket)]
    return manifest.exchanged(stream.name, gone=gone, come=come)


def _tails_merged(desk: Desk, manifest: Manifest, stream: Stream) -> Manifest:
    gone = to_merge(tails(manifest, stream), desk.policy.tails, desk.policy.ratio)
    return _replaced(desk, manifest, stream, [(None, gone)])


def _buckets_merged(desk: Desk, manifest: Manifest, stream: Stream) -> Manifest:
    chosen: list[tuple[int | None, Sequence[Part]]] = []
    for bucket in range(BUCKETS):
        own = [part for part in manifest.of(stream.name) if part.bucket == bucket]
        chosen.append((bucket, to_merge(own, desk.policy.parts, desk.policy.ratio)))
    return _replaced(desk, manifest, stream, chosen)


def _replaced(
    desk: Desk, manifest: Manifest, stream: Stream, chosen: Sequence[tuple[int | None, Sequence[Part]]]
) -> Manifest:
    changed = manifest
    for bucket, gone in chosen:
        if gone:
            _checked(desk, gone)
            come = desk.merge(manifest, stream, gone, bucket)
            changed = changed.exchanged(stream.name, gone=gone, come=come)
    return changed


def _checked(desk: Desk, parts: Sequence[Part]) -> list[int]:
    """See that parts are whole before they are merged: damage is not written on. Returns the buckets in them."""
    root = desk.layout.path
    for part in parts:
        require_whole(root, part)
    found = f"SELECT DISTINCT bucket FROM {listed([root / part.file for part in parts])} ORDER BY bucket"  # noqa: S608
    return [bucket for table in fetched(desk.engine, root, found) for bucket in table["bucket"].to_pylist()]


def _bytes(parts: Iterable[Part]) -> int:
    return sum(part.bytes for part in parts)
