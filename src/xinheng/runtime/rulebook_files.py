"""The rulebook's files: where they lie, how they are read, and their digest."""

import hashlib
import re
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import yaml

import xinheng
from xinheng.core.rulebook.parse import parse_rulebook
from xinheng.core.rulebook.problems import Problem, RulebookError
from xinheng.core.rulebook.types import Rulebook

VERSION_FILE = "VERSION"
DIGEST_LABEL = b"xinheng-rulebook-1\n"

_BaseLoader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def rulebook_folder(folder: str | Path | None = None) -> Path:
    """The folder named, or the one beside the sources, or the one inside the installed package.

    Raises RulebookError when there is none.
    """
    package = Path(xinheng.__file__).parent
    places = [Path(folder)] if folder is not None else [package.parents[1] / "rulebook", package / "_rulebook"]
    for place in places:
        if (place / VERSION_FILE).is_file():
            return place.resolve()
    zh = f"{places[0]} 不是规则库文件夹：缺少 {VERSION_FILE} 文件"
    raise RulebookError(
        (Problem(VERSION_FILE, "", zh, f"{places[0]} is no rulebook folder: {VERSION_FILE} is missing"),)
    )


def load_rulebook(folder: str | Path | None = None) -> Rulebook:
    """The rulebook of a folder, typed. Read once per process and folder.

    Raises RulebookError with every mistake found.
    """
    return _load(rulebook_folder(folder))


def read_texts(place: Path) -> dict[str, str]:
    """Path inside the folder (with ``/``) to text with LF line ends and no byte order mark."""
    names = [path for path in place.rglob("*") if path.suffix in (".yml", ".yaml") and path.is_file()]
    inside = {path.relative_to(place).as_posix(): path for path in (*names, place / VERSION_FILE)}
    texts, problems = {}, []
    for name in sorted(inside):
        try:
            text = inside[name].read_bytes().decode("utf-8-sig")
        except UnicodeDecodeError:
            problems.append(Problem(name, "", "文件不是 UTF-8 编码", "this file is not UTF-8"))
            continue
        texts[name] = text.replace("\r\n", "\n").replace("\r", "\n")
    if problems:
        raise RulebookError(tuple(problems))
    return texts


def digest_of(texts: Mapping[str, str]) -> str:
    """SHA-256, in hex, of what the rulebook says.

    Hashed are the label ``xinheng-rulebook-1`` with a line feed, then, for VERSION and each YAML file in the
    byte order of their paths: length of the path, path, length of the text, text. Lengths have 8 bytes,
    big-endian; text is UTF-8 with LF line ends and no byte order mark, whatever system checked it out.
    """
    digest = hashlib.sha256(DIGEST_LABEL)
    for name in sorted(texts, key=lambda path: path.encode()):
        for part in (name.encode(), texts[name].encode()):
            digest.update(len(part).to_bytes(8, "big"))
            digest.update(part)
    return digest.hexdigest()


def parse_texts(texts: Mapping[str, str]) -> dict[str, object]:
    """The YAML files as plain values. Raises RulebookError naming file and line of whatever is no YAML."""
    files: dict[str, object] = {}
    problems = []
    for name, text in texts.items():
        if name == VERSION_FILE:
            continue
        try:
            files[name] = parse_yaml(text)
        except yaml.YAMLError as refused:
            problems.append(_yaml_problem(name, refused))
    if problems:
        raise RulebookError(tuple(problems))
    return files


def parse_yaml(text: str) -> object:
    """One YAML document in which nothing is guessed.

    Only ``true``, ``false``, ``null``, whole numbers and decimal fractions are more than text: a day, ``no``,
    ``012``, ``1:30`` and ``1e3`` stay as written. Fractions are exact (``Decimal``). A key that stands twice,
    or is no text, is refused. Raises yaml.YAMLError.
    """
    return yaml.load(text, Loader=_PlainLoader)  # noqa: S506


class _PlainLoader(_BaseLoader):  # type: ignore[misc]
    """Safe YAML without YAML 1.1's guesses."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[str, object]:
        seen: dict[str, object] = {}
        for key_node, value_node in node.value:
            key = self.construct_object(key_node, deep=True)
            if not isinstance(key, str):
                problem = f"the key {key!r} is not a text: put it in quotes"
                raise yaml.constructor.ConstructorError(None, None, problem, key_node.start_mark)
            if key in seen:
                problem = f"the key {key!r} stands twice in this map"
                raise yaml.constructor.ConstructorError(None, None, problem, key_node.start_mark)
            seen[key] = self.construct_object(value_node, deep=deep)
        return seen


def _decimal(loader: Any, node: yaml.ScalarNode) -> Decimal:
    return Decimal(str(loader.construct_scalar(node)))


_PlainLoader.add_constructor("tag:yaml.org,2002:float", _decimal)
for _tag, _pattern, _first in (
    ("null", r"~|null|", ("~", "n", "")),
    ("bool", "true|false", "tf"),
    ("int", r"-?(0|[1-9][0-9]*)", "-0123456789"),
    ("float", r"-?(0|[1-9][0-9]*)\.[0-9]+", "-0123456789"),
):
    _PlainLoader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(f"^(?:{_pattern})$"), list(_first))


@cache
def _load(place: Path) -> Rulebook:
    texts = read_texts(place)
    return parse_rulebook(parse_texts(texts), version=texts[VERSION_FILE].strip(), digest=digest_of(texts))


def _yaml_problem(name: str, refused: yaml.YAMLError) -> Problem:
    mark = getattr(refused, "problem_mark", None)
    line = mark.line + 1 if mark is not None else 1
    said = getattr(refused, "problem", None) or str(refused)
    return Problem(
        name, f"line {line}", f"第{line}行不是可用的 YAML：{said}", f"line {line} is not usable YAML: {said}"
    )
