"""How one heading of a column is recognised: the same words, however a template dresses them.

A heading is compared by its *key*: width and case folded, only letters, digits and Chinese characters left,
without leading numbering and 必填 marks. Units and explanations in brackets are tried with and without,
since 代码_1（统一社会信用代码） and 代码_2（工商注册号） differ in nothing else, while 罚款金额（元） and
罚款金额（万元） are one field.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from xinheng.core.rulebook.types import FieldKind, ItemEdition

CHECK_TITLE = "校验结果 / check"
"""The heading of the column that a check writes into the sender's own file; sent again, it says nothing."""
CHECK_KEY = "_check"
"""The member that objects get in its place."""

TEMPLATE_NOTES, TEMPLATE_LISTS = "填报说明", "选项"
"""The sheets of a template that hold no rows: its legend, and hidden the lists that its cells choose from."""

EXACT, STRIPPED, ALONE = 3, 2, 1
"""How sure a match is: the whole heading; without its brackets; the lower heading without its group."""

_NUMBERING = re.compile(r"^\s*(?:\(\d{1,2}\)|\d{1,2}\s*[.、:)]|[一二三四五六七八九十]{1,3}[、.])\s*(?=\S)")
_MARKS = re.compile(r"[*★☆]|\(?(?:非必填|条件必填|有条件必填|必填项?|选填项?|required|optional)\)?")
_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|【[^【】]*】|<[^<>]*>|〔[^〔〕]*〕")
_BRACKET_TEXT = re.compile(r"[(\[【<〔]([^()\[\]【】<>〔〕]*)[)\]】>〕]")
_CODE_TOKEN = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)+|^[a-z]{2,}(?=\s)|(?<=\s)[a-z]{2,}$")
_UNIT = re.compile(
    r"(?:\(|\[|【|/|:|,|单位)\s*(?:单位)?:?\s*(?:人民币)?(亿元?|万元?|千元|百元|元)\s*(?:人民币)?(?:\)|\]|】|$)"
)

_TABLE_UNIT = re.compile(
    r"(?<![\u4e00-\u9fff])(?:计量|货币|金额|币种|以上|以下|本表)*(?:金额)?单位\s*(?::|均?为|是|\s)?\s*(?:人民币)?\s*"
    r"(亿元?|万元?|千元|百元|元)(?![\u4e00-\u9fffa-z])"
)


def plain(text: str) -> str:
    """Width and case folded, numbering and marks removed, brackets still there."""
    folded = unicodedata.normalize("NFKC", text).casefold().strip()
    unmarked = _MARKS.sub("", folded)
    return _NUMBERING.sub("", unmarked, count=1)


def key(text: str) -> str:
    """What two spellings of one heading have in common: its letters, digits and Chinese characters."""
    return _letters(plain(text))


def unit_of(text: str) -> str | None:
    """The unit a heading names for its column (``元``, ``万元``, ``千元`` …), or None where it names none."""
    found = _UNIT.search(plain(text))
    return found.group(1) if found else None


def table_unit(text: str) -> str | None:
    """The unit that a title row names for the whole table (金额单位：元), or None."""
    found = _TABLE_UNIT.search(unicodedata.normalize("NFKC", text).casefold())
    return found.group(1) if found else None


def _weaker(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Weaker readings: what a field code or a bracket inside says, and the heading without them."""
    folded = plain(text)
    inner = (*_CODE_TOKEN.findall(folded), *_BRACKET_TEXT.findall(folded))
    outer = (_BRACKETS.sub("", folded), _BRACKETS.sub("", _CODE_TOKEN.sub("", folded)))
    return tuple(map(_letters, inner)), tuple(map(_letters, outer))


def readings(text: str) -> tuple[str, ...]:
    """A heading as keys: what stands outside its brackets and field codes, and what each of them says."""
    inner, outer = _weaker(text)
    return tuple(reading for reading in dict.fromkeys((*inner, *outer)) if reading)


def _letters(text: str) -> str:
    return "".join(character for character in text if character.isalnum())


@dataclass(frozen=True, slots=True)
class Spelled:
    """One heading taken apart: the whole, what field codes and brackets in it say, and what stands around them."""

    whole: str
    inner: tuple[str, ...]
    outer: tuple[str, ...]


def spell(text: str) -> Spelled:
    """A heading taken apart, the same for every item."""
    return Spelled(key(text), *_weaker(text))


@dataclass(frozen=True, slots=True)
class Headings:
    """Everything by which one item's columns are known: keys of headings, and the fields that hold the
    subject's codes.
    """

    exact: Mapping[str, str]
    codes: frozenset[str]

    def match(self, text: str) -> tuple[str, int] | None:
        """The field a heading names and how surely, or None.

        Where a bracket names another field than the words before it, nobody knows which is meant, except
        that the bracket says which of the subject's codes stands in 行政相对人代码（组织机构代码）.
        """
        spelled = self._spelled(text)
        if spelled.whole in self.exact:
            return self.exact[spelled.whole], EXACT
        inner, outer = self._first(spelled.inner), self._first(spelled.outer)
        if inner and outer and inner != outer:
            return (inner, STRIPPED) if {inner, outer} <= self.codes else None
        found = inner or outer
        return (found, STRIPPED) if found else None

    def _spelled(self, text: str) -> "Spelled":
        return spell(text)

    def _first(self, readings: Iterable[str]) -> str | None:
        return next((self.exact[reading] for reading in readings if reading in self.exact), None)


@dataclass(frozen=True, slots=True)
class Shared(Headings):
    """Headings of one item that share with other items' what was taken apart already.

    ``spelled`` is for one table and given up with it: its cells may be persons'.
    """

    spelled: dict[str, Spelled]

    def _spelled(self, text: str) -> Spelled:
        known = self.spelled.get(text)
        if known is None:
            known = self.spelled[text] = spell(text)
        return known


@lru_cache(maxsize=64)
def headings_of(item: ItemEdition) -> Headings:
    """The index of an item's headings: ids, field codes, headers and labels of every edition in its
    catalogue.
    """
    exact: dict[str, str] = {}
    for field in item.fields:
        for name in field.names:
            exact.setdefault(key(name), field.id)
    exact.pop("", None)
    old_codes = {field.id for field in item.fields if field.kind is FieldKind.OLD_CODE}
    return Headings(exact, frozenset(old_codes | {item.subject_code}))
