"""Deciding and noting what the public may see of each record version."""

from collections.abc import Iterable, Sequence
from itertools import islice
from uuid import UUID

import polars as pl
from django.db import connection

from xinheng.archive.copying import copy_rows
from xinheng.archive.records import RecordId
from xinheng.archive.selectors import VersionView
from xinheng.core.context import Context
from xinheng.publication.deciding import ANSWER, Answers

_PAGE = """
CREATE TEMPORARY TABLE IF NOT EXISTS xh_noted (
    bucket smallint, subject varchar(18), key bytea, n integer, document_number text, act uuid,
    item text, decision text, severity text, regime text, rule text,
    public_from date, public_until date, repair_from date, decided_on date
) ON COMMIT DELETE ROWS;
TRUNCATE xh_noted;
"""

# Ordered, so that each partition and its indexes are written in one go.
_NOTE = """
INSERT INTO publication_notice (bucket, subject, key, n, item, decision, severity, regime, rule, public_from,
                                public_until, repair_from, decided_on, document_number, rulebook, act)
SELECT bucket, subject, key, n, item, decision, severity, regime, rule, public_from, public_until, repair_from,
       decided_on, document_number, %s, act
  FROM xh_noted ORDER BY bucket, subject, key
ON CONFLICT (bucket, subject, key) DO UPDATE SET
    n = excluded.n, decision = excluded.decision, severity = excluded.severity, regime = excluded.regime,
    rule = excluded.rule, public_from = excluded.public_from, public_until = excluded.public_until,
    repair_from = excluded.repair_from, decided_on = excluded.decided_on,
    document_number = excluded.document_number, rulebook = excluded.rulebook, act = excluded.act
WHERE publication_notice.n <= excluded.n
"""

_TAKE_BACK = """
UPDATE publication_notice p SET decision = 'withdrawn', act = w.act, rulebook = %s
  FROM archive_withdrawal w
 WHERE w.act = %s AND p.bucket = w.bucket AND p.subject = w.subject AND p.key = w.key AND p.n <= w.n
"""

VERSION = {
    "bucket": pl.Int16, "subject": pl.String, "key": pl.Binary, "n": pl.Int32, "document_number": pl.String,
    "act": pl.String,
}  # fmt: skip
PAGE = 10_000
"""How many versions are noted by one statement."""


def notices_note(ctx: Context, *, versions: Iterable[VersionView]) -> int:
    """Note the publication of these versions, in the caller's transaction. The same version twice changes nothing.

    A version whose item has no regime on its day waits for the office like one whose class no rule decides: what
    stood before it is no longer shown. Versions may come one by one for as long as they like: a page of them is held.
    Returns how many were noted.
    """
    answers, coming, noted = Answers(ctx.rulebook), iter(versions), 0
    while page := list(islice(coming, PAGE)):
        _note(ctx, answers, page)
        noted += len(page)
    return noted


def notices_withdraw(ctx: Context, *, act: UUID) -> int:
    """Take the notices of every record off that an act took back, in the caller's transaction; how many there were.

    A later version of such a record is decided upon like any other, and the record is public again.
    """
    with connection.cursor() as cursor:
        cursor.execute(_TAKE_BACK, [ctx.rulebook.digest, act])
        return int(cursor.rowcount)


def _note(ctx: Context, answers: Answers, page: Sequence[VersionView]) -> None:
    newest: dict[RecordId, VersionView] = {}
    for version in page:
        if version.id not in newest or newest[version.id].n <= version.n:
            newest[version.id] = version
    answered = [answers.of(version) for version in newest.values()]
    rows = [(v.id.bucket, v.id.subject, v.id.key, v.n, v.document_number, str(v.act)) for v in newest.values()]
    with connection.cursor() as cursor:
        cursor.execute(_PAGE)
        told = pl.DataFrame(rows, schema=VERSION, orient="row")
        copy_rows("xh_noted", told.hstack(pl.DataFrame(answered, schema=ANSWER, orient="row")))
        cursor.execute(_NOTE, [ctx.rulebook.digest])
