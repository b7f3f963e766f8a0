"""Names of organisations: when two of them mean the same, and how a name is found by a part of it.

Whether a name is written in traditional or simplified characters is asked of a function that the caller
passes in (``simplify``): the dictionaries for it are files, and this floor reads none.
"""

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from xinheng.core.text import fold, remove_blanks, tidy

Simplify = Callable[[str], str]


class NameKind(StrEnum):
    """How two names differ, from not at all to entirely."""

    SAME = "same"
    WIDTH = "width"
    SCRIPT = "script"
    LEGAL_FORM = "legal_form"
    FORMER = "former"
    DIFFERENT = "different"


@dataclass(frozen=True, slots=True)
class NameMatch:
    """How two names agree; ``former`` is the earlier name that fitted when the kind is ``former``."""

    kind: NameKind
    former: str | None = None

    @property
    def agrees(self) -> bool:
        """Whether both names may stand for one organisation: anything but ``different``."""
        return self.kind is not NameKind.DIFFERENT


@dataclass(frozen=True, slots=True)
class NameForms:
    """Legal forms that mean the same (``codes/name_forms.yml``), in simplified characters.

    ``equivalents`` pairs a spelling with the one it stands for; ``omitted_before_branch`` are forms that a
    branch's name leaves out between the house and the branch; ``branch_words`` end the name of a branch.
    """

    equivalents: tuple[tuple[str, str], ...]
    omitted_before_branch: tuple[str, ...] = ()
    branch_words: tuple[str, ...] = ()


def compare_names(a: str, b: str, forms: NameForms, simplify: Simplify, former: Sequence[str] = ()) -> NameMatch:
    """How name ``a``, as a sender wrote it, agrees with the registered name ``b`` or one of its ``former``
    names.

    The first that holds: same writing; same but for width, case, brackets, punctuation and blanks; but for
    traditional characters; but for an equivalent legal form; a former name by any of these; different.
    """
    kind = _compare(a, b, forms, simplify)
    if kind is not NameKind.DIFFERENT:
        return NameMatch(kind)
    for earlier in former:
        if _compare(a, earlier, forms, simplify) is not NameKind.DIFFERENT:
            return NameMatch(NameKind.FORMER, earlier)
    return NameMatch(NameKind.DIFFERENT)


def search_form(name: str, simplify: Simplify) -> str:
    """The form under which names are indexed and asked for: folded, no blanks or punctuation, small letters,
    simplified characters."""
    return simplify(_letters(name))


def grams(form: str) -> tuple[str, ...]:
    """The different single characters and pairs of a search form, in order of first place, for an index."""
    pairs = (form[place : place + 2] for place in range(len(form) - 1))
    return tuple(dict.fromkeys((*form, *pairs)))


def locate(query: str, name: str, simplify: Simplify) -> tuple[int, int] | None:
    """Where in ``name``, as written, the query stands, as (start, end); ``None`` when it does not.

    For marking the matching part; blanks and brackets that lie inside the part are inside the marks.
    """
    asked = search_form(query, simplify)
    pieces = [search_form(character, simplify) for character in name]
    places = [place for place, piece in enumerate(pieces) for _ in piece]
    found = "".join(pieces).find(asked) if asked else -1
    if found < 0:
        return None
    return places[found], places[found + len(asked) - 1] + 1


def mask_person_name(name: str) -> str:
    """A person's name with its middle hidden: 周*岚, 周*; nothing is left of a name of one character."""
    letters = remove_blanks(fold(name))
    if len(letters) <= 2:
        return letters[:1] + "*" if len(letters) == 2 else "*" * len(letters)
    return letters[0] + "*" * (len(letters) - 2) + letters[-1]


def _compare(a: str, b: str, forms: NameForms, simplify: Simplify) -> NameKind:
    if tidy(a) == tidy(b):
        return NameKind.SAME
    letters_a, letters_b = _letters(a), _letters(b)
    if not letters_a or not letters_b:
        return NameKind.DIFFERENT
    if letters_a == letters_b:
        return NameKind.WIDTH
    simple_a, simple_b = simplify(letters_a), simplify(letters_b)
    if simple_a == simple_b:
        return NameKind.SCRIPT
    if _one_form(simple_a, forms) == _one_form(simple_b, forms):
        return NameKind.LEGAL_FORM
    return NameKind.DIFFERENT


def _letters(name: str) -> str:
    """Letters and digits alone, folded to one width and case; empty for a name of punctuation alone."""
    return "".join(c for c in fold(name).casefold() if unicodedata.category(c)[0] not in "PSZC")


def _one_form(name: str, forms: NameForms) -> str:
    """A simplified name with every legal form in the spelling it stands for, left out before a branch."""
    for spelling, stands_for in forms.equivalents:
        name = name.replace(spelling, stands_for)
    if forms.branch_words and name.endswith(forms.branch_words):
        for form in forms.omitted_before_branch:
            name = name.replace(form, "")
    return name
