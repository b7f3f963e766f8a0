"""The rulebook that ships: it parses, cites what exists, fits its schemas and holds its worked cases."""

import json
from datetime import date
from decimal import Decimal

import jsonschema
import pytest

from tests.rulebook.double_publicity import published_fields
from tests.rulebook.plain_files import DROP, change, shipped_files
from xinheng.core.findings import Outcome
from xinheng.core.identifiers.uscc import subject_type
from xinheng.core.rulebook.parse import kind_of
from xinheng.core.rulebook.types import Case, Disclosure, FieldKind, ItemEdition, LawRef, Rulebook, UnknownItem
from xinheng.core.validation.checks import CHECK_NAMES
from xinheng.core.validation.engine import judge_case
from xinheng.core.validation.headings import EXACT, headings_of
from xinheng.runtime import rulebook_files
from xinheng.runtime.rulebook_check import SCHEMAS, check_rulebook, schema_problems, worked_cases
from xinheng.runtime.rulebook_files import load_rulebook, rulebook_folder

TODAY = date(2026, 11, 22)
RULEBOOK = load_rulebook()
CASES = worked_cases(RULEBOOK)


def _cited(rulebook: Rulebook) -> set[LawRef]:
    editions = [edition for item in rulebook.items.values() for edition in item]
    found = {ref for edition in editions for ref in edition.law}
    found |= {ref for edition in editions for field in edition.fields for ref in field.law}
    found |= {ref for edition in editions for check in edition.checks for ref in check.law}
    found |= {ref for edition in editions if edition.term for ref in edition.term.law}
    for regime in rulebook.publication:
        found |= {*regime.law}
        found |= {ref for part in (*regime.rules, *regime.terms) for ref in part.law}
    return found


def test_the_whole_folder_passes_its_check() -> None:
    report = check_rulebook(None, judge_case)
    assert report.passed, "\n".join(map(str, report.problems))
    assert report.cases == len(CASES) >= 30


@pytest.mark.parametrize(("edition", "case"), CASES, ids=[f"{e.id}-{e.edition}-{c.name}" for e, c in CASES])
def test_a_worked_case_holds(edition: ItemEdition, case: Case) -> None:
    outcome, rules, values = judge_case(RULEBOOK, edition, case)
    assert (outcome, set(rules)) == (case.outcome, set(case.rules))
    assert {field: values.get(field, "") for field in case.values} == dict(case.values)


@pytest.mark.parametrize("item", ["registration", "licence", "penalty"])
def test_every_item_has_cases_that_pass_and_cases_that_do_not(item: str) -> None:
    outcomes = [case.outcome for case in RULEBOOK.item(item, TODAY).cases]
    assert len(outcomes) >= 6
    assert outcomes.count(Outcome.ACCEPTED) >= 2
    assert outcomes.count(Outcome.REJECTED) >= 2


def test_every_rule_cites_a_law_that_exists_and_no_law_stands_there_unused() -> None:
    cited = _cited(RULEBOOK)
    assert all(ref.law in RULEBOOK.laws for ref in cited)
    assert all(ref.article is None or ref.article in RULEBOOK.laws[ref.law].articles for ref in cited)
    text = "".join(map(str, [shipped_files()[name] for name in shipped_files() if name.startswith("codes/")]))
    assert {law for law in RULEBOOK.laws if law not in {ref.law for ref in cited} and law not in text} == set()


def test_what_is_known_from_secondary_sources_says_so() -> None:
    unread = {law.id for law in RULEBOOK.laws.values() if not law.verified}
    assert {"credit-repair-order-36", "credit-repair-order-58", "penalty-repair-2019"} <= unread
    assert {"penalty-law-2021", "licence-law-2019", "credit-repair-plan-2025"} & unread == set()


def test_a_rulebook_is_read_once() -> None:
    rulebook_files._load.cache_clear()
    loaded = load_rulebook()
    assert loaded.digest == RULEBOOK.digest
    assert load_rulebook() is loaded


