"""Taking versions back: a withdrawal is added beside the version, nothing of the version changes.

A record is withdrawn while its newest version is. A later version, even one of the same content, makes it stand again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection

from xinheng.archive.records import RecordId

# Of several acts the versions in force: what somebody replaced meanwhile is not the sender's to take back. The newest
# version # is asked for row by row, by index in one partition, never by reading the archive.
_NEWEST = """
(SELECT max(l.n) FROM archive_version l WHERE l.bucket = v.bucket AND l.subject = v.subject AND l.key = v.key)
"""
_WITHDRAW = f"""
INSERT INTO archive_withdrawal (bucket, subject, key, n, act, ordinal, reason)
SELECT v.bucket, v.subject, v.key, v.n, %(act)s,
       row_number() OVER (ORDER BY v.bucket, v.subject, v.key) - 1, %(reason)s
  FROM archive_version v
 WHERE {{which}}
   AND v.n = {_NEWEST}
   AND NOT EXISTS (SELECT FROM archive_withdrawal w
                    WHERE w.bucket = v.bucket AND w.subject = v.subject AND w.key = v.key AND w.n = v.n)
 ORDER BY v.bucket, v.subject, v.key
ON CONFLICT DO NOTHING
"""  # noqa: S608
_OF_ACTS = _WITHDRAW.format(which="v.act = ANY(%(acts)s)")
_OF_RECORD = _WITHDRAW.format(which="v.bucket = %(bucket)s AND v.subject = %(subject)s AND v.key = %(key)s")

_PAGE = """
SELECT w.subject, w.key, w.n, w.act, w.ordinal, w.reason, e.position, e.recorded_at
  FROM archive_withdrawal w JOIN ledger_entry e ON e.act = w.act
 WHERE w.act = %s AND w.ordinal > %s ORDER BY w.ordinal LIMIT %s
"""
_SUPERSEDED = f"SELECT count(*) FROM archive_version v WHERE v.act = ANY(%s) AND v.n < {_NEWEST}"  # noqa: S608


@dataclass(frozen=True, slots=True)
class WithdrawalView:
    """A version that was taken back: by which act, where that stands in the ledger, and why (a code)."""

    id: RecordId
    n: int
    act: UUID
    ordinal: int
    reason: str
    position: int
    recorded_at: datetime


def versions_withdraw(*, act: UUID, acts: Sequence[UUID], reason: str) -> int:
    """Take back what these acts appended and what is still in force, in the caller's transaction; how many versions."""
    return _run(_OF_ACTS, {"act": act, "acts": list(acts), "reason": reason})


def record_withdraw(*, act: UUID, record: RecordId, reason: str) -> int:
    """Take back the version in force of one record; 0 where it is withdrawn already or unknown."""
    place = {"bucket": record.bucket, "subject": record.subject, "key": record.key}
    return _run(_OF_RECORD, {"act": act, "reason": reason, **place})


def withdrawals_of_act(act: UUID, *, after: int = -1, limit: int = 5000) -> tuple[WithdrawalView, ...]:
    """What one act took back, a page at a time."""
    with connection.cursor() as cursor:
        cursor.execute(_PAGE, [act, after, limit])
        rows = cursor.fetchall()
    return tuple(WithdrawalView(RecordId(row[0], bytes(row[1])), *row[2:]) for row in rows)


def superseded_count(acts: Sequence[UUID]) -> int:
    """How many of the versions that these acts appended were replaced by later ones."""
    with connection.cursor() as cursor:
        cursor.execute(_SUPERSEDED, [list(acts)])
        return int(cursor.fetchone()[0])


def _run(statement: str, parameters: dict[str, object]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return int(cursor.rowcount)
