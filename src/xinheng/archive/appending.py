"""How a batch becomes versions, block by block, in the caller's transaction.

Of each block: what repeats earlier rows of the batch, what the archive holds already, and what is new or changed and
appended. What a batch appended before is found in the archive itself; a temporary table remembers only keys of rows
that were not appended. So memory does not grow with the batch, and nothing wide is written twice.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from uuid import UUID

import polars as pl
from django.db import IntegrityError, OperationalError, connection, transaction

from xinheng.archive.copying import copy_rows
from xinheng.core.findings import Outcome
from xinheng.core.merkle import RootBuilder

RETRIES = 8
"""How often a block compares again when another process appended the same keys in between."""

_OPEN = """
DROP TABLE IF EXISTS xh_asked, xh_passed;
CREATE TEMPORARY TABLE xh_asked (
    ordinal integer NOT NULL, bucket smallint, subject varchar(18), key bytea NOT NULL
) ON COMMIT DROP;
CREATE TEMPORARY TABLE xh_passed (
    key bytea NOT NULL, ordinal integer NOT NULL, source_row integer NOT NULL, said bytea NOT NULL
) ON COMMIT DROP;
CREATE INDEX ON xh_passed (key, ordinal);
"""

# OFFSET 0 keeps each row's question an index probe of its own partition, whatever the statistics say.
_KNOWN = """
SELECT a.ordinal, v.n, v.own, v.ordinal, v.source_row, v.said, v.withdrawn
  FROM xh_asked a
 CROSS JOIN LATERAL (
        SELECT n, act = %(act)s AS own, ordinal, source_row, sha256(convert_to(content::text, 'UTF8')) AS said,
               EXISTS (SELECT FROM archive_withdrawal w
                        WHERE w.bucket = a.bucket AND w.subject = a.subject AND w.key = a.key AND w.n = x.n)
                   AS withdrawn
          FROM archive_version x
         WHERE bucket = a.bucket AND subject = a.subject AND key = a.key
        OFFSET 0) v
"""
_PASSED = """
SELECT a.ordinal, p.ordinal, p.source_row, p.said
  FROM xh_asked a
 CROSS JOIN LATERAL (SELECT ordinal, source_row, said FROM xh_passed WHERE key = a.key OFFSET 0) p
"""
_PROBE = "SET LOCAL enable_seqscan = off"
_PROBED = "SET LOCAL enable_seqscan = on"
_ANY_PASSED = "SELECT EXISTS (SELECT FROM xh_passed)"
_FORGET = "TRUNCATE xh_asked"

ROW = {
    "ordinal": pl.Int32, "source_row": pl.Int32, "source_part": pl.String, "held": pl.Boolean, "subject": pl.String,
    "bucket": pl.Int16, "key": pl.Binary, "body": pl.String, "document_number": pl.String, "effective_on": pl.Date,
    "salt": pl.Binary, "digest": pl.Binary, "content": pl.String,
}  # fmt: skip
"""The columns of rows that may become versions; ``subject`` and ``bucket`` are null as long as none is found."""

Said = tuple[int, int, bytes]
"""An earlier row of the batch: ordinal, row in its file, SHA-256 of its content."""
Known = tuple[int, bytes, bool]
"""A version of the archive: its number, SHA-256 of its content, whether it was withdrawn."""


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of a row that is not simply new.

    ``n``: the version it is or equals; ``repeats``: the rule that found it repeated, ``earlier`` the row it repeats.
    """

    outcome: Outcome
    n: int | None = None
    repeats: str | None = None
    earlier: int | None = None


