"""Reading the ledger."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """One entry as followers and pages see it; ``payload`` is the parsed leaf."""

    position: int
    act: UUID
    kind: str
    payload: Mapping[str, object]
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Head:
    """How long the ledger is and when its last entry was written (None while empty)."""

    size: int
    recorded_at: datetime | None


_ENTRIES = "SELECT position, act, kind, body, recorded_at FROM ledger_entry "


def entries_after(position: int, *, limit: int) -> tuple[LedgerEntry, ...]:
    """The next entries after a position, in order."""
    return _read("WHERE position > %s ORDER BY position LIMIT %s", [position, limit])


def entry_of_act(act: UUID) -> LedgerEntry | None:
    """The entry of one act."""
    found = _read("WHERE act = %s", [act])
    return found[0] if found else None


def entries_of_acts(acts: Iterable[UUID]) -> dict[UUID, LedgerEntry]:
    """The entries of several acts."""
    return {entry.act: entry for entry in _read("WHERE act = ANY(%s)", [list(acts)])}


def head() -> Head:
    """Size and time of the newest entry."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT position + 1, recorded_at FROM ledger_entry ORDER BY position DESC LIMIT 1")
        row = cursor.fetchone()
    return Head(*row) if row else Head(0, None)


SIZE_KNOWN_AT = """
coalesce((SELECT position + 1 FROM ledger_entry WHERE recorded_at <= %(known_at)s
           ORDER BY recorded_at DESC, position DESC LIMIT 1), 0)
"""
"""How many entries stood at an instant: everything below this position was known then. For use inside a statement."""


def size_known_at(moment: datetime) -> int:
    """How many entries stood at an instant."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {SIZE_KNOWN_AT}", {"known_at": moment})
        return int(cursor.fetchone()[0])


def _read(condition: str, parameters: list[object]) -> tuple[LedgerEntry, ...]:
    with connection.cursor() as cursor:
        cursor.execute(_ENTRIES + condition, parameters)
        rows = cursor.fetchall()
    return tuple(LedgerEntry(p, act, kind, json.loads(body), at) for p, act, kind, body, at in rows)
