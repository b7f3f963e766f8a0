"""The check of a rulebook's folder: schemas, typed parse, policies of the gate, worked cases."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import jsonschema

from xinheng.core.rulebook.gate_file import gate_problems
from xinheng.core.rulebook.parse import kind_of, parse_rulebook
from xinheng.core.rulebook.problems import Problem, RulebookError
from xinheng.core.rulebook.types import Case, ItemEdition, Rulebook
from xinheng.runtime.rulebook_files import VERSION_FILE, digest_of, parse_texts, read_texts, rulebook_folder

SCHEMAS = "schemas"

CaseRunner = Callable[[Rulebook, ItemEdition, Case], tuple[str, Iterable[str], Mapping[str, str]]]
"""Puts one worked case through the gate: outcome, rules that spoke, values as the record would hold them."""


@dataclass(frozen=True, slots=True)
class Report:
    """What a check of a folder found.

    ``rulebook`` is None when it is unusable; ``digest`` None when its files cannot be read; ``files`` counts the files,
    ``cases`` the worked cases that ran.
    """

    folder: Path
    problems: tuple[Problem, ...]
    rulebook: Rulebook | None = None
    digest: str | None = None
    files: int = 0
    cases: int = 0

    @property
    def passed(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems


def check_rulebook(folder: str | Path | None = None, run_case: CaseRunner | None = None) -> Report:
    """Everything that can be said of a folder; the worked cases only with a runner for them.

    Raises RulebookError when the folder is no rulebook at all.
    """
    place = rulebook_folder(folder)
    try:
        texts = read_texts(place)
        files = parse_texts(texts)
    except RulebookError as refused:
        return Report(place, refused.problems)
    digest = digest_of(texts)
    problems = list(schema_problems(files))
    try:
        rulebook = parse_rulebook(files, version=texts[VERSION_FILE].strip(), digest=digest)
    except RulebookError as refused:
        return Report(place, (*refused.problems, *problems), None, digest, len(texts))
    problems.extend(gate_problems(files.get("gate.yml"), rulebook))
    cases = worked_cases(rulebook) if run_case else ()
    for edition, case in cases:
        problems.extend(_case_problems(rulebook, edition, case, run_case))
    return Report(place, tuple(problems), rulebook, digest, len(texts), len(cases))


def worked_cases(rulebook: Rulebook) -> tuple[tuple[ItemEdition, Case], ...]:
    """Every worked case of the catalogue with its edition."""
    editions = (edition for item in rulebook.items.values() for edition in item)
    return tuple((edition, case) for edition in editions for case in edition.cases)


def schema_problems(files: Mapping[str, object]) -> Iterable[Problem]:
    """Where files differ from the JSON Schema of their kind."""
    for name, content in files.items():
        kind = kind_of(name)
        if kind is None:
            continue
        for error in sorted(_validator(kind).iter_errors(content), key=lambda error: error.json_path):
            path = error.json_path.removeprefix("$").removeprefix(".")
            yield Problem(name, path, f"不符合格式定义：{error.message}", f"does not fit its schema: {error.message}")


@cache
def _validator(kind: str) -> jsonschema.Draft202012Validator:
    path = rulebook_folder() / SCHEMAS / f"{kind}.schema.json"
    return jsonschema.Draft202012Validator(json.loads(path.read_text("utf-8")))


def _case_problems(
    rulebook: Rulebook, edition: ItemEdition, case: Case, run_case: CaseRunner | None
) -> Iterable[Problem]:
    if run_case is None:
        return
    outcome, rules, values = run_case(rulebook, edition, case)
    wanted_values = {field: values.get(field, "") for field in case.values}
    for what, wanted, got in (
        ("outcome", case.outcome, outcome),
        ("rules", sorted(set(case.rules)), sorted(set(rules))),
        ("values", dict(case.values), wanted_values),
    ):
        if wanted != got:
            place = f"editions.{edition.edition}.cases.{case.name}.{what}"
            zh, en = f"应为 {wanted}，实为 {got}", f"expected {wanted}, the gate says {got}"
            yield Problem(f"catalogue/{edition.id}.yml", place, zh, en)
