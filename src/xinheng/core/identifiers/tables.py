"""The code tables that a judgement needs, as the rulebook gives them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from xinheng.core.placeholders import Placeholders


class RegionStatus(StrEnum):
    """Whether a region code is in force, was once, or is in use without standing in the national list."""

    CURRENT = "current"
    RETIRED = "retired"
    OUTSIDE = "outside"


@dataclass(frozen=True, slots=True)
class Region:
    """One administrative division of GB/T 2260, or a development zone seen in issued codes (then without a
    name).
    """

    name: str
    status: RegionStatus


@dataclass(frozen=True, slots=True)
class Category:
    """One kind of organisation under an authority; ``unusual`` ones are seen on issued codes but not in the
    standard.
    """

    name: str
    unusual: bool = False


@dataclass(frozen=True, slots=True)
class Authority:
    """A registering department: first character of the code, with its categories by second character."""

    name: str
    categories: Mapping[str, Category]


@dataclass(frozen=True, slots=True, eq=False)
class UsccTables:
    """Tables of GB 32100-2015 with what the rulebook adds. Equal to itself alone, so that judgements can be remembered.

    ``authorities`` by first character, ``regions`` by six digits, ``exceptions`` legally issued codes that
    break a rule (an officer adds them with evidence), ``labels`` words that senders write in front of a
    code, ``placeholders`` cells
    that say nothing.
    """

    authorities: Mapping[str, Authority]
    regions: Mapping[str, Region]
    exceptions: frozenset[str] = frozenset()
    labels: tuple[str, ...] = ()
    placeholders: Placeholders = field(default_factory=lambda: Placeholders(()))
