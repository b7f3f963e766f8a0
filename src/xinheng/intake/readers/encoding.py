"""Which encoding a text is in, decided from all of it in bounded memory, and its lines."""

import codecs
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

from xinheng.intake.readers.errors import unreadable
from xinheng.intake.readers.files import Content

UNDECODABLE = "\udcff"
"""Stands in the decoded text for bytes that are no character; no strict decoder ever gives it."""
BYTE_ORDER_MARK = "\ufeff"
_HANDLER = "xinheng.mark"
_MARKED = re.compile("[\udc80-\udcff]+")
_CHINESE = re.compile("[\u3000-\u9fff]")
_FOREIGN = re.compile(r"[^\x00-\x7f]")
_CONTROLS = bytes([*range(1, 9), 11, 12, *range(14, 32), 127])
_SAMPLE_BYTES = 64 * 1024
_NARROW = {"gb18030": "gbk"}
"""Codecs that read the same characters from whatever they can read, and faster."""
_PIECE_CHARS = 64 * 1024
_ONE_IN = 10
_LONG_LINE = 1024 * 1024
_COMMON_CHINESE = re.compile("[\\x00-\\x7f\u3000-\u303f\u4e00-\u9fff\uff00-\uffef·—‘’“”…]*+")


def _mark(error: UnicodeError) -> tuple[str, int]:
    """Mark one undecodable byte and go on, so that a line end right after it survives."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    step = 2 if error.encoding.startswith("utf-16") else 1
    return UNDECODABLE, min(error.start + step, len(error.object))


codecs.register_error(_HANDLER, _mark)


class Decoder:
    """Decodes a text piece by piece; fastest where pieces end with a line."""

    def __init__(self, encoding: str, errors: str = "strict") -> None:
        self._decoder = codecs.getincrementaldecoder(encoding)(errors)
        self._narrow = _NARROW.get(encoding)

    def decode(self, data: bytes, *, final: bool = False) -> str:
        """The next characters; ``UnicodeDecodeError`` where errors are strict."""
        if self._narrow and not self._decoder.getstate()[0]:
            try:
                return data.decode(self._narrow)
            except UnicodeDecodeError:
                pass
        return self._decoder.decode(data, final=final)


@dataclass(frozen=True, slots=True)
class _Tally:
    """How many lines hold non-ASCII, how many do not decode; how many characters, how many marks."""

    foreign: int
    broken: int
    chars: int
    marks: int


@dataclass(frozen=True, slots=True)
class Encoding:
    """``utf-8``, ``utf-16-le``, ``utf-16-be``, ``gb18030`` (or what a web page declares).

    ``mixed``: some lines may be UTF-8 in a text that is not, and read as nonsense without any error.
    """

    name: str
    mixed: bool = False


def decide_encoding(file: Content) -> Encoding:
    """The encoding of a text file.

    A byte order mark decides. Else UTF-8 where every byte fits, else the one that most lines fit; single
    lines that do not fit are left for the reader to refuse one by one. Raises ``UnreadableFile``
    (``file.not_text``).
    """
    head = file.head(_SAMPLE_BYTES)
    wide = _utf_16(head)
    if wide:
        return Encoding(_if_mostly_text(file, wide, _tally(file, wide)))
    if head.startswith(codecs.BOM_UTF8) or is_strictly(file, "utf-8"):
        return Encoding("utf-8")
    foreign, broken = _fitting_utf_8(file, head)
    # A line of GB18030 that happens to be valid UTF-8 is very rare, the reverse is not: UTF-8 is asked first.
    if 2 * broken <= foreign:
        return Encoding("utf-8")
    mixed = broken < foreign
    if is_strictly(file, "gb18030"):
        return Encoding("gb18030", mixed)
    utf_8, gb = _tally(file, "utf-8"), _tally(file, "gb18030")
    if 2 * gb.broken > gb.foreign and utf_8.marks <= gb.marks:
        return Encoding(_if_mostly_text(file, "utf-8", utf_8))
    return Encoding(_if_mostly_text(file, "gb18030", gb), mixed)


def open_text(file: Content, encoding: Encoding) -> io.TextIOWrapper:
    """The decoded text behind its byte order marks (none, one or several), line ends untouched."""
    text = io.TextIOWrapper(file.cursor(), encoding.name, errors=_HANDLER, newline="")
    start = 0
    while text.read(1) == BYTE_ORDER_MARK:
        start = text.tell()
    text.seek(start)
    return text


def is_other_encoding(text: str) -> bool:
    """Whether GB18030 text is Chinese in UTF-8, misread: its bytes are valid UTF-8 and give nothing but Chinese."""
    if text.isascii():
        return False
    try:
        other = text.rstrip("\r\n").encode("gb18030").decode("utf-8")
    except UnicodeError:
        return False
    return _COMMON_CHINESE.fullmatch(other) is not None and _CHINESE.search(other) is not None


def marked(source: Iterator[str | None]) -> Iterator[str | None]:
    """The lines of a mixed text; the ones in another encoding are marked where their nonsense begins, inside a cell."""
    for line in source:
        if line is None or not is_other_encoding(line):
            yield line
        else:
            yield _FOREIGN.sub(UNDECODABLE, line, count=1)


def lines(text: io.TextIOWrapper, limit: int) -> Iterator[str | None]:
    """The physical lines with their ends (CRLF, LF or CR); ``None`` for a line longer than ``limit``
    characters.
    """
    while line := text.readline(limit):
        if len(line) < limit or line.endswith("\n"):
            yield line
        else:
            _skip_rest(text)
            yield None


def _skip_rest(text: io.TextIOWrapper) -> None:
    while piece := text.readline(_PIECE_CHARS):
        if piece.endswith(("\n", "\r")):
            return


def _utf_16(head: bytes) -> str | None:
    """The UTF-16 that the first bytes announce by their mark or, without one, by their shape."""
    if head.startswith(codecs.BOM_UTF16_LE):
        return "utf-16-le"
    if head.startswith(codecs.BOM_UTF16_BE):
        return "utf-16-be"
    if b"\0" not in head:
        return None
    shaped = (name for name in ("utf-16-le", "utf-16-be") if _has_shape(head, name))
    return next(shaped, None)


def _has_shape(head: bytes, encoding: str) -> bool:
    """Read as ``encoding``: nearly all of it is ASCII or Chinese, and separators stand where they should."""
    text = head[: len(head) // 2 * 2].decode(encoding, "replace")
    ascii_count = sum(char in "\t\r\n" or " " <= char <= "~" for char in text)
    chinese = sum("\u3000" <= char <= "\u303f" or "\u4e00" <= char <= "\u9fff" for char in text)
    fullwidth = sum("\uff00" <= char <= "\uffef" for char in text)
    has_separator = any(mark in text for mark in "\n\r,\t;|{")
    # The first condition tells it from a narrow text with a few stray NULs, whose pairs read as Chinese.
    return (
        has_separator and 50 * ascii_count >= len(text) and 100 * (ascii_count + chinese + fullwidth) >= 97 * len(text)
    )


def is_strictly(file: Content, encoding: str) -> bool:
    """Whether every byte fits ``encoding``."""
    decoder = Decoder(encoding)
    cursor = file.cursor()
    try:
        while chunk := cursor.read(_SAMPLE_BYTES) + cursor.readline(_LONG_LINE):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _if_mostly_text(file: Content, encoding: str, tally: _Tally) -> str:
    """``encoding``, unless much of what it gives belongs in no text.

    Control characters alone prove nothing, they are dropped later; beside undecodable bytes they do.
    """
    controls = 0 if encoding.startswith("utf-16") or not tally.marks else _controls(file)
    if tally.marks and _ONE_IN * (tally.marks + controls) > tally.chars:
        raise unreadable("file.not_text")
    return encoding


def _controls(file: Content) -> int:
    """How many bytes are control characters that no text needs; NUL, the padding of many programs, aside."""
    cursor = file.cursor()
    count = 0
    while chunk := cursor.read(_SAMPLE_BYTES):
        count += len(chunk) - len(chunk.translate(None, _CONTROLS))
    return count


def _fitting_utf_8(file: Content, head: bytes) -> tuple[int, int]:
    """How many lines hold non-ASCII, and how many of them are no UTF-8: by their bytes, which is fast."""
    if b"\n" not in head:
        tally = _tally(file, "utf-8")
        return tally.foreign, tally.broken
    cursor = file.cursor()
    foreign = broken = 0
    while line := cursor.readline(_LONG_LINE):
        if line.isascii():
            continue
        foreign += 1
        try:
            line.decode()
        except UnicodeDecodeError:
            broken += 1
    return foreign, broken


def _tally(file: Content, encoding: str) -> _Tally:
    # For UTF-8 the interpreter marks by itself, ten times as fast: most of a GB18030 text is marked here.
    errors = "surrogateescape" if encoding == "utf-8" else _HANDLER
    text = io.TextIOWrapper(file.cursor(), encoding, errors=errors, newline="")
    foreign = broken = chars = marks = 0
    while line := text.readline(_PIECE_CHARS):
        chars += len(line)
        if not line.isascii():
            marked = sum(map(len, _MARKED.findall(line)))
            foreign += 1
            broken += marked > 0
            marks += marked
    return _Tally(foreign, broken, chars, marks)
