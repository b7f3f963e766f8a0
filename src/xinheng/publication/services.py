"""Deciding and noting what the public may see of each record version."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.db import connection

from xinheng.archive.selectors import VersionView
from xinheng.core.context import LEGAL_ZONE, Context
from xinheng.core.retention import Publication, PublicDecision, decide

_NOTE = """
INSERT INTO publication_notice (bucket, subject, key, n, item, decision, severity, regime, rule, public_from,
public_until,
                                repair_from, decided_on, document_number, rulebook, act)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (bucket, subject, key) DO UPDATE SET
    n = excluded.n, decision = excluded.decision, severity = excluded.severity, regime = excluded.regime, rule =
    excluded.rule,
    public_from = excluded.public_from, public_until = excluded.public_until, repair_from = excluded.repair_from,
    decided_on = excluded.decided_on, document_number = excluded.document_number, rulebook = excluded.rulebook,
    act = excluded.act
WHERE publication_notice.n <= excluded.n
"""

_TAKE_BACK = """
UPDATE publication_notice p SET decision = 'withdrawn', act = w.act, rulebook = %s
  FROM archive_withdrawal w
 WHERE w.act = %s AND p.bucket = w.bucket AND p.subject = w.subject AND p.key = w.key AND p.n <= w.n
"""

UNDECIDED = Publication(PublicDecision.OFFICE, "", None, None, None, None, None, ())
"""The answer where no regime was in force."""


def notices_note(ctx: Context, *, versions: Iterable[VersionView]) -> int:
    """Note the publication of these versions, in the caller's transaction. The same version twice changes nothing.

    A version whose item has no regime on its day waits for the office like one whose class no rule decides: what
    stood before
    it is no longer shown. Returns how many were noted.
    """
    rows = [_row(ctx, version, publication_of(ctx, version) or UNDECIDED) for version in versions]
    with connection.cursor() as cursor:
        cursor.executemany(_NOTE, rows)
    return len(rows)


def notices_withdraw(ctx: Context, *, act: UUID) -> int:
    """Take the notices of every record off that an act took back, in the caller's transaction; how many there were.

    A later version of such a record is decided upon like any other, and the record is public again.
    """
    with connection.cursor() as cursor:
        cursor.execute(_TAKE_BACK, [ctx.rulebook.digest, act])
        return int(cursor.rowcount)


def publication_of(ctx: Context, version: VersionView) -> Publication | None:
    """What the rulebook says of one version, by the regime in force on its decision day."""
    day = decision_day(version)
    regime = ctx.rulebook.regime(version.item, day)
    return decide(regime, version.values, day) if regime else None


def decision_day(version: VersionView) -> date:
    """The day every period counts from: the decision's own, or the day of recording where the item has none."""
    return version.effective_on or version.recorded_at.astimezone(LEGAL_ZONE).date()


def _row(ctx: Context, version: VersionView, answer: Publication) -> tuple[object, ...]:
    return (
        version.id.bucket, version.id.subject, version.id.key, version.n, version.item, answer.decision.value,
        answer.severity, answer.regime, answer.rule, answer.start, answer.until, answer.repair_from,
        decision_day(version), version.document_number, ctx.rulebook.digest, version.act,
    )  # fmt: skip
