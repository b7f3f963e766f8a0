"""What every format gives: a kind and tables whose rows can be read any number of times."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from xinheng.core.cells import RawRow
from xinheng.intake.readers.encoding import Encoding

if TYPE_CHECKING:
    from xinheng.intake.bulk.reading import ColumnBlock


@dataclass(frozen=True, slots=True)
class Table:
    """One table of a file; ``name`` and ``file`` are as the file states them, not yet fit to be shown.

    ``columns``: the same rows in blocks of columns, where the format gives them so.
    """

    name: str | None
    hidden: bool
    start: Callable[[], Iterator[RawRow]]
    file: str | None = None
    columns: "Callable[[], Iterator[ColumnBlock]] | None" = None


@dataclass(frozen=True, slots=True)
class Opened:
    """A file found to be readable: what it is and its tables, in their order."""

    kind: str
    tables: tuple[Table, ...]
    encoding: str | None = None
    delimiter: str | None = None
    encoded: Encoding | None = None