def test_editions_follow_one_another() -> None:
    assert RULEBOOK.item("penalty", date(2018, 6, 30)).edition == "2015"
    assert RULEBOOK.item("penalty", date(2018, 7, 1)).edition == "2018"
    assert RULEBOOK.item("licence", TODAY).edition == "2018"
    assert RULEBOOK.edition("licence", "2015").field("status").list == "decision_status"
    assert RULEBOOK.edition("licence", "2018").field("status").list == "licence_status"
    with pytest.raises(UnknownItem, match="registration"):
        RULEBOOK.item("penalty", date(2015, 8, 31))


def test_only_code_and_name_are_required_of_the_register() -> None:
    required = {field.id for field in RULEBOOK.item("registration", TODAY).fields if field.required}
    assert required == {"subject_code", "subject_name"}


@pytest.mark.parametrize("item", ["licence", "penalty"])
def test_no_field_about_a_person_is_ever_required(item: str) -> None:
    for edition in RULEBOOK.items[item]:
        persons = [f for f in edition.fields if f.kind in (FieldKind.PERSON_NAME, FieldKind.PERSON_PAPERS)]
        assert persons
        assert not any(f.required or f.required_when for f in persons)
        assert {f.disclosure for f in persons} == {Disclosure.INTERNAL}
        assert not edition.keeps_representative


def test_the_register_hides_the_person_behind_an_individual_business() -> None:
    edition = RULEBOOK.item("registration", TODAY)
    assert edition.keeps_representative
    representative, address = edition.field("legal_representative"), edition.field("address")
    assert representative.disclosure is Disclosure.MASKED
    assert representative.disclosure_individual is Disclosure.INTERNAL
    assert address.disclosure_individual is Disclosure.INTERNAL
    assert edition.field("tax_number").disclosure is Disclosure.INTERNAL


@pytest.mark.parametrize(
    ("template", "item", "code", "header"), published_fields(), ids=lambda part: part.replace("/", "")
)
def test_every_published_field_code_and_header_leads_to_one_field(
    template: str, item: str, code: str, header: str
) -> None:
    headings = headings_of(RULEBOOK.item(item, TODAY))
    by_code, by_header = headings.match(code), headings.match(header)
    assert by_code is not None
    assert by_code == by_header, (template, by_code, by_header)


@pytest.mark.parametrize(
    ("item", "header", "field"),
    [
        ("penalty", "CF_CFLB1", "penalty_types"),
        ("penalty", "CF_FDDB", "legal_representative"),
        ("penalty", "CF_CFWSH", "document_number"),
        ("penalty", "统一社会信用代码", "subject_code"),
        ("penalty", "行政相对人代码_1", "subject_code"),
        ("penalty", "被处罚单位", "subject_name"),
        ("penalty", "决定书文号", "document_number"),
        ("penalty", "处罚机关", "body_name"),
        ("penalty", "作出处罚决定日期", "decided_on"),
        ("penalty", "罚款金额（万元）", "fine_amount"),
        ("penalty", "fine_amount", "fine_amount"),
        ("licence", "XK_SYFW", "usage_scope"),
        ("licence", "许可截止期", "valid_to"),
        ("registration", "企业名称", "subject_name"),
        ("registration", "uscc", "subject_code"),
        ("registration", "name", "subject_name"),
        ("registration", "负责人", "legal_representative"),
        ("registration", "经营状态", "status"),
    ],
)
def test_headers_that_agencies_write_are_known(item: str, header: str, field: str) -> None:
    found = headings_of(RULEBOOK.item(item, TODAY)).match(header)
    assert found is not None
    assert found[0] == field


def test_a_code_of_another_number_in_2015_and_2018_is_not_guessed() -> None:
    headings = headings_of(RULEBOOK.item("penalty", TODAY))
    assert headings.match("行政相对人代码_2") is None
    registration, organisation = "行政相对人代码_2(工商注册号)", "行政相对人代码_2(组织机构代码)"
    assert headings.match(registration) == ("registration_number", EXACT)
    assert headings.match(organisation) == ("organisation_code", EXACT)


