"""Rows of a block: which of them only the row engine may judge, and what is said of the others as rows."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from xinheng.core.findings import Finding, Outcome
from xinheng.core.identifiers.uscc import outer_check_holds
from xinheng.core.rulebook.types import Field, FieldKind, ItemEdition
from xinheng.core.validation.checks import deciding_body, required_findings
from xinheng.core.validation.columns import Header
from xinheng.core.validation.desk import Desk, Entry
from xinheng.core.validation.gate import GateContext
from xinheng.core.validation.persons import names_persons, personal_columns
from xinheng.core.validation.rows import ignored_as
from xinheng.core.validation.single import Alarm
from xinheng.core.values import Severity
from xinheng.intake.bulk.block import PLACE_OF, JudgedBlock, OldCodes
from xinheng.intake.bulk.cells import JudgedColumn
from xinheng.intake.bulk.checks import CheckJudge
from xinheng.intake.bulk.places import nulls
from xinheng.intake.bulk.reading import ColumnBlock

_ACCEPTED, _REJECTED, _HELD = (PLACE_OF[outcome] for outcome in (Outcome.ACCEPTED, Outcome.REJECTED, Outcome.HELD))


@dataclass(slots=True)
class Table:
    """One block's columns as they stand and as they were judged; ``fields`` holds the columns of each field."""

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
        self.findings.setdefault(row, []).extend(findings)


