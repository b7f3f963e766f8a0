"""The physical lines of a text as its bytes, ends included, in memory that does not grow with line or file."""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from xinheng.intake.readers.encoding import BYTE_ORDER_MARK, Encoding, is_other_encoding
from xinheng.intake.readers.files import Content

_CHUNK_BYTES = 256 * 1024
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+")
_KEPT_BACK = 4
REPLACED = "\ufffd"
"""Stands for bytes that are no character in what is only looked at."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line. A line too long to be read is not held: it is ``size`` bytes of the file from ``start`` on."""

    body: bytes
    end: bytes
    start: int = 0
    size: int = 0

    @property
    def is_held(self) -> bool:
        """Whether ``body`` is the line."""
        return not self.size


class Wire:
    """How text of a file becomes bytes again, exactly: what is no character stays the bytes that it was."""

    def __init__(self, encoding: Encoding) -> None:
        self.encoding = encoding
        self.unit = 2 if encoding.name.startswith("utf-16") else 1
        self._errors = "surrogatepass" if self.unit == 2 else "surrogateescape"
        self._ends = tuple(mark.encode(encoding.name) for mark in ("\r\n", "\n", "\r"))

    def text(self, data: bytes) -> str:
        """The text of these bytes. ``UnicodeDecodeError`` where half a character is left over."""
        return data.decode(self.encoding.name, self._errors)

    def encoded(self, text: str) -> bytes:
        """The bytes of this text."""
        return text.encode(self.encoding.name, self._errors)

    def decoder(self) -> codecs.IncrementalDecoder:
        """Turns bytes into text piece by piece, as ``text`` does."""
        return codecs.getincrementaldecoder(self.encoding.name)(self._errors)

    def end(self, piece: bytes) -> bytes:
        """The line end with which the bytes end, or nothing."""
        if len(piece) % self.unit:
            return b""
        return next((end for end in self._ends if piece.endswith(end)), b"")

    def is_done(self, piece: bytes) -> bool:
        """Whether the line that these bytes are has ended for sure: a CR may still be followed by its LF."""
        return self.end(piece) in self._ends[:2]

    def readable(self, line: Line, limit: int) -> str | None:
        """The line as the reader sees it; ``None`` where it is too long for it."""
        if not line.is_held:
            return None
        text = (line.body + line.end).decode(self.encoding.name, "replace")
        if line.start == 0:
            text = text.lstrip(BYTE_ORDER_MARK)
        if len(text) > limit:
            return None
        if self.encoding.mixed and is_other_encoding(text):
            bare = text.rstrip("\r\n")
            return bare + REPLACED + text[len(bare) :]
        return text


def physical_lines(file: Content, wire: Wire, most_bytes: int) -> Iterator[Line]:
    """Every line of the file; one of more than ``most_bytes`` is not held."""
    cursor = file.cursor()
    held, start = b"", 0
    while chunk := cursor.read(_CHUNK_BYTES):
        *pieces, held = _split(held + chunk, wire)
        for piece in pieces:
            yield _line(piece, start, wire)
            start += len(piece)
        if len(held) > most_bytes:
            long, held = _long_line(cursor, held, start, wire)
            yield long
            start += long.size + len(long.end)
    for piece in _split(held, wire):
        if piece:
            yield _line(piece, start, wire)
            start += len(piece)


def _split(data: bytes, wire: Wire) -> list[bytes]:
    """Lines with their ends, and last what has no sure end yet, which may be nothing."""
    if wire.unit == 1:
        pieces = data.splitlines(keepends=True)
    else:
        whole = len(data) // 2 * 2
        pieces = [wire.encoded(found) for found in _LINE.findall(wire.text(data[:whole]))]
        if whole < len(data):
            tail = b"" if not pieces or wire.is_done(pieces[-1]) else pieces.pop()
            return [*pieces, tail + data[whole:]]
    return [*pieces, b""] if not pieces or wire.is_done(pieces[-1]) else pieces


def _line(piece: bytes, start: int, wire: Wire) -> Line:
    end = wire.end(piece)
    return Line(piece[: len(piece) - len(end)], end, start)


def _long_line(cursor: BinaryIO, held: bytes, start: int, wire: Wire) -> tuple[Line, bytes]:
    """Run to the end of a line that is too long, and give what follows it."""
    size = 0
    while True:
        chunk = cursor.read(_CHUNK_BYTES)
        data = held + chunk
        pieces = _split(data, wire)
        if len(pieces) > 1 or not chunk:
            end = wire.end(pieces[0])
            return Line(b"", end, start, size + len(pieces[0]) - len(end)), b"".join(pieces[1:])
        # A CR, or half a character, at the very end waits for what follows it.
        keep = len(data) - _KEPT_BACK
        size, held = size + keep, data[keep:]