def test_the_fine_is_in_10_000_yuan_and_bounded() -> None:
    fine = RULEBOOK.item("penalty", TODAY).field("fine_amount")
    assert (fine.unit, fine.minimum, fine.maximum) == ("wan", Decimal(0), Decimal(10_000_000))
    assert fine.required_when is not None
    assert fine.required_when.any_of == {"fine"}


@pytest.mark.parametrize("item", ["licence", "penalty"])
def test_the_term_is_seven_working_days_from_the_decision(item: str) -> None:
    term = RULEBOOK.item(item, TODAY).term
    assert term is not None
    assert (term.working_days, term.from_field) == (7, "decided_on")


def test_every_code_that_pages_show_has_a_label() -> None:
    labels = RULEBOOK.labels
    assert all(f"outcome.{outcome.value}" in labels for outcome in Outcome)
    assert all(f"disclosure.{one.value}" in labels for one in Disclosure)
    assert all(f"field_kind.{one.value}" in labels for one in FieldKind)
    assert all(f"regime.{regime.id}" in labels for regime in RULEBOOK.publication)
    classes = {term.severity_class for regime in RULEBOOK.publication for term in regime.terms}
    assert all(f"severity_class.{one}" in labels for one in classes)
    prefixes = [f"{a}{c}" for a, entry in RULEBOOK.uscc.authorities.items() for c in entry.categories]
    types = {subject_type(prefix) for prefix in prefixes}
    listed = {term.code for term in RULEBOOK.lists["subject_type"].terms}
    assert types <= listed
    assert {f"subject_type.{one}" for one in listed} <= set(labels)


def test_the_catalogue_names_only_checks_that_the_gate_has() -> None:
    named = {c.name for item in RULEBOOK.items.values() for edition in item for c in edition.checks}
    assert named == CHECK_NAMES


def test_every_kind_of_file_has_a_schema_that_is_one() -> None:
    folder = rulebook_folder() / SCHEMAS
    for file in shipped_files():
        schema = json.loads((folder / f"{kind_of(file)}.schema.json").read_text("utf-8"))
        jsonschema.Draft202012Validator.check_schema(schema)


@pytest.mark.parametrize(
    ("file", "where", "changes"),
    [
        ("laws.yml", "laws[0]", {"verified": DROP}),
        ("codes/penalty_types.yml", "", {"terms": []}),
        ("catalogue/penalty.yml", "fields.content", {"disclosure": DROP}),
        ("catalogue/penalty.yml", "fields.content", {"hidden": True}),
        ("catalogue/shared.yml", "fields.paper_number", {"disclosure": "public"}),
        ("catalogue/penalty.yml", "editions[1].in_force", {"from": "2018/07/01"}),
        ("publication/penalty.yml", "rules.three_classes[0]", {"when": {}}),
        ("codes/uscc_exceptions.yml", "", {"exceptions": [{"code": "9161"}]}),
        ("calendars/cn/2026.yml", "", {"periods": {}}),
        ("findings.yml", "required", {"severity": "fatal"}),
    ],
)
def test_schemas_refuse_what_the_parser_refuses(file: str, where: str, changes: dict[str, object]) -> None:
    files = shipped_files()
    change(files, file, where, changes)
    assert {problem.file for problem in schema_problems(files)} == {file}


def test_schemas_list_the_kinds_and_classes_of_the_code() -> None:
    schema = json.loads((rulebook_folder() / SCHEMAS / "shared_fields.schema.json").read_text("utf-8"))
    properties = schema["$defs"]["field"]["properties"]
    assert properties["kind"]["enum"] == [kind.value for kind in FieldKind]
    assert properties["disclosure"]["enum"] == [one.value for one in Disclosure]
