"""The gate: one physical row in, one verdict out, with everything that is to be said of the row at once.

Every policy of ``rulebook/gate.yml`` is applied here. A verdict depends on the row, its header and the
context alone, never on other rows: repeats inside a file and the archive are the caller's to know.
"""

from collections.abc import Iterable, Mapping
from datetime import date

from xinheng.core.cells import Cell, RawRow, RowProblem
from xinheng.core.findings import Finding, Outcome
from xinheng.core.identity import FORMER_CODE, Claim
from xinheng.core.rulebook.types import Case, FieldKind, ItemEdition, Rulebook
from xinheng.core.text import tidy
from xinheng.core.validation.checks import deciding_body, required_findings, run_checks
from xinheng.core.validation.desk import FIGURES, Desk, Entry, gather, is_empty, plain_text
from xinheng.core.validation.gate import AgencyFacts, GateContext, RowVerdict
from xinheng.core.validation.header import Header, map_keys
from xinheng.core.validation.person_rows import person_row
from xinheng.core.validation.persons import (
    ambiguous_codes,
    known_openly,
    names_persons,
    personal_columns,
    safe_text,
    without_persons,
)
from xinheng.core.validation.reading import Read, read_entry
from xinheng.core.validation.rows import BLANK, HEADER, cut_off, ignored_as, shape_findings
from xinheng.core.values import Severity

__all__ = ["AgencyFacts", "GateContext", "RowVerdict", "ambiguous_codes", "judge", "judge_case"]

_BROKEN = {
    RowProblem.BROKEN_LINE: "shape.broken_line",
    RowProblem.UNDECODABLE: "shape.undecodable",
    RowProblem.UNCLOSED_QUOTE: "shape.unclosed_quote",
}

CASE_DAY = date(2026, 11, 22)
"""The day on which a worked case is judged that names none."""


def judge(row: RawRow, header: Header, gate: GateContext) -> RowVerdict:
    """The verdict on one row under its header. Never raises for anything that a cell can hold.

    Of a person's row only its number is in the verdict; broken, note, total and repeated header rows keep
    no cells either, since nobody can tell whose they are.
    """
    if row.problem is not None:
        said = Desk(gate, frozenset()).say(_BROKEN[row.problem])
        return RowVerdict(row.number, Outcome.REJECTED, (said,))
    ignored = ignored_as(row, header, gate)
    if ignored is not None:
        silent = ignored in (BLANK, HEADER)
        return RowVerdict(row.number, Outcome.IGNORED, () if silent else (Desk(gate, frozenset()).say(ignored),))
    entries = gather(row, header, gate)
    desk = Desk(gate, known_openly(entries, gate))
    shape = shape_findings(row, header, desk)
    unplaced = row.cells if shape else (row.cells[c] for c in header.leftovers if c < len(row.cells))
    person = person_row(entries, desk, unplaced)
    if person:
        return RowVerdict(row.number, Outcome.EXCLUDED_PERSON, person, kept=None)
    return _judge_record(row, header, entries, shape, desk)


def judge_case(rulebook: Rulebook, item: ItemEdition, case: Case) -> tuple[str, tuple[str, ...], Mapping[str, str]]:
    """A worked case of the catalogue through the gate: outcome, rule ids in order, canonical values.

    The row is keyed by field ids, codes or headers. The sender is the case's own or the row's deciding body,
    and no other agency is known; a case without ``today`` is judged on :data:`CASE_DAY`.
    """
    keys = tuple(case.row)
    header = map_keys(keys, item)
    column = header.column_of(item.body_code) if item.body_code else None
    sender = case.sender or (case.row[keys[column]] if column is not None else "")
    gate = GateContext(
        item=item,
        rulebook=rulebook,
        today=case.today or CASE_DAY,
        sender=sender,
        agencies={sender: AgencyFacts(sender, sender)},
        is_register=item.keeps_representative,
    )
    verdict = judge(RawRow(1, tuple(case.row.values()), keys), header, gate)
    rules = tuple(dict.fromkeys(finding.rule for finding in verdict.findings))
    return verdict.outcome.value, rules, verdict.values


