"""Beauty is lost in the tail: no function, file, nesting or list of parameters grows past its limit."""

import ast
from collections.abc import Iterator

import pytest

from tests.architecture.sources import CORE, Module, written_modules

FUNCTION_LINES = 40
FILE_LINES = 400
CORE_FILE_LINES = 250
NESTING = 3
PARAMETERS = 6

EXCEPTIONS: dict[str, str] = {}
"""``file.py`` or ``file.py:function`` with the reason why it may be larger. An entry without need fails."""

Function = ast.FunctionDef | ast.AsyncFunctionDef
_BLOCKS = (ast.For, ast.AsyncFor, ast.While, ast.If, ast.With, ast.AsyncWith, ast.Try, ast.Match)
_TOLD = {"self", "cls", "ctx"}


def functions(module: Module) -> Iterator[Function]:
    """Every function and method of a module."""
    return (node for node in ast.walk(module.tree) if isinstance(node, Function))


def depth(node: ast.AST, level: int = 0) -> int:
    """How deep blocks lie in each other; ``elif`` and functions inside functions start no deeper level."""
    deepest = level
    for field, value in ast.iter_fields(node):
        for child in value if isinstance(value, list) else [value]:
            if not isinstance(child, ast.AST) or isinstance(child, Function | ast.ClassDef):
                continue
            chained = field == "orelse" and isinstance(node, ast.If) and isinstance(child, ast.If) and len(value) == 1
            deeper = level + (isinstance(child, _BLOCKS) and not chained)
            deepest = max(deepest, depth(child, deeper))
    return deepest


def length(function: Function) -> int:
    """Its lines, signature and docstring included, decorators not."""
    return (function.end_lineno or function.lineno) - function.lineno + 1


def parameters(function: Function) -> int:
    """How many things it must be told, beyond its own object and the context."""
    given = function.args
    named = [*given.posonlyargs, *given.args, *given.kwonlyargs]
    return len([each for each in named if each.arg not in _TOLD])


def too_large() -> dict[str, str]:
    """Everything beyond a limit, with what is wrong."""
    found: dict[str, str] = {}
    for module in written_modules():
        limit = CORE_FILE_LINES if CORE in module.path.parents else FILE_LINES
        lines = len(module.text.splitlines())
        if lines > limit:
            found[module.name] = f"{lines} lines, at most {limit}"
        found |= {f"{module}:{each.name}": wrong for each in functions(module) if (wrong := _wrong(each))}
    return found


def _wrong(function: Function) -> str:
    measured = (
        ("lines", length(function), FUNCTION_LINES),
        ("levels", depth(function), NESTING),
        ("parameters", parameters(function), PARAMETERS),
    )
    return "; ".join(f"{number} {what}, at most {limit}" for what, number, limit in measured if number > limit)


def test_nothing_is_too_large() -> None:
    assert {name: wrong for name, wrong in too_large().items() if name not in EXCEPTIONS} == {}


def test_no_exception_is_left_over() -> None:
    assert set(EXCEPTIONS) - set(too_large()) == set()
    assert all(len(reason) > 20 for reason in EXCEPTIONS.values())


def test_the_median_function_is_short() -> None:
    lengths = sorted(length(function) for module in written_modules() for function in functions(module))
    assert lengths[len(lengths) // 2] <= 12


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("def f():\n return 1", 0),
        ("def f():\n if a:\n  for b in c:\n   with d:\n    pass", 3),
        ("def f():\n if a:\n  pass\n elif b:\n  pass\n elif c:\n  pass", 1),
        ("def f():\n if a:\n  pass\n else:\n  if b:\n   pass\n  d()", 2),
        ("def f():\n try:\n  pass\n except E:\n  for a in b:\n   pass", 2),
        ("def f():\n if a:\n  def g():\n   if b:\n    pass", 1),
    ],
)
def test_depth_counts_blocks(source: str, expected: int) -> None:
    assert depth(ast.parse(source).body[0]) == expected


def test_parameters_leave_out_the_context() -> None:
    function = ast.parse("def f(self, ctx, a, /, b, *, c, d=1, **more): ...").body[0]
    assert isinstance(function, ast.FunctionDef)
    assert parameters(function) == 4
