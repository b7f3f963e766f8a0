"""Publication follows the ledger: whatever an act appended is decided upon once, in order."""

from xinheng.archive.selectors import versions_of_act
from xinheng.core.context import Context
from xinheng.ledger.selectors import LedgerEntry
from xinheng.publication.services import notices_note, notices_withdraw


class PublicationFollower:
    """Decides the publication of every version that an act appended or took back."""

    name = "publication"

    def handle(self, ctx: Context, entry: LedgerEntry) -> None:
        """Note every version of the act, and take off what it withdrew; acts without either pass by."""
        after = -1
        while versions := versions_of_act(entry.act, after=after):
            notices_note(ctx, versions=versions)
            after = versions[-1].ordinal
        notices_withdraw(ctx, act=entry.act)