def _judge_record(
    row: RawRow, header: Header, given: Mapping[str, Entry], shape: list[Finding], desk: Desk
) -> RowVerdict:
    entries, personal = without_persons(given, desk)
    reads = {field_id: read_entry(entry, desk) for field_id, entry in entries.items() if entry.filled}
    values = canonical_values(entries, reads)
    required = required_findings(entries, values, desk, cut_off(row, header, desk.gate))
    body, about_body = deciding_body(entries, values, desk)
    checked = run_checks(values, desk)
    said = [finding for read in reads.values() for finding in read.findings]
    findings = (
        *shape,
        *personal,
        *personal_columns(row, header, desk),
        *said,
        *required,
        *about_body,
        *checked.findings,
    )
    return RowVerdict(
        number=row.number,
        outcome=_outcome(findings, checked.held),
        findings=findings,
        values=values,
        claim=_claim(entries, reads, desk),
        kept=kept_cells(row, header, entries, values, desk),
        body=body,
        leftovers=_leftovers(row, header, desk),
    )


def canonical_values(entries: Mapping[str, Entry], reads: Mapping[str, Read]) -> dict[str, str]:
    """The canonical values in catalogue order, filled ones only."""
    values: dict[str, str] = {}
    for field_id in entries:
        read = reads.get(field_id)
        if read is not None and read.value:
            values[field_id] = read.value
        if read is not None:
            values |= read.more
    return values


def _outcome(findings: Iterable[Finding], held: bool) -> Outcome:
    if any(finding.severity is Severity.ERROR for finding in findings):
        return Outcome.REJECTED
    return Outcome.HELD if held else Outcome.ACCEPTED


def _claim(entries: Mapping[str, Entry], reads: Mapping[str, Read], desk: Desk) -> Claim:
    """Whom the row names. A unified code that stands in an old code's column counts where the right column
    is empty.
    """
    item = desk.gate.item
    own = reads.get(item.subject_code)
    code = own.value if own else None
    old: list[tuple[str, str]] = []
    for field_id, read in reads.items():
        field = entries[field_id].field
        if field.kind is not FieldKind.OLD_CODE or not read.value:
            continue
        if read.code is None:
            old.append((field.old_code or field.id, read.value))
        elif own is None and code is None:
            code = read.code
        elif read.code != code:
            old.append(("uscc", read.code))
    if code is not None and not desk.gate.is_register:
        old.append((FORMER_CODE, code))
    return Claim(code, tuple(old), tidy(entries[item.subject_name].text))


def kept_cells(
    row: RawRow, header: Header, entries: Mapping[str, Entry], values: Mapping[str, str], desk: Desk
) -> tuple[str, ...]:
    """The cells as they may be kept; what was masked for reading is not masked again."""
    done = {entry.columns[0]: entry.text for entry in entries.values() if _is_masked(entry, values)}
    return tuple(
        done[column] if column in done else _kept_cell(column, cell, header, values, desk)
        for column, cell in enumerate(row.cells)
    )


def _is_masked(entry: Entry, values: Mapping[str, str]) -> bool:
    unread = entry.field.kind in FIGURES and entry.field.id not in values
    return len(entry.columns) == 1 and not unread


def _kept_cell(column: int, cell: Cell, header: Header, values: Mapping[str, str], desk: Desk) -> str:
    """A person's field and an unknown column that names persons are emptied, everything else is masked.

    Figures that could not be read as what their field wants are masked like any text.
    """
    text = plain_text(cell)
    field_id = header.columns.get(column)
    if field_id is None:
        personal = names_persons(header.leftovers.get(column, ""), desk.gate.rulebook.person_headings)
        return "" if personal else desk.mask(text)
    field = desk.gate.item.field(field_id)
    if field.kind in FIGURES and field_id not in values:
        return desk.mask(text)
    return safe_text(field, cell, text, desk)


def _leftovers(row: RawRow, header: Header, desk: Desk) -> tuple[str, ...]:
    """Headings of the unknown columns in which this row holds something."""
    placeholders = desk.gate.rulebook.placeholders
    held = (
        heading
        for column, heading in header.leftovers.items()
        if column < len(row.cells) and not is_empty(plain_text(row.cells[column]), None, placeholders)
    )
    return tuple(desk.mask(heading) for heading in held)
