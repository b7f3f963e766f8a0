"""Tags and text of an HTML page, piece by piece: no scripts, no links followed, no entities but characters."""

import html
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

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


@dataclass(frozen=True, slots=True)
class Tag:
    """A start or end tag; ``attributes`` as they are written."""

    name: str
    attributes: str = ""
    ends: bool = False


def tokens(text: io.TextIOWrapper) -> Iterator[Tag | str]:
    """Tags and the text between them, characters written as entities resolved. Comments and scripts are left out."""
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
            if opening > self._at or (opening < 0 and self._is_text_whole()):
                yield from self._words(len(self._held) if opening < 0 else opening)
            elif opening < 0:
                if not self._more():
                    return
            else:
                yield from self._markup()

    def _is_text_whole(self) -> bool:
        """Whether what is held is text to be given now: nothing more comes, or it is too much to hold."""
        waiting = len(self._held) - self._at
        return waiting > 0 and (self._ended or waiting > _LONGEST_TEXT)

    def _words(self, end: int) -> Iterator[str]:
        words = self._held[self._at : end]
        self._at = end
        yield html.unescape(words) if "&" in words else words

    def _markup(self) -> Iterator[Tag | str]:
        found = _TAG.match(self._held, self._at)
        if found is None and self._is_cut() and self._more():
            return
        if found is None:
            found = _PLAIN_TAG.match(self._held, self._at)
        if found is not None:
            self._at = found.end()
            yield from self._tag(found)
        elif self._held.startswith("<!--", self._at):
            self._skip_to(_COMMENT_END)
        elif self._held.startswith(("<!", "<?", "</"), self._at):
            self._skip_to(_DECLARATION_END)
        else:
            self._at += 1
            yield "<"

    def _tag(self, found: re.Match[str]) -> Iterator[Tag]:
        name = found[2].lower()
        yield Tag(name, found[3], bool(found[1]))
        if not found[1] and name in _NOT_SHOWN and not found[3].endswith("/"):
            self._skip_to(_NOT_SHOWN[name])

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

    def _more(self) -> bool:
        """Take in a further piece and let go of what was read."""
        if self._ended:
            return False
        piece = self._text.read(_PIECE_CHARS)
        self._ended = not piece
        self._held = self._held[self._at :] + piece
        self._at = 0
        return not self._ended
