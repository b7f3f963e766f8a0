"""Where a record's versions came from, as the public may know it: agency, receipt, day. No person."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from xinheng.archive.selectors import VersionView
from xinheng.ledger.selectors import LedgerEntry, entries_of_acts

CORRECTED = "batch:row:corrected"
"""The kind of entry by which a single row was put right."""


class Source:
    """The acts behind a record's versions and the submissions that these go back to; two queries in all."""

    def __init__(self, versions: Sequence[VersionView]) -> None:
        self._acts = entries_of_acts({version.act for version in versions})
        self._sent = entries_of_acts({batch_of(entry) for entry in self._acts.values()})

    def agency(self, version: VersionView) -> str:
        """Who reported the version: the sender of the submission, also where another body put its row right."""
        return str(self._submission(version).payload.get("agency", ""))

    def receipt(self, version: VersionView) -> str:
        """The number of the submission's receipt; empty where there is none."""
        return str(self._submission(version).payload.get("receipt", ""))

    def batch(self, version: VersionView) -> str:
        """The submission's id."""
        return str(batch_of(self._acts[version.act]))

    def reported_at(self, version: VersionView) -> datetime:
        """When the sender reported: a row that waited counts from the day it came."""
        return self._submission(version).recorded_at

    def backfill(self, version: VersionView) -> bool:
        """Whether the submission caught up on old years."""
        return bool(self._submission(version).payload.get("backfill"))

    def corrected(self, version: VersionView) -> bool:
        """Whether the version is a single row put right."""
        return self._acts[version.act].kind == CORRECTED

    def _submission(self, version: VersionView) -> LedgerEntry:
        entry = self._acts[version.act]
        return self._sent.get(batch_of(entry), entry)


def batch_of(entry: LedgerEntry) -> UUID:
    """The submission that an act goes back to: itself, or the one whose row it released or put right."""
    return UUID(str(entry.payload.get("batch", entry.act)))
