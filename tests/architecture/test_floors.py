"""Imports point down, rooms on one floor are strangers, and a room without a floor does not stand."""

import configparser
import os
import shutil
import subprocess
import sys
from graphlib import TopologicalSorter
from pathlib import Path

import grimp
import pytest

from tests.architecture.sources import CHECKOUT, PACKAGE, floors, rooms

SLIPS = {
    "a room without a floor": ("helpers/__init__.py", "", "helpers"),
    "a call upward": ("archive/slip.py", "from xinheng.intake import services\n", "Rooms import downward"),
    "a visit next door": ("publication/slip.py", "from xinheng.intake import selectors\n", "Rooms import downward"),
    "a file in the core": ("core/slip.py", "import os\n", "The core is pure"),
    "Django in the core": ("core/slip.py", "from django.conf import settings\n", "The core is pure"),
    "a door at the tables": ("portal/slip.py", "from xinheng.archive import models\n", "Doors never touch tables"),
    "a maker of cities who reads": ("synth/slip.py", "from xinheng.core import text\n", "The made-up city"),
}


def lint(root: Path) -> subprocess.CompletedProcess[str]:
    """The contracts over the sources below ``root``."""
    path = os.pathsep.join([str(root / "src"), os.environ.get("PYTHONPATH", "")]).rstrip(os.pathsep)
    program = "import sys; from importlinter.cli import lint_imports_command; lint_imports_command()"
    return subprocess.run(
        [sys.executable, "-c", program, "--config", str(root / ".importlinter"), "--no-cache"],
        cwd=root, env=os.environ | {"PYTHONPATH": path}, capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sources in a place where they may be spoilt."""
    root = tmp_path_factory.mktemp("copied")
    leave_out = shutil.ignore_patterns("__pycache__", "static", "locale", "templates")
    shutil.copytree(PACKAGE, root / "src" / "xinheng", ignore=leave_out)
    shutil.copy(CHECKOUT / ".importlinter", root)
    return root


def test_the_contracts_hold(copied: Path) -> None:
    result = lint(copied)
    assert result.returncode == 0, result.stdout + result.stderr
    assert "0 broken" in result.stdout


@pytest.mark.parametrize("slip", SLIPS)
def test_a_slip_breaks_a_contract(slip: str, copied: Path) -> None:
    name, text, said = SLIPS[slip]
    path = copied / "src" / "xinheng" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    try:
        result = lint(copied)
    finally:
        path.unlink()
        if not any(path.parent.iterdir()):
            path.parent.rmdir()
    assert result.returncode == 1, result.stdout + result.stderr
    assert said in result.stdout


def test_nothing_goes_in_circles() -> None:
    graph = grimp.build_graph("xinheng", cache_dir=None)
    TopologicalSorter({module: graph.find_modules_directly_imported_by(module) for module in graph.modules}).prepare()


def test_every_room_has_a_floor_and_every_floor_its_rooms() -> None:
    assert set().union(*floors()) == set(rooms())


def test_the_floors_contract_is_exhaustive() -> None:
    assert _contract("floors")["exhaustive"] == "True"


def test_doors_are_kept_from_every_room_s_tables() -> None:
    tables = {f"xinheng.{path.parent.name}.models" for path in PACKAGE.glob("*/models.py")}
    assert _listed("doors", "forbidden_modules") == tables


def test_the_city_is_kept_from_every_other_room() -> None:
    assert _listed("synth-alone", "forbidden_modules") == {f"xinheng.{room}" for room in rooms()} - {"xinheng.synth"}


def test_files_made_for_measuring_are_kept_from_every_other_room() -> None:
    assert _listed("made-alone", "forbidden_modules") == {f"xinheng.{room}" for room in rooms()} - {"xinheng.bench"}


def _contract(name: str) -> configparser.SectionProxy:
    parser = configparser.ConfigParser()
    parser.read(CHECKOUT / ".importlinter", encoding="utf-8")
    return parser[f"importlinter:contract:{name}"]


def _listed(name: str, key: str) -> set[str]:
    return {line.strip() for line in _contract(name)[key].split("\n") if line.strip()}
