"""Which field an unknown heading may be: headings of real-life exports, and what content says of them."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.mapping_samples import CELLS, PERSONAL, TODAY, columns_of, item, proposals, table
from tests.core.validation.worked_cases import rulebook
from xinheng.core.mapping.content import Reading, shown
from xinheng.core.mapping.likeness import initials, likeness
from xinheng.core.mapping.proposals import MARGIN, State, propose
from xinheng.core.mapping.table import NO_HEADINGS, Column, Place, find_place
from xinheng.core.persons import mask_any

CASE_SYSTEM = [
    ("案号", "document_number"), ("当事人名称", "subject_name"), ("信用代码", "subject_code"),
    ("案件名称", "penalty_name"), ("处罚单位", "body_name"), ("处罚单位代码", "body_code"),
    ("违法情形", "violation_facts"), ("处罚方式", "penalty_types"), ("处罚结果", "content"),
    ("下达日期", "decided_on"), ("有效期限", "valid_until"), ("备注1", "note"),
]  # fmt: skip
INITIALS = [
    ("DSRMC", "subject_name"), ("TYSHXYDM", "subject_code"), ("CFJDSWH", "document_number"),
    ("AJMC", "penalty_name"), ("CFJG", "body_name"), ("CFJGDM", "body_code"), ("WFSS", "violation_facts"),
    ("CFYJ", "basis"), ("CFZL", "penalty_types"), ("FKJE", "fine_amount"), ("CFNR", "content"),
    ("CFJDRQ", "decided_on"), ("CFYXQ", "valid_until"), ("BZ1", "note"),
]  # fmt: skip
ENGLISH = [
    ("Company Name", "subject_name"), ("Credit Code", "subject_code"), ("Document No", "document_number"),
    ("Case Name", "penalty_name"), ("Penalty Authority", "body_name"), ("Authority Code", "body_code"),
    ("Violation Facts", "violation_facts"), ("Legal Basis", "basis"), ("Penalty Type", "penalty_types"),
    ("Fine Amount", "fine_amount"), ("Penalty Result", "content"), ("Penalty Date", "decided_on"),
    ("Valid Until", "valid_until"), ("Remarks", "note"),
]  # fmt: skip
PREFIXED = [("F_" + title, held) for title, held in INITIALS if title not in ("CFYJ", "CFNR", "CFJDRQ", "CFYXQ")]
OLD_2015 = [
    ("CF_WSH", "document_number"), ("CF_CFMC", "penalty_name"), ("CF_CFLB1", "penalty_types"),
    ("CF_SY", "violation_facts"), ("CF_YJ", "basis"), ("CF_XDR_MC", "subject_name"),
    ("CF_XDR_SHXYM", "subject_code"), ("CF_JG", "content"), ("CF_JDRQ", "decided_on"), ("CF_XZJG", "body_name"),
]  # fmt: skip


@pytest.mark.parametrize("columns", [CASE_SYSTEM, INITIALS, PREFIXED, ENGLISH, OLD_2015])
def test_headings_of_real_exports(columns: list[tuple[str, str]]) -> None:
    found = proposals(table(columns))
    assert {title: found[title].field for title, _ in columns} == dict(columns)


@pytest.mark.parametrize("title", ["行政相对人", "当事人", "企业名称", "处罚单位", "涉案单位名称", "被罚企业"])
def test_content_tells_whom_a_heading_means(title: str) -> None:
    """处罚单位 is the body in one system and the subject in another."""
    fixed = [("信用代码", "subject_code"), ("案号", "document_number"), ("处罚种类", "penalty_types")]
    assert proposals(table([(title, "subject_name"), *fixed]))[title].field == "subject_name"


def test_the_same_heading_over_bodies_is_the_body() -> None:
    columns = [("处罚单位", "body_name"), ("当事人", "subject_name"), ("信用代码", "subject_code")]
    assert proposals(table(columns))["处罚单位"].field == "body_name"


def test_what_may_be_two_fields_stays_open_with_both() -> None:
    found = proposals(table([("罚没金额", "fine_amount"), *CASE_SYSTEM]))["罚没金额"]
    assert (found.state, found.field) == (State.OPEN, None)
    assert {candidate.field for candidate in found.candidates[:2]} == {"fine_amount", "confiscated_amount"}


def test_two_columns_that_may_be_one_field_both_stay_open() -> None:
    found = proposals(table([("备注1", "note"), ("备注2", "note"), *CASE_SYSTEM[:3]]))
    assert [found[title].state for title in ("备注1", "备注2")] == [State.OPEN, State.OPEN]


def test_a_heading_that_says_nothing_is_told_by_its_cells_alone_where_only_one_field_is_left() -> None:
    columns = [
        ("甲栏", "subject_code"),
        ("乙栏", "document_number"),
        ("当事人", "subject_name"),
        ("处罚类别", "penalty_types"),
    ]
    found = proposals(table([*columns, ("丙栏", "violation_facts")], above=[["某某局数据"]]))
    assert (found["甲栏"].field, found["乙栏"].field) == ("subject_code", "document_number")
    assert found["丙栏"].state is State.OPEN


def test_a_known_heading_whose_cells_say_otherwise_is_open_again() -> None:
    found = proposals(table([("文号", "decided_on"), ("当事人", "subject_name"), ("信用代码", "subject_code")]))
    assert found["文号"].field != "document_number"


@pytest.mark.parametrize(
    ("title", "held"),
    [("联系电话", "phone"), ("承办人", "handler"), ("CBR", "handler"), ("执法人员姓名", "handler"), ("备用2", "phone"),
     ("备用3", "paper"), ("当事人（身份证号）", "paper")],
)  # fmt: skip
def test_columns_about_persons_are_nobodys_candidates_and_show_nothing(title: str, held: str) -> None:
    found = proposals(table([*CASE_SYSTEM[:3], (title, held)]))[title]
    kinds = {item().field(candidate.field).kind.value for candidate in found.candidates}
    assert (found.state, found.field, found.samples) == (State.PERSONAL, None, ())
    assert kinds <= {"person_name", "person_papers"}


def test_a_row_about_a_person_gives_no_sample() -> None:
    rows = table([("当事人", "handler"), ("信用代码", "paper"), ("案号", "document_number")])
    assert all(cell is None or cell == "" for column in columns_of(rows) for cell in column.cells)


def test_samples_show_only_what_cannot_name_a_person() -> None:
    reading = Reading(rulebook(), TODAY)
    open_values = [CELLS[held][0] for held in ("document_number", "subject_code", "decided_on", "body_name")]
    assert [shown(cell, reading) for cell in open_values] == open_values
    for cell in ("司徒望舒", "司徒望舒经营的小店", "司徒望舒，男，在公司门口销售", *CELLS["phone"], *CELLS["paper"]):
        assert "司徒" not in shown(cell, reading)
        assert not any(run in shown(cell, reading) for run in (cell, cell[:6]))


@settings(deadline=None)
@given(st.lists(st.sampled_from(sorted(CELLS)), min_size=2, max_size=8), st.data())
def test_whatever_stands_where_no_field_goes_twice_and_no_person_is_shown(held: list[str], data: st.DataObject) -> None:
    alphabet = st.sampled_from("处罚单位名称当事人日期金额类别文号代码备注内容依据联系电话ABCDM_")
    titles = data.draw(st.lists(st.text(alphabet, min_size=1, max_size=8), min_size=len(held), max_size=len(held)))
    columns = [Column(n, title, CELLS[name]) for n, (title, name) in enumerate(zip(titles, held, strict=True))]
    found = propose(columns, item(), rulebook(), TODAY)
    fields = [proposal.field for proposal in found if proposal.field]
    assert len(fields) == len(set(fields))
    secrets = {cell for name in PERSONAL for cell in CELLS[name]}
    assert not {sample for proposal in found for sample in proposal.samples} & secrets
    for proposal, name in zip(found, held, strict=True):
        if name in ("phone", "paper"):
            assert proposal.state is State.PERSONAL
        if proposal.state is State.PROPOSED and len(proposal.candidates) > 1:
            first, second = proposal.candidates[:2]
            assert proposal.field == first.field
            assert first.score >= second.score
    assert found == propose(columns, item(), rulebook(), TODAY), "the same table, the same answer"


def test_a_proposed_field_is_clear_of_every_rival() -> None:
    """Counted anew over all columns at once, the slow way."""
    found = proposals(table(CASE_SYSTEM))
    chosen = {p.field: p for p in found.values() if p.state is State.PROPOSED}
    for field, proposal in chosen.items():
        score = next(c.score for c in proposal.candidates if c.field == field)
        rest = [c.score for c in proposal.candidates if c.field not in chosen]
        alone = [p.title for p in found.values() for c in p.candidates if c.field == field and (c.content or 0) >= 80]
        by_content = item().field(field).required and alone == [proposal.title]
        assert score - max(rest, default=0) >= MARGIN or by_content, proposal


@pytest.mark.parametrize(
    ("words", "letters"),
    [("行政相对人名称", "xzxdrmc"), ("统一社会信用代码", "tyshxydm"), ("处罚决定书文号", "cfjdswh"),
     ("法定代表人", "fddbr"), ("罚款金额", "fkje"), ("许可机关", "xkjg"), ("有效期自", "yxqz"), ("备注", "bz"),
     ("CF名称", "cfmc"), ("，。", "")],
)  # fmt: skip
def test_initials(words: str, letters: str) -> None:
    assert initials(words) == letters


@settings(deadline=None)
@given(st.text(max_size=20))
def test_any_heading_is_compared_without_harm(title: str) -> None:
    assert all(0 <= likeness(title, field).score <= 100 for field in item().fields)


@pytest.mark.parametrize(
    ("above", "place"),
    [([], Place(0, 1)), ([["某某局2026年处罚台账"]], Place(1, 2)), ([["台账", ""], ["单位：万元"]], Place(2, 3))],
)
def test_unknown_headings_are_found_under_titles(above: list[list[str]], place: Place) -> None:
    rows = table([("甲栏", "subject_code"), ("乙栏", "document_number"), ("丙栏", "decided_on")], above)
    assert find_place(rows, item()) == place


def test_a_table_that_begins_with_data_has_no_headings() -> None:
    rows = table([("甲栏", "subject_code"), ("乙栏", "document_number")])[1:]
    assert find_place(rows, item()) == NO_HEADINGS
    assert [column.title for column in columns_of(rows)] == ["第1列", "第2列"]


def test_a_heading_with_a_persons_number_is_masked() -> None:
    number = CELLS["paper"][0]
    found = proposals(table([(f"经办{number}", "note"), *CASE_SYSTEM[:3]]))
    assert not any(number in title for title in found)
    assert mask_any(f"经办{number}") in found


def test_a_future_day_is_no_day_of_decision() -> None:
    tomorrow = Column(0, "日期", tuple(date(2026, 11, 23 + n).isoformat() for n in range(3)))
    (found,) = propose([tomorrow], item(), rulebook(), TODAY)
    assert found.field != "decided_on"
