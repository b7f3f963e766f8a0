"""A confirmed mapping gives exactly what was confirmed, to exactly the tables whose headings are the same."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.mapping_samples import CELLS, TODAY, columns_of, item, table
from tests.core.validation.worked_cases import context, rulebook
from xinheng.core.cells import RawRow
from xinheng.core.findings import Outcome
from xinheng.core.mapping.adapters import Adapter, adapted, adapted_keys, header_signature, keyed_header, read_header
from xinheng.core.mapping.confirming import CannotMap, Confirming, Decisions, confirmed
from xinheng.core.mapping.proposals import propose
from xinheng.core.mapping.table import columns_at, find_place
from xinheng.core.validation.engine import judge
from xinheng.core.validation.header import find_header, missing_columns

AGENCY = "11610802MA9B00011R"
COLUMNS = [
    ("案号", "document_number"), ("当事人", "subject_name"), ("甲", "subject_code"), ("乙", "decided_on"),
    ("罚没金额", "fine_amount"), ("联系电话", "phone"),
]  # fmt: skip
SET = Decisions(fields={"甲": "subject_code", "乙": "decided_on", "罚没金额": "fine_amount"}, units={"罚没金额": "元"})


def confirming(rows: list[RawRow]) -> Confirming:
    place = find_place(rows, item())
    columns = columns_at(rows, place, item(), rulebook(), TODAY)
    return Confirming(AGENCY, item(), place, columns, propose(columns, item(), rulebook(), TODAY))


def adapter(rows: list[RawRow], decisions: Decisions = SET) -> Adapter:
    return replace(confirmed(confirming(rows), decisions, rulebook(), TODAY), version=1)


def header(rows: list[RawRow], *adapters: Adapter):
    found = adapted(rows, item(), adapters, rulebook().uscc)
    return found.header if found else None


def test_the_file_it_was_confirmed_for_is_read_as_confirmed() -> None:
    rows = table(COLUMNS, above=[["某某局台账"], ["金额单位：万元"]])
    found = header(rows, adapter(rows))
    assert dict(found.columns) == {
        0: "document_number", 1: "subject_name", 2: "subject_code", 3: "decided_on", 4: "fine_amount",
    }  # fmt: skip
    assert dict(found.leftovers) == {5: "联系电话"}
    assert (found.first_row, found.last_row, found.width) == (3, 3, 6)
    assert found.units == {4: "元"}
    assert found.unit_above == "万元"


def test_where_the_catalogue_knows_every_heading_the_adapters_header_is_the_catalogues() -> None:
    known = [
        ("行政相对人名称", "subject_name"), ("统一社会信用代码", "subject_code"), ("处罚决定日期", "decided_on"),
        ("罚款金额（万元）", "fine_amount"), ("处罚类别1", "penalty_types"), ("处罚类别2", "penalty_types"),
    ]  # fmt: skip
    rows = table(known, above=[["台账"]])
    rows.insert(2, RawRow(3, ("必填",) * 6))
    rows = [replace(row, number=number) for number, row in enumerate(rows, 1)]
    assert header(rows, adapter(rows, Decisions())) == find_header(rows, item())


TITLES = st.lists(
    st.text(st.sampled_from("甲乙丙丁戊己庚辛壬癸栏目项号"), min_size=1, max_size=5),
    min_size=3,
    max_size=7,
    unique=True,
)


@given(TITLES, st.data())
def test_any_confirmed_mapping_is_applied_exactly(titles: list[str], data: st.DataObject) -> None:
    """The expectation is the decisions themselves, column by column."""
    others = ["document_number", "decided_on", "content", "note", "fine_amount"]
    wanted = ["subject_code", *data.draw(st.permutations(others))][: len(titles)]
    places = data.draw(st.permutations(range(len(titles))))
    expected = dict(zip(places, wanted, strict=False))
    dropped = data.draw(st.sets(st.sampled_from(sorted(expected)))) - {places[0]}
    rows = [RawRow(1, tuple(titles)), RawRow(2, tuple("内容" for _ in titles))]
    decisions = Decisions(
        fields={f"#{place + 1}": field for place, field in expected.items() if place not in dropped},
        ignored=tuple(f"#{place + 1}" for place in range(len(titles)) if place in dropped or place not in expected),
    )
    found = header(rows, adapter(rows, decisions))
    assert dict(found.columns) == {place: field for place, field in expected.items() if place not in dropped}
    assert set(found.leftovers) == set(range(len(titles))) - set(found.columns)


@given(TITLES, st.data())
def test_the_signature_is_that_of_the_headings_in_order_whatever_their_dress(
    titles: list[str], data: st.DataObject
) -> None:
    dresses = [
        lambda t: t,
        lambda t: f" {t} ",
        lambda t: f"*{t}",
        lambda t: f"{t}（必填）",
        lambda t: f"{t[0]} {t[1:]}",
    ]
    worn = [data.draw(st.sampled_from(dresses))(title) for title in titles]
    own = header_signature(titles)
    assert header_signature([*worn, "", " "]) == own
    place = data.draw(st.integers(0, len(titles)))
    assert header_signature([*titles[:place], "另列", *titles[place:]]) != own
    assert header_signature(titles[:-1]) != own
    assert header_signature(titles[::-1]) != own
    assert len({own, header_signature(titles, keyed=True), header_signature(titles, depth=0)}) == 3


@pytest.mark.parametrize(
    "columns",
    [
        [*COLUMNS, ("新列", "note")],
        COLUMNS[:-1],
        [COLUMNS[1], COLUMNS[0], *COLUMNS[2:]],
        [("另号", "document_number"), *COLUMNS[1:]],
    ],
)
def test_changed_headings_no_longer_fit_and_that_is_said(columns: list[tuple[str, str]]) -> None:
    known = adapter(table(COLUMNS))
    read = read_header(table(columns), item(), [known], rulebook())
    assert read.adapter is None
    assert [finding.rule for finding in read.findings] == ["adapter.header_changed"]


def test_the_use_of_a_mapping_is_said_with_its_version() -> None:
    known = replace(adapter(table(COLUMNS)), version=7)
    read = read_header(table(COLUMNS), item(), [known], rulebook())
    (said,) = read.findings
    assert (said.rule, read.adapter) == ("adapter.used", known)
    assert "7" in said.message.zh
    assert "7" in said.message.en


def test_nothing_is_said_where_there_is_no_mapping_or_the_catalogue_knows_all() -> None:
    known = [
        ("当事人", "subject_name"),
        ("信用代码", "subject_code"),
        ("案件名称", "penalty_name"),
        ("联系电话", "phone"),
    ]
    assert read_header(table(COLUMNS), item(), [], rulebook()).findings == ()
    read = read_header(table(known), item(), [adapter(table(COLUMNS))], rulebook())
    assert (read.findings, read.header) == ((), find_header(table(known), item()))


def test_another_item_or_edition_is_not_touched() -> None:
    rows = table(COLUMNS)
    licence = context("licence").item
    assert adapted(rows, licence, [adapter(rows)], rulebook().uscc) is None
    assert header(rows, replace(adapter(rows), edition="2015")) is None
    assert header(rows, replace(adapter(rows), fields=("no_such_field", None, None, None, None, None))) is None


def test_a_table_without_headings_is_known_by_its_width_and_its_codes() -> None:
    rows = table([("", "subject_code"), ("", "document_number"), ("", "decided_on"), ("", "subject_name")])[1:]
    decisions = Decisions(fields={"#3": "decided_on", "第2列": "document_number"}, ignored=("*",))
    made = adapter(rows, replace(decisions, fields={**decisions.fields, "#1": "subject_code"}))
    found = header(rows, made)
    assert (found.first_row, found.last_row, found.width) == (0, 0, 4)
    assert found.columns[0] == "subject_code"
    assert header([replace(row, cells=row.cells[:3]) for row in rows], made) is None
    assert header([replace(row, cells=(row.cells[1], *row.cells[1:])) for row in rows], made) is None


def test_headings_of_two_levels() -> None:
    spans = ((1, 2),)
    rows = [
        RawRow(1, ("编号", "当事", "", "处理"), spans=spans),
        RawRow(2, ("编号", "甲名", "甲码", "处理")),
        RawRow(3, tuple(CELLS[held][0] for held in ("document_number", "subject_name", "subject_code", "decided_on"))),
    ]
    known = Adapter(
        AGENCY, "penalty", item().edition, 1, ("编号", "当事 / 甲名", "当事 / 甲码", "处理"),
        ("document_number", "subject_name", "subject_code", "decided_on"), depth=2,
    )  # fmt: skip
    found = header(rows, known)
    assert dict(found.columns) == dict(enumerate(known.fields))
    assert (found.first_row, found.last_row) == (1, 2)


def test_keys_are_known_in_any_order_and_number() -> None:
    rows = [
        RawRow(n, tuple(CELLS[held][n] for _, held in COLUMNS), keys=tuple(title for title, _ in COLUMNS))
        for n in range(3)
    ]
    made = adapter(rows)
    assert made.keyed
    some = adapted_keys(("乙", "甲", "罚没金额"), item(), (made,))
    assert dict(some.columns) == {0: "decided_on", 1: "subject_code", 2: "fine_amount"}
    assert (some.units, some.keyed) == ({2: "元"}, True)
    assert adapted_keys(("乙", "新键"), item(), (made,)) is None
    assert keyed_header(("乙", "新键"), item(), (made,)).columns == {}


def test_a_constant_stands_for_a_missing_column() -> None:
    rows = table(COLUMNS)
    found = header(rows, adapter(rows, replace(SET, constants={"body_code": AGENCY})))
    assert found.constants == {"body_code": AGENCY}
    assert "body_code" not in missing_columns(found, item())
    assert "body_name" in missing_columns(found, item())


def test_rows_are_judged_under_a_mapped_header_as_under_the_catalogues_own() -> None:
    """The same row under other words gives the same values."""
    fields = [field for field in CELLS if field not in ("handler", "phone", "paper", "note")]
    own = [(item().field(field).label.zh, field) for field in fields]
    other = [(f"栏{number}", field) for number, field in enumerate(fields)]
    rows, strange = table(own), table(other)
    made = adapter(strange, Decisions(fields=dict(other)))
    gate = context("penalty")
    for place in (1, 2, 3):
        expected = judge(rows[place], find_header(rows, item()), gate)
        assert judge(strange[place], header(strange, made), gate) == expected
        assert expected.outcome in (Outcome.REJECTED, Outcome.HELD, Outcome.ACCEPTED)


@pytest.mark.parametrize(
    ("decisions", "rule"),
    [
        (Decisions(), "mapping.undecided"),
        (replace(SET, fields={**SET.fields, "丁": "note"}), "mapping.column_unknown"),
        (replace(SET, fields={**SET.fields, "甲": "colour"}), "mapping.field_unknown"),
        (replace(SET, fields={**SET.fields, "联系电话": "note"}), "mapping.person_column"),
        (replace(SET, fields={**SET.fields, "乙": "subject_code"}), "mapping.field_twice"),
        (Decisions(ignored=("*", "甲"), fields={"#3": "note"}), "mapping.no_subject"),
        (replace(SET, constants={"subject_code": "91610802MA70XH014D"}), "mapping.constant"),
        (replace(SET, constants={"legal_representative": "某某"}), "mapping.constant"),
        (replace(SET, constants={"body_code": "不知道"}), "mapping.constant"),
        (replace(SET, constants={"decided_on": "2026-01-01"}), "mapping.constant"),
        (replace(SET, units={"罚没金额": "美元"}), "mapping.unit"),
        (replace(SET, units={"乙": "元"}), "mapping.unit"),
    ],
)
def test_decisions_that_make_no_mapping_are_refused(decisions: Decisions, rule: str) -> None:
    with pytest.raises(CannotMap) as refused:
        adapter(table(COLUMNS), decisions)
    assert refused.value.rule == rule
    assert all(cell not in refused.value.message.zh for cell in CELLS["phone"])


def test_a_repeated_heading_is_named_by_its_number() -> None:
    rows = table(
        [("代码", "subject_code"), ("代码", "body_code"), ("当事人", "subject_name"), ("案号", "document_number")]
    )
    with pytest.raises(CannotMap) as refused:
        adapter(rows, Decisions(fields={"代码": "body_code"}))
    assert refused.value.rule == "mapping.column_repeated"
    made = adapter(rows, Decisions(fields={"#1": "subject_code", "#2": "body_code"}))
    assert made.fields[:2] == ("subject_code", "body_code")


def test_a_column_of_persons_may_be_a_persons_field() -> None:
    rows = table([*COLUMNS[:3], ("经办", "handler"), ("备用", "paper")])
    made = adapter(
        rows, Decisions(fields={"甲": "subject_code", "经办": "legal_representative", "备用": "paper_number"})
    )
    assert made.fields[3:] == ("legal_representative", "paper_number")


def test_samples_never_enter_a_mapping() -> None:
    made = adapter(table(COLUMNS))
    assert not {cell for cells in CELLS.values() for cell in cells if cell} & set(map(str, made.titles))
    assert len(columns_of(table(COLUMNS))) == len(made.titles)
