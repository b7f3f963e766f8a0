"""The product's own sources as the tests of its shape see them."""

import ast
import configparser
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
PACKAGE = CHECKOUT / "src" / "xinheng"
CORE = PACKAGE / "core"
NOT_OURS = ("node_modules", "__pycache__", "build", "data", "dist", ".git", ".hypothesis")


@dataclass(frozen=True)
class Module:
    """One Python file of the package."""

    path: Path

    @property
    def name(self) -> str:
        """Its path inside the package, as messages and tables write it: ``intake/services.py``."""
        return self.path.relative_to(PACKAGE).as_posix()

    @property
    def room(self) -> str:
        """The room it belongs to; empty for the package itself."""
        parts = self.path.relative_to(PACKAGE).parts
        return parts[0] if len(parts) > 1 else ""

    @property
    def is_migration(self) -> bool:
        """Whether it belongs to the history of tables, which is written once and left alone."""
        return "migrations" in self.path.parts

    @cached_property
    def text(self) -> str:
        """What stands in it."""
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def tree(self) -> ast.Module:
        """The same, parsed."""
        return ast.parse(self.text)

    def __str__(self) -> str:
        return self.name


@cache
def modules() -> tuple[Module, ...]:
    """Every Python file of the package, migrations included."""
    return tuple(Module(path) for path in sorted(PACKAGE.rglob("*.py")))


def written_modules() -> tuple[Module, ...]:
    """The same without migrations."""
    return tuple(module for module in modules() if not module.is_migration)


@cache
def rooms() -> tuple[str, ...]:
    """The packages that stand in the house."""
    return tuple(sorted(path.parent.name for path in PACKAGE.glob("*/__init__.py")))


@cache
def floors() -> tuple[frozenset[str], ...]:
    """The floors of ``.importlinter``, from the top: rooms on one floor are strangers."""
    parser = configparser.ConfigParser()
    parser.read(CHECKOUT / ".importlinter", encoding="utf-8")
    lines = parser["importlinter:contract:floors"]["layers"].split("\n")
    return tuple(frozenset(room.strip() for room in line.split("|")) for line in lines if line.strip())


def may_know(room: str, other: str) -> bool:
    """Whether a room may know another one: itself, or one on a lower floor."""
    return room == other or _height(room) < _height(other)


def _height(room: str) -> int:
    return next(place for place, floor in enumerate(floors()) if room in floor)


@cache
def tracked_files() -> tuple[Path, ...]:
    """Every file of the repository, or of the unpacked source where there is no repository."""
    listed = subprocess.run(
        ["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=CHECKOUT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if listed.returncode == 0 and listed.stdout:
        found = [CHECKOUT / name for name in listed.stdout.split("\0") if name]
    else:
        found = [path for path in CHECKOUT.rglob("*") if not _foreign(path)]
    return tuple(sorted(path for path in found if path.is_file()))


def _foreign(path: Path) -> bool:
    return any(part in NOT_OURS or part.startswith(".venv") for part in path.relative_to(CHECKOUT).parts)


def texts(node: ast.AST) -> Iterator[ast.Constant]:
    """Every text constant below a node, docstrings left out."""
    docstrings = {id(found) for each in ast.walk(node) if (found := _docstring_node(each))}
    for each in ast.walk(node):
        if isinstance(each, ast.Constant) and isinstance(each.value, str) and id(each) not in docstrings:
            yield each


def _docstring_node(node: ast.AST) -> ast.Constant | None:
    if not isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
        return None
    first = node.body[0] if node.body else None
    value = first.value if isinstance(first, ast.Expr) else None
    return value if isinstance(value, ast.Constant) and isinstance(value.value, str) else None


def full_names(tree: ast.Module) -> dict[str, str]:
    """What each imported name stands for: ``{"datetime": "datetime.datetime"}``."""
    names: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for each in node.names:
                top = each.name.partition(".")[0]
                names[each.asname or top] = each.name if each.asname else top
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {each.asname or each.name: f"{node.module}.{each.name}" for each in node.names}
    return names


def dotted(node: ast.AST, names: dict[str, str]) -> str | None:
    """The full name that an expression such as ``timezone.now`` means, or None for anything else."""
    if isinstance(node, ast.Name):
        return names.get(node.id, node.id)
    if isinstance(node, ast.Attribute):
        owner = dotted(node.value, names)
        return f"{owner}.{node.attr}" if owner else None
    return None
