"""What the gate says of a row: outcomes and findings."""

from dataclasses import dataclass
from enum import StrEnum

from xinheng.core.values import Bilingual, Severity


class Outcome(StrEnum):
    """The one fate of a physical row. Permanent codes of the public surface."""

    ACCEPTED = "accepted"
    HELD = "held"
    REJECTED = "rejected"
    DUPLICATE = "duplicate"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    IGNORED = "ignored"
    EXCLUDED_PERSON = "excluded_person"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing said of one row (or of the whole batch).

    ``rule`` is a permanent id of ``rulebook/findings.yml``; ``field`` a catalogue field id, None for the whole row;
    ``value`` what stood in the cell, never a person's number and cut to a readable length.
    """

    rule: str
    severity: Severity
    field: str | None
    message: Bilingual
    value: str | None = None
