"""Rows of a block: which of them only the row engine may judge, and what is said of the others as rows."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from xinheng.core.findings import Finding, Outcome
from xinheng.core.identifiers.uscc import outer_check_holds
from xinheng.core.rulebook.types import FieldKind, ItemEdition
from xinheng.core.validation.checks import deciding_body
from xinheng.core.validation.columns import Header
from xinheng.core.validation.desk import Desk, Entry
from xinheng.core.validation.gate import GateContext
from xinheng.core.validation.persons import names_persons, personal_columns
from xinheng.core.validation.rows import ignored_as, is_total
from xinheng.core.validation.single import Alarm
from xinheng.core.values import Severity
from xinheng.intake.bulk.block import PLACE_OF, JudgedBlock, OldCodes
from xinheng.intake.bulk.cells import Flags, JudgedColumn
from xinheng.intake.bulk.checks import CheckJudge
from xinheng.intake.bulk.missing import MissingJudge
from xinheng.intake.bulk.places import nulls
from xinheng.intake.bulk.reading import ColumnBlock

_ACCEPTED, _REJECTED, _HELD = (PLACE_OF[outcome] for outcome in (Outcome.ACCEPTED, Outcome.REJECTED, Outcome.HELD))
_UNREAD = "?"

Fields = Mapping[str, JudgedColumn]


@dataclass(slots=True)
class Table:
    """One block's columns as they stand and as they were judged, behind these the header's constants.

    ``fields``: the judged columns of each field.
    """

    block: ColumnBlock
    texts: list[pl.Series]
    columns: list[JudgedColumn]
    fields: Mapping[str, list[JudgedColumn]]
    desk: Desk

    def __len__(self) -> int:
        return len(self.block)


@dataclass(slots=True)
class _Said:
    """What is said of rows, in the order in which it is said."""

    findings: dict[int, list[Finding]] = field(default_factory=dict)
    held: set[int] = field(default_factory=set)

    def add(self, row: int, findings: Sequence[Finding]) -> None:
        """Say more of a row."""
        if findings:
            self.findings.setdefault(row, []).extend(findings)


class RowJudge:
    """What holds for every block of one table."""

    def __init__(self, header: Header, gate: GateContext) -> None:
        self._header = header
        self._item = gate.item
        self._checks = CheckJudge(gate.item)
        self._missing = MissingJudge(gate.item)
        titles = (title.upper() for known in header.titles.values() for title in known)
        # No conclusion from a cell to its row holds where the header itself has a code in it.
        self._strange = (
            header.keyed or self._item.subject_code in header.constants or any(map(outer_check_holds, titles))
        )
        persons = gate.rulebook.person_headings
        self._personal = [column for column, name in header.leftovers.items() if names_persons(name, persons)]

    def judge(self, table: Table) -> tuple[JudgedBlock, set[int]]:
        """The judged block, and the rows in it that are still to be judged by the row engine."""
        fields = {name: _merged(columns) for name, columns in table.fields.items()}
        whole = self._whole(table, fields)
        if len(whole) == len(table):
            return _unjudged(table), whole
        values = self._values(table, fields)
        body, about_body = self._bodies(table, fields)
        said = _Said()
        in_order = [fields[one.id] for one in self._item.fields if one.id in fields]
        for column in in_order:
            for row, verdict in column.speaking.items():
                said.add(row, verdict.taken)
        self._say_personal_columns(said, table)
        for column in in_order:
            for row, verdict in column.speaking.items():
                said.add(row, verdict.said)
        for row, listed in (*self._missing.spoken(fields, len(table), table.desk), *about_body):
            said.add(row, listed)
        for row, findings, held in self._checks.spoken(values, table.desk, whole):
            said.add(row, findings)
            said.held.update([row] if held else [])
        return self._block(table, fields, values, body, said), whole

    def _whole(self, table: Table, fields: Fields) -> set[int]:
        """Rows that only the row engine may judge: misshapen, perhaps a person's, perhaps no record at all."""
        count, width = len(table), len(table.texts)
        required = {one.id for one in self._item.fields if one.required}
        cut = any(column >= width and name in required for column, name in self._header.columns.items())
        if self._strange or cut:
            return set(range(count))
        whole = set(table.block.irregular)
        for text in table.texts[self._header.width :]:
            whole.update((text != "").arg_true())
        for columns in table.fields.values():
            whole.update(_several(columns))
        if table.desk.gate.is_register:
            whole.update(row for column in table.columns for row in column.shaped)
        code = fields.get(self._item.subject_code)
        whole |= self._perhaps_persons(table, _rows_without(None if code is None else code.sure, count))
        return whole | self._perhaps_no_records(table, code, whole)

    def _perhaps_no_records(self, table: Table, code: JudgedColumn | None, known: set[int]) -> set[int]:
        """Rows that may be a note, a total, a blank: the row engine's own question is asked, unless something that was
        meant as a code stands in the row and its first text begins no total.
        """
        count = len(table)
        unsure = [row for row in (range(count) if code is None else code.unplain) if row not in known]
        unnamed = _rows_without(None if code is None else code.sure, count)
        firsts = table.texts[0].gather(unsure).to_list() if unsure else []
        gate = table.desk.gate
        return {
            row
            for row, first in zip(unsure, firsts, strict=True)
            if (row in unnamed or not first.strip() or is_total(first))
            and ignored_as(table.block.row(row), self._header, gate) is not None
        }

    def _perhaps_persons(self, table: Table, unnamed: set[int]) -> set[int]:
        """Rows of which some cell may make a person's row; ``unnamed``: no code there names an organisation."""
        rows: set[int] = set()
        for column in table.columns:
            for row, verdict in column.speaking.items():
                if verdict.alarm is Alarm.ALWAYS or (verdict.alarm is Alarm.UNLESS_CODED and row in unnamed):
                    rows.add(row)
        persons = self._item.persons
        return rows | unnamed if persons is not None and persons.unnamed else rows

    def _values(self, table: Table, fields: Fields) -> dict[str, pl.Series]:
        """The canonical values by name, in catalogue order."""
        values: dict[str, pl.Series] = {}
        for one in self._item.fields:
            column = fields.get(one.id)
            if column is None:
                continue
            if column.value is not None:
                values[one.id] = column.value
            more = {(name, row): text for row, each in column.speaking.items() for name, text in each.more.items()}
            for name in dict.fromkeys(name for name, _ in more):
                rows = [row for named, row in more if named == name]
                values[name] = nulls(len(table)).scatter(rows, [more[name, row] for row in rows])
        return values

    def _bodies(self, table: Table, fields: Fields) -> tuple[pl.Series, list[tuple[int, list[Finding]]]]:
        """The deciding body of each row, and what is said of it: asked once for each code that stands there."""
        count = len(table)
        column = fields.get(self._item.body_code or "")
        if column is None or (column.value is None and isinstance(column.filled, bool)):
            body, findings = self._body(None, column is not None and column.filled is True, table.desk)
            return pl.repeat(body, count, dtype=pl.String, eager=True), [(row, findings) for row in range(count)]
        read = (nulls(count) if column.value is None else column.value).fill_null(_UNREAD)
        keys = read.zip_with(_series(column.filled, count), pl.repeat("", count, eager=True))
        distinct = keys.unique().to_list()
        answers = [self._body(None if key in ("", _UNREAD) else key, key != "", table.desk) for key in distinct]
        about = [
            (row, findings)
            for key, (_, findings) in zip(distinct, answers, strict=True)
            if findings
            for row in (keys == key).arg_true()
        ]
        return keys.replace_strict(distinct, [body for body, _ in answers], return_dtype=pl.String), about

    def _body(self, code: str | None, filled: bool, desk: Desk) -> tuple[str | None, list[Finding]]:
        name = self._item.body_code
        if name is None:
            return deciding_body({}, {}, desk)
        entry = Entry(self._item.field(name), None, "", filled)
        return deciding_body({name: entry}, {} if code is None else {name: code}, desk)

    def _say_personal_columns(self, said: _Said, table: Table) -> None:
        """One warning for all unknown columns of persons in which a row holds something."""
        held: dict[int, tuple[int, ...]] = {}
        for column in self._personal:
            if column < len(table.texts):
                for row in _series(table.columns[column].held, len(table)).arg_true():
                    held[row] = (*held.get(row, ()), column)
        known: dict[tuple[int, ...], list[Finding]] = {}
        for row, columns in held.items():
            if columns not in known:
                known[columns] = personal_columns(table.block.row(row), self._header, table.desk)
            said.add(row, known[columns])

    def _block(
        self, table: Table, fields: Fields, values: dict[str, pl.Series], body: pl.Series, said: _Said
    ) -> JudgedBlock:
        count = len(table)
        rejected = [row for row, findings in said.findings.items() if any(map(_is_error, findings))]
        waiting = sorted(said.held.difference(rejected))
        name = fields.get(self._item.subject_name)
        code, old = _claims(self._item, fields, count)
        outcomes = pl.repeat(_ACCEPTED, count, dtype=pl.UInt8, eager=True)
        return JudgedBlock(
            numbers=table.block.numbers,
            outcomes=outcomes.scatter(rejected, _REJECTED).scatter(waiting, _HELD),
            values=values,
            code=code,
            name=pl.repeat("", count, eager=True) if name is None or name.name is None else name.name,
            body=body,
            old_codes=old,
            findings={row: tuple(findings) for row, findings in said.findings.items()},
            kept=[column.kept for column in table.columns[: len(table.texts)]],
            kept_width=pl.repeat(len(table.texts), count, dtype=pl.UInt32, eager=True),
        )


