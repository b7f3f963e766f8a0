"""What import-linter cannot see: tables that point, by text or by SQL, at a room they may not know."""

import ast
import re
from collections.abc import Iterable

import pytest
from django.apps import apps

from tests.architecture.sources import may_know, texts, written_modules

WRITES = re.compile(r"\b(?:INSERT INTO|UPDATE|DELETE FROM|TRUNCATE|COPY|ALTER TABLE)\s+(?:ONLY\s+)?(\w+)")

SCRATCH = "bench"
"""The room that fills the tables of others, and only in installations that it throws away."""


def our_tables() -> dict[str, str]:
    """Table names with the room that owns them."""
    models = (model for model in apps.get_models() if model.__module__.startswith("xinheng."))
    return {model._meta.db_table: model._meta.app_label for model in models}


def relations() -> set[tuple[str, str]]:
    """(room, room that it points at) for every relation between tables."""
    found = set()
    for model in apps.get_models():
        targets = [field.related_model for field in model._meta.get_fields() if field.is_relation and field.concrete]
        found.update((model._meta.app_label, target._meta.app_label) for target in targets)
    return found


def forbidden(pairs: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
    """The pairs in which a room knows one above it or beside it."""
    return {(room, other) for room, other in pairs if not may_know(room, other)}


def test_relations_point_down() -> None:
    found = relations()
    assert ("archive", "archive") in found
    assert forbidden(found) == set()


@pytest.mark.parametrize("pair", [("archive", "publication"), ("intake", "publication"), ("ledger", "accounts")])
def test_a_relation_upward_or_sideways_is_seen(pair: tuple[str, str]) -> None:
    assert forbidden([pair]) == {pair}


def test_sql_reads_only_rooms_below() -> None:
    tables = our_tables()
    named = {
        (module.room, tables[word])
        for module in written_modules()
        for text in texts(module.tree)
        for word in re.findall(r"\w+", text.value)
        if word in tables
    }
    assert ("archive", "ledger") in named
    assert forbidden(named) == set()


def test_sql_writes_only_its_own_room() -> None:
    tables = our_tables()
    strange = [
        f"{module}:{text.lineno} writes {table}"
        for module in written_modules()
        for text in texts(module.tree)
        for table in WRITES.findall(text.value)
        if tables.get(table, module.room) != module.room and module.room != SCRATCH
    ]
    assert strange == []


def test_models_live_with_their_room() -> None:
    owners = {name: room for name, room in our_tables().items() if not name.startswith(f"{room}_")}
    assert owners == {}


def test_no_model_thinks() -> None:
    """Models hold columns and constraints; what happens to them is a service's business."""
    thinking = [
        f"{module}: {method.name}"
        for module in written_modules()
        if module.path.name == "models.py"
        for method in ast.walk(module.tree)
        if isinstance(method, ast.FunctionDef) and method.name != "__str__"
    ]
    assert thinking == []
