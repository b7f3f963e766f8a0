"""What is committed fits every machine: no paths of one, no registries, hashes in every lock, nothing left to do."""

import json
import re
from itertools import pairwise
from pathlib import Path

import pytest

from tests.architecture.sources import CHECKOUT, PACKAGE, rooms, tracked_files

MACHINE = re.compile(r"(?<![\w.~}])/(?:" + "|".join(("work", "root", "home", "Users", "farm", "mnt")) + r")/\w")
REGISTRIES = (
    "pypi" + ".org",
    "python" + "hosted",
    "npmjs" + ".",
    "index" + "-url",
    "extra" + "-index",
    "npm" + "mirror",
)
UNFINISHED = re.compile("|".join((r"\bTO" + "DO", r"\bFIX" + "ME", r"\bXX" + r"X\b")))
FLAG_OF_THE_LOCKING_TOOL = "--no-emit-index" + "-url"
CATCH_ALL = {"utils", "common", "base", "misc", "helpers", "other"}

PINNED = re.compile(r"^[A-Za-z0-9._\[\]-]+==[^\s;]+(?: ; [^\\]+)? \\$")
HASHED = re.compile(r"^    --hash=sha256:[0-9a-f]{64}(?: \\)?$")

INLINE = re.compile(r"\sstyle\s*=|<style\b|<script\b|\son[a-z]+\s*=\s*[\"']|javascript:", re.IGNORECASE)
FOREIGN = re.compile(r"(?:src|href)\s*=\s*[\"'](?:https?:)?//", re.IGNORECASE)

HEADS = {
    "what enters": re.compile(r"(?:\*\*|# )(?:what )?enters", re.IGNORECASE),
    "what leaves": re.compile(r"(?:\*\*|# )(?:what )?leaves", re.IGNORECASE),
    "which law": re.compile(r"(?:\*\*|# )(?:which )?law", re.IGNORECASE),
    "an example": re.compile(r"^```", re.MULTILINE),
}
"""What every room's README says, in bold or as a heading; a room without law says so."""


def lines_with(found: re.Pattern[str]) -> list[str]:
    """Places in text files where a pattern stands."""
    return [
        f"{path.relative_to(CHECKOUT)}:{number}"
        for path, text in _texts()
        for number, line in enumerate(text.splitlines(), 1)
        if found.search(line.replace(FLAG_OF_THE_LOCKING_TOOL, ""))
    ]


def _texts() -> list[tuple[Path, str]]:
    found = []
    for path in tracked_files():
        try:
            found.append((path, path.read_text(encoding="utf-8")))
        except UnicodeDecodeError:
            continue
    return found


def test_no_path_of_one_machine() -> None:
    assert lines_with(MACHINE) == []


def test_no_registry() -> None:
    assert lines_with(re.compile("|".join(map(re.escape, REGISTRIES)))) == []


def test_nothing_is_left_to_do() -> None:
    assert lines_with(UNFINISHED) == []


def test_no_large_file() -> None:
    large = [str(path.relative_to(CHECKOUT)) for path in tracked_files() if path.stat().st_size > 300_000]
    assert large == []


def test_no_drawer_for_everything() -> None:
    named = [path for path in PACKAGE.rglob("*") if path.stem in CATCH_ALL and path.suffix in ("", ".py")]
    assert named == []


@pytest.mark.parametrize("name", ["run", "test", "assets"])
def test_python_locks_pin_and_hash(name: str) -> None:
    lines = (CHECKOUT / "requirements" / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    said = [line for line in lines if line and not line.lstrip().startswith("#")]
    assert said, "an empty lock installs nothing"
    assert [line for line in said if not PINNED.match(line) and not HASHED.match(line)] == []
    assert all(HASHED.match(after) for line, after in pairwise(said) if PINNED.match(line))


def test_the_assets_lock_has_hashes_and_no_addresses() -> None:
    lock = json.loads((CHECKOUT / "frontend" / "package-lock.json").read_text(encoding="utf-8"))
    packages = {name: each for name, each in lock["packages"].items() if name}
    assert packages
    assert [name for name, each in packages.items() if not each.get("integrity", "").startswith("sha512-")] == []
    assert [name for name, each in packages.items() if "resolved" in each] == []


def test_templates_carry_no_style_no_script_and_nothing_from_elsewhere() -> None:
    pages = [path for path in tracked_files() if path.suffix == ".html" and PACKAGE in path.parents]
    assert pages
    bad = [
        f"{path.relative_to(PACKAGE)}:{number}"
        for path in pages
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if INLINE.search(line) or FOREIGN.search(line)
    ]
    assert bad == []


@pytest.mark.parametrize("room", rooms())
def test_every_room_says_what_it_is(room: str) -> None:
    path = PACKAGE / room / "README.md"
    assert path.is_file(), f"{room} has no README.md"
    text = path.read_text(encoding="utf-8")
    assert [head for head, pattern in HEADS.items() if not pattern.search(text)] == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("cd /wo" + "rk/main", True),
        ("'/ro" + "ot/x'", True),
        ("https://example.invalid/work/x", False),
        ("a/home/b", False),
    ],
)
def test_a_machine_s_path_is_seen(text: str, found: bool) -> None:
    assert bool(MACHINE.search(text)) is found
