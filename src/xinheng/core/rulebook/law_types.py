"""A legal text, a reference to one of its articles, and the days on which something is in force."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from xinheng.core.values import Bilingual


@dataclass(frozen=True, slots=True)
class LawRef:
    """An article of a text in ``laws.yml``, written ``law-id#article`` in YAML."""

    law: str
    article: str | None


@dataclass(frozen=True, slots=True)
class Law:
    """One legal text or standard, once."""

    id: str
    title: Bilingual
    issuer: Bilingual
    number: str | None
    in_force: "Period"
    verified: bool
    articles: Mapping[str, Bilingual]
    source: str


@dataclass(frozen=True, slots=True)
class Period:
    """Days from ``start`` to ``end``, both included; ``end`` None means still in force."""

    start: date
    end: date | None = None

    def covers(self, day: date) -> bool:
        """Whether ``day`` lies inside."""
        return self.start <= day and (self.end is None or day <= self.end)
