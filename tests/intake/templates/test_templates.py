"""Templates: the gate reads each as its item, and what is filled in is judged as the worked cases say."""

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from xinheng.core.context import LEGAL_ZONE, Actor, Context
from xinheng.core.findings import Outcome
from xinheng.core.rulebook.types import Case, FieldKind, ItemEdition
from xinheng.core.validation.engine import CASE_DAY, judge
from xinheng.core.validation.gate import AgencyFacts, GateContext
from xinheng.core.validation.header import find_header, missing_columns
from xinheng.core.validation.headings import headings_of
from xinheng.intake.judging import Judging
from xinheng.intake.readers.source import open_source
from xinheng.intake.templates import template
from xinheng.intake.templates.columns import is_taken
from xinheng.runtime.errors import RuntimeRefusal
from xinheng.runtime.rulebook_files import load_rulebook

RULEBOOK = load_rulebook()
TODAY = date(2026, 11, 22)
EDITIONS = [edition for editions in RULEBOOK.items.values() for edition in editions]
NAMES = [f"{edition.id}-{edition.edition}" for edition in EDITIONS]


def made(folder: Path, edition: ItemEdition, name: str = "template.xlsx") -> Path:
    template(RULEBOOK, item=edition.id, edition=edition.edition, today=TODAY, out=folder / name)
    return folder / name


@pytest.mark.parametrize("edition", EDITIONS, ids=NAMES)
def test_the_gate_knows_every_column(tmp_path: Path, edition: ItemEdition) -> None:
    with open_source(made(tmp_path, edition)) as source:
        data, *others = source.sheets
        header = find_header(list(data.rows), edition)
        assert header is not None
        assert [header.columns[column] for column in range(len(edition.fields))] == [
            field.id for field in edition.fields
        ]
        assert not header.leftovers
        assert not missing_columns(header, edition)
        assert len(list(data.rows)) == 1, "nothing to be submitted by mistake"
        for sheet in others:
            first = list(sheet.rows)[:40]
            assert not any(find_header(first, each) for each in EDITIONS), sheet.name


@pytest.mark.parametrize("edition", EDITIONS, ids=NAMES)
def test_of_its_own_sheets_nothing_is_said(tmp_path: Path, edition: ItemEdition) -> None:
    ctx = Context(Actor("system", "xinheng"), datetime(2026, 11, 22, tzinfo=LEGAL_ZONE), RULEBOOK)
    judging = Judging(ctx, edition, "", {}, lambda values: values)
    with open_source(made(tmp_path, edition)) as source:
        assert list(judging.blocks(source.sheets, only=None)) == []
    assert judging.tables == 1
    assert judging.batch_findings == []


def fitting(edition: ItemEdition) -> Iterator[tuple[Case, dict[str, str]]]:
    """Worked cases by field; where one has several columns of a field, only a list of choices can hold all of them."""
    headings = headings_of(edition)
    for case in edition.cases:
        fields: dict[str, str] = {}
        fits = True
        for name, value in case.row.items():
            match = headings.match(name)
            fits = fits and match is not None
            if match is None or not value:
                continue
            several = match[0] in fields
            fits = fits and (not several or edition.field(match[0]).kind is FieldKind.CHOICES)
            fields[match[0]] = f"{fields[match[0]]}；{value}" if several else value
        if fits:
            yield case, fields


@pytest.mark.parametrize("edition", EDITIONS, ids=NAMES)
def test_filled_with_a_worked_case_it_is_judged_as_the_case_says(tmp_path: Path, edition: ItemEdition) -> None:
    path = made(tmp_path, edition)
    cases = list(fitting(edition))
    book = openpyxl.load_workbook(path)
    for row, (_, fields) in enumerate(cases, 2):
        for column, field in enumerate(edition.fields, 1):
            _fill(book.worksheets[0], row, column, fields.get(field.id, ""), field.kind)
    book.save(tmp_path / "filled.xlsx")
    with open_source(tmp_path / "filled.xlsx") as source:
        rows = list(source.sheets[0].rows)
    header = find_header(rows[:40], edition)
    assert header is not None
    got = []
    for row, (case, fields) in zip(rows[1:], cases, strict=True):
        sender = case.sender or fields.get(edition.body_code or "", "")
        gate = GateContext(
            edition, RULEBOOK, case.today or CASE_DAY, sender, {sender: AgencyFacts(sender, sender)},
            is_register=edition.keeps_representative,
        )  # fmt: skip
        got.append((case.name, judge(row, header, gate).outcome.value))
    assert got == [(case.name, case.outcome) for case, _ in cases]
    assert {outcome for _, outcome in got} >= {Outcome.ACCEPTED}


