"""Tags and text of an HTML page, piece by piece: no scripts, no links followed, no entities but characters."""

import html
import io
import re
from collections.abc import Iterator
from typing import NamedTuple

from xinheng.intake.readers.errors import unreadable

_PIECE_CHARS = 128 * 1024
_LONGEST_TAG = 64 * 1024
_LONGEST_TEXT = 1024 * 1024
_TAG = re.compile(r"<(/?)([a-zA-Z][^\s/>]*+)((?:[^>\"']++|\"[^\"]*+\"|'[^']*+')*+)>")
_PLAIN_TAG = re.compile(r"<(/?)([a-zA-Z][^\s/>]*+)([^>]*+)>")
_OPENS_TAG = re.compile(r"</?[a-zA-Z]")
_COMMENT_END = re.compile("-->")
_DECLARATION_END = re.compile(">")
_NOT_SHOWN = {
    name: re.compile(f"(?=</{name})", re.IGNORECASE) for name in ("script", "style", "title", "textarea", "noscript")
}
_LONGEST_MARK = 16


class Tag(NamedTuple):
    """A start or end tag; ``attributes`` as they are written."""

    name: str
    attributes: str = ""
    ends: bool = False


def tokens(text: io.TextIOWrapper) -> Iterator[Tag | str]:
    """Tags and the text between them, characters written as entities resolved. Comments and scripts are left out.

    Raises ``UnreadableFile`` (``file.damaged``) at a tag that does not end.
    """
    return _Tokens(text).run()


class _Tokens:
    def __init__(self, text: io.TextIOWrapper) -> None:
        self._text = text
        self._held = ""
        self._at = 0
        self._ended = False

    def run(self) -> Iterator[Tag | str]:
        """All of it."""
        while True:
            opening = self._held.find("<", self._at)
            if opening < 0 and not self._is_text_whole():
                if not self._more():
                    return
            elif opening != self._at:
                yield self._words(len(self._held) if opening < 0 else opening)
            elif found := _TAG.match(self._held, opening, opening + _LONGEST_TAG):
                yield self._tag(found)
            elif not self._is_cut() or not self._more():
                yield self._odd_markup()

    def _is_text_whole(self) -> bool:
        """Whether what is held is text to be given now: nothing more comes, or it is too much to hold."""
        waiting = len(self._held) - self._at
        return waiting > 0 and (self._ended or waiting > _LONGEST_TEXT)

    def _words(self, end: int) -> str:
        words = self._held[self._at : end]
        self._at = end
        return html.unescape(words) if "&" in words else words

    def _tag(self, found: re.Match[str]) -> Tag:
        self._at = found.end()
        ends, name, attributes = found.groups()
        name = name.lower()
        if name in _NOT_SHOWN and not ends and not attributes.endswith("/"):
            self._skip_to(_NOT_SHOWN[name])
        return Tag(name, attributes, bool(ends))

    def _odd_markup(self) -> Tag | str:
        """A comment or declaration (of which nothing is given), a tag with a stray quote, or a mere ``<``."""
        if self._held.startswith("<!--", self._at):
            self._skip_to(_COMMENT_END)
        elif self._held.startswith(("<!", "<?"), self._at):
            self._skip_to(_DECLARATION_END)
        elif found := _PLAIN_TAG.match(self._held, self._at, self._at + _LONGEST_TAG):
            return self._tag(found)
        elif self._is_endless():
            raise unreadable("file.damaged")
        else:
            self._at += 1
            return "<"
        return ""

    def _is_cut(self) -> bool:
        """Whether the tag that begins here may be whole once more text is there."""
        waiting = len(self._held) - self._at
        return waiting < 4 or (waiting < _LONGEST_TAG and _OPENS_TAG.match(self._held, self._at) is not None)

    def _skip_to(self, mark: re.Pattern[str]) -> None:
        """Go behind ``mark``, letting go of what is passed."""
        while True:
            found = mark.search(self._held, self._at)
            if found is not None:
                self._at = found.end()
                return
            self._at = max(self._at, len(self._held) - _LONGEST_MARK)
            if not self._more():
                self._at = len(self._held)
                return

    def _is_endless(self) -> bool:
        """Whether a tag begins here that is longer than any; to look for its end again and again takes for ever."""
        return len(self._held) - self._at >= _LONGEST_TAG and _OPENS_TAG.match(self._held, self._at) is not None

    def _more(self) -> bool:
        """Take in a further piece and let go of what was read."""
        if self._ended:
            return False
        piece = self._text.read(_PIECE_CHARS)
        self._ended = not piece
        self._held = self._held[self._at :] + piece
        self._at = 0
        return not self._ended
