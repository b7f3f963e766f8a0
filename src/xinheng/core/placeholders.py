"""Cells that say nothing: 无, 暂无, /, ---, N/A, null and their like count as empty in every field."""

import re
from dataclasses import dataclass, field

from xinheng.core.text import fold

_ZERO = re.compile(r"0+([.,]0+)?")
_SAYS_NOTHING = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Placeholders:
    """The rulebook's table of placeholders (``codes/placeholders.yml``).

    ``words`` stand for nothing alone, in any case and width, with any punctuation around or inside
    (``（无）``, ``N.A.``); ``repeated`` also stand for nothing written several times (``无无``, ``xxx``).
    """

    words: tuple[str, ...]
    repeated: tuple[str, ...] = ()
    _words: frozenset[str] = field(init=False, repr=False, compare=False)
    _repeated: re.Pattern[str] | None = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Fold the table once, in the way every cell is folded."""
        object.__setattr__(self, "_words", frozenset(_bare(word) for word in self.words) - {""})
        choices = "|".join(f"(?:{re.escape(_bare(word))}){{2,}}" for word in self.repeated if _bare(word))
        object.__setattr__(self, "_repeated", re.compile(choices) if choices else None)

    def is_placeholder(self, text: str, numeric_zero: bool = False) -> bool:
        """Whether ``text`` says nothing: blank, punctuation alone, or a word of the table.

        ``numeric_zero``: zeros count too, as where a name or a document number is wanted; where an amount
        is wanted they are an amount.
        """
        bare = _bare(text)
        if not bare or bare in self._words:
            return True
        if self._repeated is not None and self._repeated.fullmatch(bare):
            return True
        return numeric_zero and _ZERO.fullmatch(fold(text)) is not None


def is_placeholder(text: str, placeholders: Placeholders, numeric_zero: bool = False) -> bool:
    """Whether ``text`` says nothing by this table; see :meth:`Placeholders.is_placeholder`."""
    return placeholders.is_placeholder(text, numeric_zero)


def _bare(text: str) -> str:
    """Letters and digits alone, folded: what is left of a cell when its punctuation is taken away."""
    return _SAYS_NOTHING.sub("", fold(text).casefold())
