"""Where a table's header stands and which column is which field.

A header may have title rows above it, one to three levels, groups merged sideways or downwards, a row of field codes
under the Chinese row, and rows of marks (必填) or numbers under it. What counts as enough evidence: the subject's column
and one more required field, or three known columns.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from xinheng.core.cells import Cell, RawRow
from xinheng.core.rulebook.types import FieldKind, ItemEdition
from xinheng.core.validation.headings import ALONE, Headings, headings_of, key, unit_of

SEARCHED_ROWS = 40
DEEPEST_HEADER = 3
_MARK_WORDS = frozenset(
    {"必填", "选填", "非必填", "条件必填", "是", "否", "y", "n", "m", "o", "c", "必", "选"}
)


@dataclass(frozen=True, slots=True)
class Header:
    """What the columns of a table mean. Column numbers are 0-based positions in ``RawRow.cells``.

    ``columns`` maps a column to its field id; ``leftovers`` a column nobody knows to its heading (``""``: none);
    ``repeated`` a field to all of its columns where it has more than one; ``units`` an amount's column to the unit that
    its heading names; ``titles`` a column to the keys of its headings, by which a repeated header is known.
    ``width`` counts columns up to the last heading. ``keyed``: columns come from keys (JSON), rows have no shape.
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

    def column_of(self, field_id: str) -> int | None:
        """The first column of a field, or None where the table has none."""
        return next((column for column, known in self.columns.items() if known == field_id), None)


@dataclass(frozen=True, slots=True)
class Fit:
    """How well a table fits one catalogue item: known columns, and the required fields that it has no column for."""

    item_id: str
    known: int
    missing: tuple[str, ...]


def find_header(rows: Sequence[RawRow], item: ItemEdition) -> Header | None:
    """The header among the first rows, or None where nothing says enough (see the module's text for how much is enough).

    The block with most known fields wins; between equals the shallower, then the earlier one.
    """
    headings = headings_of(item)
    best: tuple[tuple[int, int, int, int], Header, int, int] | None = None
    for start in range(min(SEARCHED_ROWS, len(rows))):
        for depth in range(1, DEEPEST_HEADER + 1):
            block = rows[start : start + depth]
            if len(block) < depth or not all(_filled(row) for row in block):
                break
            header = _read_block(block, headings, item)
            score = (len(set(header.columns.values())), -_spare(header), -depth, -start)
            if best is None or score > best[0]:
                best = score, header, start, depth
    if best is None or not enough_evidence(best[1], item):
        return None
    return _extended(best[1], rows[best[2] + best[3] :], headings)


def map_keys(keys: Sequence[str], item: ItemEdition) -> Header:
    """The header of one keyed row. Callers keep it per tuple of keys: rows of one file mostly share theirs."""
    headings = headings_of(item)
    matches = {column: match for column, name in enumerate(keys) if (match := headings.match(name))}
    return _assembled(
        (0, 0), {column: (name,) for column, name in enumerate(keys)}, matches, item, keyed=True
    )


def enough_evidence(header: Header, item: ItemEdition) -> bool:
    """Whether the columns known are enough to believe that this is the item's header."""
    known = set(header.columns.values())
    required = {one.id for one in item.fields if one.required}
    old_codes = {one.id for one in item.fields if one.kind is FieldKind.OLD_CODE}
    subject = known & ({item.subject_code, item.subject_name} | old_codes)
    others = (known & (required | {item.subject_code})) - {next(iter(sorted(subject)), "")}
    return len(known) >= 3 or bool(subject and others)


def missing_columns(header: Header, item: ItemEdition) -> tuple[str, ...]:
    """The required fields for which the table has no column, in catalogue order (no row of it can be accepted)."""
    known = set(header.columns.values())
    missing = [one.id for one in item.fields if one.required and one.id not in known]
    codes = {item.subject_code} | {one.id for one in item.fields if one.kind is FieldKind.OLD_CODE}
    if not known & codes and item.subject_code not in missing:
        missing.append(item.subject_code)
    return tuple(missing)


def best_items(rows: Sequence[RawRow], items: Iterable[ItemEdition]) -> tuple[Fit, ...]:
    """How well the table fits each item, best first, so that a file of another item can be told so."""
    fits = [_fit(rows, item) for item in items]
    return tuple(sorted(fits, key=lambda fit: (-fit.known, len(fit.missing), fit.item_id)))


def other_item(fits: Sequence[Fit], item_id: str) -> str | None:
    """The item that the table rather is, where that is plain: it knows more columns and lacks less; else None."""
    own = next((fit for fit in fits if fit.item_id == item_id), Fit(item_id, 0, ()))
    best = fits[0] if fits else own
    if best.item_id == item_id or best.known < 3 or best.known <= own.known:
        return None
    if own.known and not own.missing:
        return None
    return best.item_id if not best.missing or best.known >= own.known + 3 else None


