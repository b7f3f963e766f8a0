"""One column of a template: its heading, what its comment says, what its cells take."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from xinheng.core.rulebook.types import Case, Field, FieldKind, ItemEdition, LawRef, Rulebook
from xinheng.core.validation.headings import headings_of
from xinheng.core.values import Bilingual

REQUIRED_MARK = "*"
TEXT, DAY, NUMBER = "@", "yyyy-mm-dd", "General"
_CODE_CHARS = 18
_REGION_CHARS = 6
_CODES = (FieldKind.SUBJECT_CODE, FieldKind.AGENCY_CODE)
_CHOICES = (FieldKind.CHOICE, FieldKind.CHOICES, FieldKind.SUBJECT_CATEGORY)
_MESSAGE_CHARS = 255
_LONG = (FieldKind.TEXT, FieldKind.SUBJECT_NAME, FieldKind.NAMES)
_UNITS = {"wan": Bilingual("万元", "10,000 yuan"), "yuan": Bilingual("元", "yuan")}
_KINDS = {
    FieldKind.SUBJECT_CODE: Bilingual("18位统一社会信用代码", "unified code of 18 characters"),
    FieldKind.AGENCY_CODE: Bilingual("18位统一社会信用代码", "unified code of 18 characters"),
    FieldKind.OLD_CODE: Bilingual("代码（文本）", "code, as text"),
    FieldKind.DATE: Bilingual("日期", "day"),
    FieldKind.END_DATE: Bilingual("日期或“长期”", "day, or 长期 for no end"),
    FieldKind.AMOUNT: Bilingual("金额", "amount"),
    FieldKind.CHOICE: Bilingual("单选", "one of a list"),
    FieldKind.CHOICES: Bilingual("可多选，用“；”分隔", "several of a list, parted by ；"),
    FieldKind.SUBJECT_CATEGORY: Bilingual("单选", "one of a list"),
    FieldKind.REGION: Bilingual("6位行政区划代码", "region code of 6 figures"),
    FieldKind.METADATA: Bilingual("系统字段", "for systems"),
}
_PLAIN = Bilingual("文本", "text")


@dataclass(frozen=True, slots=True)
class Column:
    """A field as the template shows it; ``choices`` are the labels that its list offers, empty without a list."""

    field: Field
    is_taken: bool
    choices: tuple[str, ...]
    is_open: bool
    example: str | None
    law: str

    @property
    def heading(self) -> str:
        """The Chinese heading, required ones with a mark that the gate knows."""
        return f"{self.field.label.zh}{REQUIRED_MARK if self.field.required else ''}"

    @property
    def number_format(self) -> str:
        """How cells show what is typed; text keeps a code of 18 figures from becoming a number."""
        if self.field.kind in (FieldKind.DATE, FieldKind.END_DATE):
            return DAY
        return NUMBER if self.field.kind is FieldKind.AMOUNT else TEXT

    @property
    def width(self) -> float:
        """Wide enough for the heading and for what usually stands below."""
        least = 30 if self.field.kind in _LONG else 22 if self.field.kind in _CODES else 12
        return min(60, max(least, 2.2 * len(self.heading)))

    @property
    def is_required(self) -> Bilingual:
        """Whether, and when, the column must be filled."""
        if not self.is_taken:
            return Bilingual("不采集，请留空", "not collected, leave empty")
        if self.field.required:
            return Bilingual("必填", "required")
        return Bilingual("条件必填", "required in cases") if self.field.required_when else Bilingual("选填", "optional")

    @property
    def kind(self) -> Bilingual:
        """What its cells hold, in words."""
        unit = _UNITS.get(self.field.unit or "")
        found = _KINDS.get(self.field.kind, _PLAIN)
        return Bilingual(f"{found.zh}（{unit.zh}）", f"{found.en} in {unit.en}") if unit else found


def columns_of(rulebook: Rulebook, item: ItemEdition) -> list[Column]:
    """The item's columns in the order of its standard."""
    examples = _examples(item)
    return [_column(rulebook, item, field, examples) for field in item.fields]


def _column(rulebook: Rulebook, item: ItemEdition, field: Field, examples: Mapping[str, str]) -> Column:
    forbidden = {
        code
        for check in item.checks
        if check.name == "forbidden_choice" and check.fields.get("choice") == field.id
        for code in check.params.get("choices", ())
    }
    taken = is_taken(field, item)
    listed = rulebook.lists.get(field.list or "") if field.kind in _CHOICES else None
    choices = tuple(term.zh for term in listed.terms if term.code not in forbidden) if listed else ()
    is_open = field.kind is FieldKind.CHOICES or (listed is not None and listed.other is not None)
    law = "；".join(law_text(rulebook, ref) for ref in (field.law or item.law))
    return Column(field, taken, choices, is_open, examples.get(field.id) if taken else None, law)


