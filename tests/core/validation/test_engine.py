"""Every row gets one verdict, whatever its cells hold, and no other row matters."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.validation.worked_cases import as_table, base, context, gate_file, judged, keyed, rulebook
from xinheng.core.cells import RawRow, RowProblem, Uncalculated
from xinheng.core.findings import Outcome
from xinheng.core.rulebook.types import Case
from xinheng.core.validation.checks import CHECK_NAMES
from xinheng.core.validation.engine import judge, judge_case
from xinheng.core.validation.header import find_header
from xinheng.core.validation.names_in_cell import holds_several_names
from xinheng.core.values import Severity

ITEMS = ("penalty", "licence", "registration")
CELLS = st.one_of(
    st.none(),
    st.text(max_size=40),
    st.sampled_from(
        ["91610802MA70XH014D", "罚款", "2026-03-02", "=1+1", "\x00\ud800", "自然人", "{value}", "%s", "{0}"]
    ),
    st.integers(),
    st.floats(),
    st.decimals(),
    st.booleans(),
    st.dates(date(1, 1, 1)),
    st.datetimes(),
    st.times(),
    st.timedeltas(),
    st.just(Uncalculated.FORMULA),
)


def rules_of(verdict, field=None):
    return [finding.rule for finding in verdict.findings if field is None or finding.field == field]


@settings(max_examples=300, deadline=None)
@given(item_id=st.sampled_from(ITEMS), cells=st.lists(CELLS, max_size=40), problem=st.sampled_from([None, *RowProblem]))
def test_any_cells_get_one_verdict(item_id, cells, problem):
    gate = context(item_id)
    header = find_header([RawRow(1, tuple(field.label.zh for field in gate.item.fields))], gate.item)
    verdict = judge(RawRow(7, tuple(cells), problem=problem), header, gate)
    assert verdict.number == 7
    assert verdict.outcome in (
        Outcome.ACCEPTED, Outcome.HELD, Outcome.REJECTED, Outcome.IGNORED, Outcome.EXCLUDED_PERSON,
    )  # fmt: skip
    errors = [finding for finding in verdict.findings if finding.severity is Severity.ERROR]
    assert bool(errors) == (verdict.outcome in (Outcome.REJECTED, Outcome.EXCLUDED_PERSON))
    assert all(isinstance(value, str) and value for value in verdict.values.values())
    assert all(len(finding.value or "") <= 60 for finding in verdict.findings)
    assert "\x00" not in repr((verdict.values, verdict.kept))


@settings(max_examples=150, deadline=None)
@given(item_id=st.sampled_from(ITEMS), data=st.data())
def test_any_cell_in_a_good_row(item_id, data):
    gate = context(item_id)
    field = data.draw(st.sampled_from([field.id for field in gate.item.fields]))
    row = {**base(item_id), field: data.draw(CELLS)}
    header, raw = keyed(gate.item, row)
    verdict = judge(raw, header, gate)
    assert verdict.outcome is not Outcome.IGNORED
    assert verdict == judge(raw, header, gate)


@settings(max_examples=50, deadline=None)
@given(order=st.permutations(range(6)))
def test_findings_do_not_depend_on_other_rows(order):
    changes = [
        {},
        {"penalty_types": "罚金"},
        {"subject_category": "自然人"},
        {"note": "=1"},
        {"decided_on": "x"},
        {"fine_amount": "9"},
    ]
    alone = [judged("penalty", **change) for change in changes]
    assert [judged("penalty", **changes[place]) for place in order] == [alone[place] for place in order]


def test_a_good_row_is_accepted_in_silence():
    for item_id in ITEMS:
        verdict = judged(item_id)
        assert (verdict.outcome, verdict.findings) == (Outcome.ACCEPTED, ())
        assert verdict.claim.code == "91610802MA70XH014D"
        assert verdict.claim.name == "示例市甲商贸有限公司"
        assert verdict.body == gate_file()["sender"]


def test_canonical_values():
    verdict = judged(
        "penalty",
        subject_name="示例市Ａ商贸(集团) 有限公司",
        document_number=" 示市监罚[2026]１号",
        fine_amount=Decimal("2.50"),
        decided_on=datetime(2026, 3, 2, 15, 30),
        valid_until=date(9999, 12, 31),
        content="罚款人民币2.5万元\r\n限期缴纳 ",
    )
    assert verdict.outcome is Outcome.ACCEPTED
    wanted = {
        "subject_name": "示例市A商贸（集团） 有限公司",
        "document_number": "示市监罚〔2026〕1号",
        "fine_amount": "2.5",
        "decided_on": "2026-03-02",
        "valid_until": "open",
        "content": "罚款人民币2.5万元\n限期缴纳",
    }
    assert {field: verdict.values[field] for field in wanted} == wanted
    assert verdict.claim.name == "示例市Ａ商贸(集团) 有限公司"


def test_values_stand_in_catalogue_order_whatever_the_columns_order():
    row = base("penalty", note="备", penalty_types="罚款;其他：限期拆除")
    gate = context("penalty")
    backwards = dict(reversed(row.items()))
    one, other = (judge(*reversed(as_table(each, gate.item)), gate) for each in (row, backwards))
    assert list(one.values) == list(other.values)
    assert [name for name in one.values if not name.endswith("_other")] == [
        field.id for field in gate.item.fields if field.id in one.values
    ]


def test_a_unified_code_in_an_old_codes_column_names_the_subject():
    verdict = judged("penalty", subject_code=None, organisation_code="91610802MA70XH014D")
    assert verdict.claim.code == "91610802MA70XH014D"
    assert rules_of(verdict) == ["code.unified_code_in_old_column"]
    both = judged("penalty", organisation_code="91610802MA70XH0228")
    assert both.claim.old_codes == (("uscc", "91610802MA70XH0228"), ("former_code", "91610802MA70XH014D"))


def test_old_codes_are_claimed_by_their_kinds():
    verdict = judged(
        "penalty", subject_code=None, organisation_code="60003734-1", registration_number="610800100000015"
    )
    assert verdict.claim.code is None
    assert set(verdict.claim.old_codes) == {
        ("organisation_code", "600037341"),
        ("registration_number", "610800100000015"),
    }


def test_uncalculated_formulas():
    assert rules_of(judged("penalty", fine_amount=Uncalculated.FORMULA)) == ["amount.uncalculated"]
    assert rules_of(judged("penalty", content=Uncalculated.FORMULA)) == ["cell.uncalculated"]
    assert judged("penalty", content=Uncalculated.FORMULA).outcome is Outcome.REJECTED


def test_the_headings_unit_counts_and_the_cells_wins():
    gate = context("penalty")
    row = base("penalty")
    row.pop("fine_amount")
    heads = [gate.item.field(field).label.zh for field in row]
    for heading, cell, wanted in (
        ("罚款金额（元）", 20000, "2"),
        ("罚款金额（元）", "20000", "2"),
        ("罚款金额（元）", "2万元", "2"),
        ("罚款金额（千元）", "20", "2"),
        ("罚款金额（万元）", "2", "2"),
        ("罚款金额", "2", "2"),
    ):
        header = find_header([RawRow(1, (*heads, heading))], gate.item)
        verdict = judge(RawRow(2, (*row.values(), cell)), header, gate)
        assert verdict.values["fine_amount"] == wanted, heading
    header = find_header([RawRow(1, (*heads, "罚款金额（元）"))], gate.item)
    too_much = judge(RawRow(2, (*row.values(), "100000000001")), header, gate)
    assert rules_of(too_much, "fine_amount") == ["amount.above_maximum"]


@pytest.mark.parametrize("cells", [("合计", "", "", "3"), ("小计：",), ("总 计", "2"), ("本页合计", "5", "6")])
def test_totals(cells):
    assert of_register(cells).outcome is Outcome.IGNORED


@pytest.mark.parametrize(
    "cells",
    [
        ("备注：本表由某某局填报",),
        ("填表人：某某", "", "审核人：某某"),
        ("", "", "制表日期：2026年3月"),
        ("说明：1.本表不含涉密信息",),
        ("第1页 共3页",),
        ("本页以下空白",),
        ("榆林市某某办公厅印发的通知要求报送",),
        ("------",),
    ],
)
def test_notes(cells):
    assert of_register(cells).outcome is Outcome.IGNORED


@pytest.mark.parametrize(
    "cells",
    [
        ("合计91610802MA70XH014D",),
        ("备注：91610802MA70XH014D", "甲公司"),
        ("91610802MA70XH014D",),
        ("9161080MA70XH014D",),
        ("", "示例市甲商贸有限公司"),
        ("无", "合计科技有限公司"),
        ("/", "/", "/", "/"),
        ("", "示例市甲商贸有限公司", "存续"),
    ],
)
def test_what_is_a_record_is_never_ignored(cells):
    assert of_register(cells).outcome is Outcome.REJECTED


def test_a_note_over_the_whole_width_and_a_title_between():
    gate = context("registration")
    header = find_header([RawRow(1, ("统一社会信用代码", "主体名称", "登记状态", "备注"))], gate.item)
    spanned = RawRow(9, ("示例市某某局", "", "", ""), spans=((0, 3),))
    assert judge(spanned, header, gate).outcome is Outcome.IGNORED
    coded = RawRow(9, ("91610802MA70XH014D", "", "", ""), spans=((0, 3),))
    assert judge(coded, header, gate).outcome is Outcome.REJECTED


def test_a_row_with_a_document_number_is_a_record():
    gate = context("penalty")
    header = find_header([RawRow(1, ("备注", "行政处罚决定书文号", "行政相对人名称", "处罚内容"))], gate.item)
    assert judge(RawRow(2, ("说明：无", "示市监罚〔2026〕1号", "", "")), header, gate).outcome is Outcome.REJECTED
    assert judge(RawRow(2, ("", "示市监罚〔2026〕1号", "", "")), header, gate).outcome is Outcome.REJECTED
    assert judge(RawRow(2, ("合计", "3件", "", "")), header, gate).outcome is Outcome.REJECTED
    assert judge(RawRow(2, ("合计", "", "", "3件")), header, gate).outcome is Outcome.IGNORED


def of_register(cells):
    gate = context("registration")
    header = find_header([RawRow(1, ("统一社会信用代码", "主体名称", "登记状态", "备注"))], gate.item)
    return judge(RawRow(9, cells), header, gate)


@pytest.mark.parametrize(("problem", "rule"), [(p, f"shape.{p.value}") for p in RowProblem])
def test_broken_lines(problem, rule):
    gate = context("registration")
    header = find_header([RawRow(1, ("统一社会信用代码", "主体名称", "登记状态"))], gate.item)
    verdict = judge(RawRow(4, ("x",), problem=problem), header, gate)
    assert (verdict.outcome, rules_of(verdict)) == (Outcome.REJECTED, [rule])


@pytest.mark.parametrize(
    ("name", "several"),
    [
        ("甲有限公司、乙有限公司", True),
        ("甲有限公司;乙有限公司", True),
        ("甲有限公司\n乙有限公司", True),
        ("榆林某某饭店，榆林某某超市", True),
        ("甲贸易有限公司与乙贸易有限公司", True),
        ("甲贸易有限公司 乙贸易有限公司 丙", True),
        ("示例市和平商店", False),
        ("陕西某某（集团、控股）有限公司", False),
        ("中国石油天然气股份有限公司和田油田分公司", False),
        ("北京某某公司与平饭店", False),
        ("ABC Trading Co., Ltd.", False),
        ("示例市甲、乙商贸有限公司", False),
        ("示例市与众不同商贸有限公司", False),
        ("示例市 甲 商贸有限公司", False),
    ],
)
def test_several_names(name, several):
    assert holds_several_names(name) is several


def test_the_gate_holds_a_function_for_every_check_of_the_catalogue():
    used = {check.name for editions in rulebook().items.values() for item in editions for check in item.checks}
    assert used
    assert used <= CHECK_NAMES


def test_the_catalogues_own_worked_cases():
    gate = context("penalty")
    case = Case("one", {"CF_XDR_MC": "甲公司", "处罚类别": "罚金"}, "rejected", (), {})
    outcome, rules, values = judge_case(rulebook(), gate.item, case)
    assert outcome == "rejected"
    assert "choice.unknown" in rules
    assert values["subject_name"] == "甲公司"
    for editions in rulebook().items.values():
        for item in editions:
            for worked in item.cases:
                outcome, rules, values = judge_case(rulebook(), item, worked)
                assert (worked.name, outcome) == (worked.name, worked.outcome)
                assert {field: values.get(field, "") for field in worked.values} == dict(worked.values)


def test_time_like_cells_in_text_columns_are_text():
    verdict = judged("penalty", note=time(9, 30), violation_facts=timedelta(hours=1), basis=True)
    assert verdict.outcome is Outcome.ACCEPTED
    assert verdict.values["note"] == "09:30:00"
