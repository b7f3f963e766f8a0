"""A record as a row of somebody else's standard. Pure: layout and record in, cells out."""

from collections.abc import Mapping
from dataclasses import dataclass

from xinheng.core.choices import ChoiceList
from xinheng.core.disclosure import Stage, stages_of
from xinheng.core.identifiers.uscc import is_individual_business
from xinheng.core.retention import OPEN_END
from xinheng.core.rulebook.export_types import ExportColumn, ExportFormat, ExportLayout
from xinheng.core.rulebook.types import Field, FieldKind, ItemEdition, Rulebook

OTHER = "_other"
_DATES = (FieldKind.DATE, FieldKind.END_DATE)


@dataclass(frozen=True, slots=True)
class Exported:
    """What of a record is exported: its subject's unified code, the edition it was filed under, its values."""

    subject: str
    edition: ItemEdition
    values: Mapping[str, str]


def cells(form: ExportFormat, layout: ExportLayout, record: Exported, rulebook: Rulebook) -> tuple[str, ...]:
    """The record's cells in the order of the standard.

    The subject stands by its unified code, whatever code the row came with. Empty are columns without a field, fields
    that the record's edition does not have, and fields that are not shared with others (R-027). Choices are written in
    the standard's spelling, amounts in 万元 as they are kept, days as 2026-01-31.
    """
    fields = {field.id: field for field in record.edition.fields}
    return tuple(_cell(form, column, fields.get(column.field or ""), record, rulebook) for column in layout.columns)


def is_exported(layout: ExportLayout, values: Mapping[str, str]) -> bool:
    """Whether a record goes out at all.

    One that says of itself that it was annulled does not, where the standard has no column to say so.
    """
    stated = layout.left_out_when
    return stated is None or stated.any_of.isdisjoint(values.get(stated.field, "").split(";"))


def _cell(form: ExportFormat, column: ExportColumn, field: Field | None, record: Exported, rulebook: Rulebook) -> str:
    if field is None:
        return ""
    head, individual = rulebook.heads[record.edition.id], is_individual_business(record.subject)
    if Stage.SHARING not in stages_of(head, record.edition, field, individual=individual):
        return ""
    if field.kind is FieldKind.SUBJECT_CODE:
        return record.subject
    value = record.values.get(field.id, "")
    if field.kind in _DATES and value == OPEN_END:
        return form.open_end.isoformat()
    if value and field.list:
        words = record.values.get(f"{field.id}{OTHER}", "")
        spelled = (_term(column, code, rulebook.lists[field.list], words) for code in value.split(";"))
        return form.separator.join(spelled)
    return value


def _term(column: ExportColumn, code: str, terms: ChoiceList, words: str) -> str:
    spelling = column.terms.get(code) or terms.term(code).zh
    return f"{spelling}：{words}" if words and code == terms.other else spelling
