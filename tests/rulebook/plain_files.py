"""The shipped rulebook as plain values that a test may spoil."""

import re
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from typing import Any

from xinheng.core.rulebook.parse import parse_rulebook
from xinheng.core.rulebook.problems import Problem, RulebookError
from xinheng.runtime.rulebook_files import parse_texts, read_texts, rulebook_folder

Files = dict[str, Any]
REGIONS = "codes/regions.yml"
DROP = object()
"""As a new value: the key goes."""


@dataclass(frozen=True)
class Add:
    """As a new value: one more entry at the end of the list that stands there."""

    entry: object


@cache
def _shipped() -> Files:
    return parse_texts(read_texts(rulebook_folder()))


def shipped_files() -> Files:
    """A fresh copy of every file; regions are shared, since nobody spoils seven thousand of them."""
    copied = {name: deepcopy(content) for name, content in _shipped().items() if name != REGIONS}
    return copied | {REGIONS: _shipped()[REGIONS]}


def problems_after(spoil: Callable[[Files], object]) -> tuple[Problem, ...]:
    """What the parser says of the shipped rulebook after ``spoil`` changed it."""
    files = shipped_files()
    spoil(files)
    try:
        parse_rulebook(files, version="1.0.0", digest="")
    except RulebookError as refused:
        return refused.problems
    return ()


def place(files: Files, file: str, path: str) -> Any:
    """The map or list at a path like ``editions[1].checks[0].fields``, to be changed in place."""
    here: Any = files[file]
    for key, number in re.findall(r"([^.\[\]]+)|\[(\d+)\]", path):
        here = here[int(number)] if number else here[key]
    return here


def change(files: Files, file: str, path: str, changes: Mapping[str, object]) -> None:
    """Set, drop or add to keys of the map at ``path``."""
    here = place(files, file, path)
    for key, value in changes.items():
        if value is DROP:
            del here[key]
        elif isinstance(value, Add):
            here.setdefault(key, []).append(value.entry)
        else:
            here[key] = value
