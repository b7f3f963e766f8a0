"""Records and strings of XLS workbook streams (MS-XLS 2.1, 2.5), of Excel 97 and of Excel 95."""

import struct
from collections.abc import Iterator

from xinheng.intake.readers.errors import unreadable

Record = tuple[int, list[bytes]]
"""A record's number and its data: one piece, and one more for each record that continues it."""

BOF, EOF, CONTINUE = 0x809, 0x0A, 0x3C
BIFF_8 = 0x0600
_WIDE, _EXTENDED, _RICH = 0x01, 0x04, 0x08
_RUN_BYTES = 4
_CODE_PAGES = {936: "gb18030", 950: "big5", 1252: "cp1252", 1200: "utf-16-le"}


def records(stream: bytes, offset: int) -> Iterator[Record]:
    """The records of one part (workbook or sheet) from its first record on; charts inside it are passed over.

    Raises ``UnreadableFile`` (``file.truncated``) when the part does not end.
    """
    depth = 0
    pending: Record | None = None
    for kind, data in _plain_records(stream, offset):
        depth += (kind == BOF) - (kind == EOF)
        if kind == CONTINUE and pending is not None:
            pending[1].append(data)
            continue
        if pending is not None:
            yield pending
        pending = (kind, [data]) if depth == 1 else None
        if depth <= 0:
            return
    raise unreadable("file.truncated")


def _plain_records(stream: bytes, offset: int) -> Iterator[tuple[int, bytes]]:
    while offset + 4 <= len(stream):
        kind, size = struct.unpack_from("<2H", stream, offset)
        offset += 4
        yield kind, stream[offset : offset + size]
        offset += size


class Text:
    """Reads strings from the pieces of a record, one after the other."""

    def __init__(self, pieces: list[bytes], encoding: str | None, position: int = 0) -> None:
        """``encoding`` is the code page of Excel 95, ``None`` for Excel 97, whose strings are Unicode."""
        self._pieces = pieces
        self._encoding = encoding
        self._piece = 0
        self._position = position

    def number(self, size: int) -> int:
        """An unsigned number of ``size`` bytes."""
        return int.from_bytes(self._take(size), "little")

    def string(self, length_size: int) -> str:
        """The string here, after its length of ``length_size`` bytes."""
        length = self.number(length_size)
        if self._encoding is not None:
            return self._take(length).decode(self._encoding, "replace")
        flags = self.number(1)
        runs = self.number(2) if flags & _RICH else 0
        extension = self.number(4) if flags & _EXTENDED else 0
        text = self._characters(length, bool(flags & _WIDE))
        self._skip(_RUN_BYTES * runs + extension)
        return text

    def _characters(self, length: int, wide: bool) -> str:
        """Characters of one or two bytes; where a further piece begins, it says anew how many."""
        parts = []
        while length:
            room = len(self._pieces[self._piece]) - self._position
            count = min(length, room // 2 if wide else room)
            if count == 0:
                self._next_piece()
                wide = bool(self.number(1) & _WIDE)
                continue
            data = self._take(2 * count if wide else count)
            parts.append(data.decode("utf-16-le", "replace") if wide else data.decode("latin-1"))
            length -= count
        return "".join(parts)

    def _skip(self, count: int) -> None:
        while count:
            room = len(self._pieces[self._piece]) - self._position
            if room == 0:
                self._next_piece()
                continue
            step = min(count, room)
            self._position += step
            count -= step

    def _take(self, count: int) -> bytes:
        if count and self._position == len(self._pieces[self._piece]):
            self._next_piece()
        data = self._pieces[self._piece][self._position : self._position + count]
        if len(data) != count:
            raise unreadable("file.damaged")
        self._position += count
        return data

    def _next_piece(self) -> None:
        self._piece += 1
        self._position = 0
        if self._piece == len(self._pieces):
            raise unreadable("file.damaged")


def code_page(number: int) -> str:
    """The codec of a code page; the Chinese one where it is not known."""
    return _CODE_PAGES.get(number, "gb18030")
