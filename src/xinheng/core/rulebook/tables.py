"""What identifiers, dates and names are judged by: calendars, code tables, placeholders, name forms."""

from collections.abc import Mapping
from datetime import date

from xinheng.core.calendars import HolidayNotice, WorkingCalendar
from xinheng.core.dates import DatePolicy
from xinheng.core.identifiers.tables import Authority, Category, Region, RegionStatus, UsccTables
from xinheng.core.identifiers.uscc import ALPHABET
from xinheng.core.names import NameForms
from xinheng.core.placeholders import Placeholders
from xinheng.core.rulebook.node import Node

_REGION_LENGTH = 6
_CODE_LENGTH = 18


def parse_notice(node: Node) -> HolidayNotice | None:
    """One year's holiday notice, ``calendars/<country>/<year>.yml``; None where it cannot be one."""
    node.keys(("year", "source", "periods"))
    off: set[date] = set()
    work: set[date] = set()
    names: dict[date, str] = {}
    names_en: dict[date, str] = {}
    for period in node.at("periods").items():
        name = period.keys(("name",), ("days_off", "work_days")).at("name").bilingual()
        days_off = {day.day() for day in period.at("days_off").items()}
        days_work = {day.day() for day in period.at("work_days").items()}
        off |= days_off
        work |= days_work
        names |= dict.fromkeys(days_off | days_work, name.zh)
        names_en |= dict.fromkeys(days_off | days_work, name.en)
    year, source = node.at("year").integer(1949), node.at("source").text()
    try:
        return HolidayNotice(year, source, frozenset(off), frozenset(work), names, names_en)
    except ValueError as refused:
        node.at("periods").fail(f"节假日安排有矛盾：{refused}", f"the notice contradicts itself: {refused}")
        return None


def parse_calendar(nodes: tuple[Node, ...], folder: Node) -> WorkingCalendar | None:
    """All notices as one calendar; None where there is none or two claim one year."""
    notices = tuple(notice for notice in map(parse_notice, nodes) if notice is not None)
    try:
        return WorkingCalendar(notices)
    except ValueError as refused:
        folder.fail(f"工作日历不可用：{refused}", f"the working calendar is not usable: {refused}")
        return None


def parse_placeholders(node: Node) -> Placeholders:
    """``codes/placeholders.yml``: cells that say nothing."""
    node.keys(("source", "words"), ("repeated",)).at("source").text()
    return Placeholders(node.at("words").texts(), node.at("repeated").texts())


def parse_dates(node: Node) -> DatePolicy:
    """``codes/dates.yml``: what is no end, what is no date, and which years a record can have."""
    days = ("open_end_dates", "placeholder_dates")
    node.keys(("source", "open_end_words", *days, "first_year", "last_year")).at("source").text()
    open_end, placeholders = (frozenset(day.day() for day in node.at(key).items()) for key in days)
    first, last = node.at("first_year").integer(1), node.at("last_year").integer(1)
    if first > last:
        node.at("last_year").refuse(f"不早于 {first} 的年份", f"a year not before {first}")
    return DatePolicy(frozenset(node.at("open_end_words").texts()), open_end, placeholders, first, last)


def parse_name_forms(node: Node) -> NameForms:
    """``codes/name_forms.yml``: legal forms that mean the same."""
    node.keys(("source", "equivalents"), ("omitted_before_branch", "branch_words")).at("source").text()
    pairs = []
    for entry in node.at("equivalents").items():
        pair = tuple(item.text() for item in entry.items())
        if len(pair) != 2:
            entry.refuse("两个写法：[写法, 等同于]", "two spellings: [spelling, what it stands for]")
            continue
        pairs.append((pair[0], pair[1]))
    omitted, branches = node.at("omitted_before_branch").texts(), node.at("branch_words").texts()
    return NameForms(tuple(pairs), omitted, branches)


def parse_uscc(authorities: Node, regions: Node, exceptions: Node, placeholders: Placeholders) -> UsccTables:
    """The three files of the unified code as one set of tables."""
    authorities.keys(("source", "authorities"), ("labels", "exceptions")).at("source").text()
    if authorities.at("exceptions").items():
        place = "codes/uscc_exceptions.yml"
        authorities.at("exceptions").fail(f"例外代码请写入 {place}", f"exceptions belong into {place}")
    return UsccTables(
        {key: _authority(entry) for key, entry in authorities.at("authorities").entries()},
        _regions(regions),
        _exceptions(exceptions),
        authorities.at("labels").texts(),
        placeholders,
    )


def _authority(entry: Node) -> Authority:
    entry.keys(("name", "categories"), ("unusual",))
    if len(entry.path.rpartition(".")[2]) != 1:
        entry.fail("登记管理部门代码是一个字符", "the key of an authority is one character")
    usual = {key: Category(name.text()) for key, name in entry.at("categories").entries()}
    unusual = {key: Category(name.text(), unusual=True) for key, name in entry.at("unusual").entries()}
    return Authority(entry.at("name").text(), usual | unusual)


def _regions(node: Node) -> dict[str, Region]:
    node.keys(("source", "current", "retired"), ("outside",)).at("source").text()
    regions = dict.fromkeys(node.at("outside").texts(), Region("", RegionStatus.OUTSIDE))
    for key, status in (("retired", RegionStatus.RETIRED), ("current", RegionStatus.CURRENT)):
        regions |= _named_regions(node.at(key), status)
    for code in regions:
        if len(code) != _REGION_LENGTH or not (code.isascii() and code.isdigit()):
            node.fail(f"区划代码“{code}”不是六位数字", f"region {code!r} is not six digits")
    return regions


def _named_regions(node: Node, status: RegionStatus) -> dict[str, Region]:
    named = node.value if isinstance(node.value, Mapping) else {}
    if named is not node.value:
        node.refuse("区划代码与名称的对照表", "a map of region codes and names")
    regions = {}
    for code, name in named.items():
        if isinstance(code, str) and isinstance(name, str):
            regions[code] = Region(name, status)
        else:
            node.at(str(code)).refuse("带引号的六位代码和名称", "a quoted six-digit code with a name")
    return regions


def _exceptions(node: Node) -> frozenset[str]:
    codes = []
    for entry in node.keys(("exceptions",)).at("exceptions").items():
        entry.keys(("code", "evidence", "decided_by", "decided_on"))
        entry.at("evidence").text()
        entry.at("decided_by").text()
        entry.at("decided_on").day()
        code = entry.at("code")
        if len(code.text()) != _CODE_LENGTH or not set(code.text()) <= set(ALPHABET):
            code.refuse("十八位代码", "eighteen characters of the code's alphabet")
        codes.append(code.text())
    return frozenset(codes)
