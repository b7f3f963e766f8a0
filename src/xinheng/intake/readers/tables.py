"""What every format gives: a kind and tables whose rows can be read any number of times."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from xinheng.core.cells import RawRow


@dataclass(frozen=True, slots=True)
class Table:
    """One table of a file; ``name`` and ``file`` are as the file states them, not yet fit to be shown."""

    name: str | None
    hidden: bool
    start: Callable[[], Iterator[RawRow]]
    file: str | None = None


@dataclass(frozen=True, slots=True)
class Opened:
    """A file found to be readable: what it is and its tables, in their order."""

    kind: str
    tables: tuple[Table, ...]
    encoding: str | None = None
    delimiter: str | None = None
