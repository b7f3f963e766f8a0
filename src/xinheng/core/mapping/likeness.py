"""How much a heading that the catalogue does not know is like the names of a field.

Four ways, the best one counts: a name of the catalogue in other dress; characters in common; initials of
the Chinese words (DSRMC for 当事人名称), as programs name their columns; English words in common.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from xinheng.core.rulebook.types import Field
from xinheng.core.validation.headings import key, readings
from xinheng.core.values import Bilingual

ALIAS = 100
SAME_INITIALS, END_OF_INITIALS = 85, 75
FEWEST_INITIALS = 3

# The 3,755 common characters of GB 2312 stand in the order of their sounds: where each letter begins.
_FIRST_OF_LETTER = (
    (0xB0A1, "a"), (0xB0C5, "b"), (0xB2C1, "c"), (0xB4EE, "d"), (0xB6EA, "e"), (0xB7A2, "f"), (0xB8C1, "g"),
    (0xB9FE, "h"), (0xBBF7, "j"), (0xBFA6, "k"), (0xC0AC, "l"), (0xC2E8, "m"), (0xC4C3, "n"), (0xC5B6, "o"),
    (0xC5BE, "p"), (0xC6DA, "q"), (0xC8BB, "r"), (0xC8F6, "s"), (0xCBFA, "t"), (0xCDDA, "w"), (0xCEF4, "x"),
    (0xD1B9, "y"), (0xD4D1, "z"),
)  # fmt: skip
_LAST_COMMON = 0xD7F9

_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_SILENT = frozenset({"of", "the", "a", "an", "and", "or", "as", "by", "is", "to", "for", "in", "on", "at", "yuan"})
# Words that programs use for what the catalogue calls otherwise. Not law: they only make a candidate.
_SAME_WORD = {
    "company": "subject", "enterprise": "subject", "firm": "subject", "party": "subject", "entity": "subject",
    "corp": "subject", "corporation": "subject", "counterpart": "subject", "ent": "subject", "offender": "subject",
    "organization": "organisation", "org": "organisation", "no": "number", "num": "number", "nr": "number",
    "dt": "date", "day": "date", "time": "date", "authority": "body", "agency": "body", "department": "body",
    "dept": "body", "organ": "body", "penalising": "penalty", "penalizing": "penalty", "punishment": "penalty",
    "punish": "penalty", "sanction": "penalty", "fact": "facts", "reason": "facts", "cause": "facts",
    "kind": "type", "kinds": "type", "types": "type", "category": "type", "ground": "basis", "law": "basis",
    "result": "content", "results": "content", "detail": "content", "details": "content", "sum": "amount",
    "money": "amount", "expiry": "until", "expire": "until", "expires": "until", "end": "until", "doc": "document",
    "license": "licence", "permit": "licence", "remark": "note", "remarks": "note", "comment": "note",
    "uniform": "unified", "uscc": "code",
}  # fmt: skip
# Chinese words that headings use for one another; as above they only make a candidate.
_SAME_CHINESE = {
    "单位": "机关", "部门": "机关", "机构": "机关", "种类": "类别", "类型": "类别", "方式": "类别", "时间": "日期",
    "数额": "金额", "款额": "金额", "情形": "事实", "情况": "事实", "条款": "依据", "编号": "文号", "案号": "文号",
}  # fmt: skip
_CHINESE_WORD = re.compile("|".join(_SAME_CHINESE))
_COUNTED = re.compile(r"(?<=[^0-9])[0-9]{1,2}$")


@dataclass(frozen=True, slots=True)
class Likeness:
    """How like (0-100) a heading is to a field, and by what."""

    score: int
    why: Bilingual


def likeness(title: str, field: Field) -> Likeness:
    """The best likeness of a heading to any name of the field; 0 where they have nothing in common."""
    found = (_same(title, field), _similar(title, field), _initialled(title, field), _worded(title, field))
    return max(found, key=lambda one: one.score)


def initials(text: str) -> str:
    """The first letters of the sounds of common Chinese characters, small; Latin letters stay, all else goes."""
    return "".join(map(_initial, text))


@lru_cache(maxsize=8192)
def _initial(character: str) -> str:
    if character.isascii():
        return character.lower() if character.isalpha() else ""
    try:
        place = int.from_bytes(character.encode("gb2312"), "big")
    except UnicodeEncodeError:
        return ""
    if place > _LAST_COMMON:
        return ""
    return next((letter for first, letter in reversed(_FIRST_OF_LETTER) if place >= first), "")


def _same(title: str, field: Field) -> Likeness:
    spelled = {key(title), *readings(title)} - {""}
    name = next((name for name in field.names if key(name) in spelled), None)
    if name is None:
        return _nothing()
    return Likeness(ALIAS, Bilingual(f"列名与“{name}”相同", f"the heading is “{name}”"))


def _similar(title: str, field: Field) -> Likeness:
    """By pairs of characters, as written and with words of one meaning made alike."""
    spelled = (key(title), *readings(title), key(title.rpartition("_")[2]))
    own = [_COUNTED.sub("", text) for text in dict.fromkeys(spelled)]
    names = [(key(name), name) for name in field.names]
    written = [(_dice(_pairs(text), _pairs(spelled)), name) for text in own for spelled, name in names]
    meant = [
        (_dice(_pairs(_alike(t)), _pairs(_alike(spelled))) * 9 // 10, name) for t in own for spelled, name in names
    ]
    best, name = max((*written, *meant), default=(0, ""))
    told = Bilingual(f"列名与“{name}”相似（{best}%）", f"the heading is like “{name}” ({best} %)")
    return Likeness(min(best, ALIAS - 10), told)


@lru_cache(maxsize=8192)
def _alike(text: str) -> str:
    return _CHINESE_WORD.sub(lambda found: _SAME_CHINESE[found.group()], text)


def _initialled(title: str, field: Field) -> Likeness:
    letters = program_name(title)
    if len(letters) < FEWEST_INITIALS:
        return _nothing()
    best, name = 0, ""
    for each in (name for name in field.names if not name.isascii()):
        sounds = initials(key(each))
        end = len(letters) > FEWEST_INITIALS and sounds.endswith(letters)
        score = SAME_INITIALS if sounds == letters else END_OF_INITIALS if end else 0
        best, name = max((best, name), (score, each), key=lambda one: one[0])
    return Likeness(best, Bilingual(f"列名是“{name}”的拼音首字母", f"the heading is made of the initials of “{name}”"))


def program_name(title: str) -> str:
    """The letters of a heading that is a program's name alone, without its prefix (CF_DSRMC); else nothing."""
    folded = title.strip().lower()
    if not folded.isascii() or not re.fullmatch(r"[a-z0-9_]+", folded):
        return ""
    return folded.rpartition("_")[2].strip("0123456789")


def _worded(title: str, field: Field) -> Likeness:
    own = _english(title)
    names = [_english(name) for name in (field.id, field.label.en, *field.codes, *field.headers) if name.isascii()]
    best = max((_dice(own, words) for words in names if len(own) > 1 or own == words), default=0)
    told = Bilingual(f"英文列名与“{field.label.en}”有相同的词", f"the heading shares words with “{field.label.en}”")
    return Likeness(min(best, ALIAS - 10), told)


@lru_cache(maxsize=8192)
def _english(text: str) -> frozenset[str]:
    if not text.isascii():
        return frozenset()
    words = (word.lower() for word in _WORDS.findall(text))
    return frozenset(_SAME_WORD.get(word, word) for word in words) - _SILENT


@lru_cache(maxsize=8192)
def _pairs(text: str) -> frozenset[str]:
    return frozenset(_windows(text))


def _windows(text: str) -> Iterator[str]:
    return (text[place : place + 2] for place in range(len(text) - 1))


def _dice(own: frozenset[str], other: frozenset[str]) -> int:
    """What two sets have in common, 0-100 (Dice)."""
    return 200 * len(own & other) // (len(own) + len(other)) if own and other else 0


def _nothing() -> Likeness:
    return Likeness(0, Bilingual("", ""))
