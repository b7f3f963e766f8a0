"""The catalogue as a page for people: what each item collects, under which names, and who may see it."""

from collections.abc import Collection, Iterable, Iterator, Mapping

from xinheng.core.disclosure import Stage, stages_of
from xinheng.core.rulebook.law_types import LawRef
from xinheng.core.rulebook.types import Field, ItemEdition, ItemHead, Rulebook

_HEAD = """# Catalogue

What is collected, item by item, as the newest edition has it. This page is made from the rulebook by
`xinheng rulebook page`; a test keeps it equal.

A field passes the stages marked ● (归集 collection, 共享 sharing, 使用 use, 公开 publication), ○ only where the subject
is no individual business. Fields about persons pass none: they are emptied on arrival. Column names count in any width,
case and blanks; beside those of the tables, the field's id and both its labels count, and the names that follow.
"""
_TABLE = (
    "| field | 名称 | name | codes and other column names | 归集 | 共享 | 使用 | 公开 | required |\n"
    "|---|---|---|---|---|---|---|---|---|\n"
)


def catalogue_page(rulebook: Rulebook) -> str:
    """The whole catalogue in Markdown; the same rulebook gives the same text."""
    common = _common(rulebook)
    items = (_item(item, rulebook, common) for item in rulebook.items)
    return "\n".join([_HEAD, _common_names(common), *_formats(rulebook), *items])


def _common(rulebook: Rulebook) -> dict[str, tuple[str, ...]]:
    """By field: the names that it has in every item that has the field, where several have it."""
    found: dict[str, list[tuple[str, ...]]] = {}
    for editions in rulebook.items.values():
        for field in editions[-1].fields:
            found.setdefault(field.id, []).append(_names(field))
    return {
        field: tuple(name for name in named[0] if all(name in other for other in named[1:]))
        for field, named in found.items()
        if len(named) > 1
    }


def _common_names(common: Mapping[str, tuple[str, ...]]) -> str:
    rows = "".join(f"| `{field}` | {_plain('、'.join(names))} |\n" for field, names in common.items() if names)
    return f"## Names in every item\n\n| field | codes and other column names |\n|---|---|\n{rows}"


def _names(field: Field) -> tuple[str, ...]:
    return (*(f"`{code}`" for code in field.codes), *field.headers, *field.other_headers)


def _plain(text: str) -> str:
    return text.replace("|", "｜")


def _item(item: str, rulebook: Rulebook, common: Mapping[str, tuple[str, ...]]) -> str:
    head, edition = rulebook.heads[item], rulebook.items[item][-1]
    rows = "".join(_row(field, head, edition, common.get(field.id, ())) for field in edition.fields)
    return f"## {item}: {head.label.zh}, {head.label.en}\n\n{_facts(head, edition, rulebook)}\n{_TABLE}{rows}"


def _facts(head: ItemHead, edition: ItemEdition, rulebook: Rulebook) -> str:
    def word(group: str, code: str) -> str:
        label = rulebook.labels[f"{group}.{code}"]
        return f"{label.zh} {label.en}"

    editions = ", ".join(each.edition for each in rulebook.items[head.id])
    lines = [
        ("editions", editions),
        ("source", word("source_class", head.source_class.value)),
        ("collection", word("collection", head.collection.value)),
        ("sharing", word("sharing", head.sharing.value)),
        ("use", "; ".join(word("use", use.value) for use in sorted(head.use)) or "-"),
        ("publication", _publication(head, rulebook)),
        ("same decision", ", ".join(f"`{part}`" for part in edition.key)),
        ("law", _law(edition.law, rulebook)),
    ]
    return "".join(f"- **{name}**: {text}\n" for name, text in lines)


def _publication(head: ItemHead, rulebook: Rulebook) -> str:
    regimes = [rulebook.labels[f"regime.{each.id}"] for each in rulebook.publication if each.item == head.id]
    label = rulebook.labels[f"publicity.{head.publication.value}"]
    return "; ".join(f"{each.zh} {each.en}" for each in (label, *regimes))


def _law(refs: Iterable[LawRef], rulebook: Rulebook) -> str:
    return "; ".join(_source(ref, rulebook) for ref in refs)


def _source(ref: LawRef, rulebook: Rulebook) -> str:
    law = rulebook.laws[ref.law]
    about = f" ({law.articles[ref.article].en})" if ref.article else ""
    return f"{law.title.zh}{about}{'' if law.verified else ', to be confirmed'}"


def _row(field: Field, head: ItemHead, edition: ItemEdition, common: Collection[str]) -> str:
    names = [name for name in _names(field) if name not in common]
    required = "yes" if field.required else f"with {field.required_when.field}" if field.required_when else ""
    cells = (f"`{field.id}`", field.label.zh, field.label.en, "、".join(names), *_marks(field, head, edition), required)
    return f"| {' | '.join(map(_plain, cells))} |\n"


def _marks(field: Field, head: ItemHead, edition: ItemEdition) -> Iterator[str]:
    always = stages_of(head, edition, field, individual=True)
    others = stages_of(head, edition, field, individual=False)
    for stage in Stage:
        yield "●" if stage in always & others else "○" if stage in others else ""


def _formats(rulebook: Rulebook) -> Iterator[str]:
    """What goes out in which standard."""
    for form in rulebook.exports.values():
        items = ", ".join(f"{layout.item} ({len(layout.columns)} columns)" for layout in form.items.values())
        yield f"Exports: **{form.id}**, {form.label.zh}, {form.label.en}: {items}.\n"