def _fit(rows: Sequence[RawRow], item: ItemEdition) -> Fit:
    keyed = next((row.keys for row in rows if row.keys), None)
    header = map_keys(keyed, item) if keyed else find_header(rows, item)
    if header is None:
        return Fit(item.id, 0, tuple(one.id for one in item.fields if one.required))
    return Fit(item.id, len(set(header.columns.values())), missing_columns(header, item))


def heading_text(cell: Cell) -> str:
    """A header cell as text."""
    return "" if cell is None else str(cell).strip()


def _filled(row: RawRow) -> bool:
    return any(heading_text(cell) for cell in row.cells)


def _spare(header: Header) -> int:
    return len(header.columns) - len(set(header.columns.values()))


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


def _read_block(block: Sequence[RawRow], headings: Headings, item: ItemEdition) -> Header:
    rows = [_row_texts(row, lowest=index == len(block) - 1) for index, row in enumerate(block)]
    width = max(len(texts) for texts, _ in rows)
    levels: dict[int, tuple[str, ...]] = {}
    matches: dict[int, tuple[str, int]] = {}
    for column in range(width):
        parts = [
            (texts[column], column in grouped)
            for texts, grouped in rows
            if column < len(texts) and texts[column]
        ]
        if not any(column < len(row.cells) and heading_text(row.cells[column]) for row in block):
            parts = [part for part in parts if block[0].spans and part[1]]
        levels[column] = tuple(dict.fromkeys(text for text, _ in parts))
        match = _match_levels(levels[column], bool(parts) and parts[0][1], headings)
        if match:
            matches[column] = match
    return _assembled((block[0].number, block[-1].number), levels, matches, item)


def _match_levels(parts: tuple[str, ...], grouped: bool, headings: Headings) -> tuple[str, int] | None:
    """The field of a column from its headings, top to bottom: together, then the lowest alone, then an upper one alone."""
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


def _assembled(
    where: tuple[int, int],
    levels: Mapping[int, tuple[str, ...]],
    matches: Mapping[int, tuple[str, int]],
    item: ItemEdition,
    keyed: bool = False,
) -> Header:
    surest: dict[str, int] = {}
    for found, sure in matches.values():
        surest[found] = max(sure, surest.get(found, 0))
    columns = {column: found for column, (found, sure) in matches.items() if sure == surest[found]}
    width = max((column + 1 for column, parts in levels.items() if parts), default=0)
    leftovers = {c: " / ".join(levels[c]) for c in range(width) if c not in columns}
    holders: dict[str, list[int]] = {}
    for column, found in columns.items():
        holders.setdefault(found, []).append(column)
    amounts = {one.id for one in item.fields if one.kind is FieldKind.AMOUNT}
    units = {c: unit for c, f in columns.items() if f in amounts for t in levels[c] if (unit := unit_of(t))}
    titles = {c: frozenset(map(key, (*parts, "".join(parts)))) for c, parts in levels.items() if parts}
    repeated = {found: tuple(held) for found, held in holders.items() if len(held) > 1}
    return Header(*where, columns, leftovers, width, repeated, units, titles, keyed)


def _extended(header: Header, below: Sequence[RawRow], headings: Headings) -> Header:
    """The header with the rows under it that still belong to it: field codes, marks (必填), column numbers."""
    last = header.last_row
    titles = dict(header.titles)
    for row in below[:DEEPEST_HEADER]:
        texts = {column: heading_text(cell) for column, cell in enumerate(row.cells) if heading_text(cell)}
        if not (_names_columns(texts, header, headings) or is_column_marks(tuple(texts.values()))):
            break
        last = row.number
        for column, text in texts.items():
            titles[column] = titles.get(column, frozenset()) | {key(text)}
    return Header(
        header.first_row, last, header.columns, header.leftovers, header.width,
        header.repeated, header.units, titles, header.keyed,
    )  # fmt: skip


def _names_columns(texts: Mapping[int, str], header: Header, headings: Headings) -> bool:
    """Whether a row names the same columns once more, in other words (field codes under Chinese headings)."""
    agreeing = sum(1 for c, t in texts.items() if (m := headings.match(t)) and header.columns.get(c) == m[0])
    return agreeing >= 2 and agreeing * 2 > len(texts)


def is_column_marks(texts: Sequence[str]) -> bool:
    """Whether a row only marks its columns: 必填 and 选填, or the numbers 1, 2, 3 …"""
    words = [key(text) or text for text in texts]
    if len(words) < 3:
        return False
    if all(text.strip("()（）*") in _MARK_WORDS or not key(text) for text in map(str.casefold, texts)):
        return True
    numbers = [int(word) if word.isdecimal() and len(word) < 4 else -1 for word in words]
    return numbers == list(range(1, len(numbers) + 1))
