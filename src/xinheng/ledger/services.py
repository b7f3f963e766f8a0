"""The one way to write history: `append`, as the last statement of a service's transaction."""

from collections.abc import Mapping
from datetime import UTC, datetime
from uuid import UUID

from django.db import connection, transaction

from xinheng.core.canonical import canonical_json
from xinheng.core.context import Context
from xinheng.runtime.clock import now

LEDGER_LOCK = 0x58_48_4C_45
"""Advisory lock number of the ledger's head ("XHLE")."""

MAX_BODY_BYTES = 4096
"""A leaf is small: data stays in the archive, the leaf commits to it."""

_NEXT = """
INSERT INTO ledger_entry (position, act, kind, body, recorded_at)
SELECT coalesce(max(position), -1) + 1, %s, %s, %s, greatest(%s, coalesce(max(recorded_at), %s))
  FROM (SELECT position, recorded_at FROM ledger_entry ORDER BY position DESC LIMIT 1) head
RETURNING position
"""


class EntryTooLarge(Exception):  # noqa: N818
    """The payload does not fit a leaf; put the data in the archive and its root in the leaf."""


def append(ctx: Context, *, kind: str, act: UUID, payload: Mapping[str, object]) -> int:
    """Number one act and return its position. Call it last, inside the transaction that did the act.

    The lock is held until commit, so positions are gapless and follow commit order; a rolled back act leaves no hole.
    ``ctx.now`` is when the act began; ``recorded_at`` is read under the lock, when it becomes known, never going back:
    what was known at an instant reads the same for ever, however long a batch took.

    Raises EntryTooLarge above 4,096 bytes; TransactionManagementError outside a transaction.
    """
    body = canonical_json(
        {
            "v": 1,
            "kind": kind,
            "act": str(act),
            "actor": f"{ctx.actor.kind}:{ctx.actor.id}",
            "time": _utc_text(ctx.now),
            "rulebook": ctx.rulebook.digest,
            **payload,
        }
    )
    if len(body) > MAX_BODY_BYTES:
        raise EntryTooLarge(f"{kind}: {len(body)} bytes, at most {MAX_BODY_BYTES}")
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("an act is numbered inside the transaction that does it")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LEDGER_LOCK])
        known_at = max(ctx.now, now())
        cursor.execute(_NEXT, [act, kind, body.decode(), known_at, known_at])
        return int(cursor.fetchone()[0])


def _utc_text(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