def _unjudged(table: Table) -> JudgedBlock:
    """A block in which every row is still to be judged."""
    count = len(table)
    return JudgedBlock(
        numbers=table.block.numbers,
        outcomes=pl.repeat(_ACCEPTED, count, dtype=pl.UInt8, eager=True),
        values={},
        code=nulls(count),
        name=pl.repeat("", count, eager=True),
        body=nulls(count),
        kept_width=pl.repeat(0, count, dtype=pl.UInt32, eager=True),
    )


def _is_error(finding: Finding) -> bool:
    return finding.severity is Severity.ERROR


def _series(flags: Flags, count: int) -> pl.Series:
    return pl.repeat(flags, count, dtype=pl.Boolean, eager=True) if isinstance(flags, bool) else flags


def _rows_without(flags: Flags | None, count: int) -> set[int]:
    if isinstance(flags, bool) or flags is None:
        return set() if flags else set(range(count))
    return set((~flags).arg_true())


def _several(columns: Sequence[JudgedColumn]) -> Iterator[int]:
    """Rows in which more than one column of a field holds something."""
    if len(columns) > 1:
        count = len(columns[0].kept)
        held = pl.DataFrame({str(at): _series(column.held, count) for at, column in enumerate(columns)})
        yield from (held.sum_horizontal() > 1).arg_true()


