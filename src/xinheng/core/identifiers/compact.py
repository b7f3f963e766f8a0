"""A text as numbers are read in it: blanks, dashes and invisible characters skipped, width evened out."""

import re
import unicodedata
from dataclasses import dataclass

from xinheng.core.text import remove_invisible

_ANY_DIGIT = re.compile(r"\d")
# Every character in whose plain form digits stand (① ½ ㏠), some others among them; none stands for more than three.
_DIGITS_IN = re.compile(r"[\d\u00b2-\u00be\u2070-\u2189\u2460-\u24ff\u3250-\u33ff\U0001f100-\U0001f10a]")
_MOST_IN_ONE = 3
_SHORTEST = 11
_NO_LETTER = re.compile(r"[\W_]+")
_LONG_NUMBER = re.compile(r"\d{11}")
# Typed for the check character X: Greek and Cyrillic letters of the same look, the sign of multiplication.
_LOOKS_LIKE_X = str.maketrans(dict.fromkeys("ΧχХх×✕✖", "X"))
# Dots, slashes and underscores part the figures of other numbers (2026.05.12, 8.6) and count as gaps only where
# the whole has a person's length; a telephone's number also needs its usual groups.
_DOT = r"[._/*\u00b7\u2022\u2027\u30fb\uff0e\uff0f\uff3f\uff0a]"
_DOTTED = re.compile(rf"(?<!\d)(?<!\d{_DOT})(?=\d*{_DOT})\d(?:{_DOT}?\d){{16}}{_DOT}?[\dXxＸｘ](?!{_DOT}?\d)")
_GROUPED_PHONE = re.compile(
    rf"(?<!\d)(?:[(（]1[3-9]\d[)）]\s?\d{{4}}[-\s]?\d{{4}}|1[3-9]\d[(（]\d{{4}}[)）]\d{{4}}"
    rf"|1[3-9]\d({_DOT})\d{{4}}\1\d{{4}})(?!{_DOT}?\d)"
)
_PARTING = re.compile(rf"{_DOT}|[()（）]")
_MOST_FOLDS = 8192
_DASHES = frozenset("-\u2010\u2011\u2012\u2013\u2014\u2015\u2043\u2212\ufe58\ufe63\uff0d")


@dataclass(frozen=True, slots=True)
class Compact:
    """A text without blanks, dashes and invisible characters: where each character stood, and whether it
    stood
    directly behind the one before it."""

    run: str
    places: list[int]
    glued: list[bool]

    def glued_at(self, place: int, characters: str) -> bool:
        """Whether the characters before and at ``place`` are both of ``characters`` with no gap between
        them.
        """
        if not 0 < place < len(self.run):
            return False
        return self.glued[place] and self.run[place - 1] in characters and self.run[place] in characters


def may_hold_number(text: str) -> bool:
    """Whether a number long enough for a person's can stand in ``text``: a quick look before the exact one.

    With everything but letters and digits taken out, whatever is one number has all its digits together.
    """
    digits = "".join(_DIGITS_IN.findall(text))
    if len(digits) * (1 if digits.isascii() else _MOST_IN_ONE) < _SHORTEST:
        return False
    bare = _NO_LETTER.sub("", unicodedata.normalize("NFKC", remove_invisible(text)))
    return _LONG_NUMBER.search(bare) is not None


def digits_in(text: str) -> int:
    """How many digits of any width or script stand in ``text``."""
    return len(_ANY_DIGIT.findall(unicodedata.normalize("NFKC", text)))


def _fold(character: str) -> str:
    """One character as it counts in a number: nothing, a blank for a gap, or its plain capital form."""
    if not remove_invisible(character) or unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return ""
    if character.isspace() or character in _DASHES:
        return " "
    plain = unicodedata.normalize("NFKC", character).upper().translate(_LOOKS_LIKE_X)
    return "".join(str(unicodedata.decimal(part, part)) for part in plain if not part.isspace())


class _Folds(dict[str, str]):
    """Characters folded once."""

    def __missing__(self, character: str) -> str:
        folded = _fold(character)
        if len(self) < _MOST_FOLDS:
            self[character] = folded
        return folded


_FOLDS = _Folds()


def compact(text: str) -> Compact:
    """The compact form of ``text``."""
    if _PARTING.search(text):
        text = _GROUPED_PHONE.sub(_blanked, _DOTTED.sub(_blanked, text))
    folded = list(map(_FOLDS.__getitem__, text))
    places = [place for place, parts in enumerate(folded) if parts != " " for _ in parts]
    glued = [
        place - before < 2 or " " not in folded[before + 1 : place]
        for before, place in zip((-1, *places), places, strict=False)
    ]
    return Compact("".join(folded).replace(" ", ""), places, glued)


def _blanked(number: re.Match[str]) -> str:
    """A number with blanks in place of what parts it, so that every character keeps its place."""
    return _PARTING.sub(" ", number.group())
