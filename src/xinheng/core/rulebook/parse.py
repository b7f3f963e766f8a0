"""From parsed YAML to a typed rulebook, or every reason why not.

The input is what the files hold as plain maps, lists, texts, numbers and flags, by path inside the rulebook
folder; reading files is the runtime's business (``runtime/rulebook_files.py``).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from xinheng.core.choices import ChoiceList
from xinheng.core.identifiers.tables import UsccTables
from xinheng.core.placeholders import Placeholders
from xinheng.core.rulebook.catalogue import parse_item, parse_shared
from xinheng.core.rulebook.export_types import ExportFormat
from xinheng.core.rulebook.exports import parse_export
from xinheng.core.rulebook.fields import Known
from xinheng.core.rulebook.legal import parse_laws
from xinheng.core.rulebook.lists import parse_list
from xinheng.core.rulebook.node import Node
from xinheng.core.rulebook.problems import Problem, RulebookError
from xinheng.core.rulebook.publication import check_publicity, parse_publication
from xinheng.core.rulebook.tables import parse_calendar, parse_dates, parse_name_forms, parse_placeholders, parse_uscc
from xinheng.core.rulebook.types import FindingText, ItemEdition, ItemHead, Law, PublicationRegime, Rulebook
from xinheng.core.rulebook.vocabulary import parse_findings, parse_glossary, parse_labels, parse_person_headings

TABLES = ("uscc_authorities", "uscc_exceptions", "regions", "placeholders", "person_headings", "name_forms", "dates")
"""Files of ``codes/`` that are no closed list."""

TOP = ("laws", "glossary", "labels", "findings", "gate")
CALENDAR = "calendars/cn/"
_VERSION = re.compile(r"\d+\.\d+\.\d+")


@dataclass(frozen=True, slots=True)
class _Source:
    """The files of one parse and the mistakes found so far."""

    files: Mapping[str, object]
    problems: list[Problem]

    def node(self, path: str) -> Node:
        """The top of a file; a missing file is a mistake."""
        if path not in self.files:
            self.problems.append(Problem(path, "", "缺少此文件", "this file is missing"))
            return Node(path, "", {}, [])
        return Node(path, "", self.files[path], self.problems)

    def folder(self, path: str) -> Node:
        """A folder (or a file whose content does not matter) as a place for a mistake."""
        return Node(path, "", None, self.problems)

    def inside(self, folder: str) -> tuple[Node, ...]:
        """The files below a folder, in the order of their names."""
        return tuple(self.node(path) for path in sorted(self.files) if path.startswith(folder))

    def of_kind(self, kind: str) -> tuple[Node, ...]:
        """The files of one kind, in the order of their names."""
        return tuple(self.node(path) for path in sorted(self.files) if kind_of(path) == kind)


def parse_rulebook(files: Mapping[str, object], *, version: str, digest: str) -> Rulebook:
    """The whole rulebook of ``files`` (path inside the folder, with ``/``, to parsed content).

    Raises RulebookError with every mistake found: unknown keys, unknown laws, fields or lists, overlapping
    editions, ambiguous headers, fields without a disclosure class, public personal fields, missing files.
    """
    source = _Source(files, [])
    _check_folder(source, version)
    laws = parse_laws(source.node("laws.yml"))
    known = Known(_lists(source, laws), laws)
    heads, items = _items(source, known)
    regimes = _regimes(source, heads, items, known)
    exports, findings = _exports(source, items, known), parse_findings(source.node("findings.yml"))
    _check_cases(source, items, findings)
    glossary, labels = parse_glossary(source.node("glossary.yml")), parse_labels(source.node("labels.yml"))
    calendar = parse_calendar(source.inside(CALENDAR), source.folder(CALENDAR))
    placeholders = parse_placeholders(source.node("codes/placeholders.yml"))
    headings, uscc = parse_person_headings(source.node("codes/person_headings.yml")), _uscc(source, placeholders)
    forms, dates = parse_name_forms(source.node("codes/name_forms.yml")), parse_dates(source.node("codes/dates.yml"))
    if source.problems or calendar is None:
        raise RulebookError(tuple(dict.fromkeys(source.problems)))
    return Rulebook(
        version=version,
        digest=digest,
        items=items,
        heads=heads,
        lists=known.lists,
        laws=laws,
        glossary=glossary,
        findings=findings,
        publication=regimes,
        exports=exports,
        calendar=calendar,
        uscc=uscc,
        placeholders=placeholders,
        person_headings=headings,
        name_forms=forms,
        dates=dates,
        labels=labels,
    )


def kind_of(path: str) -> str | None:
    """Which kind of file a path is, also the name of its schema; None for a file that no rulebook has."""
    folder, _, name = path.rpartition("/")
    stem, _, ending = name.rpartition(".")
    if ending != "yml":
        return None
    if folder == "codes":
        return stem if stem in TABLES else "list"
    if folder == "catalogue":
        return "shared_fields" if stem == "shared" else "item"
    kinds = {
        "exports": "export",
        "": stem if stem in TOP else None,
        "publication": "publication",
        CALENDAR.rstrip("/"): "calendar",
    }
    return kinds.get(folder)


def _check_folder(source: _Source, version: str) -> None:
    if not _VERSION.fullmatch(version):
        Node("VERSION", "", version, source.problems).refuse("版本号，如 1.0.0", "a version like 1.0.0")
    for path in source.files:
        if kind_of(path) is None:
            source.folder(path).fail("规则库中没有这种文件", "no rulebook has such a file")


def _lists(source: _Source, laws: Mapping[str, Law]) -> dict[str, ChoiceList]:
    lists: dict[str, ChoiceList] = {}
    for node in source.of_kind("list"):
        parsed = parse_list(node, laws)
        if parsed.id in lists:
            node.at("list").fail(f"列表“{parsed.id}”重复", f"list {parsed.id!r} stands in two files")
        lists[parsed.id] = parsed
    return lists


def _items(source: _Source, known: Known) -> tuple[dict[str, ItemHead], dict[str, tuple[ItemEdition, ...]]]:
    shared = parse_shared(source.node("catalogue/shared.yml"))
    heads: dict[str, ItemHead] = {}
    items: dict[str, tuple[ItemEdition, ...]] = {}
    for node in source.of_kind("item"):
        head, editions = parse_item(node, shared, known)
        if head.id in items:
            node.at("item").fail(f"事项“{head.id}”重复", f"item {head.id!r} stands in two files")
        heads[head.id], items[head.id] = head, editions
    return heads, items


def _regimes(
    source: _Source, heads: Mapping[str, ItemHead], items: Mapping[str, tuple[ItemEdition, ...]], known: Known
) -> tuple[PublicationRegime, ...]:
    nodes = source.of_kind("publication")
    named = [node.at("item").value for node in nodes]
    for node in nodes:
        if named.count(node.at("item").value) > 1:
            node.at("item").fail("同一事项有两个公示文件", "two publication files speak of this item")
    regimes = tuple(regime for node in nodes for regime in parse_publication(node, items, known))
    check_publicity(heads, regimes, source.problems)
    return regimes


def _uscc(source: _Source, placeholders: Placeholders) -> UsccTables:
    authorities, regions = source.node("codes/uscc_authorities.yml"), source.node("codes/regions.yml")
    return parse_uscc(authorities, regions, source.node("codes/uscc_exceptions.yml"), placeholders)


def _exports(source: _Source, items: Mapping[str, tuple[ItemEdition, ...]], known: Known) -> dict[str, ExportFormat]:
    formats: dict[str, ExportFormat] = {}
    for node in source.of_kind("export"):
        parsed = parse_export(node, items, known)
        if parsed.id in formats:
            node.at("format").fail(f"格式“{parsed.id}”重复", f"format {parsed.id!r} stands in two files")
        formats[parsed.id] = parsed
    return formats


def _check_cases(
    source: _Source, items: Mapping[str, tuple[ItemEdition, ...]], findings: Mapping[str, FindingText]
) -> None:
    """A worked case can only expect rules that the gate has."""
    editions = [edition for each in items.values() for edition in each]
    expected = [(edition, case, rule) for edition in editions for case in edition.cases for rule in case.rules]
    for edition, case, rule in expected:
        if rule not in findings:
            place = f"editions.{edition.edition}.cases.{case.name}.rules"
            zh, en = f"findings.yml 中没有规则“{rule}”", f"findings.yml has no rule {rule!r}"
            source.problems.append(Problem(f"catalogue/{edition.id}.yml", place, zh, en))