@dataclass(slots=True)
class Appending:
    """One act's rows on their way into the archive. Open it inside the transaction of the act."""

    act: UUID
    item: str
    edition: str
    appended: int = 0
    _tree: RootBuilder = field(default_factory=RootBuilder)

    def open(self) -> None:
        """Start; what it needs vanishes with the transaction."""
        with connection.cursor() as cursor:
            cursor.execute(_OPEN)

    def append(self, rows: pl.DataFrame) -> dict[int, Fate]:
        """Compare a block and append what is new or changed; returns by ordinal the fate of every row that is
        neither new nor simply held.

        ``rows``: the columns of ``ROW``, in file order. On IntegrityError nothing of the block is appended and it is
        compared again: another process appended the same keys in between.
        """
        for attempt in range(RETRIES):
            try:
                with transaction.atomic():
                    fates = self._fates(rows)
                    fresh = self._versions(rows, fates)
                    copy_rows("archive_version", fresh)
                    self._pass(rows, fates)
                break
            except (IntegrityError, OperationalError) as clash:
                if attempt == RETRIES - 1 or not _is_clash(clash):
                    raise
        self._count(fresh)
        return fates

    def root(self) -> bytes:
        """The root of the RFC 6962 tree over the digests appended, in row order."""
        return self._tree.root()

    def _count(self, fresh: pl.DataFrame) -> None:
        self.appended += len(fresh)
        for digest in fresh.sort("ordinal")["digest"]:
            self._tree.add(digest)

    def _fates(self, rows: pl.DataFrame) -> dict[int, Fate]:
        known, earlier = self._ask(rows)
        alike = rows.filter(pl.col("key").is_duplicated())["ordinal"].to_list()
        asked = sorted({*alike, *known, *earlier})
        told = rows.filter(pl.col("ordinal").is_in(asked)).select("ordinal", "source_row", "key", "held", "content")
        fates: dict[int, Fate] = {}
        history: dict[bytes, list[Said]] = {}
        for ordinal, source_row, key, held, content in told.iter_rows():
            said = sha256(content.encode()).digest()
            before = history.setdefault(key, sorted(earlier.get(ordinal, ())))
            fate = _repeats(said, before) or _compared(said, known.get(ordinal, ()), held=held)
            if fate is not None:
                fates[ordinal] = fate
            before.append((ordinal, source_row, said))
        return fates

    def _ask(self, rows: pl.DataFrame) -> tuple[dict[int, list[Known]], dict[int, list[Said]]]:
        """By ordinal: versions that stood in the archive before this act, and earlier rows of the act with that key."""
        known: dict[int, list[Known]] = defaultdict(list)
        earlier: dict[int, list[Said]] = defaultdict(list)
        copy_rows("xh_asked", rows.select("ordinal", "bucket", "subject", "key"))
        with connection.cursor() as cursor:
            cursor.execute(_PROBE)
            cursor.execute(_KNOWN, {"act": self.act})
            for ordinal, n, own, first, source_row, said, withdrawn in cursor.fetchall():
                if own:
                    earlier[ordinal].append((first, source_row, bytes(said)))
                else:
                    known[ordinal].append((n, bytes(said), withdrawn))
            cursor.execute(_ANY_PASSED)
            if cursor.fetchone()[0]:
                cursor.execute(_PASSED)
                for ordinal, first, source_row, said in cursor.fetchall():
                    earlier[ordinal].append((first, source_row, bytes(said)))
            cursor.execute(_PROBED)
            cursor.execute(_FORGET)
        return known, earlier

    def _versions(self, rows: pl.DataFrame, fates: dict[int, Fate]) -> pl.DataFrame:
        """The rows to append, in the order of their places in the table."""
        numbers = {ordinal: fate.n for ordinal, fate in fates.items() if fate.outcome is Outcome.UPDATED}
        stays = [ordinal for ordinal in fates if ordinal not in numbers]
        fresh = rows.filter(~pl.col("held") & ~pl.col("ordinal").is_in(stays))
        return fresh.sort("bucket", "subject", "key").select(
            "bucket",
            "subject",
            "key",
            pl.col("ordinal").replace_strict(numbers, default=1, return_dtype=pl.Int32).alias("n"),
            pl.lit(self.item).alias("item"),
            pl.lit(self.edition).alias("edition"),
            "body",
            "document_number",
            "effective_on",
            pl.lit(str(self.act)).alias("act"),
            "ordinal",
            "source_row",
            "source_part",
            "salt",
            "digest",
            "content",
        )

    def _pass(self, rows: pl.DataFrame, fates: dict[int, Fate]) -> None:
        """Remember the keys of rows that were not appended: a later row of the batch may repeat them."""
        stays = [o for o, fate in fates.items() if fate.outcome in (Outcome.UNCHANGED, Outcome.HELD)]
        kept = rows.filter((pl.col("held") | pl.col("ordinal").is_in(stays)) & ~pl.col("ordinal").is_in(_same(fates)))
        said = [sha256(content.encode()).digest() for content in kept["content"]]
        copy_rows(
            "xh_passed",
            kept.select("key", "ordinal", "source_row").with_columns(pl.Series("said", said, dtype=pl.Binary)),
        )


def _same(fates: dict[int, Fate]) -> list[int]:
    return [ordinal for ordinal, fate in fates.items() if fate.outcome is Outcome.DUPLICATE]


def _repeats(said: bytes, before: Sequence[Said]) -> Fate | None:
    """The first row of a key stands; a later one is a duplicate when any earlier row of that key says the same, else
    a conflict.
    """
    if not before:
        return None
    same = next((row for _, row, content in before if content == said), None)
    if same is not None:
        return Fate(Outcome.DUPLICATE, repeats="duplicate.in_file", earlier=same)
    return Fate(Outcome.HELD, repeats="conflict.in_file", earlier=before[0][1])


def _compared(said: bytes, known: Sequence[Known], *, held: bool) -> Fate | None:
    """A row against the versions of its key. A held row that says what the archive already holds is no news: an old
    file sent again waits for nobody. What was withdrawn and comes again is a new version, whatever it says.
    """
    if not known:
        return None
    latest, _, withdrawn = max(known)
    equal = max((n for n, content, _ in known if content == said), default=None)
    if equal is not None and not withdrawn:
        return Fate(Outcome.UNCHANGED, equal, "archive.superseded" if equal < latest else None)
    return None if held else Fate(Outcome.UPDATED, latest + 1)


def _is_clash(error: Exception) -> bool:
    """Another process wrote the same keys (23505) or both waited for each other (40P01): compare again."""
    return getattr(error.__cause__, "sqlstate", None) in ("23505", "40P01")
