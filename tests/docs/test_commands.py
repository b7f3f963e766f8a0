"""Documented commands exist with their options, and every command that exists is documented."""

import argparse
import re
import shlex
from collections.abc import Iterator

import pytest

from tests.architecture.sources import CHECKOUT
from tests.docs.pages import Page, page, pages, ticked
from xinheng.cli.parser import build_parser

FIRST_PAGES = {"README.md": "## Commands", "README.zh.md": "## 命令"}


def commands(parser: argparse.ArgumentParser, name: str = "") -> Iterator[tuple[str, argparse.ArgumentParser]]:
    """Every command with its full name."""
    groups = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    if not groups:
        yield name, parser
    for group in groups:
        for each, below in group.choices.items():
            yield from commands(below, f"{name} {each}".strip())


KNOWN = dict(commands(build_parser()))


def named(line: str) -> str | None:
    """The full name of the command that a line calls, or None."""
    words = line.split()
    return next((name for name in KNOWN if words[: len(name.split())] == name.split()), None)


def calls(document: Page) -> list[str]:
    """What follows ``xinheng`` in the shell blocks of a document."""
    lines = (line for block in document.blocks("sh") for line in block.splitlines())
    return [
        match[1] for line in lines if (match := re.match(r"(?:\.venv/bin/)?xinheng (.+)$", line.partition(" #")[0]))
    ]


@pytest.mark.parametrize(("name", "heading"), FIRST_PAGES.items())
def test_the_table_has_every_command_and_no_other(name: str, heading: str) -> None:
    cells = [ticked(row[0])[0] for row in page(name).table(heading)]
    found = [named(cell.removeprefix("xinheng ")) or cell for cell in cells]
    assert sorted(found) == sorted(KNOWN)


@pytest.mark.parametrize(("name", "heading"), FIRST_PAGES.items())
def test_options_named_beside_a_command_are_its_own(name: str, heading: str) -> None:
    for first, *rest in page(name).table(heading):
        command = named(ticked(first)[0].removeprefix("xinheng ")) or ""
        options = {option for action in KNOWN[command]._actions for option in action.option_strings}
        wanted = set(re.findall(r"--[a-z-]+", " ".join([first, *rest])))
        assert wanted <= options, command


@pytest.mark.parametrize("document", pages(), ids=lambda document: document.name)
def test_commands_in_shell_blocks_can_be_called(document: Page) -> None:
    for call in calls(document):
        build_parser().parse_args(shlex.split(call))


@pytest.mark.parametrize("document", pages(), ids=lambda document: document.name)
def test_commands_named_in_prose_exist(document: Page) -> None:
    spoken = [text for text in ticked(document.prose) if re.match(r"(?:\.venv/bin/)?xinheng [a-z]", text)]
    groups = {name.split()[0] for name in KNOWN}
    strange = [text for text in spoken if not named(text.split(" ", 1)[1]) and text.split()[1] not in groups]
    assert strange == []


@pytest.mark.parametrize("document", pages(), ids=lambda document: document.name)
def test_named_make_targets_exist(document: Page) -> None:
    targets = set(re.findall(r"^([a-z]+):", (CHECKOUT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    in_blocks = [line for block in document.blocks("sh") for line in block.splitlines()]
    used = {match[1] for text in [*ticked(document.prose), *in_blocks] if (match := re.match(r"make ([a-z]+)", text))}
    assert used - targets == set()


def test_files_named_in_commands_exist() -> None:
    files = {word for document in pages() for call in calls(document) for word in shlex.split(call) if "/" in word}
    assert files
    assert [name for name in files if not (CHECKOUT / name).is_file()] == []
