"""No person's number that stands anywhere in a row is ever in what the gate says or keeps."""

import re
import unicodedata
from datetime import date

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.core.validation.worked_cases import as_table, base, context, judged, keyed
from xinheng.core.cells import RawRow, RowProblem
from xinheng.core.findings import Outcome
from xinheng.core.identifiers.uscc import outer_check_holds, registration_check_holds, tax_check_holds
from xinheng.core.rulebook.types import FieldKind
from xinheng.core.validation.engine import RowVerdict, ambiguous_codes, judge
from xinheng.core.validation.header import find_header, map_keys

ITEMS = ("penalty", "licence", "registration")
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def id_number(region: str, born: date, order: int, wrong: bool = False) -> str:
    """A resident number by GB 11643, its check character right or not."""
    first = f"{region}{born:%Y%m%d}{order:03d}"
    check = "10X98765432"[sum(int(d) * w for d, w in zip(first, WEIGHTS, strict=True)) % 11]
    return first + (check if not wrong else ("0" if check != "0" else "1"))


@st.composite
def numbers(draw):
    """A personal number: resident (18 or 15), regional or foreign permit, phone."""
    region = draw(st.sampled_from(["610802", "110101", "440106", "330282", "810000", "830000"]))
    born = draw(st.dates(date(1801, 1, 1), date(1899, 12, 31)))
    order = draw(st.integers(1, 999))
    shapes = [
        id_number(region, born, order),
        id_number(region, born, order, wrong=True),
        f"{region}{born:%y%m%d}{order:03d}",
        f"1{draw(st.integers(30, 99))}{draw(st.integers(10_000_000, 99_999_999))}",
    ]
    return draw(st.sampled_from(shapes))


@st.composite
def written(draw):
    """The number as people write it: full width, with blanks or dashes, small x, words around; and bare."""
    number = draw(numbers())
    text = number
    if draw(st.booleans()):
        text = "".join(chr(ord(c) + 0xFEE0) if draw(st.booleans()) else c for c in text)
    if draw(st.booleans()):
        gap = draw(st.sampled_from([" ", "\u3000", "-", "\u200b"]))
        places = (6, 14) if len(number) >= 15 else (3, 7)
        text = gap.join((text[: places[0]], text[places[0] : places[1]], text[places[1] :]))
    text = draw(st.sampled_from([str.lower, str.upper]))(text)
    around = draw(st.sampled_from(["{}", "身份证{}", "张某({})", "电话：{}。", "{}、某某", "'{}"]))
    return number, around.format(text)


def is_code_of_the_register(field: str, number: str) -> bool:
    """Whether the register's own row may hold the number as a code: its checks hold in that code's own column."""
    holds = {
        "subject_code": outer_check_holds,
        "registration_number": registration_check_holds,
        "tax_number": lambda value: tax_check_holds(value) or outer_check_holds(value),
    }
    return field in holds and holds[field](number)


def bare(text: str) -> str:
    return re.sub(r"[^0-9A-Z]", "", unicodedata.normalize("NFKC", text).upper())


def everything(verdict) -> str:
    said = [(f.value or "") + f.message.zh + f.message.en for f in verdict.findings]
    parts = [*said, *verdict.values.values(), *(verdict.kept or ()), *verdict.leftovers]
    claim = [verdict.claim.code or "", verdict.claim.name, *(value for _, value in verdict.claim.old_codes)]
    return "|".join(bare(part) for part in (*parts, *claim, verdict.body or ""))


@settings(max_examples=250, deadline=None)
@given(item_id=st.sampled_from(ITEMS), planted=written(), data=st.data())
def test_a_number_planted_in_any_cell_is_nowhere_afterwards(item_id, planted, data):
    number, text = planted
    gate = context(item_id)
    # Eleven figures alone can be a document's number; a telephone's is known there by the word before it.
    figures = len(number) == 11
    fields = [f.id for f in gate.item.fields if not (figures and f.kind is FieldKind.DOCUMENT_NUMBER)]
    field = data.draw(st.sampled_from(fields))
    assume(not (item_id == "registration" and is_code_of_the_register(field, number)))
    row = {**base(item_id), field: text}
    verdict = judge(*reversed(keyed(gate.item, row)), gate)
    assert number not in everything(verdict)


@pytest.mark.parametrize("field", ["organisation_code", "tax_number", "registration_number"])
def test_a_valid_code_of_a_persons_shape_is_not_proven_by_an_old_codes_column(field):
    """One residence permit's number in 31 passes the outer check of a unified code."""
    number = "810000188712285580"
    gate = context("registration")
    verdict = judge(*reversed(keyed(gate.item, {**base("registration"), field: number})), gate)
    assert number not in everything(verdict)


