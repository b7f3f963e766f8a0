"""Columns that give way to others, units in title rows, headers repeated in other words, lists of names."""

import pytest

from tests.core.validation.worked_cases import base, context, judged, keyed
from xinheng.core.cells import RawRow
from xinheng.core.findings import Outcome
from xinheng.core.validation.engine import RowVerdict, judge
from xinheng.core.validation.header import Header, find_header
from xinheng.core.validation.names_in_cell import holds_several_names, split_names

FINE = "罚款金额（万元）"


def table(item: str, *rows: tuple[str, ...]) -> tuple[Header, list[RowVerdict]]:
    gate = context(item)
    raw = [RawRow(number, row) for number, row in enumerate(rows, 1)]
    header = find_header(raw, gate.item)
    assert header is not None
    return header, [judge(row, header, gate) for row in raw if row.number > header.last_row]


def penalty_rows(heading: str, amount: str, title: str) -> tuple[tuple[str, ...], ...]:
    fields = base("penalty", fine_amount=amount, content="罚款，见决定书")
    item = context("penalty").item
    heads = tuple(heading if name == "fine_amount" else item.field(name).label.zh for name in fields)
    return (title,), heads, tuple(fields.values())


@pytest.mark.parametrize(
    "title", ["金额单位：元", "行政处罚公示表（单位：元）", "计量单位:人民币元", "单位 元", "以上金额单位为元"]
)
def test_a_unit_in_a_title_row_counts_where_the_heading_names_none(title: str) -> None:
    _, (verdict,) = table("penalty", *penalty_rows("罚款金额", "20000", title))
    assert (verdict.outcome, verdict.values["fine_amount"]) == (Outcome.ACCEPTED, "2")


@pytest.mark.parametrize("title", ["填报单位：元氏县市场监督管理局", "报送单位：万元店管理所", "行政处罚公示表"])
def test_a_reporting_unit_is_no_unit_of_money(title: str) -> None:
    header, (verdict,) = table("penalty", *penalty_rows("罚款金额", "2", title))
    assert header.unit_above is None
    assert verdict.values["fine_amount"] == "2"


def test_a_heading_that_contradicts_the_title_row_counts_with_a_warning() -> None:
    _, (verdict,) = table("penalty", *penalty_rows(FINE, "2", "单位：元"))
    assert verdict.values["fine_amount"] == "2"
    assert [finding.rule for finding in verdict.findings] == ["amount.units_differ"]
    _, (clear,) = table("penalty", *penalty_rows(FINE, "20000元", "单位：元"))
    assert (clear.values["fine_amount"], clear.findings) == ("2", ())


def test_a_header_repeated_as_field_codes_on_the_next_page_is_no_row() -> None:
    heads = ("统一社会信用代码", "主体名称", "登记状态")
    row = ("91610802MA70XH014D", "示例市甲商贸有限公司", "存续")
    _, verdicts = table("registration", heads, row, ("UNISCID", "ENTNAME", "REGSTATE"), heads, row)
    assert [verdict.outcome.value for verdict in verdicts] == ["accepted", "ignored", "ignored", "accepted"]


def test_a_second_column_gives_way_to_the_first_and_counts_where_that_is_empty() -> None:
    heads = ("统一社会信用代码", "名称", "经营场所", "住所")
    code, name = "91610802MA70XH014D", "示例市甲商贸有限公司"
    rows = ((code, name, "二号", "一号"), (code, name, "二号", ""), (code, name, "一号", "一号"))
    _, verdicts = table("registration", heads, *rows)
    assert [verdict.values["address"] for verdict in verdicts] == ["一号", "二号", "一号"]
    assert [[finding.rule for finding in verdict.findings] for verdict in verdicts] == [
        ["header.column_unused"],
        [],
        [],
    ]
    assert verdicts[0].kept == (code, name, "二号", "一号")


@pytest.mark.parametrize(
    "cell",
    [
        "甲商贸有限公司、乙商贸有限公司",
        "甲商贸有限公司 乙商贸有限公司",
        "甲商贸有限公司→乙商贸有限公司",
        "1.甲商贸有限公司 2.乙商贸有限公司",
        "甲商贸有限公司（2010-2015）；乙商贸有限公司（2015年3月至2018年）",
        "①甲商贸有限公司\n②乙商贸有限公司",
    ],
)
def test_former_names_are_parted_and_stripped_of_years(cell: str) -> None:
    assert split_names(cell) == ["甲商贸有限公司", "乙商贸有限公司"]


@pytest.mark.parametrize("cell", ["甲商贸（上海）有限公司", "Acme China Ltd", "58同城信息有限公司"])
def test_a_single_former_name_stays_whole(cell: str) -> None:
    assert split_names(cell) == [cell]


@pytest.mark.parametrize("said", ["其他：无", "其他（暂无）", "其他：其他", "其他：/"])
def test_an_explanation_that_says_nothing_is_none(said: str) -> None:
    verdict = judged("penalty", penalty_types=said, fine_amount=None)
    assert verdict.outcome is Outcome.REJECTED
    assert [finding.rule for finding in verdict.findings] == ["choice.other_without_explanation"]
    assert not any(name.endswith("_other") for name in verdict.values)


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("有限责任公司(自然人投资或控股)", "enterprise"),
        ("股份有限公司（上市、国有控股）", "enterprise"),
        ("1130", "enterprise"),
        ("有限责任公司分公司", "enterprise"),
        ("农民专业合作社分支机构", "cooperative"),
        ("个体工商户", "individual_business"),
        ("事业法人", "public_institution"),
    ],
)
def test_types_of_the_business_register_name_their_parent(written: str, code: str) -> None:
    assert judged("registration", subject_type=written).values["subject_type"] == code


def test_registrars_field_codes_are_known() -> None:
    row = {"UNISCID": "91610802MA70XH014D", "entname": "示例市甲商贸有限公司", "REGSTATE": "K", "ESTDATE": "20190506"}
    item = context("registration").item
    header, raw = keyed(item, row)
    verdict = judge(raw, header, context("registration"))
    assert verdict.values["status"] == "active"
    assert verdict.values["registered_on"] == "2019-05-06"


@pytest.mark.parametrize(
    ("cell", "several"),
    [
        ("示例市甲商贸有限公司和示例市乙商贸有限公司", True),
        ("示例市甲商贸有限公司+示例市乙商贸有限公司", True),
        ("甲公司、乙公司", True),
        ("示例市甲商贸有限公司和田分公司", False),
        ("示例市甲商贸有限公司和平路支行", False),
        ("示例市和众商贸有限公司", False),
        ("示例市甲与乙文化传播有限公司", False),
        ("红星、红旗合作社", False),
    ],
)
def test_two_names_are_seen_and_places_are_none(cell: str, several: bool) -> None:
    assert holds_several_names(cell) is several


@pytest.mark.timeout(30)
def test_a_very_long_cell_is_looked_at_once() -> None:
    assert holds_several_names("中有限公司、" * 40_000)
    assert not holds_several_names("有限和" * 100_000)
