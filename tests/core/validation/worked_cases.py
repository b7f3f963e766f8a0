"""Puts the worked cases of ``rulebook/gate.yml`` to the gate."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import Any

from xinheng.core.cells import RawRow
from xinheng.core.findings import Outcome
from xinheng.core.identity import RegisteredSubject, resolve
from xinheng.core.rulebook.types import ItemEdition, Rulebook
from xinheng.core.validation.engine import AgencyFacts, GateContext, RowVerdict, judge
from xinheng.core.validation.header import Header, find_header, map_keys
from xinheng.runtime.rulebook_files import load_rulebook, parse_yaml, rulebook_folder


@cache
def rulebook() -> Rulebook:
    """The rulebook of this tree."""
    return load_rulebook()


@cache
def gate_file() -> dict[str, Any]:
    """``gate.yml`` as it stands."""
    parsed = parse_yaml((rulebook_folder() / "gate.yml").read_text(encoding="utf-8"))
    assert isinstance(parsed, dict)
    return parsed


@dataclass(frozen=True)
class Answer:
    """What the gate said of a case: an outcome per row, every rule that spoke, and the verdicts."""

    outcomes: list[str]
    rules: set[str]
    verdicts: list[RowVerdict]


def cases() -> Iterator[tuple[str, dict[str, Any]]]:
    """Every case with its policy."""
    for policy in gate_file()["policies"]:
        for case in policy["cases"]:
            yield policy["id"], case


def context(item_id: str, **changes: Any) -> GateContext:
    """The gate as the worked cases have it."""
    today = date.fromisoformat(gate_file()["today"])
    agencies = {
        code: AgencyFacts(code, facts["name"], frozenset(facts.get("sends_for", ())))
        for code, facts in gate_file()["agencies"].items()
    }
    gate = GateContext(
        item=rulebook().item(item_id, today),
        rulebook=rulebook(),
        today=today,
        sender=gate_file()["sender"],
        agencies=agencies,
        is_register=item_id == "registration",
    )
    return replace(gate, **changes)


def base(item_id: str, **changes: Any) -> dict[str, Any]:
    """The item's base row with some fields changed; a field changed to None has no cell."""
    changed = {**gate_file()["bases"][item_id], **changes}
    return {field: cell for field, cell in changed.items() if cell is not None}


def as_table(row: Mapping[str, Any], item: ItemEdition, number: int = 2) -> tuple[Header, RawRow]:
    """A row by field ids as a file holds it, under the Chinese headings."""
    heads = tuple(item.field(field).label.zh for field in row)
    header = find_header([RawRow(1, heads), RawRow(number, tuple(row.values()))], item)
    assert header is not None
    return header, RawRow(number, tuple(row.values()))


def judged(item_id: str, gate: GateContext | None = None, **changes: Any) -> RowVerdict:
    """The verdict on the base row with some fields changed."""
    gate = gate or context(item_id)
    header, row = as_table(base(item_id, **changes), gate.item)
    return judge(row, header, gate)


def answer(case: Mapping[str, Any]) -> Answer:
    """What the gate says of a worked case."""
    gate = context(case["item"], known_codes=frozenset(case.get("known", ())))
    if "table" in case:
        verdicts = _of_table(case["table"], gate)
    elif "again" in case:
        return _repeats([judged(case["item"], gate, **change) for change in case["again"]], gate.item)
    else:
        verdicts = [judged(case["item"], gate, **case["change"])]
    if "register" in case:
        return _resolved(verdicts[0], case["register"])
    return Answer([v.outcome.value for v in verdicts], {f.rule for v in verdicts for f in v.findings}, verdicts)


def _of_table(table: Mapping[str, Any], gate: GateContext) -> list[RowVerdict]:
    rows = [RawRow(n, tuple(cells)) for n, cells in enumerate([table["header"], *table["rows"]], 1)]
    header = find_header(rows, gate.item)
    assert header is not None
    assert header.last_row == 1
    return [judge(row, header, gate) for row in rows[1:]]


def _repeats(verdicts: list[RowVerdict], item: ItemEdition) -> Answer:
    """Policy h by its words: the first stands, an equal one repeats it, another one of the same key waits."""
    seen: dict[tuple[str, ...], list[Mapping[str, str]]] = {}
    outcomes = []
    for verdict in verdicts:
        words = {"subject": verdict.claim.code or "", "body_code": verdict.body or ""}
        earlier = seen.setdefault(tuple(words.get(part, verdict.values.get(part, "")) for part in item.key), [])
        if not earlier:
            outcomes.append(verdict.outcome.value)
        else:
            outcomes.append("duplicate" if verdict.values in earlier else "held")
        earlier.append(verdict.values)
    return Answer(outcomes, set(), verdicts)


def _resolved(verdict: RowVerdict, register: Mapping[str, list[str]]) -> Answer:
    by_code = {code: RegisteredSubject(code, names[0], tuple(names[1:])) for code, names in register.items()}
    resolution = resolve(verdict.claim, by_code, {}, rulebook(), str)
    outcome = resolution.outcome or verdict.outcome
    rules = {finding.rule for finding in (*verdict.findings, *resolution.findings)}
    assert verdict.outcome is Outcome.ACCEPTED
    return Answer([outcome.value], rules, [verdict])


def keyed(item: ItemEdition, row: Mapping[str, Any], number: int = 1) -> tuple[Header, RawRow]:
    """A row by field ids as a JSON object holds it."""
    return map_keys(tuple(row), item), RawRow(number, tuple(row.values()), tuple(row))
