"""Where a table's header stands, which columns hold which field, and where the check column goes."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from xinheng.core.cells import RawRow
from xinheng.core.rulebook.types import ItemEdition
from xinheng.core.validation.columns import heading_text, is_column_marks
from xinheng.core.validation.header import Header, find_header
from xinheng.intake.returned.wording import TITLE

Find = Callable[[Sequence[RawRow]], Header | None]
"""How the header of a table was found: by the catalogue, or by a mapping that was confirmed for the sender."""


@dataclass(frozen=True, slots=True)
class Head:
    """``titles``: rows that get the heading of the check column; ``last``: the last row that belongs to the header.

    ``columns``: all columns of each field; ``width``: cells of the widest heading row; ``again``: the column that an
    earlier check left, to be replaced. ``header`` is None where nobody recognised one. Columns count from 0.
    """

    titles: frozenset[int]
    last: int
    columns: Mapping[str, tuple[int, ...]]
    width: int
    again: int | None
    header: Header | None


def head_of(first: Sequence[RawRow], find: Find) -> Head:
    """The head of a table whose first rows these are."""
    header = find(first)
    if header is None:
        return Head(frozenset(), 0, {}, max((len(row.cells) for row in first), default=0), None, None)
    rows = [row for row in first if header.first_row <= row.number <= header.last_row and not _only_marks(row)]
    old = [column for row in rows for column, cell in enumerate(row.cells) if heading_text(cell) == TITLE]
    columns: dict[str, tuple[int, ...]] = {}
    for column, field in header.columns.items():
        columns[field] = (*columns.get(field, ()), column)
    return Head(
        titles=frozenset(row.number for row in rows),
        last=header.last_row,
        columns=columns,
        width=max(len(row.cells) for row in rows),
        again=old[0] if old else None,
        header=header,
    )


def by_catalogue(item: ItemEdition) -> Find:
    """The header as the catalogue's own headings show it."""
    return lambda rows: find_header(rows, item)


def _only_marks(row: RawRow) -> bool:
    return is_column_marks([text for cell in row.cells if (text := heading_text(cell))])