def is_taken(field: Field, item: ItemEdition) -> bool:
    """Whether what stands in the field is kept at all: persons' papers never are, names of persons by few items."""
    if field.kind is FieldKind.PERSON_NAME:
        return item.keeps_representative
    return field.kind is not FieldKind.PERSON_PAPERS


def law_text(rulebook: Rulebook, ref: LawRef) -> str:
    """A legal source in Chinese, with its article."""
    title = f"《{rulebook.laws[ref.law].title.zh}》"
    return f"{title}第{ref.article}条" if ref.article and ref.article.isdecimal() else title


def validation(column: Column, first: str, listed_at: str | None) -> dict[str, Any] | None:
    """What the cells of the column take, as the workbook's writer wants it; ``first`` is its first cell's name.

    ``listed_at`` is the range where its choices stand. None: anything.
    """
    rule = _rule(column, first, listed_at)
    if rule is None:
        return None
    label, kind, required = column.field.label, column.kind, column.is_required
    said = f"{required.zh}；{kind.zh}" if column.is_taken else required.zh
    return rule | {
        "ignore_blank": True,
        "input_title": label.zh[:32],
        "input_message": f"{said}\n{required.en}; {kind.en}"[:_MESSAGE_CHARS],
        "error_title": label.zh[:32],
        "error_message": f"应为：{said}。\nExpected: {kind.en}."[:_MESSAGE_CHARS],
    }


def _rule(column: Column, first: str, listed_at: str | None) -> dict[str, Any] | None:
    field = column.field
    if not column.is_taken:
        return {"validate": "custom", "value": f'={first}=""'}
    if listed_at is not None:
        return {"validate": "list", "source": f"={listed_at}", "error_type": "warning" if column.is_open else "stop"}
    if field.kind in _CODES:
        return {"validate": "length", "criteria": "==", "value": _CODE_CHARS}
    if field.kind is FieldKind.REGION:
        return {"validate": "length", "criteria": "==", "value": _REGION_CHARS, "error_type": "warning"}
    if field.kind is FieldKind.DATE:
        last = "TODAY()" if field.no_future else "DATE(2099,12,31)"
        return {"validate": "date", "criteria": "between", "minimum": "=DATE(1949,10,1)", "maximum": f"={last}"}
    if field.kind is FieldKind.END_DATE:
        return {"validate": "custom", "value": f'=OR(ISNUMBER({first}),{first}="长期")'}
    if field.kind is FieldKind.AMOUNT:
        return _amount(field)
    return {"validate": "length", "criteria": "<=", "value": field.max_length} if field.max_length else None


def _amount(field: Field) -> dict[str, Any]:
    least = float(field.minimum if field.minimum is not None else 0)
    if field.maximum is None:
        return {"validate": "decimal", "criteria": ">=", "value": least}
    return {"validate": "decimal", "criteria": "between", "minimum": least, "maximum": float(field.maximum)}


def comment(column: Column, rulebook: Rulebook) -> str:
    """The heading's comment: field code, rule, example; an example stands nowhere else."""
    field = column.field
    required, kind = column.is_required, column.kind
    lines = [f"字段代码 / code: {', '.join(field.codes) or '-'}（{field.id}）", f"{required.zh} / {required.en}"]
    when = required_when(field, rulebook)
    if when:
        lines.append(when)
    if column.is_taken:
        lines.append(f"{kind.zh} / {kind.en}")
        limit = f"最长 {field.max_length} 字 / at most {field.max_length} characters" if field.max_length else ""
        lines += [limit] if limit else []
    if column.example:
        lines.append(f"示例 / example: {column.example}")
    return "\n".join(lines)


def required_when(field: Field, rulebook: Rulebook) -> str:
    """When a field is required, in the words of the list that decides it; empty where that is no question."""
    when = field.required_when
    if when is None:
        return ""
    names = {term.code: term.zh for each in rulebook.lists.values() for term in each.terms}
    return f"{when.field} = {'、'.join(sorted(names.get(code, code) for code in when.any_of))} 时必填 / required then"


def _examples(item: ItemEdition) -> dict[str, str]:
    """What the first accepted worked case writes into each field."""
    case: Case | None = next((each for each in item.cases if each.outcome == "accepted"), None)
    headings = headings_of(item)
    row = case.row if case else {}
    found = ((headings.match(name), value) for name, value in row.items() if value)
    return {match[0]: value for match, value in found if match}
