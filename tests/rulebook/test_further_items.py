"""The items beside register, licences and penalties: told apart, kept to organisations, public only where rules say."""

from datetime import date
from itertools import product

import pytest

from xinheng.core.cells import RawRow
from xinheng.core.disclosure import Stage, public_fields, stages_of
from xinheng.core.findings import Outcome
from xinheng.core.retention import PublicDecision, decide
from xinheng.core.rulebook.types import Case, Disclosure, FieldKind, ItemEdition, Publicity, SourceClass, Use
from xinheng.core.validation.engine import CASE_DAY, GateContext, judge, judge_case
from xinheng.core.validation.header import best_items, find_header, map_keys, other_item
from xinheng.runtime.rulebook_files import load_rulebook

RULEBOOK = load_rulebook()
ACTS = ("compulsion", "confirmation", "levy", "benefit", "ruling", "compensation", "award", "inspection")
OTHERS = ("honour", "contract_performance", "intellectual_property")
WITHHELD = ("evaluation_result", "abnormal_operation", "enforcement")
FURTHER = (*ACTS, *OTHERS, *WITHHELD)
EVERY = ("registration", "licence", "penalty", *FURTHER)
MIXED = ("benefit", "compensation", "award", *OTHERS, "evaluation_result", "enforcement")
"""Items whose files hold persons beside organisations."""

STALL = "92610802MA7XA0039Q"


def newest(item: str) -> ItemEdition:
    return RULEBOOK.item(item, CASE_DAY)


def complete(item: str) -> Case:
    return newest(item).cases[0]


def changed(item: str, **cells: str) -> Case:
    """The item's complete row with other cells, by heading."""
    row = {**complete(item).row, **cells}
    return Case("changed", row, "", (), {}, sender=complete(item).sender)


def template(edition: ItemEdition, required: bool = False) -> RawRow:
    """The headings of an item's own template."""
    labels = [field.label.zh for field in edition.fields if field.required or not required]
    return RawRow(1, tuple(labels))


def test_the_catalogue_holds_exactly_these_items() -> None:
    assert set(RULEBOOK.items) == set(EVERY) == set(RULEBOOK.heads)


@pytest.mark.parametrize("item", FURTHER)
def test_every_item_shows_rows_that_pass_that_fail_and_that_are_persons(item: str) -> None:
    outcomes = [case.outcome for case in newest(item).cases]
    assert {Outcome.ACCEPTED, Outcome.REJECTED, Outcome.EXCLUDED_PERSON} <= set(outcomes)
    assert len(outcomes) >= 6


@pytest.mark.parametrize("item", EVERY)
def test_an_item_s_own_template_is_recognised_as_that_item_and_no_other(item: str) -> None:
    editions = [newest(each) for each in EVERY]
    for required in (False, True) if item != "registration" else (False,):
        rows = [template(newest(item), required)]
        fits = best_items(rows, editions)
        assert fits[0].item_id == item
        assert fits[0].known > fits[1].known
        assert [each for each in EVERY if other_item(fits, each) not in (item, None)] == []
        assert {other_item(fits, each) for each in EVERY if each != item} == {item}


@pytest.mark.parametrize(("item", "edition"), [(item, each.edition) for item in EVERY for each in RULEBOOK.items[item]])
def test_every_heading_of_an_item_leads_to_its_own_field(item: str, edition: str) -> None:
    filed = RULEBOOK.edition(item, edition)
    for field in filed.fields:
        for name in field.names:
            header = map_keys((name,), filed)
            assert header.columns == {0: field.id}, name


@pytest.mark.parametrize("item", FURTHER)
def test_a_person_s_row_leaves_nothing(item: str) -> None:
    edition = newest(item)
    case = changed(item, 行政相对人名称="欧阳测试", 行政相对人类别="自然人", 统一社会信用代码="")
    header = find_header([RawRow(1, tuple(case.row))], edition)
    assert header is not None
    gate = GateContext(edition, RULEBOOK, CASE_DAY, case.sender or "", {})
    verdict = judge(RawRow(2, tuple(case.row.values())), header, gate)
    assert (verdict.outcome, verdict.kept, dict(verdict.values)) == (Outcome.EXCLUDED_PERSON, None, {})
    assert "欧阳测试" not in repr(verdict)


