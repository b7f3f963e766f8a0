"""Which column is which field: headings of one to three levels, read together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from xinheng.core.cells import Cell, RawRow
from xinheng.core.persons import mask_any
from xinheng.core.rulebook.types import FieldKind, ItemEdition
from xinheng.core.validation.headings import ALONE, Headings, key, unit_of

_MARK_WORDS = frozenset({"必填", "选填", "非必填", "条件必填", "是", "否", "y", "n", "m", "o", "c", "必", "选"})


@dataclass(frozen=True, slots=True)
class Header:
    """What the columns of a table mean. Column numbers are 0-based positions in ``RawRow.cells``.

    ``columns`` maps a column to its field id; ``leftovers`` a column nobody knows to its heading (``""``:
    none); ``repeated`` a field to all of its columns where it has more than one; ``second``: columns that
    count only where no other column of their field is filled; ``units`` an amount's column to the unit that
    its heading names; ``unit_above``: the unit that a title row names for the whole table; ``titles`` a
    column to the keys of its headings, by which a repeated header is known. ``width`` counts columns up to
    the last heading. ``keyed``: columns come from keys (JSON), rows have no shape. ``constants``: what a field
    without a column holds in every row (an adapter says so), by field id.
    """

    first_row: int
    last_row: int
    columns: Mapping[int, str]
    leftovers: Mapping[int, str]
    width: int
    repeated: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    units: Mapping[int, str] = field(default_factory=dict)
    titles: Mapping[int, frozenset[str]] = field(default_factory=dict)
    keyed: bool = False
    second: frozenset[int] = frozenset()
    unit_above: str | None = None
    constants: Mapping[str, str] = field(default_factory=dict)

    def column_of(self, field_id: str) -> int | None:
        """The first column of a field, or None where the table has none."""
        return next((column for column, known in self.columns.items() if known == field_id), None)


def heading_text(cell: Cell) -> str:
    """A header cell as text."""
    return "" if cell is None else str(cell).strip()


def _row_texts(row: RawRow, lowest: bool) -> tuple[list[str], set[int]]:
    """A header row's texts with groups spread over what they cover, and the columns that a wide group covers.

    Text formats cannot say what a group covers: there it holds until the next heading of its row.
    """
    texts = [heading_text(cell) for cell in row.cells]
    grouped: set[int] = set()
    for first, last in row.spans:
        covered = range(first, min(last + 1, len(texts)))
        grouped.update(covered if len(covered) > 1 else ())
        for column in covered:
            texts[column] = texts[first]
    if not row.spans and not lowest:
        for column in range(1, len(texts)):
            if not texts[column]:
                texts[column] = texts[column - 1]
                grouped.update((column - 1, column))
    return texts, grouped


def read_block(block: Sequence[RawRow], headings: Headings, item: ItemEdition) -> Header:
    """The header that consecutive rows make together, whatever they hold."""
    levels, grouped = _leveled(block)
    matches = {
        column: match
        for column, parts in levels.items()
        if (match := _match_levels(parts, column in grouped, headings))
    }
    return assembled((block[0].number, block[-1].number), levels, matches, item)


def block_levels(block: Sequence[RawRow]) -> dict[int, tuple[str, ...]]:
    """Each column's headings from top to bottom in consecutive rows that make a header together."""
    return _leveled(block)[0]


def _leveled(block: Sequence[RawRow]) -> tuple[dict[int, tuple[str, ...]], frozenset[int]]:
    """Headings by column, and the columns whose uppermost heading is that of a wide group."""
    rows = [_row_texts(row, lowest=index == len(block) - 1) for index, row in enumerate(block)]
    levels: dict[int, tuple[str, ...]] = {}
    grouped_columns: set[int] = set()
    for column in range(max(len(texts) for texts, _ in rows)):
        parts = [(texts[column], column in grouped) for texts, grouped in rows if column < len(texts) and texts[column]]
        if not any(column < len(row.cells) and heading_text(row.cells[column]) for row in block):
            parts = [part for part in parts if block[0].spans and part[1]]
        levels[column] = tuple(dict.fromkeys(text for text, _ in parts))
        if parts and parts[0][1]:
            grouped_columns.add(column)
    return levels, frozenset(grouped_columns)


def _match_levels(parts: tuple[str, ...], grouped: bool, headings: Headings) -> tuple[str, int] | None:
    """The field of a column from its headings, top to bottom: together, then the lowest alone, then an
    upper one alone.
    """
    if not parts:
        return None
    if len(parts) == 1:
        return headings.match(parts[0])
    for joined in dict.fromkeys(("".join(parts), "".join(parts[-2:]), parts[0] + parts[-1])):
        match = headings.match(joined)
        if match:
            return match
    lowest = headings.match(parts[-1])
    if lowest:
        return lowest[0], ALONE
    upper = None if grouped else headings.match(parts[0])
    return (upper[0], ALONE) if upper else None


def assembled(
    where: tuple[int, int],
    levels: Mapping[int, tuple[str, ...]],
    matches: Mapping[int, tuple[str, int]],
    item: ItemEdition,
    keyed: bool = False,
) -> Header:
    """The header of matched columns: where a field was matched more and less surely, the surer columns hold it.

    ``where``: first and last row; ``levels``: each column's headings from top to bottom; ``matches``: field and how
    surely, by column.
    """
    surest: dict[str, int] = {}
    for found, sure in matches.values():
        surest[found] = max(sure, surest.get(found, 0))
    columns = {column: found for column, (found, sure) in matches.items() if sure == surest[found]}
    width = max((column + 1 for column, parts in levels.items() if parts), default=0)
    leftovers = {c: mask_any(" / ".join(levels[c])) for c in range(width) if c not in columns}
    holders: dict[str, list[int]] = {}
    for column, found in columns.items():
        holders.setdefault(found, []).append(column)
    amounts = {one.id for one in item.fields if one.kind is FieldKind.AMOUNT}
    units = {c: unit for c, f in columns.items() if f in amounts for t in levels[c] if (unit := unit_of(t))}
    titles = {c: frozenset(map(key, (*parts, "".join(parts)))) for c, parts in levels.items() if parts}
    others = {one.id: frozenset(map(key, one.other_headers)) for one in item.fields if one.other_headers}
    second = frozenset(c for c, found in columns.items() if titles[c] & others.get(found, frozenset()))
    repeated = {found: tuple(held) for found, held in holders.items() if len(held) > 1}
    return Header(*where, columns, leftovers, width, repeated, units, titles, keyed, second)


def is_column_marks(texts: Sequence[str]) -> bool:
    """Whether a row only marks its columns: 必填 and 选填, or the numbers 1, 2, 3 …"""
    if len(texts) < 3:
        return False
    words = [text.casefold().strip("()（）* ") for text in texts]
    if any(word in _MARK_WORDS for word in words) and all(word in _MARK_WORDS or not key(word) for word in words):
        return True
    numbers = [int(word) if word.isdecimal() and len(word) < 4 else -1 for word in words]
    return numbers == list(range(1, len(numbers) + 1))
