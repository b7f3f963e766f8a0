"""Headers as files really have them."""

import pytest

from tests.core.validation.worked_cases import context, rulebook
from xinheng.core.cells import RawRow
from xinheng.core.rulebook.types import FieldKind
from xinheng.core.validation.header import best_items, find_header, map_keys, missing_columns, other_item

CODES_2018 = [
    "CF_XDR_MC", "CF_XDR_LB", "CF_XDR_SHXYM", "CF_XDR_GSZC", "CF_XDR_ZZJG", "CF_XDR_SWDJ", "CF_XDR_SYDW",
    "CF_XDR_SHZZ", "CF_FRDB", "CF_FR_ZJLX", "CF_FR_ZJHM", "CF_XDR_ZJLX", "CF_XDR_ZJHM", "CF_WSH",
    "CF_WFXW", "CF_SY", "CF_YJ", "CF_CFLB", "CF_NR", "CF_NR_FK", "CF_NR_WFFF", "CF_NR_ZKDX", "CF_JDRQ",
    "CF_YXQ", "CF_GSJZQ", "CF_CFJG", "CF_CFJGDM", "CF_SJLY", "CF_SJLYDM", "BZ",
]  # fmt: skip
CHINESE_2018 = [
    "行政相对人名称", "行政相对人类别", "行政相对人代码_1(统一社会信用代码)",
    "行政相对人代码_2(工商注册号)", "行政相对人代码_3(组织机构代码)", "行政相对人代码_4(税务登记号)",
    "行政相对人代码_5(事业单位证书号)", "行政相对人代码_6(社会组织登记证号)", "法定代表人",
    "法定代表人证件类型", "法定代表人证件号码", "证件类型", "证件号码", "行政处罚决定书文号",
    "违法行为类型", "违法事实", "处罚依据", "处罚类别", "处罚内容", "罚款金额(万元)",
    "没收违法所得、没收非法财物的金额(万元)", "暂扣或吊销证照名称及编号", "处罚决定日期", "处罚有效期",
    "公示截止期", "处罚机关", "处罚机关统一社会信用代码", "数据来源单位", "数据来源单位统一社会信用代码",
    "备注",
]  # fmt: skip
FIELDS_2018 = [
    "subject_name", "subject_category", "subject_code", "registration_number", "organisation_code",
    "tax_number", "institution_number", "social_number", "legal_representative",
    "representative_paper_type", "representative_paper_number", "paper_type", "paper_number",
    "document_number", "violation_type", "violation_facts", "basis", "penalty_types", "content",
    "fine_amount", "confiscated_amount", "licence_revoked", "decided_on", "valid_until", "public_until",
    "body_name", "body_code", "source_unit_name", "source_unit_code", "note",
]  # fmt: skip
PUBLISHED_2015 = {
    "penalty": "CF_WSH CF_CFMC CF_CFLB1 CF_CFLB2 CF_SY CF_YJ CF_XDR_MC CF_XDR_SHXYM CF_XDR_ZDM CF_XDR_GSDJ"
    " CF_XDR_SWDJ CF_XDR_SFZ CF_FR CF_JG CF_JDRQ CF_XZJG CF_ZT DFBM SJC BZ",
    "licence": "XK_WSH XK_XMMC XK_SPLB XK_NR XK_XDR XK_XDR_SHXYM XK_XDR_ZDM XK_XDR_GSDJ XK_XDR_SWDJ XK_XDR_SFZ"
    " XK_FR XK_JDRQ XK_JZQ XK_XZJG XK_ZT DFBM SJC BZ",
}


def rows(*texts, spans=None):
    spans = spans or {}
    return [RawRow(n, tuple(cells), spans=spans.get(n, ())) for n, cells in enumerate(texts, 1)]


def penalty():
    return context("penalty").item


def fields_of(header):
    return [header.columns[column] for column in sorted(header.columns)]


@pytest.mark.parametrize("heads", [CODES_2018, CHINESE_2018])
def test_both_spellings_of_the_standard_name_every_field(heads):
    header = find_header(rows(heads), penalty())
    assert fields_of(header) == FIELDS_2018
    assert not header.leftovers
    assert not header.repeated
    assert header.width == 30


