"""Policy a: one cell, one name. Two names are seen where two things beside a separator each end like an
organisation.
"""

import re

from xinheng.core.text import remove_invisible, tidy

_STRONG = r"公司|合作社|合作联社|事务所|合伙企业"
_ENDINGS = (
    rf"{_STRONG}|企业|集团|厂|店|铺|部|社|院|所|站|场|行|馆|局|厅|委员会|办公室|中心|协会|学会|商会|联合会|基金会|工会|学校|大学|学院"
    r"|小学|中学|幼儿园|医院|银行|酒店|饭店|超市|门诊|药房|药店|基地|农场|分公司|支行|政府|法院|检察院|支队|大队|村委会|居委会"
    r"|坊|楼|城|吧|园|处|庄|屋|阁|摊|户"
)
_ENDS = re.compile(rf"(?:{_ENDINGS})(?:\([^()]*\)|（[^（）]*）)?$")
_SPLITS = re.compile(r"[、;；/|+＋→\n\r\t]|,|，|\s+|与|以及|及(?!其)|和")
_LOOSE = frozenset("与及") | {"以及"}
_ENDS_STRONGLY = re.compile(rf"(?:{_STRONG})$")
# 和 also begins the names of places (公司和田分公司): there both sides must end in a full legal form.
_ENDS_IN_FORM = re.compile(r"(?:(?:有限|责任|股份|集团)公司|合作社|事务所|合伙企业)$")
_BRACKETS = re.compile(r"\([^()]*\)|（[^（）]*）")
_BETWEEN = re.compile(r"[、,，;；/|→➜>\n\r\t]+")
_NUMBERING = re.compile(r"^(?:[(（]?\d{1,2}[)）.、:：](?!\d)|[①-⑳])\s*")
_YEARS = re.compile(r"\s*[(（](?:[\d年月日.\-—~～至起止/\s]+|曾用名|原名称?)[)）]$")
_SHORTEST_NAME, _LONGEST_NAME = 3, 200


def sounds_like_organisation(name: str) -> bool:
    """Whether a name ends like an organisation's (公司, 厂, 局 …)."""
    return _ENDS.search(remove_invisible(name).strip()) is not None


def holds_several_names(cell: str) -> bool:
    """Whether two whole names stand in one cell, as 甲有限公司、乙有限公司 do. Brackets belong to a name."""
    text = _BRACKETS.sub("", remove_invisible(cell)).strip()
    for split in _SPLITS.finditer(text):
        before = text[max(0, split.start() - _LONGEST_NAME) : split.start()].strip()
        after = text[split.end() : split.end() + _LONGEST_NAME].strip()
        loose = split.group().strip() in _LOOSE or not split.group().strip(" \u3000")
        ends = _ENDS_IN_FORM if split.group() == "和" else _ENDS_STRONGLY if loose else _ENDS
        if (
            min(len(before), len(after)) >= _SHORTEST_NAME
            and ends.search(before)
            and ends.search(_first_part(after, blank=not split.group().strip()))
        ):
            return True
    return False


def split_names(cell: str) -> list[str]:
    """The names of a list of names, without numbering and the years in which they were borne.

    A blank parts names only where a whole name stands on both sides of it.
    """
    flat = _BETWEEN.sub(";", remove_invisible(cell))
    names = [name for piece in flat.split(";") for name in (piece.split() if holds_several_names(piece) else [piece])]
    return [name for each in names if (name := _YEARS.sub("", _NUMBERING.sub("", tidy(each))))]


def _first_part(text: str, *, blank: bool) -> str:
    """Up to the next separator, so that a third name does not hide the second; blanks only where one separates."""
    return re.split(r"[、;；/|+＋→\s,，]" if blank else r"[、;；/|+＋→\n\r\t,，]", text, maxsplit=1)[0].strip()
