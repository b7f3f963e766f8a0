"""Looking the corpus over: its files, their order, and whether it still says what the archive says."""

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from itertools import pairwise
from pathlib import Path

import pyarrow.parquet as pq

from xinheng.core.identifiers.uscc import bucket_of
from xinheng.corpus.copying import subjects_registered_since, told_lines
from xinheng.corpus.manifest import Part
from xinheng.corpus.merging import ROWS_PER_BATCH
from xinheng.corpus.selectors import Corpus
from xinheng.corpus.streams import BUCKETS, ORGANISATION, STREAMS, Stream
from xinheng.corpus.writing import require_whole
from xinheng.ledger.selectors import entries_after, head
from xinheng.runtime.errors import RuntimeRefusal
from xinheng.runtime.folder import DataFolder


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that is not as it must be: the rule, the file or bucket, and what is wrong there."""

    rule: str
    place: str
    detail: str


@dataclass(frozen=True, slots=True)
class Examination:
    """What was looked at and what is wrong."""

    position: int
    behind: int
    parts: int
    rows: int
    root: str
    problems: tuple[Problem, ...]


def corpus_check(folder: DataFolder) -> Examination:
    """Look at every file and every row, and compare each bucket with the archive.

    Raises RuntimeRefusal when there is no corpus or its manifest cannot be read.
    """
    with Corpus(folder, verify=False) as corpus:
        root = corpus.layout.path
        parts = [(stream, part) for stream in STREAMS.values() for part in corpus.manifest.of(stream.name)]
        problems = [found for stream, part in parts for found in _part_problems(root, stream, part)]
        if not problems:
            problems = [*_span_problems(corpus), *_history_problems(corpus), *_archive_problems(corpus)]
        digest = "" if problems else corpus.root().hex()
        rows = sum(part.rows for _, part in parts)
        behind = head().size - 1 - corpus.position
        return Examination(corpus.position, behind, len(parts), rows, digest, tuple(problems))


def _part_problems(root: Path, stream: Stream, part: Part) -> Iterator[Problem]:
    try:
        require_whole(root, part)
    except RuntimeRefusal as refused:
        yield Problem(refused.rule, part.file, "not there, or size or SHA-256 differ from the manifest")
    else:
        yield from _row_problems(root / part.file, stream, part)


def _row_problems(path: Path, stream: Stream, part: Part) -> Iterator[Problem]:
    """Rows of a whole file: as many as said, each in its bucket, sorted, of the acts that the part covers."""
    with pq.ParquetFile(path) as file:
        if file.schema_arrow != stream.schema or file.metadata.num_rows != part.rows:
            yield Problem("corpus.part_damaged", part.file, "columns or number of rows differ from the manifest")
            return
        columns = ["bucket", *stream.order]
        named = columns if "position" in columns else [*columns, "position"]
        last: tuple[object, ...] = (-1,)
        for batch in file.iter_batches(ROWS_PER_BATCH, columns=named):
            told = {name: batch[name].to_pylist() for name in named}
            keys = list(zip(*(told[name] for name in columns), strict=True))
            if any(one >= other for one, other in pairwise([last, *keys])):
                yield Problem("corpus.order", part.file, f"rows are not sorted by {', '.join(columns)}")
            if any(bucket_of(subject) != bucket for bucket, subject in {key[:2] for key in keys}):
                yield Problem("corpus.bucket", part.file, "a row lies in a bucket that is not its subject's")
            if min(told["position"]) < part.first or max(told["position"]) > part.last:
                yield Problem("corpus.span", part.file, f"a row's act lies outside {part.first} to {part.last}")
            last = keys[-1]


def _span_problems(corpus: Corpus) -> Iterator[Problem]:
    """Parts that hold the same bucket never cover the same act, and none goes beyond the corpus."""
    for stream in STREAMS.values():
        parts = corpus.manifest.of(stream.name)
        for bucket in range(BUCKETS):
            own = sorted((p for p in parts if p.bucket in (None, bucket)), key=lambda part: part.first)
            if any(one.last >= other.first for one, other in pairwise(own)):
                yield Problem("corpus.span", f"{stream.name} bucket={bucket:02d}", "two parts cover one act")
        if any(part.last > corpus.position for part in parts):
            yield Problem("corpus.span", stream.name, f"a part goes beyond position {corpus.position}")


def _history_problems(corpus: Corpus) -> Iterator[Problem]:
    last = entries_after(corpus.position - 1, limit=1)
    if corpus.position >= 0 and (not last or str(last[0].act) != corpus.manifest.act):
        yield Problem("corpus.other_history", f"position {corpus.position}", "the ledger holds another act there")


def _archive_problems(corpus: Corpus) -> Iterator[Problem]:
    """Each bucket of each stream against the archive; heads that have changed since are left out."""
    changed = subjects_registered_since(corpus.position)
    given = {"upto": corpus.position, "changed": changed}
    spared = "subject NOT IN ({})".format(", ".join(f"'{code}'" for code in changed)) if changed else "true"
    for stream in STREAMS.values():
        rows = sum(part.rows for part in corpus.manifest.of(stream.name))
        wanted = [sha256() for _ in range(BUCKETS)]
        for bucket, line in told_lines(stream, rows, given):
            wanted[bucket].update(line)
        found = corpus.digests(stream, only=spared if stream is ORGANISATION else "true")
        for bucket in (place for place in range(BUCKETS) if wanted[place].digest() != found[place]):
            detail = "the archive says something else up to this position"
            yield Problem("corpus.differs", f"{stream.name} bucket={bucket:02d}", detail)
