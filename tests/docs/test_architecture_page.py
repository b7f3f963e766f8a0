"""What ARCHITECTURE.md, the tour and the room pages say of the code is so."""

import ast
import re
from pathlib import Path

import pytest
from django.apps import apps

from tests.architecture.sources import CHECKOUT, PACKAGE, floors, rooms
from tests.docs.pages import page, pages, ticked

ARCHITECTURE = page("ARCHITECTURE.md")
REFERENCE = re.compile(r"`([\w/]+\.py):([A-Za-z_][\w.]*)`")
PLACE = re.compile(r"^(?:src/xinheng|rulebook|docs|tests|frontend|requirements)/[\w./-]*$")


def defined(path: Path) -> set[str]:
    """Names that a file defines: functions, classes, ``Class.method`` and constants."""
    names: set[str] = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.add(node.name)
        if isinstance(node, ast.ClassDef):
            names |= {f"{node.name}.{each.name}" for each in node.body if isinstance(each, ast.FunctionDef)}
        if isinstance(node, ast.Assign):
            names |= {target.id for target in node.targets if isinstance(target, ast.Name)}
    return names


def test_the_floors_drawn_are_the_floors_held() -> None:
    drawn = ARCHITECTURE.text.partition("## Floors")[2].partition("```text\n")[2].partition("```")[0]
    assert [frozenset(line.split(" | ")) for line in drawn.splitlines()] == list(floors())


def test_every_room_is_named_once() -> None:
    named = [ticked(row[0])[0] for row in ARCHITECTURE.table("## Floors")]
    assert sorted(named) == list(rooms())


def test_every_table_stands_with_its_room() -> None:
    stated = {name: ticked(room)[0] for room, _, state in ARCHITECTURE.table("## Floors") for name in ticked(state)}
    models = [model for model in apps.get_models() if model.__module__.startswith("xinheng.")]
    assert stated == {model._meta.db_table: model._meta.app_label for model in models}


@pytest.mark.parametrize("row", ARCHITECTURE.table("## Where each capability lives"), ids=lambda row: row[0])
def test_each_capability_lives_where_it_is_said(row: list[str]) -> None:
    in_package = [PACKAGE / name for cell in row[1:3] for name in ticked(cell)]
    in_checkout = [CHECKOUT / name for name in ticked(row[3])]
    assert [str(path) for path in (*in_package, *in_checkout) if not path.exists()] == []


@pytest.mark.parametrize("document", pages(), ids=lambda document: document.name)
def test_functions_named_with_their_file_exist(document) -> None:  # type: ignore[no-untyped-def]
    gone = [
        f"{name}:{function}"
        for name, function in REFERENCE.findall(document.text)
        if not (PACKAGE / name).is_file() or function not in defined(PACKAGE / name)
    ]
    assert gone == []


def test_the_tour_names_many_functions() -> None:
    rooms_visited = {name.split("/")[0] for name, _ in REFERENCE.findall(page("docs/tour.md").text)}
    assert set(rooms()) - rooms_visited <= {"accounts", "bench", "synth", "config"}


@pytest.mark.parametrize("document", pages(), ids=lambda document: document.name)
def test_places_named_in_prose_exist(document) -> None:  # type: ignore[no-untyped-def]
    gone = [text for text in ticked(document.prose) if PLACE.match(text) and not (CHECKOUT / text).exists()]
    assert gone == []


def test_decisions_are_dated_and_shaped() -> None:
    found = sorted((CHECKOUT / "docs" / "decisions").glob("*.md"))
    assert found
    for path in found:
        assert re.match(r"\d{4}-\d{2}-\d{2}-[a-z-]+\.md$", path.name), path.name
        text = path.read_text(encoding="utf-8")
        assert f"{path.name[:10]} · accepted" in text, path.name
        heads = ("## Context", "## Decision", "## Consequences")
        assert [head for head in heads if head not in text] == [], path.name
