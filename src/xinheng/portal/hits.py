"""One search hit as the page shows it: which of its texts carries the mark."""

from dataclasses import dataclass

from xinheng.core.values import Bilingual
from xinheng.publication.pages import Hit

FORMER_NAME = "former"


@dataclass(frozen=True, slots=True)
class HitLine:
    """A hit with the place of its mark: on the name, on the code, or on a line of its own (a former name)."""

    code: str
    name: str
    marked: tuple[tuple[str, bool], ...]
    type_label: Bilingual
    status_label: Bilingual
    status_tone: str
    marks_name: bool
    marks_code: bool
    by_former_name: bool

    @property
    def marks_other(self) -> bool:
        """The text that matched is neither the name nor the code."""
        return bool(self.marked) and not self.marks_name and not self.marks_code


def hit_line(hit: Hit) -> HitLine:
    """Find out which text the marked pieces spell."""
    spelled = "".join(piece for piece, _ in hit.marked)
    return HitLine(
        hit.code,
        hit.name,
        hit.marked,
        hit.type_label,
        hit.status_label,
        hit.status_tone,
        marks_name=spelled == hit.name,
        marks_code=spelled == hit.code,
        by_former_name=hit.matched_by.startswith(FORMER_NAME),
    )
