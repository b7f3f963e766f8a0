"""One cell on its own: all that can be said of it without the rest of its row.

The row engine and the bulk engine agree because both read cells through here's parts; what a cell alone cannot
settle (whose row it is) it only warns of.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import IntEnum

from xinheng.core.cells import RawRow
from xinheng.core.findings import Finding
from xinheng.core.identifiers.uscc import judge_uscc
from xinheng.core.persons import find_person_numbers, person_shape
from xinheng.core.rulebook.types import Field, FieldKind
from xinheng.core.text import fold
from xinheng.core.validation.columns import Header
from xinheng.core.validation.desk import Desk, Entry, entry_of, is_empty, plain_text
from xinheng.core.validation.engine import canonical_values, kept_cells
from xinheng.core.validation.gate import finding
from xinheng.core.validation.headings import key
from xinheng.core.validation.person_rows import (
    NATURAL_PERSON,
    code_names_organisation,
    names_nobody,
    person_category,
    person_meant,
)
from xinheng.core.validation.persons import nearly_person_number, without_persons
from xinheng.core.validation.reading import read_entry
from xinheng.core.validation.rows import code_like


class Alarm(IntEnum):
    """Whether a cell lets its row be a person's.

    ``UNLESS_CODED``: only where the row's own code names no organisation; ``ALWAYS``: whatever stands beside it.
    """

    NONE = 0
    UNLESS_CODED = 1
    ALWAYS = 2


@dataclass(frozen=True, slots=True)
class CellVerdict:
    """``held``: something stood there; ``filled``: something is left once persons were taken out, as ``text``.

    ``value``, ``more``, ``code`` as in :class:`~xinheng.core.validation.reading.Read`; ``kept``: the cell as it may be
    kept; ``taken``: what is said of persons taken out, ``said``: of the reading. ``names_organisation``: a subject's
    code that can only have been meant as one and therefore makes the row a record.
    """

    held: bool
    filled: bool
    text: str
    kept: str
    value: str | None = None
    more: Mapping[str, str] = field(default_factory=dict)
    code: str | None = None
    taken: tuple[Finding, ...] = ()
    said: tuple[Finding, ...] = ()
    alarm: Alarm = Alarm.NONE
    names_organisation: bool = False


def one_column(header: Header, column: int) -> Header:
    """The header of one column of a table, as column 0 of a table of its own."""
    known, title = header.columns.get(column), header.titles.get(column)
    unit = header.units.get(column)
    return replace(
        header,
        columns={} if known is None else {0: known},
        leftovers={0: header.leftovers[column]} if column in header.leftovers else {},
        width=1,
        repeated={},
        units={} if unit is None else {0: unit},
        titles={} if title is None else {0: title},
        second=frozenset(),
    )


def judge_cell(text: str, header: Header, desk: Desk) -> CellVerdict:
    """The verdict on one cell of text under the header of its column (:func:`one_column`)."""
    row = RawRow(1, (text,))
    field_id = header.columns.get(0)
    if field_id is None:
        return _of_leftover(row, header, desk)
    about = desk.gate.item.field(field_id)
    entry = entry_of(about, (0,), row, header, desk.gate)
    left, taken = without_persons({field_id: entry}, desk)
    reads = {field_id: read_entry(left[field_id], desk)} if left[field_id].filled else {}
    values = canonical_values(left, reads)
    kept = kept_cells(row, header, left, values, desk)
    read = reads.get(field_id)
    return CellVerdict(
        held=entry.filled,
        filled=left[field_id].filled,
        text=left[field_id].text,
        kept=kept[0],
        value=values.get(field_id),
        more=read.more if read else {},
        code=read.code if read else None,
        taken=tuple(taken),
        said=read.findings if read else (),
        alarm=_alarm(about, entry, desk),
        names_organisation=_names_organisation(about, entry, header),
    )


def judge_sound_code(code: str, about: Field, desk: Desk) -> CellVerdict:
    """The same for a clean unified code that may be used and in which no person's number can be seen: what is said are
    its own reasons, a retired region or an unusual category.
    """
    rulebook = desk.gate.rulebook
    reasons = judge_uscc(code, rulebook.uscc).reasons
    said = tuple(finding(rulebook, reason.rule, about, code, None, **reason.detail) for reason in reasons)
    return CellVerdict(True, True, code, code, code, said=said, names_organisation=True)


def _of_leftover(row: RawRow, header: Header, desk: Desk) -> CellVerdict:
    """A cell under no known heading: kept masked, read by nobody."""
    text = plain_text(row.cells[0])
    held = not is_empty(text, None, desk.gate.rulebook.placeholders)
    alarm = Alarm.UNLESS_CODED if fold(text) == NATURAL_PERSON else Alarm.NONE
    return CellVerdict(held, held, text, kept_cells(row, header, {}, {}, desk)[0], alarm=alarm)


def _alarm(about: Field, entry: Entry, desk: Desk) -> Alarm:
    gate = desk.gate
    if not entry.filled:
        return Alarm.NONE
    if about.id == gate.item.subject_category and person_category({about.id: entry}, gate):
        return Alarm.ALWAYS
    if gate.item.persons and about.id == gate.item.persons.title_field and person_meant({about.id: entry}, gate):
        return Alarm.ALWAYS
    if about.kind in (FieldKind.SUBJECT_CODE, FieldKind.OLD_CODE) and person_shape(entry.cell, gate.today):
        return Alarm.ALWAYS
    if about.id == gate.item.subject_code and nearly_person_number(entry.text):
        return Alarm.ALWAYS
    if about.id == gate.item.subject_name:
        numbered = find_person_numbers(entry.text, gate.today) or names_nobody({about.id: entry}, gate)
        return Alarm.UNLESS_CODED if numbered else Alarm.NONE
    return Alarm.UNLESS_CODED if about.kind is FieldKind.PERSON_PAPERS else Alarm.NONE


def _names_organisation(about: Field, entry: Entry, header: Header) -> bool:
    if about.kind is not FieldKind.SUBJECT_CODE or not code_names_organisation(entry):
        return False
    return code_like(entry.text) and key(entry.text) not in header.titles.get(0, frozenset())