def _merged(columns: Sequence[JudgedColumn]) -> JudgedColumn:
    """The columns of one field as one, for rows in which at most one of them holds anything."""
    first, *others = columns
    count = len(first.kept)
    for other in others:
        held = _series(other.held, count)
        either = _text_of(other.value, count).zip_with(held, _text_of(first.value, count))
        first = JudgedColumn(
            value=either,
            kept=first.kept,
            held=held | _series(first.held, count),
            filled=_series(other.filled, count) | _series(first.filled, count),
            sure=_series(other.sure, count) | _series(first.sure, count),
            name=None if first.name is None or other.name is None else other.name.zip_with(held, first.name),
            speaking=first.speaking | other.speaking,
            unplain=sorted({*first.unplain, *other.unplain}),
        )
    return first


def _text_of(value: pl.Series | None, count: int) -> pl.Series:
    return nulls(count) if value is None else value


def _claims(item: ItemEdition, fields: Fields, count: int) -> tuple[pl.Series, dict[int, OldCodes]]:
    """The claimed unified codes, and old codes by row. A unified code in an old code's column counts where the right
    column is empty.
    """
    own = fields.get(item.subject_code)
    code = nulls(count) if own is None else _text_of(own.value, count)
    empty = _rows_without(None if own is None else own.filled, count)
    moved: dict[int, str] = {}
    old: dict[int, list[tuple[str, str]]] = {}
    for one in item.fields:
        column = fields.get(one.id)
        if column is None or column.value is None or one.kind is not FieldKind.OLD_CODE:
            continue
        rows = column.value.is_not_null().arg_true()
        for row, value in zip(rows.to_list(), column.value.gather(rows).to_list(), strict=True):
            verdict = column.speaking.get(row)
            unified = verdict.code if verdict else None
            if unified is None:
                old.setdefault(row, []).append((one.old_code or one.id, value))
            elif row in empty and row not in moved:
                moved[row] = unified
            elif unified != moved.get(row, code[row]):
                old.setdefault(row, []).append(("uscc", unified))
    if moved:
        code = code.clone().scatter(list(moved), list(moved.values()))
    return code, {row: tuple(codes) for row, codes in old.items()}
