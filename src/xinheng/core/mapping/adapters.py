"""An adapter: what somebody confirmed once about the headings of one agency's files for one item.

It fits a table whose headings are the same, in order, in any dress (width, blanks, 必填 marks); one column
more or less, and it fits no longer. Applied, it gives the same header as the catalogue's own headings do.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from hashlib import sha256

from xinheng.core.canonical import lp
from xinheng.core.cells import RawRow
from xinheng.core.findings import Finding
from xinheng.core.identifiers.tables import UsccTables
from xinheng.core.identifiers.uscc import judge_uscc
from xinheng.core.mapping.table import NO_HEADINGS, Place, titles_at
from xinheng.core.rulebook.types import FieldKind, ItemEdition, Rulebook
from xinheng.core.validation.columns import Header, assembled, block_levels
from xinheng.core.validation.gate import finding
from xinheng.core.validation.header import SEARCHED_ROWS, completed, find_header, map_keys
from xinheng.core.validation.headings import CHECK_KEY, EXACT, key
from xinheng.core.validation.persons import names_persons

_LOOKED_AT = 10


@dataclass(frozen=True, slots=True)
class Adapter:
    """One confirmed mapping of one agency for one edition of an item.

    ``titles`` and ``fields`` belong together, column by column; a field of None: not read. ``depth``: rows of
    headings, 0 where the table has none and columns are known by position. ``keyed``: titles are keys (JSON).
    ``units``: column to unit (``元``, ``万元`` …) of its amounts; ``constants``: field to what it holds in every
    row, for fields without a column.
    """

    agency: str
    item: str
    edition: str
    version: int
    titles: tuple[str, ...]
    fields: tuple[str | None, ...]
    depth: int = 1
    keyed: bool = False
    units: tuple[tuple[int, str], ...] = ()
    constants: tuple[tuple[str, str], ...] = ()

    @property
    def signature(self) -> str:
        """By which headings the adapter is found."""
        return header_signature(self.titles, depth=self.depth, keyed=self.keyed)


@dataclass(frozen=True, slots=True)
class Adapted:
    """A table's header as an adapter reads it."""

    header: Header
    adapter: Adapter


@dataclass(frozen=True, slots=True)
class HeaderRead:
    """The header of a table (None: nobody knows it), the adapter that gave it, and what is to be said of that."""

    header: Header | None
    adapter: Adapter | None = None
    findings: tuple[Finding, ...] = ()


def header_signature(titles: Sequence[str], *, depth: int = 1, keyed: bool = False) -> str:
    """The digest (hex) of headings in their order: ``SHA-256(lp(kind) || lp(title) || …)``, each title folded as
    headings are compared. Without headings only their number counts; blank ones at the end do not.
    """
    kind = "keys" if keyed else "positions" if depth == 0 else "headings"
    parts = [kind, *map(key, titles)] if keyed or depth else [kind, str(len(titles))]
    while len(parts) > 1 and not parts[-1]:
        parts.pop()
    return sha256(b"".join(lp(part.encode()) for part in parts)).hexdigest()


def read_header(
    rows: Sequence[RawRow], item: ItemEdition, adapters: Sequence[Adapter], rulebook: Rulebook
) -> HeaderRead:
    """The header of a table's first rows: by an adapter that fits, else by the catalogue.

    ``adapters``: those of the sending agency for this item. Where there are some and none fits headings that the
    catalogue does not wholly know, that is said too.
    """
    found = adapted(rows, item, adapters, rulebook.uscc)
    if found:
        return HeaderRead(found.header, found.adapter, (adapter_used(found.adapter, rulebook),))
    header = find_header(rows, item)
    unknown = header is None or any(
        title and not names_persons(title, rulebook.person_headings) for title in header.leftovers.values()
    )
    changed = (finding(rulebook, "adapter.header_changed"),) if adapters and unknown else ()
    return HeaderRead(header, None, changed)


def adapted_header(
    rows: Sequence[RawRow], item: ItemEdition, adapters: Iterable[Adapter], tables: UsccTables
) -> Header | None:
    """The header that a fitting adapter gives, or None."""
    found = adapted(rows, item, adapters, tables)
    return found.header if found else None


def adapted(
    rows: Sequence[RawRow], item: ItemEdition, adapters: Iterable[Adapter], tables: UsccTables
) -> Adapted | None:
    """The header that the first fitting adapter gives, with the adapter. ``rows``: a table's first rows.

    Adapters of another item or edition never fit. One without headings fits only where the columns are as many
    and the subject's code is read in most of its cells.
    """
    for adapter in sorted(adapters, key=lambda one: (one.depth == 0, -one.version)):
        if adapter.keyed or not _is_of(adapter, item):
            continue
        place = _place_of(adapter, rows[:SEARCHED_ROWS], item, tables)
        if place is not None:
            return Adapted(header_of(adapter, rows, place, item), adapter)
    return None


