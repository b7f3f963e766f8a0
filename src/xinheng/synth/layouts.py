"""The columns of the three tables in the order of the 2018 standard, with field code and Chinese header."""

from dataclasses import dataclass

# The standard numbers the six codes of a subject and puts what they are in brackets.
_NUMBERED = {
    name: f"行政相对人代码_{number}({name})"
    for number, name in enumerate(
        (
            "统一社会信用代码",
            "工商注册号",
            "组织机构代码",
            "税务登记号",
            "事业单位证书号",
            "社会组织登记证号",
        ),
        1,
    )
}


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns of one item and the part that some of them play."""

    item: str
    title: str
    columns: tuple[tuple[str, str], ...]
    groups: tuple[tuple[str, int, int], ...]
    parts: dict[str, str]

    def headers(self, style: str) -> list[str]:
        """Headers as ``codes``, as ``names``, or as ``numbered`` names of the subject's codes."""
        if style == "codes":
            return [code for code, _ in self.columns]
        if style == "numbered" and self.item != "registration":
            return [_NUMBERED.get(name, name) for _, name in self.columns]
        return [name for _, name in self.columns]

    def part(self, name: str) -> str:
        return self.parts[name]


def _subject(prefix: str) -> tuple[tuple[str, str], ...]:
    return (
        (f"{prefix}_XDR_MC", "行政相对人名称"),
        (f"{prefix}_XDR_LB", "行政相对人类别"),
        (f"{prefix}_XDR_SHXYM", "统一社会信用代码"),
        (f"{prefix}_XDR_GSZC", "工商注册号"),
        (f"{prefix}_XDR_ZZJG", "组织机构代码"),
        (f"{prefix}_XDR_SWDJ", "税务登记号"),
        (f"{prefix}_XDR_SYDW", "事业单位证书号"),
        (f"{prefix}_XDR_SHZZ", "社会组织登记证号"),
        (f"{prefix}_FRDB", "法定代表人"),
        (f"{prefix}_FR_ZJLX", "法定代表人证件类型"),
        (f"{prefix}_FR_ZJHM", "法定代表人证件号码"),
        (f"{prefix}_XDR_ZJLX", "证件类型"),
        (f"{prefix}_XDR_ZJHM", "证件号码"),
    )


def _parts(prefix: str, **more: str) -> dict[str, str]:
    return {
        "name": f"{prefix}_XDR_MC",
        "category": f"{prefix}_XDR_LB",
        "code": f"{prefix}_XDR_SHXYM",
        "registration_number": f"{prefix}_XDR_GSZC",
        "org_code": f"{prefix}_XDR_ZZJG",
        "representative": f"{prefix}_FRDB",
        "representative_paper": f"{prefix}_FR_ZJLX",
        "representative_number": f"{prefix}_FR_ZJHM",
        "person_paper": f"{prefix}_XDR_ZJLX",
        "person_number": f"{prefix}_XDR_ZJHM",
        "document": f"{prefix}_WSH",
        "date": f"{prefix}_JDRQ",
        "remark": "BZ",
        **more,
    }


PENALTY = Layout(
    "penalty",
    "行政处罚信息",
    (
        *_subject("CF"),
        ("CF_WSH", "行政处罚决定书文号"),
        ("CF_WFXW", "违法行为类型"),
        ("CF_SY", "违法事实"),
        ("CF_YJ", "处罚依据"),
        ("CF_CFLB", "处罚类别"),
        ("CF_NR", "处罚内容"),
        ("CF_NR_FK", "罚款金额(万元)"),
        ("CF_NR_WFFF", "没收违法所得、没收非法财物的金额(万元)"),
        ("CF_NR_ZKDX", "暂扣或吊销证照名称及编号"),
        ("CF_JDRQ", "处罚决定日期"),
        ("CF_YXQ", "处罚有效期"),
        ("CF_GSJZQ", "公示截止期"),
        ("CF_CFJG", "处罚机关"),
        ("CF_CFJGDM", "处罚机关统一社会信用代码"),
        ("CF_SJLY", "数据来源单位"),
        ("CF_SJLYDM", "数据来源单位统一社会信用代码"),
        ("BZ", "备注"),
    ),
    (("行政相对人信息", 0, 12), ("处罚决定信息", 13, 24), ("机关信息", 25, 28)),
    _parts(
        "CF",
        text="CF_SY",
        kind="CF_CFLB",
        content="CF_NR",
        end="CF_YXQ",
        body="CF_CFJG",
        body_code="CF_CFJGDM",
        source="CF_SJLY",
        source_code="CF_SJLYDM",
        amount="CF_NR_FK",
    ),
)

LICENCE = Layout(
    "licence",
    "行政许可信息",
    (
        *_subject("XK"),
        ("XK_XKWS", "行政许可决定文书名称"),
        ("XK_WSH", "行政许可决定文书号"),
        ("XK_XKLB", "许可类别"),
        ("XK_XKZS", "许可证书名称"),
        ("XK_XKBH", "许可编号"),
        ("XK_NR", "许可内容"),
        ("XK_JDRQ", "许可决定日期"),
        ("XK_YXQZ", "有效期自"),
        ("XK_YXQZI", "有效期至"),
        ("XK_XKJG", "许可机关"),
        ("XK_XKJGDM", "许可机关统一社会信用代码"),
        ("XK_ZT", "当前状态"),
        ("XK_LYDW", "数据来源单位"),
        ("XK_LYDWDM", "数据来源单位统一社会信用代码"),
        ("BZ", "备注"),
    ),
    (("行政相对人信息", 0, 12), ("许可决定信息", 13, 21), ("机关信息", 22, 26)),
    _parts(
        "XK",
        text="XK_NR",
        kind="XK_XKLB",
        content="XK_NR",
        end="XK_YXQZI",
        start="XK_YXQZ",
        body="XK_XKJG",
        body_code="XK_XKJGDM",
        source="XK_LYDW",
        source_code="XK_LYDWDM",
    ),
)

_REGISTRATION_HEADERS = (
    "统一社会信用代码",
    "主体名称",
    "主体类型",
    "法定代表人",
    "住所",
    "成立日期",
    "登记状态",
    "状态日期",
    "登记机关",
    "登记机关统一社会信用代码",
    "注册资本(万元)",
    "经营范围",
    "组织机构代码",
    "工商注册号",
    "税务登记号",
    "事业单位证书号",
    "社会组织登记证号",
    "曾用名",
    "原统一社会信用代码",
    "行政区划",
    "备注",
)

REGISTRATION = Layout(
    "registration",
    "登记注册信息",
    tuple((name, name) for name in _REGISTRATION_HEADERS),
    (("主体基本信息", 0, 7), ("登记信息", 8, 11), ("其他代码及历史", 12, 20)),
    {
        "code": "统一社会信用代码",
        "name": "主体名称",
        "date": "成立日期",
        "end": "状态日期",
        "kind": "登记状态",
        "text": "经营范围",
        "body": "登记机关",
        "body_code": "登记机关统一社会信用代码",
        "source": "登记机关",
        "org_code": "组织机构代码",
        "remark": "备注",
    },
)