@pytest.mark.parametrize("item", MIXED)
def test_where_persons_are_mixed_in_a_name_without_code_is_taken_for_one(item: str) -> None:
    said = judge_case(RULEBOOK, newest(item), changed(item, 行政相对人名称="欧阳测试", 统一社会信用代码=""))
    assert said[:2] == ("excluded_person", ("NP-EXCLUDED",))


@pytest.mark.parametrize(("item", "code"), [*product(MIXED, ["", "91610802MA7XA0012"])])
def test_an_organisation_without_a_good_code_is_told_so_and_is_no_person(item: str, code: str) -> None:
    said = judge_case(RULEBOOK, newest(item), changed(item, 统一社会信用代码=code))
    assert said[0] == "rejected"


@pytest.mark.parametrize(
    "title", ["先进个人", "全市先进工作者", "五一劳动奖章", "优 秀 企业家", "２０２６年度道德模范"]
)
@pytest.mark.parametrize(("item", "heading"), [("honour", "荣誉名称"), ("award", "行政奖励事项名称")])
def test_a_title_for_persons_is_refused_whosever_code_stands_beside_it(item: str, heading: str, title: str) -> None:
    said = judge_case(RULEBOOK, newest(item), changed(item, 行政相对人名称="欧阳测试", **{heading: title}))
    assert said == ("excluded_person", ("NP-EXCLUDED",), {})


@pytest.mark.parametrize("title", ["先进集体", "先进集体和先进个人", "守合同重信用企业", "先进单位"])
def test_a_title_for_organisations_stands(title: str) -> None:
    assert judge_case(RULEBOOK, newest("honour"), changed("honour", 荣誉名称=title))[0] == "accepted"


@pytest.mark.parametrize("item", sorted({*FURTHER} - {"evaluation_result"}))
def test_an_individual_business_is_filed_as_one(item: str) -> None:
    case = changed(item, 行政相对人名称="榆木区青禾面馆", 行政相对人类别="个体工商户", 统一社会信用代码=STALL)
    assert judge_case(RULEBOOK, newest(item), case)[:2] == ("accepted", ())


@pytest.mark.parametrize("category", ["", "个体工商户", "法人及非法人组织"])
def test_an_individual_business_is_never_graded(category: str) -> None:
    case = changed("evaluation_result", 统一社会信用代码=STALL, 行政相对人类别=category)
    outcome, rules, _ = judge_case(RULEBOOK, newest("evaluation_result"), case)
    assert outcome == "rejected"
    assert "subject.kind_refused" in rules


@pytest.mark.parametrize(
    ("item", "amount"),
    [("benefit", "benefit_amount"), ("award", "award_amount")],
)
def test_money_of_an_individual_business_is_not_public(item: str, amount: str) -> None:
    values = judge_case(RULEBOOK, newest(item), complete(item))[2]
    shown = {f.field.id for f in public_fields(newest(item), values, individual=False)}
    hidden = {f.field.id for f in public_fields(newest(item), values, individual=True)}
    assert shown - hidden == {amount}


@pytest.mark.parametrize("item", FURTHER)
@pytest.mark.parametrize("day", [date(2010, 1, 4), date(2024, 1, 1), CASE_DAY])
def test_what_is_withheld_is_withheld_on_every_day(item: str, day: date) -> None:
    regime = RULEBOOK.regime(item, day)
    assert regime is not None
    for case in newest(item).cases:
        answer = decide(regime, judge_case(RULEBOOK, newest(item), case)[2], day)
        assert (answer.decision is PublicDecision.WITHHELD) == (item in WITHHELD or "breach" in case.name)


