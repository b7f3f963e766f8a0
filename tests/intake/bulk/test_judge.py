"""One meaning, two engines: of any rows the bulk engine says exactly what the row engine says."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.validation.worked_cases import base, cases, context, rulebook
from tests.intake.bulk.comparing import as_rows, assert_agree, block_of, bulk_judge, header_over
from tests.intake.bulk.effort import effort
from tests.intake.bulk.nasty import cells_for
from xinheng.core.cells import RawRow, RowProblem
from xinheng.core.rulebook.types import ItemEdition
from xinheng.core.validation.gate import AgencyFacts, GateContext
from xinheng.core.validation.header import find_header

TODAY = date(2026, 11, 22)
EDITIONS = [edition for editions in rulebook().items.values() for edition in editions]
CONSTANTS = {
    "body_code": "11610800MB2A0002XQ",
    "body_name": "示例市市场监督管理局",
    "subject_category": "自然人",
    "valid_until": "2026-02-30",
    "note": "电话13812345678",
}
AGENCIES = ("11610800MB2A0002XQ", "11610800MB2A00038Q", "11610802MB2A00011X")


def gate_of(item: ItemEdition) -> GateContext:
    agencies = {code: AgencyFacts(code, f"示例市机关{code[-1]}") for code in AGENCIES}
    agencies[AGENCIES[0]] = AgencyFacts(AGENCIES[0], "示例市市场监督管理局", frozenset(AGENCIES[1:2]))
    return GateContext(
        item=item,
        rulebook=rulebook(),
        today=TODAY,
        sender=AGENCIES[0],
        agencies=agencies,
        known_codes=frozenset({"610802180101010"}),
        is_register=item.keeps_representative,
    )


def table_of(item: ItemEdition) -> tuple[list[str], list[list[str]]]:
    """Headings of every field, a column that nobody knows and one of persons; the item's worked cases as rows."""
    names = [*(field.label.zh for field in item.fields), "窗口叫号", "联系人手机"]
    keys = {}
    for field in item.fields:
        for name in field.names:
            keys.setdefault(name, field.id)
    rows = []
    for case in item.cases:
        cells = {keys.get(name, name): text for name, text in case.row.items()}
        rows.append([*(cells.get(field.id, "") for field in item.fields), "", ""])
    return names, rows


@pytest.mark.parametrize("item", EDITIONS, ids=lambda item: f"{item.id}-{item.edition}")
def test_every_worked_case_of_the_catalogue(item):
    names, rows = table_of(item)
    gate = gate_of(item)
    header = find_header(as_rows([names, *rows], 1), item)
    assert header is not None
    verdicts = assert_agree(as_rows(rows * 5), header, gate, len(names))
    assert {verdict.outcome for verdict in verdicts}


def test_every_worked_case_of_the_gate():
    for _, case in cases():
        gate = context(case["item"], known_codes=frozenset(case.get("known", ())))
        if "table" in case:
            table = [[str(cell) for cell in row] for row in [case["table"]["header"], *case["table"]["rows"]]]
            header = find_header(as_rows(table, 1), gate.item)
            assert_agree(as_rows(table[1:]), header, gate, len(table[0]))
            continue
        for change in case.get("again", [case.get("change")]):
            row = {name: str(cell) for name, cell in base(case["item"], **change).items()}
            header = header_over([gate.item.field(name).label.zh for name in row], gate, row)
            assert_agree(as_rows([list(row.values())]), header, gate, len(row))


@st.composite
def mutated(draw, item):
    """Rows of the worked cases, repeated, some with a few cells changed and some of another width."""
    names, rows = table_of(item)
    made = [list(draw(st.sampled_from(rows))) for _ in range(draw(st.integers(1, 20)))]
    for row in made:
        for _ in range(draw(st.integers(0, 3))):
            column = draw(st.integers(0, len(names) - 1))
            about = item.fields[column] if column < len(item.fields) else None
            row[column] = draw(cells_for(about, row[column]))
        if draw(st.integers(0, 9)) == 0:
            row[:] = draw(st.sampled_from((row[:-1], row[:2], [*row, ""], [*row, "多"], [], [""] * len(names))))
    return names, made


@pytest.mark.parametrize("item", EDITIONS, ids=lambda item: f"{item.id}-{item.edition}")
def test_any_rows(item):
    gate = gate_of(item)
    names, rows = table_of(item)
    header = find_header(as_rows([names, *rows], 1), item)

    @effort(6)
    @given(mutated(item))
    def agree(table):
        assert_agree(as_rows(table[1]), header, gate, len(names))

    agree()


@effort(20)
@given(mutated(rulebook().item("penalty", TODAY)))
def test_constants_of_an_adapter(table):
    """Fields without a column that hold the same in every row, good, wrong or a person's."""
    gate = gate_of(rulebook().item("penalty", TODAY))
    kept = [at for at, field in enumerate(gate.item.fields) if field.id not in CONSTANTS] + [-2, -1]
    rows = [[row[at] for at in kept] for row in table[1] if len(row) == len(table[0])]
    names = [table[0][at] for at in kept]
    header = find_header(as_rows([names, *table_of(gate.item)[1]], 1), gate.item)
    for some in (("body_code", "body_name"), tuple(CONSTANTS), ("note",), ("subject_category",)):
        constants = {name: CONSTANTS[name] for name in some}
        assert_agree(as_rows(rows), replace(header, constants=constants), gate, len(names))


@pytest.mark.parametrize(
    "constants", [{"subject_code": "91610802MA70XH014D"}, {"note": "有"}, {"decided_on": "2026-13-01"}]
)
def test_constants_under_columns_that_stand_empty(constants):
    gate = context("penalty")
    row = {**base("penalty"), "note": ""}
    header = header_over([gate.item.field(name).label.zh for name in row], gate, row)
    rows = [list({**row, name: cell}.values()) for name in row for cell in ("", "无", row[name])]
    assert_agree(as_rows([*rows, [""] * len(row)]), replace(header, constants=constants), gate, len(row))


def test_broken_rows():
    gate = context("penalty")
    row = base("penalty")
    header = header_over([gate.item.field(name).label.zh for name in row], gate, row)
    rows = [RawRow(2 + at, (), problem=problem) for at, problem in enumerate(RowProblem)]
    assert_agree([*rows, RawRow(9, tuple(row.values()))], header, gate, len(row))


def test_the_register_is_asked_only_for_codes_that_may_be_persons():
    gate = context("penalty")
    row = base("penalty")
    header = header_over([gate.item.field(name).label.zh for name in row], gate, row)
    asked: list[frozenset[str]] = []
    bulk = bulk_judge(header, gate, asked)
    bulk.judge(block_of(as_rows([list(row.values())]), len(row)))
    assert asked == []
    other = {**row, "subject_code": "916108021801010113"}
    bulk.judge(block_of(as_rows([list(other.values())]), len(row)))
