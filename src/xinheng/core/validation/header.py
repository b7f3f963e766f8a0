"""Where a table's header stands and which column is which field.

A header may have title rows above it, one to three levels, groups merged sideways or downwards, a row of
field codes under the Chinese row, and rows of marks (必填) or numbers under it. What counts as enough
evidence: the subject's column and one more required field, or three known columns.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from xinheng.core.cells import RawRow
from xinheng.core.rulebook.types import FieldKind, ItemEdition
from xinheng.core.validation.columns import Header, assembled, heading_text, is_column_marks, read_block
from xinheng.core.validation.headings import Headings, Shared, Spelled, headings_of, key, table_unit

__all__ = [
    "SEARCHED_ROWS",
    "Fit",
    "Header",
    "best_items",
    "completed",
    "enough_evidence",
    "find_block",
    "find_header",
    "map_keys",
    "missing_columns",
    "other_item",
]

SEARCHED_ROWS = 40
DEEPEST_HEADER = 3
_DATA = re.compile(r"^[0-9A-Z]{15,20}$|[12][0-9]{3}[-/.年][0-9]{1,2}[-/.月]|^-?[0-9]+\.[0-9]+$|〔[0-9]{4}〕")


@dataclass(frozen=True, slots=True)
class Fit:
    """How well a table fits one catalogue item: known columns, and the required fields that it has no
    column for.
    """

    item_id: str
    known: int
    missing: tuple[str, ...]


def find_header(rows: Sequence[RawRow], item: ItemEdition, spelled: dict[str, Spelled] | None = None) -> Header | None:
    """The header among the first rows, or None where nothing says enough (see the module's text for how
    much is enough).

    The block with most known fields wins; between equals the shallower, then the earlier one.
    """
    block = find_block(rows, item, spelled)
    if block is None:
        return None
    first, last = block
    header = read_block(rows[first:last], headings_of(item), item)
    return completed(header, rows[:first], rows[last:], item)


def find_block(
    rows: Sequence[RawRow], item: ItemEdition, spelled: dict[str, Spelled] | None = None
) -> tuple[int, int] | None:
    """Where the headings stand, as positions in ``rows`` (the second one behind them), or None as in
    :func:`find_header`. ``spelled``: what other items took apart of the same table.
    """
    known = headings_of(item)
    headings = Shared(known.exact, known.codes, {} if spelled is None else spelled)
    best: tuple[tuple[int, int, int, int], Header, int, int] | None = None
    for start in range(min(SEARCHED_ROWS, len(rows))):
        for depth in range(1, DEEPEST_HEADER + 1):
            block = rows[start : start + depth]
            if len(block) < depth or not all(_filled(row) for row in block):
                break
            if depth > 1 and not _holds_headings(block[-1], headings):
                break
            header = read_block(block, headings, item)
            score = (len(set(header.columns.values())), -_spare(header), -depth, -start)
            if best is None or score > best[0]:
                best = score, header, start, depth
    if best is None or not enough_evidence(best[1], item):
        return None
    return best[2], best[2] + best[3]


def completed(header: Header, above: Sequence[RawRow], below: Sequence[RawRow], item: ItemEdition) -> Header:
    """The header with what stands around it: the unit of a title row above, marks and field codes below, and
    every spelling by which it may be repeated.
    """
    headings = headings_of(item)
    extended = _extended(header, below, headings)
    texts = (heading_text(cell) for row in above for cell in row.cells)
    unit = next((named for text in texts if (named := table_unit(text))), None)
    return replace(extended, unit_above=unit, titles=_all_spellings(extended, headings))


def map_keys(keys: Sequence[str], item: ItemEdition) -> Header:
    """The header of one keyed row, remembered for the rows that follow."""
    return _mapped(tuple(keys), item)


@lru_cache(maxsize=16)
def _mapped(keys: tuple[str, ...], item: ItemEdition) -> Header:
    headings = headings_of(item)
    matches = {column: match for column, name in enumerate(keys) if (match := headings.match(name))}
    return assembled((0, 0), {column: (name,) for column, name in enumerate(keys)}, matches, item, keyed=True)


def enough_evidence(header: Header, item: ItemEdition) -> bool:
    """Whether the columns known are enough to believe that this is the item's header."""
    known = set(header.columns.values())
    required = {one.id for one in item.fields if one.required}
    old_codes = {one.id for one in item.fields if one.kind is FieldKind.OLD_CODE}
    subject = known & ({item.subject_code, item.subject_name} | old_codes)
    others = (known & (required | {item.subject_code})) - {next(iter(sorted(subject)), "")}
    return len(known) >= 3 or bool(subject and others)