class RowJudge:
    """What holds for every block of one table."""

    def __init__(self, header: Header, gate: GateContext) -> None:
        self._header = header
        self._item = gate.item
        self._checks = CheckJudge(gate.item)
        self._never = self._header_is_strange(gate)
        self._required: dict[tuple[object, ...], list[Finding]] = {}
        persons = gate.rulebook.person_headings
        self._personal = {c: name for c, name in header.leftovers.items() if names_persons(name, persons)}

    def judge(self, table: Table) -> tuple[JudgedBlock, set[int]]:
        """The judged block, and the rows in it that are still to be judged by the row engine."""
        fields = {name: _merged(columns) for name, columns in table.fields.items()}
        whole = self._whole(table, fields)
        values = self._values(table, fields)
        body, about_body = self._bodies(table, fields, values)
        said = _Said()
        for column in _in_order(self._item, fields):
            _say(said, column, "taken")
        self._say_personal_columns(said, table)
        for column in _in_order(self._item, fields):
            _say(said, column, "said")
        self._say_required(said, table, fields, values)
        for row, listed in about_body:
            said.add(row, listed)
        for row, findings, held in self._checks.spoken(values, table.desk, whole):
            said.add(row, findings)
            said.held.update([row] if held else [])
        return self._block(table, fields, values, body, said), whole

    def _header_is_strange(self, gate: GateContext) -> bool:
        """Whether the header allows no conclusion from a column to a row."""
        titles = (title.upper() for known in self._header.titles.values() for title in known)
        return self._header.keyed or bool(self._header.constants) or any(map(outer_check_holds, titles))

    def _whole(self, table: Table, fields: Mapping[str, JudgedColumn]) -> set[int]:
        """Rows that only the row engine may judge: misshapen, perhaps a person's, perhaps no record at all."""
        count, width = len(table), len(table.texts)
        required = {one.id for one in self._item.fields if one.required}
        cut = any(column >= width and name in required for column, name in self._header.columns.items())
        if self._never or cut:
            return set(range(count))
        whole = set(table.block.irregular)
        for text in table.texts[self._header.width :]:
            whole.update((text != "").arg_true())
        for columns in table.fields.values():
            whole.update(_several(columns))
        if table.desk.gate.is_register:
            whole.update(row for column in table.columns for row in column.shaped)
        whole |= self._perhaps_persons(table, fields)
        return whole | self._perhaps_no_records(table, fields, whole)

    def _perhaps_persons(self, table: Table, fields: Mapping[str, JudgedColumn]) -> set[int]:
        rows: set[int] = set()
        code = fields.get(self._item.subject_code)
        for column in table.columns:
            for row, verdict in column.speaking.items():
                coded = code is not None and verdict.alarm is Alarm.UNLESS_CODED and code.sure[row]
                if verdict.alarm is not Alarm.NONE and not coded:
                    rows.add(row)
        persons = table.desk.gate.item.persons
        if persons is not None and persons.unnamed:
            rows.update(range(len(table)) if code is None else (~code.sure).arg_true())
        return rows

    def _perhaps_no_records(self, table: Table, fields: Mapping[str, JudgedColumn], known: set[int]) -> set[int]:
        """A row without a plain code may be a note, a total, a blank: the row engine's own question is asked."""
        code = fields.get(self._item.subject_code)
        unsure = range(len(table)) if code is None or code.plain is None else (~code.plain).arg_true()
        gate = table.desk.gate
        return {
            row
            for row in unsure
            if row not in known and ignored_as(table.block.row(row), self._header, gate) is not None
        }

    def _values(self, table: Table, fields: Mapping[str, JudgedColumn]) -> dict[str, pl.Series]:
        """The canonical values by name, in catalogue order."""
        values: dict[str, pl.Series] = {}
        for one in self._item.fields:
            column = fields.get(one.id)
            if column is None:
                continue
            values[one.id] = column.value
            more = {(name, row): text for row, each in column.speaking.items() for name, text in each.more.items()}
            for name in dict.fromkeys(name for name, _ in more):
                rows = [row for named, row in more if named == name]
                values[name] = nulls(len(table)).scatter(rows, [more[name, row] for row in rows])
        return values

    def _bodies(
        self, table: Table, fields: Mapping[str, JudgedColumn], values: Mapping[str, pl.Series]
    ) -> tuple[pl.Series, list[tuple[int, list[Finding]]]]:
        """The deciding body of each row, and what is said of it: asked once for each code that stands there."""
        field_id = self._item.body_code or ""
        column = fields.get(field_id)
        if column is None:
            body, findings = self._body(field_id, False, None, table.desk)
            everywhere = [(row, findings) for row in range(len(table))] if findings else []
            return pl.repeat(body, len(table), dtype=pl.String, eager=True), everywhere
        keys = column.value.fill_null(_UNREAD).zip_with(column.filled, pl.repeat("", len(table), eager=True))
        about: list[tuple[int, list[Finding]]] = []
        bodies: list[str | None] = []
        distinct = keys.unique().to_list()
        for each in distinct:
            read = each if each not in ("", _UNREAD) else None
            body, findings = self._body(field_id, each != "", read, table.desk)
            bodies.append(body)
            about += [(row, findings) for row in (keys == each).arg_true()] if findings else []
        return keys.replace_strict(distinct, bodies, return_dtype=pl.String), about

    def _body(self, field_id: str, filled: bool, code: str | None, desk: Desk) -> tuple[str | None, list[Finding]]:
        if not field_id:
            return deciding_body({}, {}, desk)
        entry = Entry(self._item.field(field_id), None, "", filled)
        return deciding_body({field_id: entry}, {} if code is None else {field_id: code}, desk)

    def _say_personal_columns(self, said: _Said, table: Table) -> None:
        """One warning for all unknown columns of persons in which a row holds something."""
        held: dict[int, tuple[int, ...]] = {}
        for column in self._personal:
            if column < len(table.columns):
                for row in table.columns[column].held.arg_true():
                    held[row] = (*held.get(row, ()), column)
        known: dict[tuple[int, ...], list[Finding]] = {}
        for row, columns in held.items():
            if columns not in known:
                known[columns] = personal_columns(table.block.row(row), self._header, table.desk)
            said.add(row, known[columns])

    def _say_required(
        self, said: _Said, table: Table, fields: Mapping[str, JudgedColumn], values: Mapping[str, pl.Series]
    ) -> None:
        """What is missing, asked once for each pattern of empty fields."""
        asked = [one for one in self._item.fields if one.required or one.required_when or _names_subject(one)]
        conditions = sorted({one.required_when.field for one in asked if one.required_when})
        frame = pl.DataFrame(
            {
                **{f"+{one.id}": _filled(fields, one.id, len(table)) for one in asked},
                **{f"={name}": values.get(name, nulls(len(table))) for name in conditions},
            }
        )
        patterns = frame.with_row_index("row").group_by(frame.columns).agg("row")
        for *pattern, rows in patterns.iter_rows():
            key = tuple(pattern)
            if key not in self._required:
                self._required[key] = self._missing(asked, conditions, key, table.desk)
            if self._required[key]:
                for row in rows:
                    said.add(row, self._required[key])

    def _missing(
        self, asked: Sequence[Field], conditions: Sequence[str], pattern: Sequence[object], desk: Desk
    ) -> list[Finding]:
        filled = dict(zip((one.id for one in asked), pattern, strict=False))
        entries = {one.id: Entry(one, None, "", bool(filled.get(one.id, True))) for one in self._item.fields}
        read = dict(zip(conditions, pattern[len(asked) :], strict=True))
        return required_findings(entries, {name: str(value) for name, value in read.items() if value}, desk, ())

    def _block(
        self,
        table: Table,
        fields: Mapping[str, JudgedColumn],
        values: dict[str, pl.Series],
        body: pl.Series,
        said: _Said,
    ) -> JudgedBlock:
        count = len(table)
        rejected = [row for row, findings in said.findings.items() if any(_is_error(each) for each in findings)]
        waiting = sorted(said.held.difference(rejected))
        outcomes = pl.repeat(_ACCEPTED, count, dtype=pl.UInt8, eager=True)
        name = fields.get(self._item.subject_name)
        code, old = _claims(self._item, fields, nulls(count))
        return JudgedBlock(
            numbers=table.block.numbers,
            outcomes=outcomes.scatter(rejected, _REJECTED).scatter(waiting, _HELD),
            values=values,
            code=code,
            name=pl.repeat("", count, eager=True) if name is None or name.name is None else name.name,
            body=body,
            old_codes=old,
            findings={row: tuple(findings) for row, findings in said.findings.items() if findings},
            kept=[column.kept for column in table.columns],
            kept_width=pl.repeat(len(table.columns), count, dtype=pl.UInt32, eager=True),
        )


