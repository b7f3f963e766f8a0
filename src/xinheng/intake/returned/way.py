"""What every format needs to know to give a file back."""

from dataclasses import dataclass
from pathlib import Path

from xinheng.core.rulebook.types import ItemEdition, Rulebook
from xinheng.intake.returned.heads import Find
from xinheng.intake.returned.said import Feed


@dataclass(frozen=True, slots=True)
class Way:
    """The answers still to be placed, the words for them, how headers are found, and where ``out`` will stand."""

    feed: Feed
    rulebook: Rulebook
    item: ItemEdition
    find: Find
    out: Path