def missing_columns(header: Header, item: ItemEdition) -> tuple[str, ...]:
    """The required fields for which the table has no column, in catalogue order (no row of it can be
    accepted).
    """
    known = {*header.columns.values(), *header.constants}
    missing = [one.id for one in item.fields if one.required and one.id not in known]
    codes = {item.subject_code} | {one.id for one in item.fields if one.kind is FieldKind.OLD_CODE}
    if not known & codes and item.subject_code not in missing:
        missing.append(item.subject_code)
    return tuple(missing)


def best_items(rows: Sequence[RawRow], items: Iterable[ItemEdition]) -> tuple[Fit, ...]:
    """How well the table fits each item, best first, so that a file of another item can be told so."""
    spelled: dict[str, Spelled] = {}
    fits = [_fit(rows, item, spelled) for item in items]
    return tuple(sorted(fits, key=lambda fit: (-fit.known, len(fit.missing), fit.item_id)))


def other_item(fits: Sequence[Fit], item_id: str) -> str | None:
    """The item that the table rather is, where that is plain; else None.

    Plain: it knows more columns than the item named, and either lacks nothing while that one lacks
    something, or knows three more.
    """
    own = next((fit for fit in fits if fit.item_id == item_id), Fit(item_id, 0, ()))
    best = fits[0] if fits else own
    if best.item_id == item_id or best.known < 3 or best.known <= own.known:
        return None
    complete = bool(own.missing or not own.known) and not best.missing
    return best.item_id if complete or best.known >= own.known + 3 else None


def _fit(rows: Sequence[RawRow], item: ItemEdition, spelled: dict[str, Spelled]) -> Fit:
    keyed = next((row.keys for row in rows if row.keys), None)
    header = map_keys(keyed, item) if keyed else find_header(rows, item, spelled)
    if header is None:
        return Fit(item.id, 0, tuple(one.id for one in item.fields if one.required))
    return Fit(item.id, len(set(header.columns.values())), missing_columns(header, item))


def _filled(row: RawRow) -> bool:
    return any(heading_text(cell) for cell in row.cells)


def _holds_headings(row: RawRow, headings: Headings) -> bool:
    """Whether a row can be a lower line of headings: no code, date or number in it, a third of its cells known.

    A cell of data can read like a heading (罚款), a whole row of data does not.
    """
    texts = [text for cell in row.cells if (text := heading_text(cell))]
    known = sum(headings.match(text) is not None for text in texts)
    return known * 3 >= len(texts) and not any(map(_DATA.search, texts))


def _spare(header: Header) -> int:
    return len(header.columns) - len(set(header.columns.values()))


def _extended(header: Header, below: Sequence[RawRow], headings: Headings) -> Header:
    """The header with the rows under it that belong to it: field codes, marks (必填), column numbers."""
    last = header.last_row
    titles = dict(header.titles)
    for row in below[:DEEPEST_HEADER]:
        texts = {column: heading_text(cell) for column, cell in enumerate(row.cells) if heading_text(cell)}
        if not (_names_columns(texts, header, headings) or is_column_marks(tuple(texts.values()))):
            break
        last = row.number
        for column, text in texts.items():
            titles[column] = titles.get(column, frozenset()) | {key(text)}
    return replace(header, last_row=last, titles=titles)


def _all_spellings(header: Header, headings: Headings) -> dict[int, frozenset[str]]:
    """Every spelling by which a column may be named again further down, its own headings and those of its field."""
    spellings: dict[str, set[str]] = {}
    for spelled, found in headings.exact.items():
        spellings.setdefault(found, set()).add(spelled)
    return {c: own | spellings.get(header.columns.get(c, ""), set()) for c, own in header.titles.items()}


def _names_columns(texts: Mapping[int, str], header: Header, headings: Headings) -> bool:
    """Whether a row names the same columns once more, in other words (field codes under Chinese headings)."""
    agreeing = sum(1 for c, t in texts.items() if (m := headings.match(t)) and header.columns.get(c) == m[0])
    return agreeing >= 2 and agreeing * 2 > len(texts)
