"""The second sheet of a template: every field and every list in words, with law, edition and rulebook."""

from collections.abc import Iterator

from xinheng.core.rulebook.types import ItemEdition, Rulebook
from xinheng.intake.templates.columns import Column, law_text, required_when

Line = tuple[str, ...]
HEADINGS = ("序", "栏目", "代码", "标识", "填写要求", "何时必填", "内容", "最大长度", "英文", "规定出处", "举例")
WIDTHS = (6, 34, 22, 26, 16, 30, 26, 10, 34, 60, 40)


def heading_lines(rulebook: Rulebook, item: ItemEdition) -> Iterator[Line]:
    """What the template is for and by which rules it was made."""
    yield (f"{item.label.zh} / {item.label.en}",)
    yield "填报模板说明", f"{item.id} · {item.edition}"
    yield "施行", str(item.in_force.start)
    yield "规则库", f"{rulebook.version} · SHA-256 {rulebook.digest}"
    for ref in item.law:
        yield "依据", law_text(rulebook, ref)
    yield "须知", "带 * 的栏目必填；第一张工作表只填数据，一行一个主体；自然人不予接收，勿填任何自然人证件号码。"
    yield (
        "Note",
        "Columns with * are required; one subject a row on the first sheet; rows about natural persons are refused.",
    )


def field_lines(columns: list[Column], rulebook: Rulebook) -> Iterator[Line]:
    """One line a field."""
    for number, column in enumerate(columns, 1):
        field = column.field
        yield (
            str(number),
            field.label.zh,
            " ".join(field.codes),
            field.id,
            column.is_required.zh,
            required_when(field, rulebook),
            column.kind.zh if column.is_taken else "",
            str(field.max_length or ""),
            field.label.en,
            column.law,
            column.example or "",
        )


def list_lines(columns: list[Column], rulebook: Rulebook) -> Iterator[Line]:
    """Every closed list that the columns use, once, in the order of its terms."""
    told: set[str] = set()
    for column in columns:
        name = column.field.list
        if not column.choices or name is None or name in told:
            continue
        told.add(name)
        yield (f"可选值：{column.field.label.zh} / {column.field.label.en}", name)
        for term in rulebook.lists[name].terms:
            if term.zh in column.choices:
                yield "", term.zh, term.code, term.en
        yield ()
