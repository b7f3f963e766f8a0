"""The 86 agencies that send files: city and district departments, enforcement units, registrars."""

from dataclasses import dataclass
from random import Random

from xinheng.synth.names import CITY, CITY_REGION, DISTRICTS
from xinheng.synth.rows import Form

# First character of a unified code → the sign of the city body that registers it.
REGISTRAR_OF = {"1": "编办", "3": "司", "5": "民政", "7": "民宗", "8": "工会", "9": "市监", "N": "农"}

# name after the city, short sign in document numbers, field of work, share of the records
_CITY_BODIES = (
    ("委机构编制委员会办公室", "编办", "", 0),
    ("发展和改革委员会", "发改", "general", 2),
    ("教育局", "教", "education", 4),
    ("科学技术局", "科", "general", 1),
    ("工业和信息化局", "工信", "general", 2),
    ("民族宗教事务局", "民宗", "general", 1),
    ("公安局", "公", "fire", 4),
    ("民政局", "民政", "social", 2),
    ("司法局", "司", "general", 1),
    ("财政局", "财", "general", 1),
    ("人力资源和社会保障局", "人社", "labour", 4),
    ("自然资源和规划局", "自规", "land", 4),
    ("生态环境局", "环", "environment", 6),
    ("住房和城乡建设局", "建", "construction", 8),
    ("交通运输局", "交", "transport", 8),
    ("水利局", "水", "land", 2),
    ("农业农村局", "农", "agriculture", 3),
    ("商务局", "商", "general", 2),
    ("文化和旅游局", "文旅", "culture", 4),
    ("卫生健康委员会", "卫", "health", 6),
    ("应急管理局", "应急", "safety", 6),
    ("审计局", "审", "general", 1),
    ("市场监督管理局", "市监", "market", 40),
    ("统计局", "统", "general", 1),
    ("林业和草原局", "林", "land", 1),
    ("城市管理执法局", "城管", "urban", 5),
    ("行政审批服务局", "审批", "general", 20),
    ("国防动员办公室", "国动", "construction", 1),
    ("体育局", "体", "culture", 1),
    ("医疗保障局", "医保", "health", 1),
    ("粮食和物资储备局", "粮", "agriculture", 1),
    ("税务局", "税", "general", 3),
    ("烟草专卖局", "烟", "tobacco", 12),
    ("气象局", "气", "safety", 1),
    ("消防救援支队", "消", "fire", 6),
    ("邮政管理局", "邮", "transport", 1),
    ("能源局", "能", "safety", 1),
    ("总工会", "工会", "", 0),
)
_CITY_UNITS = (
    ("交通运输综合执法支队", "交执", "transport", 4),
    ("文化市场综合执法支队", "文执", "culture", 2),
    ("农业综合执法支队", "农执", "agriculture", 2),
    ("卫生健康综合监督执法支队", "卫执", "health", 3),
    ("住房公积金管理中心", "公积金", "labour", 1),
    ("公路事务中心", "路", "transport", 1),
)
_DISTRICT_BODIES = (
    ("市场监督管理局", "市监", "market", 8),
    ("应急管理局", "应急", "safety", 1),
    ("卫生健康局", "卫", "health", 2),
    ("住房和城乡建设局", "建", "construction", 2),
    ("农业农村局", "农", "agriculture", 1),
    ("行政审批服务局", "审批", "general", 4),
    ("城市管理执法局", "城管", "urban", 1),
)
# City bodies whose files also carry decisions of the district bodies of the same field.
_SENDERS_FOR_DISTRICTS = frozenset({"市监", "审批", "应急"})

_FORMS = (
    Form("csv_utf8"),
    Form("xlsx"),
    Form("csv_gb18030", "%Y/%m/%d"),
    Form("jsonl", headers="codes"),
    Form("csv_utf8", "%Y%m%d", headers="codes"),
    Form("tsv", "%Y.%m.%d"),
    Form("json"),
    Form("xlsx", headers="codes"),
    Form("semicolon", "%Y年%m月%d日"),
    Form("csv_gb18030", headers="codes"),
    Form("tsv_utf16"),
    Form("csv_utf8", headers="numbered"),
    Form("xlsx", headers="numbered"),
)
_BRACKETS = (("〔", "〕"), ("[", "]"), ("【", "】"), ("（", "）"))


@dataclass(frozen=True, slots=True)
class AgencySeed:
    """What is known of an agency before it has a code."""

    name: str
    sign: str
    field: str
    weight: int
    prefix: str
    region: str
    district: str


@dataclass(frozen=True, slots=True)
class Agency:
    """A body that sends files, with its way of writing them."""

    code: str
    name: str
    sign: str
    field: str
    weight: int
    district: str
    form: Form
    brackets: tuple[str, str]
    items: tuple[str, ...]
    sends_for: tuple[str, ...] = ()

    def document_number(self, what: str, year: int, running: int) -> str:
        left, right = self.brackets
        return f"{self.district[0]}{self.sign}{what}{left}{year}{right}{running}号"


def agency_seeds() -> list[AgencySeed]:
    """All 86 bodies, the same in every made-up city."""
    seeds = [
        AgencySeed(CITY + name, sign, field, weight, "13" if sign == "工会" else "11", CITY_REGION, CITY)
        for name, sign, field, weight in _CITY_BODIES
    ]
    seeds += [
        AgencySeed(CITY + name, sign, field, weight, "12", CITY_REGION, CITY)
        for name, sign, field, weight in _CITY_UNITS
    ]
    for district, region in DISTRICTS.items():
        seeds += [
            AgencySeed(CITY + district + name, sign, field, weight, "11", region, district)
            for name, sign, field, weight in _DISTRICT_BODIES
        ]
    return seeds


def make_agencies(seeds: list[AgencySeed], codes: list[str], rng: Random) -> list[Agency]:
    """Give each body its code, its way of writing files and the right to send for others."""
    offset = rng.randrange(len(_FORMS))
    agencies = []
    for number, (seed, code) in enumerate(zip(seeds, codes, strict=True)):
        items = ("licence", "penalty") if seed.field else ()
        if seed.district == CITY and seed.sign in REGISTRAR_OF.values():
            items = ("registration", *items)
        sends_for: tuple[str, ...] = ()
        if seed.district == CITY and seed.sign in _SENDERS_FOR_DISTRICTS:
            sends_for = tuple(
                c for s, c in zip(seeds, codes, strict=True) if s.sign == seed.sign and s.district != CITY
            )
        form = _FORMS[(number + offset) % len(_FORMS)]
        brackets = _BRACKETS[number % len(_BRACKETS)]
        agencies.append(
            Agency(
                code,
                seed.name,
                seed.sign,
                seed.field,
                seed.weight,
                seed.district,
                form,
                brackets,
                items,
                sends_for,
            )
        )
    return agencies
