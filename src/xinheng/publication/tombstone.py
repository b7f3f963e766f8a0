"""What stays of a public record that its sender took back: that it was withdrawn, by whom, when and why."""

from django.db import connection

from xinheng.accounts.selectors import agencies
from xinheng.archive import selectors as archive
from xinheng.archive.records import RecordId
from xinheng.core.context import Context
from xinheng.ledger.selectors import entry_of_act
from xinheng.publication.pages import TombstonePage
from xinheng.publication.wording import term_label

REASONS = "withdrawal_reason"

# Only where a page would stand today had it not been withdrawn: of what was never public, nothing is told.
_WITHDRAWN = """
SELECT n FROM publication_notice
 WHERE bucket = %s AND subject = %s AND key = %s AND decision = 'withdrawn'
   AND public_from <= %s AND (public_until IS NULL OR public_until >= %s)
"""


def tombstone(ctx: Context, record: RecordId) -> TombstonePage | None:
    """The page of a withdrawn record, or None where none would be public today."""
    with connection.cursor() as cursor:
        cursor.execute(_WITHDRAWN, [record.bucket, record.subject, record.key, ctx.today, ctx.today])
        row = cursor.fetchone()
    if row is None:
        return None
    version = next((each for each in archive.versions(record) if each.n == row[0]), None)
    if version is None or version.withdrawn is None:
        return None
    entry = entry_of_act(version.withdrawn.act)
    by = str(entry.payload.get("agency", "")) if entry else ""
    known = agencies()
    return TombstonePage(
        id=str(record),
        subject=record.subject,
        withdrawn_by=known[by].name if by in known else by,
        withdrawn_by_code=by,
        withdrawn_at=version.withdrawn.recorded_at,
        reason=term_label(ctx, REASONS, version.withdrawn.reason),
        as_of=ctx.now,
    )
