"""The line that no rulebook can move: subjects are organisations, so nothing in it may want a person as one.

Which items there are, what makes a record's key and what a closed list may offer is held here and not in the data.
"""

import re
from collections.abc import Iterable

from xinheng.core.rulebook.catalogue_types import Field, FieldKind
from xinheng.core.rulebook.node import Node
from xinheng.core.text import fold, remove_blanks

ITEMS = (
    "registration", "licence", "penalty", "compulsion", "confirmation", "levy", "benefit", "ruling", "compensation",
    "award", "inspection", "abnormal_operation", "serious_dishonesty", "enforcement", "contract_performance",
    "commitment", "evaluation_result", "honour", "intellectual_property", "self_declaration",
)  # fmt: skip
"""Every item that a catalogue can have."""

PERSONAL_KINDS = (FieldKind.PERSON_NAME, FieldKind.PERSON_PAPERS)
REFUSING_LIST, REFUSING_TERM = "subject_category", "natural_person"
"""The one term that stands for persons: by it their rows are known and refused."""

_PERSON_CODE = re.compile(r"(?:[a-z]+_)?(?:persons?|people|individuals?|citizens?|residents?|households?|farmers?)")
_PERSON_WORDS = re.compile(
    r"(?:信用|诚信|守信|失信|外籍|境外|外国|港澳台|其他|其它)*(?:自然人|个人|公民|居民|村民|农户|农民|信用户|农村家庭|家庭)"
    r"(?:[(（].*[)）])?"
)


def check_item_id(node: Node, item_id: str) -> None:
    """That an item is one of the closed list: an item about persons (信用户) is none."""
    if item_id not in ITEMS:
        node.refuse(
            f"目录事项之一：{', '.join(ITEMS)}。主体只能是组织，请删除以个人或农户为主体的事项",
            f"one of the catalogue's items: {', '.join(ITEMS)}. "
            "Subjects are organisations; remove an item about persons",
        )


def check_impersonal(node: Node, field_id: str, fields: Iterable[Field]) -> None:
    """That a record is neither known nor headed by a field about a person."""
    if any(field.id == field_id and field.kind in PERSONAL_KINDS for field in fields):
        node.fail(
            f"“{field_id}”是个人信息字段，不能作为主键或标题；请改用主体代码、文号等组织字段",
            f"{field_id!r} is a field about a person, which is no key and no title; use the subject's code or the "
            "document number",
        )


def check_list_label(node: Node, label: str) -> None:
    """That a closed list as a whole is not one of persons."""
    if _names_persons(label):
        _fail_persons(node, label)


def check_term(list_id: str, entry: Node) -> None:
    """That a term of a closed list does not stand for natural persons, the category's refusing term excepted."""
    code = entry.at("code")
    if (list_id, code.value) == (REFUSING_LIST, REFUSING_TERM):
        return
    if isinstance(code.value, str) and _PERSON_CODE.fullmatch(code.value):
        _fail_persons(code, code.value)
    for spelling in (entry.at("label").at("zh"), *entry.at("aliases").items()):
        if isinstance(spelling.value, str) and _names_persons(spelling.value):
            _fail_persons(spelling, spelling.value)


def _names_persons(text: str) -> bool:
    return _PERSON_WORDS.fullmatch(remove_blanks(fold(text))) is not None


def _fail_persons(node: Node, said: str) -> None:
    node.fail(
        f"“{said}”指自然人；主体只能是组织，请删除（自然人仅在 {REFUSING_LIST} 中以 {REFUSING_TERM} 出现，用于拒收）",
        f"{said!r} stands for natural persons; subjects are organisations, remove it (persons are named by "
        f"{REFUSING_TERM} of {REFUSING_LIST} alone, so that their rows can be refused)",
    )
