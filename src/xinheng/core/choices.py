"""Closed lists: a cell is read against the list's own terms, and nothing outside them is let through.

Terms hold separators themselves (没收违法所得、没收非法财物), so a cell is never split first: at each place
the longest term that ends at a separator wins.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from xinheng.core.characters import drop_blanks, drop_invisible, fold_dashes, fold_width

UNKNOWN = "choice.unknown"
SEVERAL = "choice.several"
OTHER_WITHOUT_EXPLANATION = "choice.other_without_explanation"

_SEPARATORS = ";；,，、/|。\n\r\t "
_STRONG_SEPARATORS = ";；|\n"
_EXPLANATION_MARKS = ":：-—"
_CLOSING = {"(": ")", "[": "]", "【": "】", "〔": "〕"}
_NEAREST = 3


@dataclass(frozen=True, slots=True)
class Term:
    """One permitted value: its code, its name in both languages, other spellings (old codes too)."""

    code: str
    zh: str
    en: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ChoiceList:
    """A closed list. ``other`` is the code of its 其他, which needs an explanation.

    Raises ``ValueError`` when two terms share a spelling or ``other`` is no term.
    """

    id: str
    terms: tuple[Term, ...]
    other: str | None = None
    _spellings: dict[str, str] = field(init=False, repr=False, compare=False)
    _longest: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        spellings = _index(self)
        object.__setattr__(self, "_spellings", spellings)
        object.__setattr__(self, "_longest", max(map(len, spellings), default=0))
        if self.other is not None and self.other not in {term.code for term in self.terms}:
            raise ValueError(f"list {self.id}: other {self.other!r} is not one of its terms")

    def term(self, code: str) -> Term:
        """The term of that code; raises ``KeyError`` for a code outside the list."""
        for candidate in self.terms:
            if candidate.code == code:
                return candidate
        raise KeyError(f"list {self.id} has no term {code!r}")

    def exact(self, text: str) -> str | None:
        """The code whose term a whole cell spells, or None."""
        return self._spellings.get(_key(text))

    def match(self, text: str, start: int) -> tuple[str, int] | None:
        """The longest term in folded ``text`` from ``start`` that ends at a separator, as (code, end)."""
        found = None
        blanks = len(text) - len(drop_blanks(text))
        for end in range(start + 1, min(len(text), start + self._longest + blanks) + 1):
            code = self._spellings.get(_key(text[start:end]))
            if code is not None and self._ends_at(text, end, code):
                found = (code, end)
        return found

    def _ends_at(self, text: str, end: int, code: str) -> bool:
        if end == len(text) or text[end] in _SEPARATORS:
            return True
        return code == self.other and (text[end] in _EXPLANATION_MARKS or text[end] in _CLOSING)


@dataclass(frozen=True, slots=True)
class ChoiceReading:
    """What a cell chose: ``codes`` in order without repeats; ``unknown`` the pieces outside the list.

    ``nearest``: names of the permitted terms closest to them; ``explanation``: what follows 其他;
    ``problems``: rule ids (``choice.unknown``, ``choice.several``, ``choice.other_without_explanation``).
    """

    codes: tuple[str, ...]
    unknown: tuple[str, ...] = ()
    nearest: tuple[str, ...] = ()
    explanation: str | None = None
    problems: tuple[str, ...] = ()


def read_choice(text: str, choices: ChoiceList, *, multiple: bool = True) -> ChoiceReading:
    """Read a cell against a closed list; ``multiple``: several values may stand in the field.

    An empty cell chooses nothing and has no problem.
    """
    folded = fold_width(drop_invisible(text)).strip().lstrip("'")
    whole = choices.exact(folded)
    if whole is not None and whole != choices.other:
        return ChoiceReading((whole,))
    codes: list[str] = []
    unknown: list[str] = []
    explanation = None
    position = 0
    while (position := _skip(folded, position)) < len(folded):
        matched = choices.match(folded, position)
        if matched is None:
            end = _next_separator(folded, position)
            unknown.append(folded[position:end])
            position = end
            continue
        code, position = matched
        codes.append(code)
        if code == choices.other:
            said, position = _read_explanation(folded, position)
            explanation = explanation or said
    reading = ChoiceReading(tuple(dict.fromkeys(codes)), tuple(dict.fromkeys(unknown)), (), explanation)
    return _judged(reading, choices, multiple)


def nearest_terms(text: str, choices: ChoiceList) -> tuple[str, ...]:
    """The Chinese names of the three terms most like ``text`` (the first three when none is like it)."""
    ranked = sorted(choices.terms, key=lambda term: -_likeness(text, term))
    return tuple(term.zh for term in ranked[:_NEAREST])


def _judged(reading: ChoiceReading, choices: ChoiceList, multiple: bool) -> ChoiceReading:
    problems = []
    if reading.unknown:
        problems.append(UNKNOWN)
    if len(reading.codes) > 1 and not multiple:
        problems.append(SEVERAL)
    if choices.other in reading.codes and reading.explanation is None:
        problems.append(OTHER_WITHOUT_EXPLANATION)
    nearest = dict.fromkeys(name for piece in reading.unknown for name in nearest_terms(piece, choices))
    return replace(reading, nearest=tuple(nearest), problems=tuple(problems))


def _index(choices: ChoiceList) -> dict[str, str]:
    spellings: dict[str, str] = {}
    for term in choices.terms:
        for spelling in (term.zh, *term.aliases, term.code):
            if spellings.setdefault(_key(spelling), term.code) != term.code:
                raise ValueError(f"list {choices.id}: {spelling!r} names two terms")
    return spellings


def _key(text: str) -> str:
    return drop_blanks(fold_dashes(fold_width(text))).casefold()


def _skip(text: str, position: int) -> int:
    while position < len(text) and text[position] in _SEPARATORS:
        position += 1
    return position


def _next_separator(text: str, position: int) -> int:
    while position < len(text) and text[position] not in _SEPARATORS:
        position += 1
    return position


def _read_explanation(text: str, position: int) -> tuple[str | None, int]:
    """The explanation that starts right behind 其他 and where reading goes on."""
    while text[position : position + 1] == " ":
        position += 1
    mark = text[position : position + 1]
    if mark in _CLOSING:
        end = _closing(text, position)
        return _said(text[position + 1 : end]), end + 1
    if not mark or mark not in _EXPLANATION_MARKS:
        return None, position
    ends = (text.find(sign, position) for sign in _STRONG_SEPARATORS)
    end = min((at for at in ends if at >= 0), default=len(text))
    return _said(text[position:end].lstrip(_EXPLANATION_MARKS)), end


def _closing(text: str, position: int) -> int:
    """Where the bracket opened at ``position`` closes; the text's end when it never does."""
    opening, closing, depth = text[position], _CLOSING[text[position]], 0
    for at in range(position, len(text)):
        depth += (text[at] == opening) - (text[at] == closing)
        if depth == 0:
            return at
    return len(text)


def _said(text: str) -> str | None:
    return text.strip(_SEPARATORS) or None


def _likeness(text: str, term: Term) -> float:
    return max(_dice(_key(text), _key(spelling)) for spelling in (term.zh, *term.aliases))


def _dice(a: str, b: str) -> float:
    """Shared pairs of neighbours (0-1), plus the share of a common beginning."""
    pairs_a, pairs_b = set(_pairs(a)), set(_pairs(b))
    shared = 2 * len(pairs_a & pairs_b) / max(1, len(pairs_a) + len(pairs_b))
    same = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    return shared + same / max(1, len(a), len(b))


def _pairs(text: str) -> Iterator[str]:
    return (text[i : i + 2] for i in range(max(1, len(text) - 1)))
