"""Rows of comma-, tab- and otherwise delimited text, one quarrelling row at a time.

Quoting is RFC 4180, read as spreadsheet programs read it: a quote opens a cell only at its first character,
``""`` is a quote inside, text behind the closing quote belongs to the cell. Unlike them, a quote that is
never closed does not swallow what follows: its line alone is refused and the next line is read as a row of
its own.
"""

import re
from collections import deque
from collections.abc import Iterator

from xinheng.core.cells import RawRow, RowProblem
from xinheng.intake.readers.delimiters import Layout
from xinheng.intake.readers.encoding import UNDECODABLE
from xinheng.intake.readers.files import Limits

_LINE_END = re.compile(r"\r\n|\n|\r")
_SURE_WIDTH = 4


def read_delimited(source: Iterator[str | None], layout: Layout, limits: Limits) -> Iterator[RawRow]:
    """The rows in these lines; blank lines are rows without cells, the line end at the end of the file is no
    row.
    """
    feed = _Feed(source)
    number = 0
    while feed.advance():
        number += 1
        yield _row(number, feed.line, feed, layout, limits)


class _Feed:
    """Physical lines, with the way back for lines looked at too early."""

    def __init__(self, source: Iterator[str | None]) -> None:
        self._source = source
        self._returned: deque[str | None] = deque()
        self.line: str | None = None

    def advance(self) -> bool:
        """Go to the next line, into ``line``; false at the end of the text."""
        if self._returned:
            self.line = self._returned.popleft()
            return True
        try:
            self.line = next(self._source)
        except StopIteration:
            return False
        return True

    def give_back(self, taken: list[str | None]) -> None:
        """Lines to be read again, in their order."""
        self._returned.extendleft(reversed(taken))


def _row(number: int, line: str | None, feed: _Feed, layout: Layout, limits: Limits) -> RawRow:
    if line is None:
        return RawRow(number, (), problem=RowProblem.BROKEN_LINE)
    if '"' not in line:
        bare = line.rstrip("\r\n")
        if UNDECODABLE in bare:
            return RawRow(number, (), problem=RowProblem.UNDECODABLE)
        return RawRow(number, tuple(bare.split(layout.delimiter)) if bare else ())
    pending = _Pending(line, layout)
    if not _complete(pending, feed, limits):
        return RawRow(number, (), problem=RowProblem.UNCLOSED_QUOTE)
    if UNDECODABLE in pending.text:
        return RawRow(number, (), problem=RowProblem.UNDECODABLE)
    return RawRow(number, tuple(pending.cells))


def _complete(pending: "_Pending", feed: _Feed, limits: Limits) -> bool:
    """Take as many further lines as the open quote needs; give all back when it turns out a stray one."""
    taken: list[str | None] = []
    while not pending.scan():
        room = len(taken) < limits.quoted_lines and len(pending.text) < limits.line_chars
        # A line wholly inside the open quote that looks like a row: whatever follows, the quote is a stray one.
        stray = bool(taken) and pending.is_row_of_table(taken[-1])
        if stray or not room or not feed.advance():
            feed.give_back(taken)
            return False
        taken.append(feed.line)
        if feed.line is None:
            feed.give_back(taken)
            return False
        pending.text += feed.line
    if taken and pending.is_stray():
        feed.give_back(taken)
        return False
    return True


class _Pending:
    """A row being cut into cells, over as many lines as its quoted cells need."""

    def __init__(self, text: str, layout: Layout) -> None:
        self.text = text
        self.cells: list[str] = []
        self._layout = layout
        self._start = 0
        self._searched = 0
        self._spanning: list[str] = []
        self._tail_after_lines = False

    def scan(self) -> bool:
        """Cut further; false when a quoted cell is still open at the end of the text so far."""
        while True:
            if self.text.startswith('"', self._start):
                end = self._closing_quote()
                if end < 0:
                    return False
                stop = self._take_quoted(end)
            else:
                stop = self._stop(self._start)
                self.cells.append(self.text[self._start : stop])
            if not self.text.startswith(self._layout.delimiter, stop):
                return True
            self._start = stop + 1
            self._searched = 0

    def is_stray(self) -> bool:
        """Whether the quote that spans lines cannot have been meant to.

        It is when text follows its closing quote, or when it holds lines that look like rows of this table:
        certain where the row then has an odd number of cells, or rows are wide enough to exclude chance.
        """
        if self._tail_after_lines:
            return True
        width = self._layout.width
        needed = 2 if len(self.cells) != width else _SURE_WIDTH
        return width >= needed and any(self._holds_row(content, width) for content in self._spanning)

    def is_row_of_table(self, line: str | None) -> bool:
        """Whether a line without quotes looks like a row, in a table wide enough to exclude chance."""
        width = self._layout.width
        if line is None or width < _SURE_WIDTH or '"' in line:
            return False
        return line.count(self._layout.delimiter) == width - 1

    def _holds_row(self, content: str, width: int) -> bool:
        inner = _LINE_END.split(content)[1:]
        return any(line.count(self._layout.delimiter) == width - 1 for line in inner)

    def _closing_quote(self) -> int:
        position = max(self._searched, self._start + 1)
        while (found := self.text.find('"', position)) >= 0:
            if not self.text.startswith('"', found + 1):
                return found
            position = found + 2
        self._searched = max(position, len(self.text))
        return -1

    def _take_quoted(self, end: int) -> int:
        stop = self._stop(end + 1)
        content = self.text[self._start + 1 : end]
        tail = self.text[end + 1 : stop]
        self.cells.append(content.replace('""', '"') + tail)
        if _LINE_END.search(content):
            self._spanning.append(content)
            self._tail_after_lines = self._tail_after_lines or bool(tail.strip())
        return stop

    def _stop(self, position: int) -> int:
        """Where the cell ends that goes on at ``position``: at the next delimiter or the end of the line."""
        found = self.text.find(self._layout.delimiter, position)
        if found >= 0:
            return found
        return max(len(self.text.rstrip("\r\n")), position)
