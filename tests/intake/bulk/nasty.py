"""Cells that gates meet: good ones, misspelt ones, hostile ones, and numbers that might be a person's.

Numbers of persons in here carry birth dates of 1801 and belong to nobody.
"""

from hypothesis import strategies as st

from xinheng.core.rulebook.types import Field, FieldKind

PERSONS = (
    "610802180101010113", "61080218010101011X", "6108021801０１01011X", "610802 1801 0101 011X",
    "610802-18010101-0113", "610802010101011", "13812345678", "138 1234 5678", "+8613812345678",
    "6222021001112223334", "830000180101010113", "USA180101010101", "916108021801010113", "H13812345678",
    "1.38123456780E10", "610802********123X", "6108021801010101", "〔2026〕1381234567号", "2026-1381-2345-678",
    "19900101-13812345678",
)  # fmt: skip
CODES = (
    "91610802MA70XH014D", "91610802MA7XA00124", "91610802MA70XH0228", "11610800016090004T", "91110000600037340H",
    "91999999600037341N", "916108026000373412", "91610802MA70XH014E", "9161O802MA70XH014D", "94110000600037341B",
    "01110000600037341X", "91610802ma70xh014d", " 91610802MA70XH014D", "９1610802MA70XH014D", "91610802MA70XH014",
    "60003734-1", "600037341", "610800100000015", "91610802MA70XH014D、91610802MA70XH0228", "9.1310120350971E+17",
    "92610802MA70XH014D", "111111111111111111", "91610802XXXXXXXX4D", "统一社会信用代码：91610802MA70XH014D",
    "11610800MB2A0002XQ", "11610800MB2A00038Q", "52610000MJ00000000", "N2610802MF1234567X", "9161080000000000XX",
)  # fmt: skip
NAMES = (
    "示例市甲商贸有限公司", "示例市乙商贸有限公司（分店）", "示例市(丙)有限公司", "张三",
    "甲有限公司、乙有限公司", "中石油和田分公司", "甲  有限公司", " 甲有限公司 ", "甲与乙合作社", "锟斤拷公司",
    "屯里店", "Acme 有限公司", "DROP TABLE公司", "\ue000公司", "甲\u200b有限公司", "示例市市场监督管理局",
    "自然人", "王某某（610802180101010113）", "公司13812345678", "㈱甲", "ＡＢＣ有限公司",
)  # fmt: skip
DATES = (
    "2026-03-02", "2026年3月2日", "20260302", "2026/3/2", "2099-12-31", "长期", "2026-11-23", "1900-01-01",
    "2026-02-30", "46083", "民国115年3月2日", "3月2日", "2026-03-02 10:22:33", "2027-01-01", "9999-12-31",
    "1899-12-30", "2031-03-01",
)  # fmt: skip
AMOUNTS = (
    "0", "2", "0.35", "2.50", "20000", "2万元", "２", "1,000", "约2", "-1", "2-3", "0.0000001", "10000001",
    "9999999.5", "NaN", "00.5", "2.", ".5", "12345678901", "2000000000000000", "13812345678", "贰万元", "一二三",
    "#REF!", "1e3", "200",
)  # fmt: skip
NUMBERS = (
    "示市监罚〔2026〕1号", "示市监罚[2026]第1号", "示市监罚（2026）1号", "JY16108020000011", "jy1610802",
    "2026-1", "0", "合计1", "ABC123456789012", "A-B-C1234-5678-9012", "电话13812345678", "610802180101010",
    "'123", "-1", "tel13812345678", "无",
)  # fmt: skip
TEXTS = (
    "罚款人民币2万元", "罚款20000元。", "罚款2万元，没收违法所得3500元", "处罚款200万元",
    "没收违法所得0.35万元；罚款2.5万元", "罚款贰万元整", "罚款1万元和1万元", "罚款20000元5角", "罚款20,000元",
    "罚款２万元", "罚款人民币20000.00元整", "款2万元月", "处二万元罚款", "没收35万元", "罚款20000元，罚款30000元",
    "未取得营业执照从事经营活动", "=1+1", "+86", "@x", "-", "－甲", "<script>alert(1)</script>", "' or 1=1",
    "union select", "ＵＮＩＯＮ select a", "jndi:${x}", "${jndi:ldap}", "a\u00a0b", "甲\n乙 \n丙", "甲\r乙",
    "\x00甲", "甲\x07", "１３８１２３４５６７８", "①②③", "见附件…", "违法事实：1、2、3；", "　甲", "甲　",
    "电话：138-1234-5678", "QQ12345", "data:text/html,x", "于2026-03-02至2026-12-31", "无无", "暂无", "/", "—",
    "N/A", "null", "x" * 40, "甲" * 300, "罚" * 2100, "😀公司", "é", "ｶﾞ", "2026.03.02.12.34.56",
    "共12,345,678,901元", "Ⅷ", "½", "½12345678901", "合计", "备注：1", "自然人", "个人", "以下空白", "注1",
)  # fmt: skip
CHOICES = (
    "罚款", "警告", "警告、罚款", "罚款;没收违法所得", "其他：责令拆除", "其他", "罚金", "行政拘留", "普通",
    "有效", "法人及非法人组织", "个体工商户", "自然人", "1", "0", "罚款；其他（无）", "企业", "存续", "注销",
    "法人", "个人", "罚　款", "警告;暂扣许可证件",
)  # fmt: skip

BY_KIND = {
    FieldKind.SUBJECT_CODE: CODES,
    FieldKind.AGENCY_CODE: CODES,
    FieldKind.OLD_CODE: CODES,
    FieldKind.ORGANISATION_CODES: CODES,
    FieldKind.SUBJECT_NAME: NAMES,
    FieldKind.NAME: NAMES,
    FieldKind.NAMES: NAMES,
    FieldKind.AGENCY_NAME: NAMES,
    FieldKind.PERSON_NAME: NAMES,
    FieldKind.DATE: DATES,
    FieldKind.END_DATE: DATES,
    FieldKind.AMOUNT: AMOUNTS,
    FieldKind.DOCUMENT_NUMBER: NUMBERS,
    FieldKind.CHOICE: CHOICES,
    FieldKind.CHOICES: CHOICES,
    FieldKind.SUBJECT_CATEGORY: CHOICES,
}
EVERYTHING = (*PERSONS, *CODES, *NAMES, *DATES, *AMOUNTS, *NUMBERS, *TEXTS, *CHOICES)
_ANY = st.text(st.characters(exclude_categories=("Cs",)), max_size=12)


def cells_for(about: Field | None, cell: str) -> st.SearchStrategy[str]:
    """What may stand in a cell of that field instead of ``cell``: things of its kind, anything, or itself disturbed."""
    kind = BY_KIND.get(about.kind, TEXTS) if about is not None else TEXTS
    disturbed = st.tuples(st.integers(0, len(cell)), st.sampled_from((*PERSONS, *TEXTS, " ", "\u200b", "9", "X", "元")))
    return st.one_of(
        st.sampled_from(kind),
        st.sampled_from(kind),
        st.sampled_from(EVERYTHING),
        st.just(""),
        st.sampled_from(PERSONS),
        _ANY,
        disturbed.map(lambda put: cell[: put[0]] + put[1] + cell[put[0] :]),
        st.tuples(st.sampled_from(EVERYTHING), st.sampled_from(EVERYTHING)).map("".join),
    )
