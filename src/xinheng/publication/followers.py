"""Publication follows the ledger: whatever an act appended is decided upon once, in order."""

from collections.abc import Iterator
from uuid import UUID

from xinheng.archive.selectors import VersionView, versions_of_act
from xinheng.core.context import Context
from xinheng.ledger.selectors import LedgerEntry
from xinheng.publication.services import notices_note, notices_withdraw


class PublicationFollower:
    """Decides the publication of every version that an act appended or took back."""

    name = "publication"

    def handle(self, ctx: Context, entry: LedgerEntry) -> None:
        """Note every version of the act, and take off what it withdrew; acts without either pass by."""
        notices_note(ctx, versions=_appended(entry.act))
        notices_withdraw(ctx, act=entry.act)


def _appended(act: UUID) -> Iterator[VersionView]:
    """The versions of an act, read a page at a time."""
    after = -1
    while versions := versions_of_act(act, after=after):
        yield from versions
        after = versions[-1].ordinal
