"""One place in a parsed rulebook file, read with a type in mind.

Every reader notes a problem and returns a harmless value where the file is wrong, so that one pass finds all
mistakes; nobody sees those values, because a rulebook with a problem is never handed out.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar

from xinheng.core.rulebook.problems import Problem
from xinheng.core.values import Bilingual

Choice = TypeVar("Choice", bound=StrEnum)

NO_DAY = date(1, 1, 1)
_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Node:
    """A value of a file with its path. ``problems`` is shared by all nodes of one parse and only grows."""

    file: str
    path: str
    value: object
    problems: list[Problem]

    def fail(self, zh: str, en: str) -> None:
        """Note a mistake at this place."""
        self.problems.append(Problem(self.file, self.path, zh, en))

    def refuse(self, zh: str, en: str) -> None:
        """Note that the value here is not what is wanted: ``zh`` and ``en`` say what would be."""
        shown = _shown(self.value)
        self.fail(f"“{shown}”不可用；应为{zh}", f"{shown!r} is not usable; expected {en}")

    @property
    def absent(self) -> bool:
        """Whether nothing stands here (key left out, or null)."""
        return self.value is None

    def at(self, key: str) -> "Node":
        """The value under ``key``; absent where there is none."""
        inside = self.value.get(key) if isinstance(self.value, Mapping) else None
        return Node(self.file, f"{self.path}.{key}" if self.path else key, inside, self.problems)

    def keys(self, needed: Collection[str], optional: Collection[str] = ()) -> "Node":
        """This node, after its keys were checked: none unknown, none of ``needed`` missing."""
        if not isinstance(self.value, Mapping):
            self.refuse("键值表", "a map of keys and values")
            return self
        allowed = (*needed, *optional)
        for key in self.value:
            if key not in allowed:
                names = ", ".join(allowed)
                self.at(str(key)).fail(f"没有这个键；可用的键：{names}", f"unknown key; keys are: {names}")
        for key in needed:
            if key not in self.value:
                self.at(key).fail("缺少必填的键", "this key is required and missing")
        return self

    def entries(self) -> list[tuple[str, "Node"]]:
        """Keys and values of a map; the empty list where there is none."""
        if isinstance(self.value, Mapping):
            return [(str(key), self.at(str(key))) for key in self.value]
        if not self.absent:
            self.refuse("键值表", "a map of keys and values")
        return []

    def items(self) -> list["Node"]:
        """The entries of a list; the empty list where there is none."""
        if isinstance(self.value, list | tuple):
            places = enumerate(self.value)
            return [Node(self.file, f"{self.path}[{place}]", item, self.problems) for place, item in places]
        if not self.absent:
            self.refuse("列表", "a list")
        return []

    def text(self) -> str:
        """A text that is not blank."""
        if isinstance(self.value, str) and self.value.strip():
            return self.value
        self.refuse("非空文本", "a text that is not blank (quote numbers that are codes)")
        return ""

    def optional_text(self) -> str | None:
        """A text, or None where nothing stands."""
        return None if self.absent else self.text()

    def texts(self) -> tuple[str, ...]:
        """A list of texts without repeats."""
        found = tuple(item.text() for item in self.items())
        for repeated in sorted({one for one in found if found.count(one) > 1}):
            self.fail(f"“{repeated}”重复", f"{repeated!r} stands there twice")
        return found

    def flag(self, default: bool = False) -> bool:
        """``true`` or ``false``; ``default`` where nothing stands."""
        if self.absent:
            return default
        if isinstance(self.value, bool):
            return self.value
        self.refuse("true 或 false", "true or false")
        return default

    def integer(self, least: int = 0) -> int:
        """A whole number of at least ``least``."""
        if isinstance(self.value, int) and not isinstance(self.value, bool) and self.value >= least:
            return self.value
        self.refuse(f"不小于{least}的整数", f"a whole number of at least {least}")
        return least

    def optional_integer(self, least: int = 0) -> int | None:
        """A whole number, or None where nothing stands."""
        return None if self.absent else self.integer(least)

    def number(self) -> Decimal:
        """A finite number, exactly as written."""
        if isinstance(self.value, Decimal | int) and not isinstance(self.value, bool):
            exact = Decimal(self.value)
            if exact.is_finite():
                return exact
        self.refuse("数字", "a number")
        return Decimal(0)

    def optional_number(self) -> Decimal | None:
        """A number, or None where nothing stands."""
        return None if self.absent else self.number()

    def day(self) -> date:
        """A day written YYYY-MM-DD."""
        if isinstance(self.value, str) and len(self.value) == len("2026-01-31"):
            try:
                return date.fromisoformat(self.value)
            except ValueError:
                pass
        self.refuse("日期，写作 YYYY-MM-DD", "a day written YYYY-MM-DD")
        return NO_DAY

    def one_of(self, choices: type[Choice]) -> Choice:
        """A member of an enumeration, by its value."""
        allowed = [member.value for member in choices]
        if self.value in allowed:
            return choices(self.value)
        self.refuse(f"其中之一：{', '.join(allowed)}", f"one of: {', '.join(allowed)}")
        return next(iter(choices))

    def known(self, allowed: Iterable[str], zh: str, en: str) -> str:
        """A text that names something known; ``zh`` and ``en`` say what kind of thing."""
        names = tuple(allowed)
        if isinstance(self.value, str) and self.value in names:
            return self.value
        listed = ", ".join(names)
        self.refuse(f"已有的{zh}：{listed}", f"a known {en}: {listed}")
        return names[0] if names else ""

    def within(self, allowed: Collection[str], name: str, zh: str, en: str) -> None:
        """Note a mistake unless ``name``, the key of this place, is a known one."""
        if name not in allowed:
            self.fail(f"没有{zh}“{name}”", f"there is no {en} {name!r}")

    def bilingual(self) -> Bilingual:
        """A text in both languages, ``{zh: …, en: …}``."""
        both = self.keys(("zh", "en"))
        if not isinstance(self.value, Mapping):
            return Bilingual("", "")
        return Bilingual(both.at("zh").text(), both.at("en").text())


def _shown(value: object) -> str:
    text = "null" if value is None else str(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
