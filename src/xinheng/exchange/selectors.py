"""Reading what goes out: the versions in force of one item, as a stream."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import connection

from xinheng.core.context import LEGAL_ZONE

PAGE = 2000
BUCKETS = 64
"""Partitions of the archive."""

# Pages by the primary key, as the archive stood when its ledger had `size` entries: however long it takes, what comes
# in meanwhile changes nothing. Contents are read of those alone that go out.
_NEWEST = """
SELECT DISTINCT ON (v.subject, v.key) v.subject, v.key, v.edition,
       CASE WHEN we.position IS NULL AND e.recorded_at >= %(since)s::timestamptz
                 AND e.recorded_at < %(until)s::timestamptz
            THEN v.content::text END
  FROM archive_version v
  JOIN ledger_entry e ON e.act = v.act AND e.position < %(size)s
  LEFT JOIN (archive_withdrawal w JOIN ledger_entry we ON we.act = w.act AND we.position < %(size)s)
         ON w.bucket = v.bucket AND w.subject = v.subject AND w.key = v.key AND w.n = v.n
 WHERE v.bucket = %(bucket)s AND v.item = %(item)s AND (v.subject, v.key) > (%(subject)s, %(key)s)
 ORDER BY v.subject, v.key, v.n DESC
 LIMIT %(limit)s
"""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One record in force: whose it is, the edition it was filed under, its values."""

    subject: str
    edition: str
    values: Mapping[str, str]


def records_in_force(item: str, *, size: int, since: date | None, until: date | None) -> Iterator[Outgoing]:
    """The newest version of every record of an item, by bucket, subject and key; withdrawn records are left out.

    ``size``: as the archive stood with that many ledger entries. ``since`` and ``until``: only versions that were taken
    in on these legal days, both included, so that a correction goes out again.
    """
    given: dict[str, object] = {
        "item": item, "size": size, "limit": PAGE,
        "since": _midnight(since) if since else "-infinity",
        "until": _midnight(until + timedelta(days=1)) if until else "infinity",
    }  # fmt: skip
    for bucket in range(BUCKETS):
        yield from _bucket({**given, "bucket": bucket, "subject": "", "key": b""})


def _bucket(given: dict[str, object]) -> Iterator[Outgoing]:
    while True:
        with connection.cursor() as cursor:
            cursor.execute(_NEWEST, given)
            rows = cursor.fetchall()
        for subject, _, edition, content in rows:
            if content is not None:
                yield Outgoing(subject, edition, json.loads(content))
        if len(rows) < PAGE:
            return
        given |= {"subject": rows[-1][0], "key": bytes(rows[-1][1])}


def _midnight(day: date) -> datetime:
    """The first instant of a legal day."""
    return datetime.combine(day, time(), LEGAL_ZONE)
