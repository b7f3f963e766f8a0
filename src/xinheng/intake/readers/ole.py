"""Compound files (the container of XLS and of encrypted XLSX): names and bytes of their streams.

After MS-CFB. Chains of sectors are followed no further than the file is long.
"""

import struct
from collections.abc import Callable, Iterator

from xinheng.intake.readers.errors import unreadable

SIGNATURE = bytes.fromhex("d0cf11e0a1b11ae1")
_LAST_REGULAR = 0xFFFFFFFA
_HEADER_SLOTS = 109
_ENTRY_BYTES = 128
_MINI_SECTOR = 64
_STORAGE = 1
_STREAM = 2
_ROOT = 5


class CompoundFile:
    """A compound file held in memory. Raises ``UnreadableFile`` (``file.damaged``) where a chain leads
    nowhere.
    """

    def __init__(self, data: bytes) -> None:
        try:
            self._open(data)
        except (struct.error, IndexError, ValueError, OverflowError):
            raise unreadable("file.damaged") from None

    def _open(self, data: bytes) -> None:
        shift = struct.unpack_from("<H", data, 30)[0]
        if shift not in (9, 12) or not data.startswith(SIGNATURE):
            raise ValueError
        self._data = data
        self._sector = 1 << shift
        directory, _, self._cutoff, mini_table = struct.unpack_from("<4I", data, 48)
        self._table = self._numbers(b"".join(self._sectors(self._table_sectors())))
        self._mini_table = self._numbers(self._chain(mini_table))
        self.streams: dict[str, tuple[int, int]] = {}
        self.storages: set[str] = set()
        self._mini = b""
        for name, kind, start, size in _entries(self._chain(directory)):
            if kind == _ROOT:
                self._mini = self._chain(start)
            elif kind == _STORAGE:
                self.storages.add(name.lower())
            elif kind == _STREAM:
                self.streams.setdefault(name.lower(), (start, size))

    def read(self, name: str) -> bytes:
        """The bytes of the stream ``name`` (any case)."""
        start, size = self.streams[name.lower()]
        if size < self._cutoff:
            picked = (self._mini[at : at + _MINI_SECTOR] for at in self._mini_offsets(start))
            return b"".join(picked)[:size]
        return self._chain(start)[:size]

    def _table_sectors(self) -> Iterator[int]:
        """The sectors that hold the allocation table: listed in the header, then in sectors of their own."""
        yield from struct.unpack_from(f"<{_HEADER_SLOTS}I", self._data, 76)
        following, count = struct.unpack_from("<2I", self._data, 68)
        for _ in range(min(count, len(self._data) // self._sector)):
            if following > _LAST_REGULAR:
                return
            numbers = self._numbers(self._at(following))
            yield from numbers[:-1]
            following = numbers[-1]

    def _sectors(self, numbers: Iterator[int]) -> Iterator[bytes]:
        return (self._at(number) for number in numbers if number <= _LAST_REGULAR)

    def _at(self, number: int) -> bytes:
        start = (number + 1) * self._sector
        if start >= len(self._data):
            raise unreadable("file.truncated")
        return self._data[start : start + self._sector].ljust(self._sector, b"\0")

    def _chain(self, start: int) -> bytes:
        return b"".join(self._sectors(_follow(start, self._table.__getitem__, len(self._table))))

    def _mini_offsets(self, start: int) -> Iterator[int]:
        table = self._mini_table
        return (number * _MINI_SECTOR for number in _follow(start, table.__getitem__, len(table)))

    @staticmethod
    def _numbers(data: bytes) -> tuple[int, ...]:
        return struct.unpack(f"<{len(data) // 4}I", data[: len(data) // 4 * 4])


def _follow(start: int, following: Callable[[int], int], most: int) -> Iterator[int]:
    number = start
    for _ in range(most):
        if number > _LAST_REGULAR:
            return
        yield number
        number = following(number)


def _entries(directory: bytes) -> Iterator[tuple[str, int, int, int]]:
    """Name, kind, first sector and size of each directory entry."""
    for at in range(0, len(directory) - _ENTRY_BYTES + 1, _ENTRY_BYTES):
        length, kind = struct.unpack_from("<HB", directory, at + 64)
        start, size = struct.unpack_from("<2I", directory, at + 116)
        name = directory[at : at + max(0, min(length, 64) - 2)].decode("utf-16-le", "replace")
        yield name, kind, start, size
