"""The elements of a JSON array one after the other, with no more than a piece of the text in memory."""

import io
import json
from collections.abc import Iterator

from xinheng.intake.readers.errors import unreadable
from xinheng.intake.readers.json_values import DECODER

_CHUNK_CHARS = 128 * 1024
_ELEMENT_CHARS = 8 * 1024 * 1024
_BLANK = " \t\r\n"


def elements(text: io.TextIOWrapper) -> Iterator[object]:
    """Each element of the array that ``text`` holds.

    Raises ``UnreadableFile`` when the array is cut short (``file.truncated``) or breaks the grammar
    (``file.damaged``).
    """
    window = _Window(text)
    window.expect("[")
    if window.peek() == "]":
        window.expect("]")
    else:
        while True:
            yield window.value()
            if window.peek() == "]":
                window.expect("]")
                break
            window.expect(",")
    if window.peek():
        raise unreadable("file.damaged")


class _Window:
    """The part of the text being read."""

    def __init__(self, text: io.TextIOWrapper) -> None:
        self._text = text
        self._held = ""
        self._position = 0
        self._ended = False

    def peek(self) -> str:
        """The next character that is not blank; empty at the end of the text."""
        while True:
            while self._position < len(self._held):
                if self._held[self._position] not in _BLANK:
                    return self._held[self._position]
                self._position += 1
            if not self._more():
                return ""

    def expect(self, mark: str) -> None:
        """Step over ``mark``."""
        found = self.peek()
        if found != mark:
            raise unreadable("file.damaged" if found else "file.truncated")
        self._position += 1

    def value(self) -> object:
        """The value that begins here."""
        self.peek()
        while True:
            try:
                value, end = DECODER.raw_decode(self._held, self._position)
            except RecursionError:
                raise unreadable("file.damaged") from None
            except json.JSONDecodeError:
                self._grow()
                continue
            # A number at the very end of what is held may go on in the next piece.
            if end < len(self._held) or not self._more():
                self._position = end
                return value

    def _grow(self) -> None:
        if len(self._held) - self._position > _ELEMENT_CHARS:
            raise unreadable("file.damaged")
        if not self._more():
            closed = self._held.rstrip().endswith("]")
            raise unreadable("file.damaged" if closed else "file.truncated")

    def _more(self) -> bool:
        """Take in a further piece, at least as long as what is still unread, and let go of what was read."""
        if self._ended:
            return False
        unread = self._held[self._position :]
        piece = self._text.read(max(_CHUNK_CHARS, len(unread)))
        self._ended = not piece
        self._held = unread + piece
        self._position = 0
        return not self._ended
