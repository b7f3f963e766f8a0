"""The rulebook's code tables as the checks take them, read plainly for the tests of identifiers."""

from pathlib import Path
from typing import Any

import yaml

from xinheng.core.identifiers.tables import Authority, Category, Region, RegionStatus, UsccTables
from xinheng.core.names import NameForms
from xinheng.core.placeholders import Placeholders

CODES = Path(__file__).parents[2] / "rulebook" / "codes"


def read(name: str) -> Any:
    """One YAML file of ``rulebook/codes``."""
    return yaml.load((CODES / name).read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)


def authority(entry: dict[str, Any]) -> Authority:
    """One registering department with its categories."""
    usual = {letter: Category(name) for letter, name in entry["categories"].items()}
    unusual = {letter: Category(name, unusual=True) for letter, name in entry.get("unusual", {}).items()}
    return Authority(entry["name"], usual | unusual)


def regions() -> dict[str, Region]:
    """All region codes by six digits."""
    table = read("regions.yml")
    return (
        {code: Region(name, RegionStatus.CURRENT) for code, name in table["current"].items()}
        | {code: Region(name, RegionStatus.RETIRED) for code, name in table["retired"].items()}
        | {code: Region("", RegionStatus.OUTSIDE) for code in table["outside"]}
    )


def placeholders() -> Placeholders:
    """Cells that say nothing."""
    table = read("placeholders.yml")
    return Placeholders(tuple(table["words"]), tuple(table["repeated"]))


def name_forms() -> NameForms:
    """Equivalent legal forms."""
    table = read("name_forms.yml")
    return NameForms(
        tuple((spelling, stands_for) for spelling, stands_for in table["equivalents"]),
        tuple(table["omitted_before_branch"]),
        tuple(table["branch_words"]),
    )


def tables() -> UsccTables:
    """Everything that judging a unified code needs."""
    table = read("uscc_authorities.yml")
    return UsccTables(
        {letter: authority(entry) for letter, entry in table["authorities"].items()},
        regions(),
        frozenset(),
        tuple(table["labels"]),
        placeholders(),
    )


TABLES = tables()
