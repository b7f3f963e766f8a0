"""JSON text cut at its row objects without being taken apart: everything between them stays as written."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

_TOKEN = re.compile(r'"(?:[^"\\]+|\\.)*+"|[{}\[\],]|"', re.DOTALL)
_DEEPEST_LIST = 3
"""The reader looks for the list of rows this many objects deep."""


@dataclass(frozen=True, slots=True)
class Element:
    """One object of the list of rows, with its position from 1."""

    number: int
    text: str


@dataclass(slots=True)
class _Nesting:
    """Which brackets are open, and how many commas stood in each."""

    open: list[str] = field(default_factory=list)
    commas: list[int] = field(default_factory=list)

    def step(self, mark: str) -> None:
        """Take in a bracket or comma."""
        if mark in "{[":
            self.open.append(mark)
            self.commas.append(0)
        elif mark in "}]" and self.open:
            self.open.pop()
            self.commas.pop()
        elif mark == "," and self.commas:
            self.commas[-1] += 1

    def begins_row(self, whole: bool) -> bool:
        """Whether an object that begins here is a row: an element of a list of rows, or with ``whole`` the document."""
        *around, last = self.open or [""]
        if whole:
            return not last
        return last == "[" and len(around) <= _DEEPEST_LIST and all(each == "{" for each in around)


def pieces(text: Iterable[str], *, whole: bool = False) -> Iterator[str | Element]:
    """The text in order: row objects as elements, everything else as it is."""
    cutter = _Cutter(whole)
    for more in text:
        yield from cutter.feed(more)
    yield from cutter.rest()


class _Cutter:
    """Holds what has not been given out yet: a row that has not ended, a text in quotes that has not."""

    def __init__(self, whole: bool) -> None:
        self._held = ""
        self._waiting: list[str] = []
        self._whole = whole
        self._nesting = _Nesting()
        self._scanned = 0
        self._depth: int | None = None
        self._number = 0

    def feed(self, more: str) -> Iterator[str | Element]:
        """Take in more text and give what is complete.

        Where nothing could be given, as much again is awaited first: a long text in quotes is not looked at over and
        over from its start.
        """
        self._waiting.append(more)
        if sum(map(len, self._waiting)) >= len(self._held):
            yield from self._given()

    def rest(self) -> Iterator[str | Element]:
        """Everything that is left, when no more text comes."""
        yield from self._given()
        yield self._held

    def _given(self) -> Iterator[str | Element]:
        held = self._held + "".join(self._waiting)
        self._waiting = []
        given, done = 0, self._scanned
        for found in _TOKEN.finditer(held, self._scanned):
            mark = found[0]
            if mark == '"':
                break
            done = found.end()
            if mark == "{" and self._depth is None and self._nesting.begins_row(self._whole):
                yield held[given : found.start()]
                given = found.start()
                self._depth = len(self._nesting.open)
                self._number = self._nesting.commas[-1] + 1 if self._nesting.commas else 1
            if len(mark) == 1:
                self._nesting.step(mark)
            if mark == "}" and len(self._nesting.open) == self._depth:
                yield Element(self._number, held[given:done])
                given, self._depth = done, None
        if self._depth is None:
            yield held[given:done]
            given = done
        self._held, self._scanned = held[given:], done - given


def with_member(element: str, name: str, value: str) -> str:
    """The object's text with a last member ``name`` of JSON text ``value``; one of that name is taken out first."""
    bare = _without(element, name)
    close = bare.rindex("}")
    body = bare[:close].rstrip()
    comma = "" if body.endswith("{") else ", "
    return f'{body}{comma}"{name}": {value}{bare[len(body) :]}'


def _without(element: str, name: str) -> str:
    """The object's text without its own members of that name."""
    key = f'"{name}"'
    while key in element:
        place = _member_place(element, key)
        if place is None:
            break
        element = element[: place[0]] + element[place[1] :]
    return element


def _member_place(element: str, key: str) -> tuple[int, int] | None:
    """Where a member stands, with the one comma that parts it from the others."""
    depth = 0
    before, start, comma = "", -1, -1
    for found in _TOKEN.finditer(element):
        mark = found[0]
        if start >= 0 and depth == 1 and mark in ",}":
            if mark == "," and element[start] != ",":
                return start, found.end()
            return start, len(element[: found.start()].rstrip())
        if depth == 1 and mark == key and before in "{,":
            start = comma if before == "," else found.start()
        if mark == "," and depth == 1:
            comma = found.start()
        depth += (mark in "{[") - (mark in "}]")
        before = mark
    return None