def test_only_what_is_withheld_says_so() -> None:
    assert {head.id for head in RULEBOOK.heads.values() if head.publication is Publicity.WITHHELD} == set(WITHHELD)


@pytest.mark.parametrize("item", FURTHER)
def test_periods_that_nobody_confirmed_say_so(item: str) -> None:
    terms = [term for regime in RULEBOOK.publication if regime.item == item for term in regime.terms]
    assert not any(term.verified for term in terms)


def test_a_grade_of_others_is_no_input_of_an_evaluation_and_not_public() -> None:
    head, grade = RULEBOOK.heads["evaluation_result"], newest("evaluation_result").field("source_grade")
    assert Use.EVALUATION not in head.use
    assert (grade.kind, grade.list, grade.disclosure) == (FieldKind.TEXT, None, Disclosure.AGENCIES)


def test_the_evaluation_reads_public_sources_alone() -> None:
    read = [head for head in RULEBOOK.heads.values() if Use.EVALUATION in head.use]
    assert read
    assert {head.source_class for head in read} == {SourceClass.PUBLIC}


ALL = {Stage.COLLECTION, Stage.SHARING, Stage.USE, Stage.PUBLICATION}


@pytest.mark.parametrize(
    ("item", "field", "individual", "passed"),
    [
        ("ruling", "document_number", False, ALL),
        ("ruling", "content", False, ALL - {Stage.PUBLICATION}),
        ("ruling", "other_party", False, set()),
        ("levy", "levy_amount", False, ALL - {Stage.PUBLICATION}),
        ("benefit", "benefit_amount", False, ALL),
        ("benefit", "benefit_amount", True, ALL - {Stage.PUBLICATION}),
        ("enforcement", "document_number", False, ALL - {Stage.PUBLICATION}),
        ("enforcement", "duty", False, {Stage.COLLECTION}),
        ("penalty", "legal_representative", False, set()),
        ("penalty", "paper_number", False, set()),
        ("registration", "legal_representative", False, ALL),
        ("registration", "legal_representative", True, {Stage.COLLECTION}),
    ],
)
def test_each_field_passes_the_stages_that_the_catalogue_grants(
    item: str, field: str, individual: bool, passed: set[Stage]
) -> None:
    edition = newest(item)
    assert stages_of(RULEBOOK.heads[item], edition, edition.field(field), individual=individual) == passed


@pytest.mark.parametrize("item", EVERY)
def test_what_is_published_is_shared_and_what_is_shared_is_collected(item: str) -> None:
    order = [Stage.COLLECTION, Stage.SHARING, Stage.PUBLICATION]
    for edition, individual in product(RULEBOOK.items[item], (False, True)):
        for field in edition.fields:
            passed = stages_of(RULEBOOK.heads[item], edition, field, individual=individual)
            held = [stage in passed for stage in order]
            assert held == sorted(held, reverse=True), field.id


@pytest.mark.parametrize("item", EVERY)
def test_pages_and_catalogue_call_an_item_alike(item: str) -> None:
    assert RULEBOOK.labels[f"item.{item}"] == RULEBOOK.heads[item].label
    assert f"source_class.{RULEBOOK.heads[item].source_class.value}" in RULEBOOK.labels


@pytest.mark.parametrize("item", ACTS)
def test_the_further_acts_are_reported_within_seven_working_days(item: str) -> None:
    term = newest(item).term
    assert term is not None
    assert (term.working_days, term.from_field) == (7, "decided_on")
    assert {ref.law for ref in term.law} == {"extended-publicity"}
    assert not RULEBOOK.laws["extended-publicity"].verified


@pytest.mark.parametrize("item", FURTHER)
def test_no_field_about_a_person_is_kept(item: str) -> None:
    edition = newest(item)
    persons = [f for f in edition.fields if f.kind in (FieldKind.PERSON_NAME, FieldKind.PERSON_PAPERS)]
    assert len(persons) >= 5
    assert not any(field.required or field.required_when for field in persons)
    assert not edition.keeps_representative