@pytest.mark.parametrize(
    "dress",
    [
        lambda h, n: f"*{h}",
        lambda h, n: f"{n}.{h}",
        lambda h, n: f"{n}、 {h}",
        lambda h, n: f"（{n}）{h}",
        lambda h, n: f"{h}（必填）",
        lambda h, n: f" {h[:2]} {h[2:]}\n",
        lambda h, n: h.replace("(", "（").replace(")", "）"),
        lambda h, n: f"{h}*",
        lambda h, n: f"{CODES_2018[n - 1]} {h}",
        lambda h, n: f"{h}\n({CODES_2018[n - 1].lower()})",
    ],
)
def test_headings_are_known_however_they_are_dressed(dress):
    heads = [dress(head, place) for place, head in enumerate(CHINESE_2018, 1)]
    assert fields_of(find_header(rows(heads), penalty())) == FIELDS_2018


def test_every_name_of_every_edition_is_matched():
    for editions in rulebook().items.values():
        for item in editions:
            for field in item.fields:
                for name in (field.id, *field.codes, *field.headers, field.label.zh):
                    assert map_keys((name,), item).columns == {0: field.id}, name


@pytest.mark.parametrize("item_id", ["penalty", "licence"])
def test_the_template_of_2015_is_known_to_the_standard_of_2018(item_id):
    codes = PUBLISHED_2015[item_id].split()
    header = find_header(rows(codes), rulebook().edition(item_id, "2018"))
    assert not header.leftovers
    assert len(header.columns) == len(codes)
    assert header.repeated == ({"penalty_types": (2, 3)} if item_id == "penalty" else {})


def test_title_rows_above_and_a_row_of_codes_below():
    found = rows(["某某局行政处罚信息公示表"], ["填报单位：某某局", "", "2026年"], CHINESE_2018, CODES_2018, ["甲"])
    header = find_header(found, penalty())
    assert (header.first_row, header.last_row) == (3, 4)
    assert fields_of(header) == FIELDS_2018


def test_codes_above_the_chinese_row():
    header = find_header(rows(CODES_2018, CHINESE_2018), penalty())
    assert (header.first_row, header.last_row) == (1, 2)


def test_marks_and_numbers_below_belong_to_the_header():
    marks = ["必填" if place < 20 else "选填" for place in range(30)]
    numbers = [str(place) for place in range(1, 31)]
    assert find_header(rows(CHINESE_2018, marks, numbers, ["甲"]), penalty()).last_row == 3


def two_levels(filled: bool):
    top = ["序号", "行政相对人名称", "行政相对人代码", "", "", "处罚机关", "", "备注", "处罚决定日期"]
    low = ["", "", "统一社会信用代码", "工商注册号", "税务登记号", "名称", "统一社会信用代码", "", ""]
    if filled:
        low = [
            under or (above if place not in (3, 4, 6) else "")
            for place, (above, under) in enumerate(zip(top, low, strict=True))
        ]
    return top, low


@pytest.mark.parametrize("filled", [True, False])
@pytest.mark.parametrize("spans", [{1: ((2, 4), (5, 6))}, {}])
def test_two_level_headers_with_merged_groups(filled, spans):
    header = find_header(rows(*two_levels(filled), ["1", "甲公司"], spans=spans), penalty())
    assert {column: header.columns[column] for column in sorted(header.columns)} == {
        0: "row_number",
        1: "subject_name",
        2: "subject_code",
        3: "registration_number",
        4: "tax_number",
        5: "body_name",
        6: "body_code",
        7: "note",
        8: "decided_on",
    }
    assert not header.repeated
    assert header.last_row == 2


def test_three_levels():
    top = ["行政处罚信息", "", "", "", ""]
    middle = ["相对人", "", "处罚机关", "", "处罚决定日期"]
    low = ["行政相对人名称", "统一社会信用代码", "名称", "统一社会信用代码", "处罚决定日期"]
    header = find_header(rows(top, middle, low, spans={1: ((0, 4),), 2: ((0, 1), (2, 3))}), penalty())
    assert fields_of(header) == ["subject_name", "subject_code", "body_name", "body_code", "decided_on"]