@settings(max_examples=60, deadline=None)
@given(planted=written(), place=st.integers(0, 2))
def test_nor_in_unknown_columns_beyond_the_header_or_in_notes(planted, place):
    number, text = planted
    gate = context("registration")
    heads = ("统一社会信用代码", "主体名称", "登记状态", "别的")
    header = find_header([RawRow(1, heads)], gate.item)
    good = ("91610802MA70XH014D", "示例市甲商贸有限公司", "存续")
    cells = [(*good, text), (*good, "", text), (f"备注：{text}",)][place]
    verdict = judge(RawRow(2, cells), header, gate)
    assert number not in everything(verdict)


@pytest.mark.parametrize("number", ["610802180101011234", "610802010101006"])
@pytest.mark.parametrize("native", [int, float])
def test_a_number_that_a_spreadsheet_made_of_it(number, native):
    verdict = judged("penalty", subject_code=native(number))
    assert verdict.outcome is Outcome.EXCLUDED_PERSON
    assert judged("penalty", note=native(number)).values["note"] == "[身份证号已隐去]"


@pytest.mark.parametrize(
    "change",
    [
        {"subject_category": "自然人"},
        {"subject_category": " 自 然 人"},
        {"subject_category": "个人"},
        {"subject_category": "农户", "subject_code": "61080218010101123X"},
        {"subject_category": "自然人（外籍）"},
        {"subject_category": "03-自然人"},
        {"subject_category": "境外自然人"},
        {"subject_code": "61080218010101123X"},
        {"subject_code": "61080218010101123x "},
        {"subject_code": None, "paper_number": "G12345678"},
        {"subject_code": "无", "paper_type": "护照"},
        {"subject_code": None, "paper_type": "统一社会信用代码", "paper_number": "61080218010101123X"},
        {"subject_code": "610802180101011", "paper_number": "1"},
        {"subject_code": None, "registration_number": "610802010101006"},
        {"subject_code": None, "subject_name": "张三", "representative_paper_number": "61080218010101123X"},
    ],
)
def test_a_persons_row_leaves_nothing(change):
    verdict = judged("penalty", **change)
    assert verdict.outcome is Outcome.EXCLUDED_PERSON
    assert verdict.kept is None
    assert verdict.values == {}
    assert verdict.claim.name == ""
    assert verdict.leftovers == ()
    assert {(finding.field, finding.value) for finding in verdict.findings} == {(None, None)}
    assert {finding.rule for finding in verdict.findings} <= {"NP-EXCLUDED", "subject.load_register_first"}


@pytest.mark.parametrize(
    ("change", "outcome"),
    [
        ({"subject_category": "个人独资企业"}, Outcome.REJECTED),
        ({"subject_category": "居民委员会"}, Outcome.REJECTED),
        ({"subject_category": "自然人投资或控股的公司"}, Outcome.REJECTED),
        ({"subject_code": None, "paper_type": "营业执照", "paper_number": "610800100000015"}, Outcome.REJECTED),
        ({"subject_code": None, "representative_paper_number": "61080218010101123X"}, Outcome.REJECTED),
        ({"subject_code": "91610802MA70XH014E", "paper_number": "61080218010101123X"}, Outcome.REJECTED),
        ({"subject_code": None, "registration_number": "610800100000015", "paper_number": "1"}, Outcome.ACCEPTED),
    ],
)
def test_an_organisations_row_is_no_persons_row(change, outcome):
    assert judged("penalty", **change).outcome is outcome


def test_persons_fields_are_emptied_in_what_is_kept():
    row = base("penalty", legal_representative="张某某", representative_paper_number="G12345678", paper_type="护照")
    gate = context("penalty")
    header, cells = as_table(row, gate.item)
    verdict = judge(cells, header, gate)
    assert verdict.outcome is Outcome.ACCEPTED
    emptied = [field for field, kept in zip(row, verdict.kept, strict=True) if not kept]
    assert emptied == ["legal_representative", "representative_paper_number", "paper_type"]
    assert {f.field for f in verdict.findings if f.rule == "person.emptied"} == set(emptied)
    assert all(f.value is None for f in verdict.findings)


def test_papers_are_emptied_in_every_item_and_the_representative_only_outside_the_register():
    for item_id in ITEMS:
        item = context(item_id).item
        for field in item.fields:
            if field.kind not in (FieldKind.PERSON_NAME, FieldKind.PERSON_PAPERS):
                continue
            kept = judged(item_id, **{field.id: "周某"}).values.get(field.id)
            assert kept == ("周某" if (item_id, field.id) == ("registration", "legal_representative") else None)


