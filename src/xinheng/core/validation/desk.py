"""One row on the table: its cells by field, and the words with which the gate speaks of it without naming a
person.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from xinheng.core.cells import Cell, RawRow, Uncalculated
from xinheng.core.findings import Finding
from xinheng.core.persons import PAPERS, find_person_numbers, mask_text
from xinheng.core.placeholders import Placeholders
from xinheng.core.rulebook.types import Field, FieldKind
from xinheng.core.text import cell_text, drop_controls, fold
from xinheng.core.validation.gate import GateContext, finding
from xinheng.core.validation.header import Header
from xinheng.core.values import Bilingual, Severity

CODES = frozenset({FieldKind.SUBJECT_CODE, FieldKind.OLD_CODE, FieldKind.AGENCY_CODE, FieldKind.ORGANISATION_CODES})
PERSONAL = frozenset({FieldKind.PERSON_NAME, FieldKind.PERSON_PAPERS})
_NAMES = frozenset(
    {FieldKind.SUBJECT_NAME, FieldKind.NAME, FieldKind.NAMES, FieldKind.AGENCY_NAME, FieldKind.PERSON_NAME}
)
_ZERO_IS_NOTHING = CODES | _NAMES | {FieldKind.DOCUMENT_NUMBER, FieldKind.PERSON_PAPERS}
FIGURES = frozenset({FieldKind.DOCUMENT_NUMBER, FieldKind.AMOUNT, FieldKind.DATE, FieldKind.END_DATE})
"""Fields whose figures can be as long as a telephone's or a card's number."""

SPEAKS_OF_PHONES = re.compile(r"电话|手机|联系|银行|账[号户]|卡号|tel|phone|mobile", re.IGNORECASE)
"""By these words figures are a telephone's or a card's after all."""
_LONGEST_PLACEHOLDER = 64


@dataclass(frozen=True, slots=True)
class Entry:
    """What stands in one field of the row: ``cell`` as the file held it, ``text`` the same as text without
    controls.

    ``filled`` is false for empty cells and placeholders; ``disagreeing``: several columns of the field hold
    different things; ``unit``: the unit that an amount's heading, or else a title row, names, ``unit_above``
    the title row's where the heading names another; ``unused``: a column that gives way holds something else.
    """

    field: Field
    cell: Cell
    text: str
    filled: bool
    columns: tuple[int, ...] = ()
    disagreeing: bool = False
    unit: str | None = None
    unit_above: str | None = None
    unused: str | None = None


@dataclass(frozen=True, slots=True)
class Desk:
    """The gate's context with the codes that this row may show openly though they look like a person's
    number.
    """

    gate: GateContext
    known: frozenset[str]

    def mask(self, text: str) -> str:
        """The text without control characters and without any personal number."""
        tables = self.gate.rulebook.uscc
        return mask_text(drop_controls(text)[0], tables=tables, known_codes=self.known, latest=self.gate.today).text

    def mask_for(self, field: Field, text: str) -> str:
        """The text masked as its field asks.

        Figures (document numbers, amounts, dates) can be as long as a telephone's or a card's number: there only
        numbers of papers are looked for, unless the cell itself speaks of a telephone or a card.
        """
        if field.kind in FIGURES and not SPEAKS_OF_PHONES.search(text):
            spans = find_person_numbers(text, self.gate.today)
            if not any(span.kind in PAPERS for span in spans):
                return drop_controls(text)[0]
        return self.mask(text)

    def say(self, rule: str, about: Field | None = None, value: str | None = None, **parts: str | Bilingual) -> Finding:
        """A finding; whatever it repeats is masked, and of a person's field nothing is repeated."""
        return self.weigh(None, rule, about, value, **parts)

    def weigh(
        self,
        severity: Severity | None,
        rule: str,
        about: Field | None = None,
        value: str | None = None,
        **parts: str | Bilingual,
    ) -> Finding:
        """The same, with a weight of the catalogue's choosing."""
        personal = about is not None and about.kind in PERSONAL
        shown = None if value is None or personal else self.mask(value)
        masked = {name: self.mask(part) if isinstance(part, str) else part for name, part in parts.items()}
        return finding(self.gate.rulebook, rule, about, shown, severity, **masked)


def is_empty(text: str, field: Field | None, placeholders: Placeholders) -> bool:
    """Whether a cell's text says nothing, by policy c. Not-a-number is no placeholder where an amount is
    wanted.
    """
    if not text:
        return True
    if len(text) > _LONGEST_PLACEHOLDER and any(map(str.isalnum, text[:_LONGEST_PLACEHOLDER])):
        return False
    if field is not None and field.kind is FieldKind.AMOUNT and _is_broken_number(text):
        return False
    return placeholders.is_placeholder(text, field is not None and field.kind in _ZERO_IS_NOTHING)


def _is_broken_number(text: str) -> bool:
    folded = fold(text).casefold()
    return folded in ("nan", "nat") or (folded.startswith("#") and len(folded.strip("#")) > 0)


def plain_text(cell: Cell) -> str:
    """A cell as text without control characters."""
    return drop_controls(cell_text(cell))[0]


def gather(row: RawRow, header: Header, gate: GateContext) -> Mapping[str, Entry]:
    """The row's entries by field id, in catalogue order; fields without a column are empty entries."""
    columns: dict[str, list[int]] = {}
    for column, field_id in header.columns.items():
        if column < len(row.cells):
            columns.setdefault(field_id, []).append(column)
    return {
        field.id: entry_of(field, columns[field.id], row, header, gate)
        if field.id in columns
        else _without_column(field, header)
        for field in gate.item.fields
    }


def entry_of(field: Field, columns: Iterable[int], row: RawRow, header: Header, gate: GateContext) -> Entry:
    """What stands in one field of a row, whose columns are given."""
    held: list[tuple[int, Cell, str]] = []
    for column in columns:
        cell = row.cells[column]
        text = plain_text(cell)
        if isinstance(cell, Uncalculated) or not is_empty(text, field, gate.rulebook.placeholders):
            held.append((column, cell, text))
    if not held:
        return _without_column(field, header)
    if len(held) > 1:
        return _from_several(field, held, header)
    column, cell, text = held[0]
    return _single(field, (column,), cell, text, header)


def _without_column(field: Field, header: Header) -> Entry:
    constant = header.constants.get(field.id, "")
    return Entry(field, constant or None, constant, bool(constant))


def _single(field: Field, places: tuple[int, ...], cell: Cell, text: str, header: Header) -> Entry:
    if field.kind is not FieldKind.AMOUNT:
        return Entry(field, cell, text, True, places)
    named, above = header.units.get(places[0]), header.unit_above
    return Entry(field, cell, text, True, places, unit=named or above, unit_above=above if named != above else None)


def _from_several(field: Field, held: Sequence[tuple[int, Cell, str]], header: Header) -> Entry:
    """The entry of a field with several filled columns: second ones give way, first ones must agree."""
    first = [one for one in held if one[0] not in header.second]
    chosen, rest = (first, [one for one in held if one not in first]) if first else (held, [])
    places = tuple(column for column, _, _ in held)
    if field.kind is FieldKind.CHOICES:
        text = ";".join(each for _, _, each in held)
        return Entry(field, text, text, True, places)
    _, cell, text = chosen[0]
    entry = _single(field, (chosen[0][0], *(p for p in places if p != chosen[0][0])), cell, text, header)
    unused = next((each for _, _, each in rest if fold(each) != fold(text)), None)
    return replace(entry, disagreeing=len({fold(each) for _, _, each in chosen}) > 1, unused=unused)
