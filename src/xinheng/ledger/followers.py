"""Reacting to history: a follower reads entries in order and keeps its own cursor.

Its writes and its cursor commit together, so a crash repeats nothing and loses nothing.
"""

from collections.abc import Iterable
from typing import Protocol

from django.db import connection, transaction

from xinheng.core.context import Context
from xinheng.ledger.selectors import LedgerEntry, entries_after


class Follower(Protocol):
    """Something that reacts to entries. ``handle`` runs inside a transaction and must bear being called for any
    kind."""

    name: str

    def handle(self, ctx: Context, entry: LedgerEntry) -> None:
        """React to one entry."""
        ...


def run_followers(ctx: Context, followers: Iterable[Follower]) -> int:
    """Let every follower catch up with the head, one entry a transaction. Returns how many entries were handled."""
    handled = 0
    for follower in followers:
        while step(ctx, follower):
            handled += 1
    return handled


def step(ctx: Context, follower: Follower) -> bool:
    """Handle the follower's next entry, if there is one; two processes stepping at once take turns on the cursor
    row."""
    with transaction.atomic():
        upcoming = entries_after(_locked_cursor(follower.name), limit=1)
        if not upcoming:
            return False
        follower.handle(ctx, upcoming[0])
        _move(follower.name, upcoming[0].position)
        return True


def lag(follower: str) -> int:
    """How many entries the follower has still to read."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT coalesce(max(position), -1) FROM ledger_entry)"
            " - coalesce((SELECT position FROM ledger_cursor WHERE follower = %s), -1)",
            [follower],
        )
        return int(cursor.fetchone()[0])


def _locked_cursor(follower: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO ledger_cursor (follower, position) VALUES (%s, -1) ON CONFLICT DO NOTHING", [follower]
        )
        cursor.execute("SELECT position FROM ledger_cursor WHERE follower = %s FOR UPDATE", [follower])
        return int(cursor.fetchone()[0])


def _move(follower: str, position: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE ledger_cursor SET position = %s WHERE follower = %s", [position, follower])
