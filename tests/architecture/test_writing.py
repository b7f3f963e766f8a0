"""Tables are written by services and followers; selectors read; doors do neither."""

import ast
import re
from collections.abc import Iterator

import pytest

from tests.architecture.sources import texts, written_modules

WRITERS = {
    "accounts/services.py": "agencies and their rights",
    "archive/services.py": "what the register says of organisations",
    "archive/appending.py": "versions, block by block",
    "archive/withdrawals.py": "versions that were taken back",
    "bench/archive_rows.py": "versions of a scratch installation",
    "bench/load_process.py": "how far followers of a scratch installation have read",
    "bench/copying.py": "the baselines of a scratch installation",
    "bench/register.py": "organisations of a scratch installation",
    "intake/adapters.py": "confirmed mappings of headings",
    "intake/attempts.py": "every attempt to submit",
    "intake/corrections.py": "single rows put right",
    "intake/holds.py": "decisions about rows that waited",
    "intake/nil_returns.py": "nothing to report, signed",
    "intake/outcome.py": "what became of a batch",
    "intake/release.py": "rows that waited",
    "intake/withdrawals.py": "what agencies took back",
    "ledger/services.py": "entries",
    "ledger/followers.py": "cursors",
    "publication/services.py": "notices",
}
"""Modules that write, with what they write. Everything else only reads."""

ALWAYS = {"bulk_create", "bulk_update", "update_or_create", "get_or_create", "abulk_create"}
ON_A_QUERY = {"create", "update", "delete", "save"}
_QUERIES = {"objects", "filter", "exclude", "all", "order_by", "select_for_update"}
SQL = re.compile(
    r"\b(?:INSERT INTO|DELETE FROM|TRUNCATE|COPY \w+|CREATE (?:TABLE|TEMPORARY|ROLE|INDEX)|ALTER \w+"
    r"|UPDATE \w+\s+(?:\w+\s+)?SET)\b"
)


def orm_writes(tree: ast.Module) -> Iterator[int]:
    """Lines that write through Django's tables."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        verb = node.func.attr
        if verb in ALWAYS or (verb in ON_A_QUERY and _is_query(node.func.value)) or (verb == "save" and not node.args):
            yield node.lineno


def sql_writes(tree: ast.Module) -> Iterator[int]:
    """Lines that write by SQL."""
    return (text.lineno for text in texts(tree) if SQL.search(text.value))


def _is_query(node: ast.AST) -> bool:
    """Whether an expression is a manager or what one of its methods returned."""
    while isinstance(node, ast.Call | ast.Attribute):
        name = node.attr if isinstance(node, ast.Attribute) else None
        if name in _QUERIES:
            return True
        node = node.func if isinstance(node, ast.Call) else node.value
    return False


def test_only_services_and_followers_write() -> None:
    strange = [
        f"{module}:{line}"
        for module in written_modules()
        for line in (*orm_writes(module.tree), *sql_writes(module.tree))
        if module.name not in WRITERS
    ]
    assert strange == []


def test_every_writer_writes() -> None:
    writing = {module.name for module in written_modules() if [*orm_writes(module.tree), *sql_writes(module.tree)]}
    assert set(WRITERS) - writing == set()


def test_ids_of_writers_are_told_apart_from_readers() -> None:
    assert not any(name.endswith(("selectors.py", "views.py", "search.py")) for name in WRITERS)


@pytest.mark.parametrize(
    "source",
    [
        "Row.objects.create(n=1)",
        "Batch.objects.filter(id=1).update(state=2)",
        "waiting.filter(a=1).order_by('b').delete()",
        "Row.objects.bulk_create(rows)",
        "agency.save()",
    ],
)
def test_a_write_is_seen(source: str) -> None:
    assert list(orm_writes(ast.parse(source))) == [1]


@pytest.mark.parametrize(
    "source", ["digest.update(b'x')", "{}.update(a=1)", "names.update(other)", "workbook.save(path)"]
)
def test_a_dictionary_is_no_table(source: str) -> None:
    assert list(orm_writes(ast.parse(source))) == []


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("INSERT INTO a VALUES (1)", True),
        ("UPDATE a s SET b = 1", True),
        ("SELECT 1 FOR UPDATE", False),
        ("SELECT b FROM a", False),
    ],
)
def test_writing_sql_is_seen(source: str, found: bool) -> None:
    assert bool(list(sql_writes(ast.parse(f"run({source!r})")))) is found
