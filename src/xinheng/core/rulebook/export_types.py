"""How records are written for others, as typed, frozen values: which columns, in which order, in which spelling."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from xinheng.core.rulebook.catalogue_types import RequiredWhen
from xinheng.core.rulebook.law_types import LawRef
from xinheng.core.values import Bilingual


@dataclass(frozen=True, slots=True)
class ExportColumn:
    """One column: its code in the standard and the field that fills it; None: the column stays empty here.

    ``terms``: how the standard spells codes of the field's closed list; one that is not named is written by its label.
    """

    code: str
    field: str | None
    terms: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ExportLayout:
    """The columns of one item, in the order of the standard; ``edition`` is the catalogue's that has the same fields.

    ``left_out_when``: records in that state are not exported (an annulled decision, where no column could say so).
    """

    item: str
    edition: str
    columns: tuple[ExportColumn, ...]
    left_out_when: RequiredWhen | None


@dataclass(frozen=True, slots=True)
class ExportFormat:
    """One standard by which records go to others.

    ``separator`` stands between several choices of a cell, ``open_end`` for an end that never comes.
    """

    id: str
    label: Bilingual
    law: tuple[LawRef, ...]
    separator: str
    open_end: date
    items: Mapping[str, ExportLayout]