def test_the_same_words_under_two_groups_are_not_one_field():
    top = ["相对人", "", "数据来源单位", ""]
    low = ["行政相对人名称", "统一社会信用代码", "名称", "统一社会信用代码"]
    header = find_header(rows(top, low, spans={1: ((0, 1), (2, 3))}), penalty())
    assert fields_of(header) == ["subject_name", "subject_code", "source_unit_name", "source_unit_code"]


def test_data_under_the_header_never_becomes_header():
    data = ["统一社会信用代码", "法人及非法人组织", "x"]
    header = find_header(rows(["行政相对人名称", "行政相对人类别", "文号"], data, data), penalty())
    assert header.last_row == 1


def test_unknown_columns_are_left_over_and_their_headings_hold_no_person():
    header = find_header(
        rows(["行政相对人名称", "统一社会信用代码", "文号", "立案编号", "", "联系13800138000"]), penalty()
    )
    assert header.leftovers == {3: "立案编号", 4: "", 5: "联系[手机号已隐去]"}


def test_the_bracket_says_which_code_is_meant():
    item = penalty()
    assert map_keys(("行政相对人代码（组织机构代码）",), item).columns == {0: "organisation_code"}
    assert map_keys(("处罚机关（统一社会信用代码）",), item).columns == {0: "body_code"}
    assert map_keys(("证件号码（统一社会信用代码）",), item).columns == {}


def test_several_columns_of_one_field():
    header = find_header(rows(["行政相对人名称", "CF_XDR_SHXYM", "处罚类别1", "CF_CFLB2", "备注", "备注"]), penalty())
    assert header.repeated == {"penalty_types": (2, 3), "note": (4, 5)}


def test_the_unit_of_a_heading():
    header = find_header(rows(["行政相对人名称", "文号", "罚款金额（元）", "没收金额(单位：万元)"]), penalty())
    assert header.units == {2: "元", 3: "万元"}


def test_too_little_is_no_header():
    assert find_header(rows(["甲", "乙", "丙"], ["1", "2", "3"]), penalty()) is None
    assert find_header(rows(["行政相对人名称"], ["甲公司"]), penalty()) is None
    assert find_header([], penalty()) is None
    assert find_header(rows(["行政相对人名称", "处罚决定日期"]), penalty()) is not None


def test_a_header_below_forty_rows_is_not_searched():
    assert find_header(rows(*[[""]] * 40, CHINESE_2018), penalty()) is None
    assert find_header(rows(*[[""]] * 39, CHINESE_2018), penalty()).first_row == 40


def test_required_columns_that_are_missing():
    header = find_header(rows(["行政相对人名称", "处罚决定日期", "备注"]), penalty())
    missing = missing_columns(header, penalty())
    assert "document_number" in missing
    assert "subject_code" in missing
    assert "subject_name" not in missing
    required = [field.id for field in penalty().fields if field.required]
    assert set(missing) == {*required, "subject_code"} - {"subject_name", "decided_on"}


@pytest.mark.parametrize("item_id", ["penalty", "licence", "registration"])
def test_a_file_of_another_item_is_told(item_id):
    own = context(item_id).item
    heads = [field.label.zh for field in own.fields if field.kind is not FieldKind.METADATA]
    editions = [context(each).item for each in ("penalty", "licence", "registration")]
    fits = best_items(rows(heads), editions)
    assert fits[0].item_id == item_id
    assert other_item(fits, item_id) is None
    assert {other_item(fits, each.id) for each in editions if each.id != item_id} == {item_id}


def test_keyed_rows():
    header = map_keys(("CF_XDR_MC", "subject_code", "文号", "x", "CF_WSH"), penalty())
    assert header.keyed
    assert header.columns == {
        0: "subject_name",
        1: "subject_code",
        2: "document_number",
        4: "document_number",
    }
    assert header.leftovers == {3: "x"}


def test_a_row_of_data_with_a_word_that_is_a_heading_too():
    heads = ["行政相对人名称", "处罚类别", "处罚内容", "违法事实", "备注"]
    data = ["示例市甲商贸有限公司", "罚款", "罚款", "无照经营", "处罚机关"]
    assert find_header(rows(heads, data, data), penalty()).last_row == 1
