"""How the rulebook's sentences are filled in."""

from collections.abc import Mapping

from xinheng.core.values import Bilingual

SHOWN_LENGTH = 60
"""How many characters of a cell a finding repeats."""


def cut(text: str) -> str:
    """At most :data:`SHOWN_LENGTH` characters, an ellipsis in place of the rest."""
    return text if len(text) <= SHOWN_LENGTH else text[: SHOWN_LENGTH - 1] + "…"


def worded(text: Bilingual, parts: Mapping[str, str | Bilingual]) -> Bilingual:
    """A text with its ``{placeholders}`` filled in both languages; a part that is not known reads as a
    dash.
    """
    zh = {name: part.zh if isinstance(part, Bilingual) else cut(part) for name, part in parts.items()}
    en = {name: part.en if isinstance(part, Bilingual) else cut(part) for name, part in parts.items()}
    return Bilingual(text.zh.format_map(_Parts(zh)), text.en.format_map(_Parts(en)))


class _Parts(dict[str, str]):
    """A sentence's parts; one that this case does not have reads as a dash."""

    def __missing__(self, key: str) -> str:
        return "—"
