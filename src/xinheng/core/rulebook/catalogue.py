"""A catalogue file: one item with its fields and editions."""

from collections.abc import Mapping
from itertools import pairwise

from xinheng.core.rulebook.editions import parse_edition
from xinheng.core.rulebook.fields import Known, with_shared
from xinheng.core.rulebook.node import Node
from xinheng.core.rulebook.subjects import check_item_id
from xinheng.core.rulebook.types import Collection, ItemEdition, ItemHead, Publicity, Sharing, SourceClass, Use

STAGES = ("collection", "sharing", "use", "publication")


def parse_shared(node: Node) -> dict[str, Node]:
    """``catalogue/shared.yml``: fields that items take up by name."""
    return dict(node.keys(("fields",)).at("fields").entries())


def parse_item(node: Node, shared: Mapping[str, Node], known: Known) -> tuple[ItemHead, tuple[ItemEdition, ...]]:
    """One item: its head and its editions in the order of their first days. Editions must not overlap,
    and no item outside the closed list parses.
    """
    node.keys(("item", "label", "source_class", "stages", "fields", "editions"))
    item_id = node.at("item").text()
    check_item_id(node.at("item"), item_id)
    fields = {name: with_shared(entry, shared) for name, entry in node.at("fields").entries()}
    entries = node.at("editions").items()
    if not entries:
        node.at("editions").refuse("至少一个版本", "at least one edition")
    editions = [(entry, parse_edition(item_id, entry, fields, known)) for entry in entries]
    editions.sort(key=lambda pair: pair[1].in_force.start)
    _check_overlaps(editions)
    _check_unused(node, fields, editions)
    return _head(node, item_id), tuple(edition for _, edition in editions)


def _head(node: Node, item_id: str) -> ItemHead:
    stages = node.at("stages").keys(STAGES)
    head = ItemHead(
        item_id,
        node.at("label").bilingual(),
        node.at("source_class").one_of(SourceClass),
        stages.at("collection").one_of(Collection),
        stages.at("sharing").one_of(Sharing),
        frozenset(entry.one_of(Use) for entry in stages.at("use").items()),
        stages.at("publication").one_of(Publicity),
    )
    if Use.EVALUATION in head.use and head.source_class is not SourceClass.PUBLIC:
        stages.at("use").fail(
            "公共信用综合评价只使用公共来源的信息，请删除 evaluation",
            "evaluation reads records of public sources alone; remove evaluation",
        )
    return head


def _check_overlaps(editions: list[tuple[Node, ItemEdition]]) -> None:
    for (_, earlier), (node, later) in pairwise(editions):
        if earlier.in_force.covers(later.in_force.start):
            node.at("in_force").fail(
                f"版本 {later.edition} 与 {earlier.edition} 的有效期重叠",
                f"edition {later.edition} overlaps edition {earlier.edition}",
            )
        if earlier.edition == later.edition:
            node.at("edition").fail(f"版本“{later.edition}”重复", f"edition {later.edition!r} stands there twice")


def _check_unused(node: Node, fields: Mapping[str, Node], editions: list[tuple[Node, ItemEdition]]) -> None:
    used = {field.id for _, edition in editions for field in edition.fields}
    for name in fields:
        if name not in used:
            node.at("fields").at(name).fail("没有版本使用此字段", "no edition uses this field")
