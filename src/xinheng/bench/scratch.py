"""What a measurement needs of an installation that is thrown away afterwards; the door makes and removes it."""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import psycopg

from xinheng.core.context import Context
from xinheng.documents.store import DocumentStore


@dataclass(frozen=True, slots=True)
class Scratch:
    """A running installation. ``owner`` and ``app``: connection strings of the database's owner and of the gate's role.

    ``secret`` is Django's signing key, for a process of its own that works in it.
    """

    ctx: Context
    folder: Path
    owner: str
    app: str
    secret: str

    @property
    def store(self) -> DocumentStore:
        """Where documents of this installation lie."""
        return DocumentStore(self.folder / "documents")

    def connect(self) -> psycopg.Connection:
        """A connection of the database's owner, each statement its own transaction."""
        return psycopg.connect(self.owner, autocommit=True)


class Workshop(Protocol):
    """Makes installations for one measurement and removes them."""

    @property
    def folder(self) -> Path:
        """Where files of the measurement lie."""

    def new(self, name: str) -> AbstractContextManager[Scratch]:
        """An empty installation, running inside the block and kept after it under its name."""

    def copy(self, name: str) -> AbstractContextManager[Scratch]:
        """A copy of a kept one, running inside the block and removed after it."""

    def again(self, name: str) -> AbstractContextManager[Scratch]:
        """The kept one itself, running inside the block."""
