"""What a contract over imports cannot see of the core: calls that reach outside, things that change, silence."""

import ast

from tests.architecture.sources import CORE, Module, dotted, full_names, modules

REACHING_OUT = {"open", "print", "input", "eval", "exec", "__import__", "breakpoint", "globals"}

MUTABLE: dict[str, str] = {}
"""Dataclasses of the core that are not frozen with slots, ``file.py:Class``, each with its reason."""


def core() -> tuple[Module, ...]:
    """The modules of the core."""
    return tuple(module for module in modules() if CORE in module.path.parents)


def test_no_file_no_screen() -> None:
    calls = [
        f"{module}:{node.lineno} {node.func.id}"
        for module in core()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in REACHING_OUT
    ]
    assert calls == []


def test_no_global_changes() -> None:
    changing = [
        f"{module}:{node.lineno}"
        for module in core()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Global | ast.Nonlocal)
    ]
    assert changing == []


def test_dataclasses_are_frozen() -> None:
    loose = {
        f"{module}:{node.name}"
        for module in core()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ClassDef)
        for decorator in node.decorator_list
        if _is_dataclass(decorator, module) and not _frozen(decorator)
    }
    assert loose == set(MUTABLE)


def test_public_functions_say_what_they_are_for() -> None:
    silent = [
        f"{module}:{node.name}"
        for module in core()
        for node in module.tree.body
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
        and not node.name.startswith("_")
        and not ast.get_docstring(node)
    ]
    assert silent == []


def _is_dataclass(decorator: ast.expr, module: Module) -> bool:
    called = decorator.func if isinstance(decorator, ast.Call) else decorator
    return dotted(called, full_names(module.tree)) == "dataclasses.dataclass"


def _frozen(decorator: ast.expr) -> bool:
    given = decorator.keywords if isinstance(decorator, ast.Call) else []
    said = {each.arg: each.value.value for each in given if isinstance(each.value, ast.Constant)}
    return bool(said.get("frozen") and said.get("slots"))
