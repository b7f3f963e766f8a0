"""How rows become versions: staged whole, compared whole, appended whole, in the caller's transaction.

A caller opens the stage, copies its judged rows in, marks what repeats inside the batch, compares with the archive
and appends.
Everything is a few set-wise statements, so a batch of one row and one of a million take the same way.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection

from xinheng.core.findings import Outcome

_STAGE = """
DROP TABLE IF EXISTS xh_stage;
CREATE TEMPORARY TABLE xh_stage (
    ordinal integer PRIMARY KEY, part text, source_row integer NOT NULL, outcome text NOT NULL,
    subject varchar(18), bucket smallint, key bytea, body varchar(18), document_number text, effective_on date,
    salt bytea, digest bytea, content text, extra text NOT NULL, n integer, repeats text, earlier integer,
    judged text, judged_repeats text
) ON COMMIT DROP
"""

_COPY_COLUMNS = (
    "ordinal", "part", "source_row", "outcome", "subject", "bucket", "key", "body", "document_number",
    "effective_on", "salt", "digest", "content", "extra",
)  # fmt: skip

# A held row that says what the archive already holds is no news: an old file sent again waits for nobody.
# The first row of a key stands; a later one is a duplicate when any earlier row of that key says the same, else a
# conflict.
_REPEATS = """
UPDATE xh_stage s
   SET outcome = CASE WHEN r.nth_same > 1 THEN 'duplicate' ELSE 'held' END,
       repeats = CASE WHEN r.nth_same > 1 THEN 'duplicate.in_file' ELSE 'conflict.in_file' END,
       earlier = CASE WHEN r.nth_same > 1 THEN r.first_same ELSE r.first END
  FROM (SELECT ordinal,
               row_number() OVER one AS nth, first_value(source_row) OVER one AS first,
               row_number() OVER same AS nth_same, first_value(source_row) OVER same AS first_same
          FROM xh_stage
         WHERE key IS NOT NULL AND outcome IN ('accepted', 'held')
        WINDOW one AS (PARTITION BY key ORDER BY ordinal), same AS (PARTITION BY key, content ORDER BY ordinal)) r
 WHERE s.ordinal = r.ordinal AND r.nth > 1
"""

_COMPARE = """
UPDATE xh_stage s
   SET outcome = CASE WHEN a.equal_n IS NOT NULL THEN 'unchanged' WHEN s.outcome = 'held' THEN 'held' ELSE
   'updated' END,
       repeats = CASE WHEN a.equal_n < a.latest THEN 'archive.superseded' END,
       n = CASE WHEN a.equal_n IS NOT NULL THEN a.equal_n WHEN s.outcome <> 'held' THEN a.latest + 1 END
  FROM (SELECT t.ordinal, max(v.n) AS latest, max(v.n) FILTER (WHERE v.content::text = t.content) AS equal_n
          FROM xh_stage t
          JOIN archive_version v ON v.bucket = t.bucket AND v.subject = t.subject AND v.key = t.key
         WHERE t.outcome IN ('accepted', 'held') AND t.repeats IS NULL
         GROUP BY t.ordinal) a
 WHERE s.ordinal = a.ordinal
"""

_NEW = "UPDATE xh_stage SET n = 1 WHERE outcome = 'accepted'"

_APPEND = """
INSERT INTO archive_version (bucket, subject, key, n, item, edition, body, document_number, effective_on, act, ordinal,
                             source_row, source_part, salt, digest, content)
SELECT bucket, subject, key, n, %(item)s, %(edition)s, body, document_number, effective_on, %(act)s, ordinal,
       source_row, part, salt, digest, content::json
  FROM xh_stage
 WHERE outcome IN ('accepted', 'updated')
 ORDER BY bucket, subject, key
"""

_REMEMBER = "UPDATE xh_stage SET judged = outcome, judged_repeats = repeats"
_RESET = "UPDATE xh_stage SET outcome = judged, repeats = judged_repeats, n = NULL"


@dataclass(frozen=True, slots=True)
class StagedRow:
    """One judged row on its way. ``extra`` is whatever the caller wants back with the fate (its findings, its
    events)."""

    ordinal: int
    part: str | None
    source_row: int
    outcome: Outcome
    extra: dict[str, Any] = field(default_factory=dict)
    subject: str | None = None
    bucket: int | None = None
    key: bytes | None = None
    body: str | None = None
    document_number: str | None = None
    effective_on: date | None = None
    salt: bytes | None = None
    digest: bytes | None = None
    content: str | None = None


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of a staged row; ``repeats`` names the rule that found it repeated and ``earlier`` the row it
    repeats, ``n`` the version it is or equals."""

    ordinal: int
    part: str | None
    source_row: int
    outcome: Outcome
    subject: str | None
    key: bytes | None
    n: int | None
    content: str | None
    repeats: str | None
    earlier: int | None
    extra: dict[str, Any]


def open_stage() -> None:
    """Start an empty stage; it vanishes with the transaction."""
    with connection.cursor() as cursor:
        cursor.execute(_STAGE)


def stage(rows: Iterable[StagedRow]) -> None:
    """Copy judged rows in."""
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY xh_stage ({', '.join(_COPY_COLUMNS)}) FROM STDIN") as copy,
    ):
        for row in rows:
            values = {name: getattr(row, name) for name in _COPY_COLUMNS}
            values["extra"] = json.dumps(row.extra, ensure_ascii=False)
            copy.write_row(tuple(values.values()))


def mark_repeats() -> None:
    """Find rows that repeat or contradict an earlier row of the same key in this batch."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE xh_stage")
        cursor.execute(_REPEATS)
        cursor.execute(_REMEMBER)


def compare_and_append(*, act: UUID, item: str, edition: str) -> None:
    """Tell new, changed and known rows apart and append what is new or changed.

    Runs in a savepoint. Raises IntegrityError when another process appended the same key in between: call it
    again, and the
    comparison sees what the other one wrote.
    """
    with connection.cursor() as cursor:
        for statement in (_RESET, _COMPARE, _NEW):
            cursor.execute(statement)
        cursor.execute(_APPEND, {"act": act, "item": item, "edition": edition})


def fates() -> Iterator[Fate]:
    """Every staged row with what became of it, in file order."""
    last = -1
    while chunk := _fates_after(last):
        yield from chunk
        last = chunk[-1].ordinal


def appended_digests(act: UUID) -> Iterator[bytes]:
    """The row digests that an act appended, in row order: the leaves of its tree, recomputed from the rows."""
    last = -1
    while rows := _digests_after(act, last):
        yield from (bytes(digest) for _, digest in rows)
        last = rows[-1][0]


def _digests_after(act: UUID, ordinal: int) -> list[tuple[int, memoryview]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT ordinal, digest FROM archive_version WHERE act = %s AND ordinal > %s ORDER BY ordinal LIMIT 10000",
            [act, ordinal],
        )
        return cursor.fetchall()


def _fates_after(ordinal: int) -> Sequence[Fate]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT ordinal, part, source_row, outcome, subject, key, n, content, repeats, earlier, extra"
            "  FROM xh_stage WHERE ordinal > %s ORDER BY ordinal LIMIT 5000",
            [ordinal],
        )
        rows = cursor.fetchall()
    return [
        Fate(o, part, row, Outcome(outcome), subject, bytes(key) if key else None, *rest, json.loads(extra))
        for o, part, row, outcome, subject, key, *rest, extra in rows
    ]