def test_an_unknown_column_that_names_persons_is_not_kept():
    gate = context("registration")
    heads = ("统一社会信用代码", "主体名称", "登记状态", "联系人", "立案编号")
    header = find_header([RawRow(1, heads)], gate.item)
    cells = ("91610802MA70XH014D", "示例市甲商贸有限公司", "存续", "张某某", "A-1")
    verdict = judge(RawRow(2, cells), header, gate)
    assert verdict.kept == (*cells[:3], "", "A-1")
    assert verdict.leftovers == ("联系人", "立案编号")
    assert [(said.rule, said.field, said.value) for said in verdict.findings] == [("person.column_emptied", None, None)]
    assert "联系人" in verdict.findings[0].message.zh


NAMING_PERSONS = (
    "姓名", "联系人", "经办人", "现场负责人姓名", "从业人员", "员工", "人员名单", "持证人", "电话", "联系电话",
    "手机", "电子邮箱",
    "身份证", "经办人证件号码", "家庭住址", "住址", "出生日期", "性别", "年龄", "执业医师", "家政服务员", "姓　名",
    "*联系人（必填）",
    "【手机】", "人数（联系电话）", "聯繫人", "ｅ－mail", "contactPhone", "CONTACT_NAME", "staff.name", "idCard", "LXR",
)  # fmt: skip
NAMING_NONE = (
    "立案编号", "从业人员人数", "从业人员数量（人）", "持证人员数", "案件来源", "公开日期", "注册资本", "agency",
    "percentage",
    "remark", "公示网址", "",
)  # fmt: skip


def under_an_unknown_heading(heading: str, cell: str, as_keys: bool, item_id: str = "penalty") -> RowVerdict:
    """A good row with one more cell under a heading that the catalogue does not know, as a table or as keys."""
    gate = context(item_id)
    row = base(item_id)
    heads = (*(gate.item.field(field).label.zh for field in row), heading)
    cells = (*row.values(), cell)
    header = map_keys(heads, gate.item) if as_keys else find_header([RawRow(1, (*heads, "立案编号"))], gate.item)
    assert header is not None
    return judge(RawRow(2, cells, heads if as_keys else None), header, gate)


@pytest.mark.parametrize("as_keys", [False, True])
@pytest.mark.parametrize("heading", NAMING_PERSONS)
def test_a_heading_that_names_persons_is_known_however_it_is_written(heading: str, as_keys: bool) -> None:
    verdict = under_an_unknown_heading(heading, "周某某", as_keys)
    assert verdict.outcome is Outcome.ACCEPTED
    assert verdict.kept is not None
    assert verdict.kept[-1] == ""
    assert [finding.rule for finding in verdict.findings] == ["person.column_emptied"]
    assert "周某某" not in repr(verdict)


@pytest.mark.parametrize("as_keys", [False, True])
@pytest.mark.parametrize("heading", NAMING_NONE)
def test_other_unknown_columns_stay_and_are_masked(heading: str, as_keys: bool) -> None:
    verdict = under_an_unknown_heading(heading, "甲 61080218010101123X", as_keys)
    assert verdict.kept is not None
    assert verdict.kept[-1] == "甲 [身份证号已隐去]"
    assert verdict.findings == ()


@pytest.mark.parametrize("cell", ["", "无", "—"])
def test_an_empty_column_of_persons_needs_no_warning(cell: str) -> None:
    verdict = under_an_unknown_heading("联系人", cell, as_keys=False)
    assert (verdict.kept or ("?",))[-1] == ""
    assert verdict.findings == ()


def test_several_columns_of_persons_are_told_in_one_warning() -> None:
    gate = context("registration")
    heads = ("统一社会信用代码", "主体名称", "登记状态", "联系人", "手机")
    header = find_header([RawRow(1, heads)], gate.item)
    assert header is not None
    cells = ("91610802MA70XH014D", "示例市甲商贸有限公司", "存续", "张某某", "13800138000")
    (said,) = judge(RawRow(2, cells), header, gate).findings
    assert "联系人、手机" in said.message.zh
    assert "联系人、手机" in said.message.en


@settings(max_examples=100, deadline=None)
@given(
    heading=st.sampled_from(NAMING_PERSONS),
    around=st.tuples(st.sampled_from(["", "单位", "相关", "1、"]), st.sampled_from(["", "信息", "（一）", "2"])),
    name=st.text(st.characters(min_codepoint=0x3400, max_codepoint=0x4DBF), min_size=2, max_size=4),
    as_keys=st.booleans(),
    item_id=st.sampled_from(("penalty", "licence")),
)
def test_a_name_planted_under_such_a_heading_is_in_no_part_of_the_verdict(heading, around, name, as_keys, item_id):
    verdict = under_an_unknown_heading(f"{around[0]}{heading}{around[1]}", name, as_keys, item_id)
    assert name not in repr(verdict)


