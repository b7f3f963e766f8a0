"""The corpus follows the ledger. Its cursor is its manifest, which takes effect together with the files it names.

Unlike the followers that write tables it reads many acts at a time, so it is not stepped by `run_followers`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from uuid import UUID

import pyarrow as pa

from xinheng.corpus.compaction import Desk, compacted
from xinheng.corpus.copying import counted_acts, followed_rows
from xinheng.corpus.manifest import Manifest, Part
from xinheng.corpus.refusals import other_history
from xinheng.corpus.streams import APPENDED, ORGANISATION
from xinheng.ledger.selectors import LedgerEntry, entries_after, head

ENTRIES_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Stretch:
    """Acts that are taken together: positions ``after`` < position <= ``upto``."""

    after: int
    upto: int
    acts: tuple[UUID, ...]
    rows: int


def follow(desk: Desk, manifest: Manifest) -> Manifest:
    """Read the ledger to its end; every stretch that is through stays, whatever happens to the next one.

    Raises RuntimeRefusal ``corpus.other_history`` when the ledger is not the one that the corpus was grown from.
    """
    _require_same_history(manifest)
    while head().size - 1 > manifest.position:
        manifest = _tick(desk, manifest)
    return manifest


def _tick(desk: Desk, manifest: Manifest) -> Manifest:
    """First the heads as they are at some length of the ledger, then all acts up to that length."""
    seen, heads = _heads(desk, manifest)
    for stretch in _stretches(manifest.position, seen, desk.policy.stretch_rows):
        given = {"acts": list(stretch.acts), "after": stretch.after, "upto": stretch.upto}
        span = (stretch.after + 1, stretch.upto)
        added = {
            stream.name: desk.write(manifest, stream, followed_rows(stream, stretch.rows, given), None, span)
            for stream in APPENDED
        }
        if stretch.upto == seen:
            added[ORGANISATION.name] = heads
        manifest = desk.commit(manifest.grown(position=stretch.upto, act=str(stretch.acts[-1]), added=added))
        manifest = compacted(desk, manifest)
    return manifest


def _heads(desk: Desk, manifest: Manifest) -> tuple[int, list[Part]]:
    """The heads of which the register has spoken since, and the ledger's last position when they were read."""
    end = head().size - 1
    tables = followed_rows(ORGANISATION, 0, {"after": manifest.position})
    first = next(tables, None)
    if first is None:
        return end, []
    seen = int(first["position"][0].as_py())
    rows: Iterator[pa.Table] = chain([first], tables)
    return seen, desk.write(manifest, ORGANISATION, rows, None, (manifest.position + 1, seen))


def _stretches(after: int, end: int, most_rows: int) -> Iterator[Stretch]:
    start, acts, rows = after, [], 0
    while entries := _entries(after, end):
        counted = counted_acts([entry.act for entry in entries])
        for entry in entries:
            acts.append(entry.act)
            rows += counted.get(entry.act, 0)
            after = entry.position
            if rows >= most_rows or len(acts) >= ENTRIES_AT_ONCE or after == end:
                yield Stretch(start, after, tuple(acts), rows)
                start, acts, rows = after, [], 0


def _entries(after: int, end: int) -> list[LedgerEntry]:
    """The next entries up to a position, without a gap."""
    if after >= end:
        return []
    found = [entry for entry in entries_after(after, limit=ENTRIES_AT_ONCE) if entry.position <= end]
    if [entry.position for entry in found] != list(range(after + 1, after + 1 + len(found))) or not found:
        raise other_history(after)
    return found


def _require_same_history(manifest: Manifest) -> None:
    if manifest.position < 0:
        return
    last = entries_after(manifest.position - 1, limit=1)
    if not last or (last[0].position, str(last[0].act)) != (manifest.position, manifest.act):
        raise other_history(manifest.position)