_UNREAD = "?"


def _in_order(item: ItemEdition, fields: Mapping[str, JudgedColumn]) -> Iterator[JudgedColumn]:
    return (fields[one.id] for one in item.fields if one.id in fields)


def _say(said: _Said, column: JudgedColumn, what: str) -> None:
    for row, verdict in column.speaking.items():
        findings = verdict.taken if what == "taken" else verdict.said
        if findings:
            said.add(row, findings)


def _is_error(finding: Finding) -> bool:
    return finding.severity is Severity.ERROR


def _names_subject(one: Field) -> bool:
    return one.kind in (FieldKind.SUBJECT_CODE, FieldKind.OLD_CODE)


def _filled(fields: Mapping[str, JudgedColumn], name: str, count: int) -> pl.Series:
    column = fields.get(name)
    return pl.repeat(False, count, eager=True) if column is None else column.filled


def _several(columns: Sequence[JudgedColumn]) -> list[int]:
    """Rows in which more than one column of a field holds something."""
    if len(columns) < 2:
        return []
    held = pl.sum_horizontal([column.held.cast(pl.UInt8) for column in columns])
    return pl.select(held > 1).to_series().arg_true().to_list()


def _merged(columns: Sequence[JudgedColumn]) -> JudgedColumn:
    """The columns of one field as one, for rows in which at most one of them holds anything."""
    first, *others = columns
    for other in others:
        first = JudgedColumn(
            value=other.value.zip_with(other.held, first.value),
            kept=first.kept,
            held=first.held | other.held,
            filled=first.filled | other.filled,
            sure=first.sure | other.sure,
            plain=None if first.plain is None or other.plain is None else first.plain | other.plain,
            name=None if first.name is None or other.name is None else other.name.zip_with(other.held, first.name),
            speaking=first.speaking | other.speaking,
        )
    return first


def _claims(
    item: ItemEdition, fields: Mapping[str, JudgedColumn], nothing: pl.Series
) -> tuple[pl.Series, dict[int, OldCodes]]:
    """The claimed unified codes, and old codes by row. A unified code in an old code's column counts where the right
    column is empty.
    """
    own = fields.get(item.subject_code)
    code = nothing if own is None else own.value
    moved: dict[int, str] = {}
    old: dict[int, list[tuple[str, str]]] = {}
    for one in item.fields:
        column = fields.get(one.id)
        if column is None or one.kind is not FieldKind.OLD_CODE:
            continue
        rows = column.value.is_not_null().arg_true()
        for row, value in zip(rows.to_list(), column.value.gather(rows).to_list(), strict=True):
            verdict = column.speaking.get(row)
            unified = verdict.code if verdict else None
            if unified is None:
                old.setdefault(row, []).append((one.old_code or one.id, value))
            elif (own is None or not own.filled[row]) and row not in moved:
                moved[row] = unified
            elif unified != moved.get(row, code[row]):
                old.setdefault(row, []).append(("uscc", unified))
    if moved:
        code = code.clone().scatter(list(moved), list(moved.values()))
    return code, {row: tuple(codes) for row, codes in old.items()}
