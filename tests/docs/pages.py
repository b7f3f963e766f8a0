"""The documents as the tests read them: links, code blocks, tables."""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.architecture.sources import CHECKOUT, tracked_files

LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^#{1,6}\s+(.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Page:
    """One document."""

    path: Path

    @property
    def name(self) -> str:
        """Where it stands in the checkout."""
        return self.path.relative_to(CHECKOUT).as_posix()

    @property
    def text(self) -> str:
        """What it says."""
        return self.path.read_text(encoding="utf-8")

    @property
    def prose(self) -> str:
        """The same without code blocks."""
        return FENCE.sub("", self.text)

    def blocks(self, language: str) -> list[str]:
        """Its code blocks in one language."""
        return [body for name, body in FENCE.findall(self.text) if name == language]

    def links(self) -> list[str]:
        """Where its links lead."""
        return LINK.findall(self.prose)

    def anchors(self) -> set[str]:
        """The addresses of its headings."""
        return {anchor(heading) for heading in HEADING.findall(self.prose)}

    def table(self, heading: str) -> list[list[str]]:
        """The rows of the first table below a heading, without its head."""
        below = self.text.partition(f"\n{heading}\n")[2]
        lines = re.search(r"(?:^\|.*\|$\n?)+", below, re.MULTILINE)
        rows = [split_row(line) for line in lines.group().splitlines()] if lines else []
        return rows[2:]


def split_row(line: str) -> list[str]:
    """The cells of one line of a table."""
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def anchor(heading: str) -> str:
    """The address that a heading gets: small letters, blanks to dashes, punctuation gone."""
    kept = (char for char in heading.strip().lower() if char in " -_" or unicodedata.category(char)[0] in "LN")
    return "".join(kept).replace(" ", "-")


def ticked(text: str) -> list[str]:
    """What stands in backticks."""
    return re.findall(r"`([^`]+)`", text)


@cache
def pages() -> tuple[Page, ...]:
    """Every document of the repository."""
    return tuple(Page(path) for path in tracked_files() if path.suffix == ".md")


def page(name: str) -> Page:
    """One document by its place."""
    return Page(CHECKOUT / name)
