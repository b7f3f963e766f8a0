"""From proposals and a person's decisions to an adapter: every column is decided, and nothing of persons is read
as something else.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from xinheng.core.mapping.adapters import Adapter
from xinheng.core.mapping.content import Reading, reads_as
from xinheng.core.mapping.proposals import Proposal, State, is_about_persons
from xinheng.core.mapping.table import Column, Place
from xinheng.core.rulebook.types import FieldKind, ItemEdition, Rulebook
from xinheng.core.validation.desk import PERSONAL
from xinheng.core.validation.headings import key
from xinheng.core.values import Bilingual

UNITS = ("元", "百元", "千元", "万元", "亿元")
ALL_OTHERS = "*"
_NEVER_CONSTANT = PERSONAL | {
    FieldKind.SUBJECT_CODE, FieldKind.SUBJECT_NAME, FieldKind.OLD_CODE, FieldKind.DOCUMENT_NUMBER,
}  # fmt: skip


class CannotMap(Exception):  # noqa: N818
    """Decisions that give no adapter: ``rule`` (permanent) and the reason in both languages."""

    def __init__(self, rule: str, message: Bilingual) -> None:
        super().__init__(message.en)
        self.rule = rule
        self.message = message


@dataclass(frozen=True, slots=True)
class Decisions:
    """What a person decided, columns by their heading or by ``#`` and number from 1: fields, columns not to be
    read (``*``: all that are still open), units of amounts, and what fields without a column hold.
    """

    fields: Mapping[str, str] = field(default_factory=dict)
    ignored: tuple[str, ...] = ()
    units: Mapping[str, str] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Confirming:
    """What is confirmed: the table with its proposals, for one agency and item."""

    agency: str
    item: ItemEdition
    place: Place
    columns: tuple[Column, ...]
    proposals: tuple[Proposal, ...]


def confirmed(given: Confirming, decisions: Decisions, rulebook: Rulebook, today: date) -> Adapter:
    """The adapter that these decisions make, as version 0 (who stores it numbers it).

    Known and proposed columns keep their field unless decided otherwise; columns about persons are not read
    unless as a person's field. Raises CannotMap for an unknown column or field, a column about persons as
    another field, an open column that nobody decided, a field twice, a wrong constant or unit, and a table in
    which no row could find its organisation.
    """
    fields = _decided(given, decisions, rulebook, today)
    _check_fields(given, fields)
    _check_constants(given.item, fields, decisions.constants, Reading(rulebook, today))
    return Adapter(
        agency=given.agency,
        item=given.item.id,
        edition=given.item.edition,
        version=0,
        titles=tuple(column.title for column in given.columns),
        fields=tuple(fields),
        depth=given.place.depth,
        keyed=given.place.keyed,
        units=_units(given, fields, decisions.units),
        constants=tuple(sorted(decisions.constants.items())),
    )


def _decided(given: Confirming, decisions: Decisions, rulebook: Rulebook, today: date) -> list[str | None]:
    fields = [proposal.field for proposal in given.proposals]
    ignored = {_column(given, name) for name in decisions.ignored if name != ALL_OTHERS}
    named = {_column(given, name): found for name, found in decisions.fields.items()}
    for position, found in named.items():
        _check_field(given, position, found, rulebook, today)
        fields[position] = found
    for position in ignored:
        fields[position] = None
    done = ignored | named.keys()
    open_ones = [p for p in given.proposals if p.state is State.OPEN and p.position not in done]
    if open_ones and ALL_OTHERS not in decisions.ignored:
        names = _listed(_shown(proposal.title, proposal.position) for proposal in open_ones)
        raise _refusal(
            "mapping.undecided",
            f"这些列尚未决定：{names}。请用 --set 指定字段，或用 --ignore 不读取",
            f"these columns are not decided: {names}. Name a field with --set, or leave them out with --ignore",
        )
    return fields


def _column(given: Confirming, name: str) -> int:
    """The position of the column that somebody named."""
    if name.startswith("#") and name[1:].isdecimal() and 0 < int(name[1:]) <= len(given.columns):
        return int(name[1:]) - 1
    found = [c.position for c in given.columns if c.title == name] or [
        c.position for c in given.columns if key(c.title) and key(c.title) == key(name)
    ]
    if len(found) == 1:
        return found[0]
    if found:
        raise _refusal(
            "mapping.column_repeated",
            f"有 {len(found)} 列的列名是“{name}”，请用 #列号 指定，例如 #{found[0] + 1}",
            f"{len(found)} columns are headed “{name}”; name one by its number, such as #{found[0] + 1}",
        )
    raise _refusal("mapping.column_unknown", f"表中没有列“{name}”", f"the table has no column “{name}”")


def _check_field(given: Confirming, position: int, found: str, rulebook: Rulebook, today: date) -> None:
    item, column = given.item, given.columns[position]
    if found not in {one.id for one in item.fields}:
        raise _refusal(
            "mapping.field_unknown",
            f"{item.label.zh}没有字段“{found}”；字段：{_listed(one.id for one in item.fields)}",
            f"{item.id} has no field {found!r}; fields: {_listed(one.id for one in item.fields)}",
        )
    if item.field(found).kind not in PERSONAL and is_about_persons(column, item, rulebook, today):
        raise _refusal(
            "mapping.person_column",
            f"列“{_shown(column.title, position)}”涉及个人信息，不能作为“{item.field(found).label.zh}”读取",
            f"the column “{_shown(column.title, position)}” is about persons and cannot be read as "
            f"“{item.field(found).label.en}”",
        )


def _check_fields(given: Confirming, fields: Sequence[str | None]) -> None:
    """One column for a field, unless the catalogue itself knows several; and one by which a subject is found."""
    counted = Counter(found for found in fields if found)
    known = Counter(c.known for c in given.columns if c.known)
    twice = sorted(found for found, count in counted.items() if count > max(1, known[found]))
    if twice:
        raise _refusal(
            "mapping.field_twice",
            f"多列对应同一字段：{_listed(twice)}。请只保留一列，其余用 --ignore 不读取",
            f"several columns for one field: {_listed(twice)}. Keep one and leave the others out with --ignore",
        )
    subjects = {given.item.subject_code} | {one.id for one in given.item.fields if one.kind is FieldKind.OLD_CODE}
    wanted = subjects if given.place.depth or given.place.keyed else {given.item.subject_code}
    if not wanted & counted.keys():
        label = given.item.field(given.item.subject_code).label
        raise _refusal(
            "mapping.no_subject",
            f"没有一列是“{label.zh}”，无法确定主体。请用 --set 指定",
            f"no column is the “{label.en}”, so no organisation can be told. Name it with --set",
        )


def _check_constants(
    item: ItemEdition, fields: Sequence[str | None], constants: Mapping[str, str], reading: Reading
) -> None:
    known = {one.id: one for one in item.fields}
    for found, value in constants.items():
        fits = (
            found in known
            and known[found].kind not in _NEVER_CONSTANT
            and found not in fields
            and bool(value.strip())
            and reads_as((value,), known[found], reading) != 0
        )
        if not fits:
            raise _refusal(
                "mapping.constant",
                f"“{found}”不能取固定值：须是没有对应列、不指向主体或个人的字段，且值符合该字段要求",
                f"{found!r} cannot be constant: it must be a field without a column, not one that names the subject "
                "or a person, and the value must read as that field",
            )


def _units(given: Confirming, fields: Sequence[str | None], units: Mapping[str, str]) -> tuple[tuple[int, str], ...]:
    amounts = {one.id for one in given.item.fields if one.kind is FieldKind.AMOUNT}
    found: dict[int, str] = {}
    for name, unit in units.items():
        position = _column(given, name)
        if unit not in UNITS or fields[position] not in amounts:
            raise _refusal(
                "mapping.unit",
                f"“{name}”的单位无效：列须是金额，单位须是 {'、'.join(UNITS)} 之一",
                f"not a unit for “{name}”: the column must hold amounts, the unit is one of {', '.join(UNITS)}",
            )
        found[position] = unit
    return tuple(sorted(found.items()))


def _shown(title: str, position: int) -> str:
    return title or f"#{position + 1}"


def _listed(names: Iterable[str]) -> str:
    return "、".join(names)


def _refusal(rule: str, zh: str, en: str) -> CannotMap:
    return CannotMap(rule, Bilingual(zh, en))