def test_a_mistyped_personal_number_is_not_repeated():
    for number in ("61080218010101123", "6108021801010112345"):
        verdict = judged("penalty", subject_code=number)
        assert verdict.outcome is Outcome.REJECTED
        assert number[:14] not in everything(verdict)


def test_codes_whose_fate_the_register_decides_are_named():
    gate = context("penalty")
    cells = ("126108180101010086", "与 126108180101010060 串通", "610802010101006", "61080218010101123X", 91, None)
    found = ambiguous_codes(RawRow(1, cells), None, gate.rulebook)
    assert found == {"126108180101010086", "126108180101010060", "610802010101006"}


def test_an_ambiguous_code_in_text_stays_only_when_the_register_knows_it():
    text = "与 126108180101010086 串通"
    assert judged("penalty", note=text).values["note"] == "与 [身份证号已隐去] 串通"
    known = context("penalty", known_codes=frozenset({"126108180101010086"}))
    assert judged("penalty", known, note=text).values["note"] == text


def test_a_broken_line_and_a_misplaced_person_leave_nothing():
    gate = context("registration")
    header = find_header([RawRow(1, ("统一社会信用代码", "主体名称", "登记状态"))], gate.item)
    broken = judge(RawRow(2, ("张三 61080218010101123X",), problem=RowProblem.BROKEN_LINE), header, gate)
    assert (broken.outcome, broken.kept, broken.values) == (Outcome.REJECTED, (), {})
    shifted = judge(RawRow(2, ("", "张三", "", "自然人")), header, gate)
    assert (shifted.outcome, shifted.kept) == (Outcome.EXCLUDED_PERSON, None)


@pytest.mark.parametrize("field", ["body_code", "source_unit_code", "successor_code", "former_code"])
def test_a_persons_number_that_passes_the_outer_check_is_no_bodys_code(field):
    item_id = "penalty" if field in ("body_code", "source_unit_code") else "registration"
    verdict = judged(item_id, **{field: "126108180101010086"})
    assert verdict.outcome is Outcome.REJECTED
    assert "126108180101010086" not in everything(verdict)
    assert field not in verdict.values


def test_a_natural_person_in_an_unknown_column_counts_where_no_organisation_is_named():
    gate = context("registration")
    header = find_header([RawRow(1, ("统一社会信用代码", "主体名称", "登记状态", "种类"))], gate.item)
    assert judge(RawRow(2, ("", "张三", "", "自然人")), header, gate).outcome is Outcome.EXCLUDED_PERSON
    organisation = ("91610802MA70XH014D", "示例市甲商贸有限公司", "存续", "自然人")
    assert judge(RawRow(2, organisation), header, gate).outcome is Outcome.ACCEPTED


@pytest.mark.parametrize(
    "number", ["61080218010101123101", "61080218010101123X01", "税号61080218010101123101", "61080201010112301"]
)
def test_a_tax_number_made_of_its_owners_number_is_emptied(number: str) -> None:
    verdict = judged("penalty", tax_number=number)
    assert verdict.outcome is Outcome.ACCEPTED
    assert [finding.rule for finding in verdict.findings] == ["person.number_masked"]
    assert "180101" not in repr(verdict)
    assert number not in repr(verdict)


@pytest.mark.parametrize(
    "change",
    [
        {"subject_name": "张某某", "subject_code": "610802********123X"},
        {"subject_name": "张某某", "subject_code": "610802180101****12"},
        {"subject_name": "张某某", "subject_code": "61080218010101123"},
        {"subject_name": "张某某（身份证号61080218010101123X）", "subject_code": None},
        {"subject_name": "61080218010101123X", "subject_code": "/"},
    ],
)
def test_a_person_named_by_a_struck_out_or_misplaced_number_is_a_persons_row(change: dict[str, str | None]) -> None:
    verdict = judged("penalty", **change)
    assert (verdict.outcome, verdict.kept) == (Outcome.EXCLUDED_PERSON, None)


@pytest.mark.parametrize(
    "change",
    [
        {"subject_code": "610802********123X"},
        {"subject_name": "示例市甲商贸有限公司（负责人61080218010101123X）", "subject_code": None},
    ],
)
def test_an_organisations_row_with_such_a_number_is_refused_without_it(change: dict[str, str | None]) -> None:
    verdict = judged("penalty", **change)
    assert verdict.outcome is Outcome.REJECTED
    assert "123X" not in repr(verdict)


@pytest.mark.parametrize("code", ["9161****MA70XH014D", "91610802********4D", "1161080****02XQ"])
def test_a_struck_out_code_of_an_organisation_is_merely_wrong(code: str) -> None:
    assert judged("penalty", subject_name="甲", subject_code=code).outcome is Outcome.REJECTED
