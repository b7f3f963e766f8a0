"""Tables as systems of agencies export them, with what their columns really are."""

from collections.abc import Sequence
from datetime import date

from tests.core.validation.worked_cases import context, rulebook
from tests.doors import town
from xinheng.core.cells import RawRow
from xinheng.core.mapping.proposals import Proposal, propose
from xinheng.core.mapping.table import Column, columns_at, find_place
from xinheng.core.rulebook.types import ItemEdition

TODAY = date(2026, 11, 22)

CELLS: dict[str, tuple[str, str, str]] = {
    "document_number": ("云市监罚〔2026〕1号", "云市监罚〔2026〕2号", "云市监罚〔2026〕3号"),
    "subject_name": ("云台区精诚餐饮有限公司", "云台区百顺商贸有限公司", "云台区青禾食品厂"),
    "subject_code": (town.organisation_code(1), town.organisation_code(2), town.organisation_code(3)),
    "penalty_name": ("未明码标价案", "超范围经营案", "虚假宣传案"),
    "body_name": (town.AGENCY_NAME,) * 3,
    "body_code": (town.AGENCY,) * 3,
    "violation_facts": ("销售过期食品若干", "未明码标价，情节轻微", "超出核准范围经营"),
    "basis": ("《中华人民共和国食品安全法》第一百二十五条",) * 3,
    "penalty_types": ("罚款", "警告", "罚款;没收违法所得"),
    "fine_amount": ("2", "", "0.5"),
    "content": ("罚款20000元", "警告", "罚款5000元"),
    "decided_on": ("2026-03-02", "2026-03-04", "2026-05-01"),
    "valid_until": ("长期", "2099-12-31", "2027-03-01"),
    "note": ("", "已结案", ""),
    "handler": ("司徒望舒", "诸葛明月", "上官清和"),
    "phone": ("13800001111", "13900002222", "13700003333"),
    "paper": tuple(town.person_number(serial) for serial in (11, 31, 61)),
}
"""Three cells of what a column can hold: a field's, or what persons leave in such tables."""

PERSONAL = ("handler", "phone", "paper")


def item(item_id: str = "penalty") -> ItemEdition:
    """The edition in force."""
    return context(item_id).item


def table(columns: Sequence[tuple[str, str]], above: Sequence[Sequence[str]] = ()) -> list[RawRow]:
    """Rows of a table whose columns are given as (heading, what it holds)."""
    body = ([CELLS[held][place] for _, held in columns] for place in range(3))
    lines = [*above, [title for title, _ in columns], *body]
    return [RawRow(number, tuple(cells)) for number, cells in enumerate(lines, 1)]


def columns_of(rows: Sequence[RawRow], item_id: str = "penalty") -> tuple[Column, ...]:
    """The table's columns with their cells."""
    return columns_at(rows, find_place(rows, item(item_id)), item(item_id), rulebook(), TODAY)


def proposals(rows: Sequence[RawRow], item_id: str = "penalty") -> dict[str, Proposal]:
    """What is proposed, by heading."""
    found = propose(columns_of(rows, item_id), item(item_id), rulebook(), TODAY)
    return {proposal.title: proposal for proposal in found}
