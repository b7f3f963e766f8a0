"""The verbs of the corpus: build, compact, rebuild; and how far it is behind."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from xinheng.corpus.compaction import Desk, Policy, compacted_wholly
from xinheng.corpus.engine import engine_errors, open_engine
from xinheng.corpus.followers import follow
from xinheng.corpus.layout import Layout
from xinheng.corpus.manifest import Manifest, empty, read_manifest, write_manifest
from xinheng.corpus.streams import STREAMS
from xinheng.ledger.selectors import head
from xinheng.runtime.folder import DataFolder

USUAL = Policy()


@dataclass(frozen=True, slots=True)
class CorpusState:
    """How far the corpus has come: last ledger position in it (-1: nothing, or not built) and entries still to read."""

    position: int
    behind: int
    built: bool


@dataclass(frozen=True, slots=True)
class CorpusReport:
    """What stands after a command: position, rows by stream, files, bytes; ``read`` entries were new."""

    generation: int
    position: int
    read: int
    rows: dict[str, int]
    parts: int
    bytes: int


def corpus_build(folder: DataFolder, *, policy: Policy = USUAL) -> CorpusReport:
    """Follow the ledger to its end. Idempotent; a second builder waits for the first."""
    layout = Layout(folder)
    with layout.writing(), _desk(layout, policy) as desk:
        before = read_manifest(layout.manifest) if layout.built else empty(layout.next_generation())
        after = follow(desk, before)
        if not layout.built:
            desk.commit(after)
        return _report(after, read=after.position - before.position)


def corpus_compact(folder: DataFolder, *, policy: Policy = USUAL) -> CorpusReport:
    """Write the corpus anew as one sorted part a bucket; its content stays."""
    layout = Layout(folder)
    with layout.writing(), _desk(layout, policy) as desk:
        return _report(compacted_wholly(desk, read_manifest(layout.manifest)), read=0)


def corpus_rebuild(folder: DataFolder, *, policy: Policy = USUAL) -> CorpusReport:
    """Build a new generation from the archive alone and put it in force at its end; readers notice nothing."""
    layout = Layout(folder)
    with layout.writing(), _desk(layout, policy) as desk:
        fresh = follow(replace(desk, in_force=False), empty(layout.next_generation()))
        write_manifest(layout.manifest, fresh)
        return _report(fresh, read=fresh.position + 1)


def corpus_state(folder: DataFolder) -> CorpusState:
    """How far the corpus is behind the ledger. Raises RuntimeRefusal when its manifest cannot be read."""
    layout, size = Layout(folder), head().size
    position = read_manifest(layout.manifest).position if layout.built else -1
    return CorpusState(position, size - 1 - position, layout.built)


@contextmanager
def _desk(layout: Layout, policy: Policy) -> Iterator[Desk]:
    with engine_errors(layout.path), open_engine(layout.spill) as engine:
        yield Desk(layout, engine, policy)


def _report(manifest: Manifest, *, read: int) -> CorpusReport:
    parts = list(manifest.files())
    rows = {name: sum(part.rows for part in manifest.of(name)) for name in STREAMS}
    return CorpusReport(
        manifest.generation, manifest.position, read, rows, len(parts), sum(part.bytes for part in parts)
    )
