"""What kind of row stands there: a record, or a blank, note, total or repeated header; and whether its
shape fits the header.

A row with a code, or with something in the column of the document number, is always a record.
"""

import re

from xinheng.core.cells import Cell, RawRow, Uncalculated
from xinheng.core.findings import Finding
from xinheng.core.identifiers.uscc import outer_check_holds
from xinheng.core.rulebook.types import FieldKind
from xinheng.core.text import cell_text, fold, is_blank, remove_blanks
from xinheng.core.validation.columns import Header, is_column_marks
from xinheng.core.validation.desk import Desk, is_empty, plain_text
from xinheng.core.validation.gate import GateContext
from xinheng.core.validation.headings import key
from xinheng.core.validation.names_in_cell import sounds_like_organisation

BLANK, NOTE, TOTAL, HEADER = "row.blank", "row.note", "row.total", "row.header_repeated"

_TOTAL = re.compile(
    r"(?:本页|本月|本表|本年|全年|全部|以上)?(?:合计|小计|总计|累计|共计|总数|total|subtotal)(?:$|[:(（\d,件条户元万行共])",
    re.I,
)
_NOTE = re.compile(
    r"(?:备注|附注|注释|注意事项|注意|注\d*|说明|填表说明|填报说明|填写说明|说明事项|声明)(?:$|[:.、\d(（])"
    r"|(?:填表|填报|制表|报送|审核|审批|复核|经办|联系|负责|统计|录入|提供|编制|打印|导出|制单)(?:人|单位|部门|机关|日期|时间|电话|方式|者|员)"
    r"|(?:数据来源|数据截至|截至|截止|单位\(盖章\)|单位盖章|\(盖章\)|盖章|签字|签章|以上数据|以下空白|第\d+页|共\d+页|-{2,}|={2,}|\*{2,})"
    r"|(?:以下无正文|本表|此表|附件|附表|note|remark)",
    re.I,
)
_CODE_RUN = re.compile(r"(?<![0-9A-Z])[0-9A-Z]{18}(?![0-9A-Z])")
_DOCUMENT_NUMBER = re.compile(r"[〔\[【(（]\s*\d{4}\s*[〕\]】)）].*\d+\s*号|号$")


def ignored_as(row: RawRow, header: Header, gate: GateContext) -> str | None:
    """The rule by which a row is no record (``row.blank``, ``.note``, ``.total``, ``.header_repeated``), or
    None.
    """
    texts = {
        column: text
        for column, cell in enumerate(row.cells)
        if not is_blank(text := plain_text(cell)) or isinstance(cell, Uncalculated)
    }
    if not texts:
        return BLANK
    if _repeats_header(texts, header) or is_column_marks(tuple(texts.values())):
        return HEADER
    first = min(texts)
    if _names_record(texts, first, row, header, gate):
        return None
    if is_total(texts[first]):
        return TOTAL
    if _NOTE.match(remove_blanks(fold(texts[first]))):
        return NOTE
    if len(texts) == 1 and not header.keyed:
        return (
            NOTE if _covers_width(row, first, header) or not _single_value(texts[first], first, header, gate) else None
        )
    return None


def shape_findings(row: RawRow, header: Header, desk: Desk) -> list[Finding]:
    """Policy g: filled cells beyond the header, and a line cut short before a required column. Nothing is
    ever shifted.
    """
    if header.keyed:
        return []
    findings = []
    beyond = [cell for cell in row.cells[header.width :] if _filled(cell)]
    if beyond:
        findings.append(desk.say("shape.overfull", None, None, count=str(len(beyond)), width=str(header.width)))
    missing = cut_off(row, header, desk.gate)
    if missing:
        names = "、".join(desk.gate.item.field(field_id).label.zh for field_id in missing)
        findings.append(
            desk.say("shape.short", None, None, cells=str(len(row.cells)), width=str(header.width), columns=names)
        )
    return findings


def cut_off(row: RawRow, header: Header, gate: GateContext) -> tuple[str, ...]:
    """The required fields whose columns lie behind the end of the row."""
    if header.keyed:
        return ()
    return tuple(
        field_id
        for column, field_id in sorted(header.columns.items())
        if column >= len(row.cells) and gate.item.field(field_id).required
    )


def _filled(cell: Cell) -> bool:
    return isinstance(cell, Uncalculated) or bool(remove_blanks(fold(cell_text(cell))))


def _repeats_header(texts: dict[int, str], header: Header) -> bool:
    if header.keyed or len(texts) < 2:
        return False
    return all(key(text) in header.titles.get(column, frozenset()) for column, text in texts.items())


def _names_record(texts: dict[int, str], first: int, row: RawRow, header: Header, gate: GateContext) -> bool:
    """Whether the row holds a code, or something where its document number belongs."""
    if any(outer_check_holds(run) for text in texts.values() for run in _CODE_RUN.findall(fold(text).upper())):
        return True
    for column, text in texts.items():
        field_id = header.columns.get(column)
        if field_id is None:
            continue
        field = gate.item.field(field_id)
        if is_empty(text, field, gate.rulebook.placeholders):
            continue
        if field.kind in (FieldKind.SUBJECT_CODE, FieldKind.OLD_CODE) and code_like(text):
            return True
        if field_id == gate.item.document_number and (column != first or _DOCUMENT_NUMBER.search(fold(text))):
            return not is_total(texts[first]) or any(map(str.isdigit, text))
    return False


def is_total(text: str) -> bool:
    """Whether a row's first text begins as a total does."""
    return _TOTAL.match(remove_blanks(fold(text))) is not None


def code_like(text: str) -> bool:
    """Whether a text in a code's column is one, right or wrong: mostly letters and figures, at least six."""
    letters = [c for c in fold(text) if c.isascii() and c.isalnum()]
    chinese = [c for c in text if "\u4e00" <= c <= "\u9fff"]
    return len(letters) >= 6 and any(map(str.isdigit, letters)) and len(letters) > len(chinese)


def _covers_width(row: RawRow, first: int, header: Header) -> bool:
    """Whether the text is merged over most of the table, as titles and notes are."""
    widest = max((last - start + 1 for start, last in row.spans if start <= first <= last), default=1)
    return widest >= 3 and widest * 5 >= header.width * 3


def _single_value(text: str, column: int, header: Header, gate: GateContext) -> bool:
    """Whether the only cell of a row is what its column wants, so that the row is a broken record and no
    note.
    """
    field_id = header.columns.get(column)
    if field_id is None or header.width < 2:
        return field_id is not None
    kind = gate.item.field(field_id).kind
    if kind is FieldKind.SUBJECT_NAME:
        return sounds_like_organisation(text) and not re.search(r"[:：。]", text)
    return kind is FieldKind.DOCUMENT_NUMBER and _DOCUMENT_NUMBER.search(fold(text)) is not None
