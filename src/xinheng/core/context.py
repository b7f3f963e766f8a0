"""What every decision is told: who acts, when, under which rulebook."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from xinheng.core.rulebook.types import Rulebook

LEGAL_ZONE = ZoneInfo("Asia/Shanghai")
"""All legal dates are days of this zone."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: ``kind`` is ``agency``, ``office``, ``system`` or ``public``; ``id`` a code, never a person's name."""

    kind: str
    id: str


@dataclass(frozen=True, slots=True)
class Context:
    """Given to every service and decision. ``now`` is an aware instant."""

    actor: Actor
    now: datetime
    rulebook: Rulebook

    @property
    def today(self) -> date:
        """The legal day of ``now``."""
        return self.now.astimezone(LEGAL_ZONE).date()