def adapted_keys(keys: tuple[str, ...], item: ItemEdition, adapters: tuple[Adapter, ...]) -> Header | None:
    """The header of one keyed row by an adapter that knows all of its keys, or None; remembered."""
    return _adapted_keys(keys, item, adapters)


def adapter_used(adapter: Adapter, rulebook: Rulebook) -> Finding:
    """What is said of a file that an adapter read."""
    return finding(rulebook, "adapter.used", None, None, version=str(adapter.version), signature=adapter.signature[:12])


def header_of(adapter: Adapter, rows: Sequence[RawRow], place: Place, item: ItemEdition) -> Header:
    """The header that an adapter gives to the table whose headings stand there."""
    block = rows[place.first : place.last]
    titles = {column: (title,) for column, title in enumerate(adapter.titles)}
    levels = block_levels(block) if block else titles
    numbers = (block[0].number, block[-1].number) if block else (0, 0)
    header = assembled(numbers, levels, _matches(adapter), item)
    header = completed(header, rows[: place.first], rows[place.last :], item) if block else header
    return _finished(header, adapter)


@lru_cache(maxsize=64)
def _adapted_keys(keys: tuple[str, ...], item: ItemEdition, adapters: tuple[Adapter, ...]) -> Header | None:
    for adapter in (one for one in adapters if one.keyed and _is_of(one, item)):
        fields = dict(zip(map(key, adapter.titles), adapter.fields, strict=True))
        if not all(key(name) in fields for name in keys if name != CHECK_KEY):
            continue
        matches = {n: (found, EXACT) for n, name in enumerate(keys) if (found := fields.get(key(name)))}
        header = assembled((0, 0), {n: (name,) for n, name in enumerate(keys)}, matches, item, keyed=True)
        own = {key(adapter.titles[column]): unit for column, unit in adapter.units}
        units = {n: own[key(name)] for n, name in enumerate(keys) if key(name) in own}
        return replace(header, units={**header.units, **units}, constants=dict(adapter.constants))
    return None


def _finished(header: Header, adapter: Adapter) -> Header:
    return replace(header, units={**header.units, **dict(adapter.units)}, constants=dict(adapter.constants))


def _matches(adapter: Adapter) -> dict[int, tuple[str, int]]:
    return {column: (found, EXACT) for column, found in enumerate(adapter.fields) if found}


def _is_of(adapter: Adapter, item: ItemEdition) -> bool:
    known = {field.id for field in item.fields}
    named = {*adapter.fields, *(field for field, _ in adapter.constants)} - {None}
    return (adapter.item, adapter.edition) == (item.id, item.edition) and named <= known


def _place_of(adapter: Adapter, rows: Sequence[RawRow], item: ItemEdition, tables: UsccTables) -> Place | None:
    if adapter.depth == 0:
        fits = header_signature(titles_at(rows, NO_HEADINGS), depth=0) == adapter.signature
        return NO_HEADINGS if fits and _holds_subjects(adapter, rows, item, tables) else None
    wanted = adapter.signature
    places = (Place(start, start + adapter.depth) for start in range(len(rows) - adapter.depth + 1))
    return next((p for p in places if header_signature(titles_at(rows, p)) == wanted), None)


def _holds_subjects(adapter: Adapter, rows: Sequence[RawRow], item: ItemEdition, tables: UsccTables) -> bool:
    """Whether most of the first cells under the subject's code are such codes."""
    column = next((n for n, found in enumerate(adapter.fields) if found == item.subject_code), None)
    if column is None:
        return False
    cells = [row.cells[column] for row in rows if column < len(row.cells) and row.cells[column]][:_LOOKED_AT]
    return bool(cells) and 2 * sum(judge_uscc(cell, tables).usable for cell in cells) > len(cells)


def keyed_header(keys: tuple[str, ...], item: ItemEdition, adapters: tuple[Adapter, ...]) -> Header:
    """The header of one keyed row: by an adapter that knows all of its keys, else by the catalogue."""
    return adapted_keys(keys, item, adapters) or map_keys(keys, item)


def needs_code_column(item: ItemEdition) -> frozenset[str]:
    """The fields of which an adapter must name one, or no row can find its organisation."""
    return frozenset({item.subject_code} | {one.id for one in item.fields if one.kind is FieldKind.OLD_CODE})