def _fill(sheet: Worksheet, row: int, column: int, value: str, kind: FieldKind) -> None:
    """As somebody would type it: amounts are numbers, everything else is text."""
    if not value:
        return
    cell = sheet.cell(row, column)
    try:
        cell.value = Decimal(value) if kind is FieldKind.AMOUNT else value
    except InvalidOperation:
        cell.value = value
    if isinstance(cell.value, str):
        cell.data_type = "s"


@pytest.mark.parametrize("edition", EDITIONS, ids=NAMES)
def test_headings_say_what_they_want(tmp_path: Path, edition: ItemEdition) -> None:
    book = openpyxl.load_workbook(made(tmp_path, edition))
    sheet = book.worksheets[0]
    assert sheet.freeze_panes == "A2"
    assert book.worksheets[2].sheet_state == "hidden"
    listed = {str(cell) for each in sheet.data_validations.dataValidation for cell in each.sqref.ranges}
    for column, field in enumerate(edition.fields, 1):
        cell = sheet.cell(1, column)
        assert str(cell.value).endswith("*") == field.required
        assert field.id in cell.comment.text
        assert all(code in cell.comment.text for code in field.codes)
        if field.kind in (FieldKind.DATE, FieldKind.AMOUNT, FieldKind.SUBJECT_CODE, FieldKind.AGENCY_CODE):
            assert any(place.startswith(f"{cell.column_letter}2:") for place in listed), field.id
        if field.kind in (FieldKind.SUBJECT_CODE, FieldKind.OLD_CODE, FieldKind.AGENCY_CODE, FieldKind.TEXT):
            assert sheet.column_dimensions[cell.column_letter].number_format == "@"


@pytest.mark.parametrize("edition", EDITIONS, ids=NAMES)
def test_the_legend_names_fields_lists_law_and_rulebook(tmp_path: Path, edition: ItemEdition) -> None:
    legend = openpyxl.load_workbook(made(tmp_path, edition)).worksheets[1]
    told = {str(cell.value) for row in legend.iter_rows() for cell in row if cell.value is not None}
    assert any(RULEBOOK.digest in text for text in told)
    assert f"{edition.id} · {edition.edition}" in told
    assert {field.label.zh for field in edition.fields} <= told
    assert any(RULEBOOK.laws[edition.law[0].law].title.zh in text for text in told)
    for field in edition.fields:
        if field.list and is_taken(field, edition) and field.kind in (FieldKind.CHOICE, FieldKind.CHOICES):
            assert field.list in told


def test_lists_leave_out_what_the_gate_refuses(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(made(tmp_path, RULEBOOK.item("penalty", TODAY)))
    offered = {cell.value for row in book["选项"].iter_rows() for cell in row}
    assert "罚款" in offered
    assert "行政拘留" not in offered


def test_fields_of_persons_take_nothing(tmp_path: Path) -> None:
    edition = RULEBOOK.item("penalty", TODAY)
    sheet = openpyxl.load_workbook(made(tmp_path, edition)).worksheets[0]
    column = next(n for n, field in enumerate(edition.fields, 1) if field.id == "paper_number")
    letter = sheet.cell(1, column).column_letter
    rule = next(each for each in sheet.data_validations.dataValidation if str(each.sqref).startswith(f"{letter}2"))
    assert (rule.type, rule.formula1) == ("custom", f'{letter}2=""')
    assert "不采集" in sheet.cell(1, column).comment.text


def test_the_same_rules_give_the_same_bytes(tmp_path: Path) -> None:
    edition = RULEBOOK.item("licence", TODAY)
    assert made(tmp_path, edition).read_bytes() == made(tmp_path, edition, "again.xlsx").read_bytes()


def test_without_an_edition_it_is_the_one_in_force(tmp_path: Path) -> None:
    assert template(RULEBOOK, item="penalty", today=TODAY, out=tmp_path / "a.xlsx").edition == "2018"
    assert template(RULEBOOK, item="penalty", today=date(2016, 1, 1), out=tmp_path / "a.xlsx").edition == "2015"


@pytest.mark.parametrize(
    ("item", "edition", "rule"), [("nothing", None, "item.unknown"), ("penalty", "1999", "template.edition_unknown")]
)
def test_what_does_not_exist_is_refused(tmp_path: Path, item: str, edition: str | None, rule: str) -> None:
    with pytest.raises(RuntimeRefusal) as refused:
        template(RULEBOOK, item=item, edition=edition, today=TODAY, out=tmp_path / "a.xlsx")
    assert refused.value.rule == rule
    assert not (tmp_path / "a.xlsx").exists()
