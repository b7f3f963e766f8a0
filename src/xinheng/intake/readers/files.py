"""One open file, or a part of one, and independent read positions in it.

The file is opened once, so that a file renamed, replaced or unlinked meanwhile is still read as it was
opened.
"""

import errno
import io
import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from xinheng.intake.readers.errors import too_large, unreadable

MIB = 1024 * 1024
BUFFER_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of a file a reader is willing to take. Sizes of machines, not of law."""

    file_bytes: int = 8 * 1024 * MIB
    unpacked_bytes: int = 1024 * MIB
    """All parts of a workbook together, as really unpacked, whatever the archive declares."""
    archive_bytes: int = 8 * 1024 * MIB
    """All files in a ZIP together, as really unpacked."""
    archive_files: int = 500
    member_bytes: int = 128 * MIB
    """A workbook inside a ZIP, which is held in memory; text in a ZIP is streamed."""
    shared_text_bytes: int = 256 * MIB
    """The shared strings of a workbook, the one part that is kept in memory."""
    xls_bytes: int = 128 * MIB
    """An XLS workbook, which is held in memory; it has 65,536 rows a sheet at most."""
    json_bytes: int = 256 * MIB
    """A JSON document that is one object; arrays and JSON lines are streamed."""
    line_chars: int = 1_000_000
    quoted_lines: int = 500
    """A quoted cell may span this many lines; a quote still open then is a stray one."""
    cells: int = 104_857_600
    """Cells of one table, blank ones between filled ones included: a full sheet of 100 columns."""
    memory_bytes: int = 1400 * MIB
    """Address space of the process that reads packaged files."""
    cpu_seconds: int = 900
    """Computing time of that process."""
    answer_seconds: float = 300.0
    """How long that process may take for its next rows."""


class Content(Protocol):
    """Bytes that can be read from the start any number of times, side by side."""

    size: int

    def cursor(self) -> io.BufferedReader:
        """A fresh reader from the first byte on."""

    def head(self, count: int) -> bytes:
        """The first ``count`` bytes, or fewer when there are fewer."""


class Cursor(io.RawIOBase):
    """A read position of its own in a file that others read at the same time."""

    def __init__(self, file: "SourceFile") -> None:
        self._file = file
        self._position = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        origin = {os.SEEK_SET: 0, os.SEEK_CUR: self._position, os.SEEK_END: self._file.size}[whence]
        if origin + offset < 0:
            raise OSError(errno.EINVAL, "a position before the file")
        self._position = origin + offset
        return self._position

    def tell(self) -> int:
        return self._position

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        count = self._file.read_at(self._position, buffer)
        self._position += count
        return count


class SourceFile:
    """A regular file, opened once, of known size."""

    def __init__(self, descriptor: int, size: int) -> None:
        self._descriptor = descriptor
        self.size = size

    def cursor(self) -> io.BufferedReader:
        """A fresh reader from the first byte on."""
        return io.BufferedReader(Cursor(self), BUFFER_BYTES)

    def head(self, count: int) -> bytes:
        """The first ``count`` bytes, or fewer when the file is shorter."""
        return self.cursor().read(count)

    @property
    def descriptor(self) -> int:
        """The number under which the system knows the open file."""
        return self._descriptor

    def read_at(self, position: int, buffer: memoryview) -> int:
        """Fill ``buffer`` from ``position`` on; the number of bytes read. ``OSError`` once closed."""
        return os.preadv(self._descriptor, [buffer], position)

    def close(self) -> None:
        """Give the file back; reading on fails afterwards."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


class HeldFile:
    """Bytes that are held in memory."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.size = len(data)

    def cursor(self) -> io.BufferedReader:
        """A fresh reader from the first byte on."""
        return io.BufferedReader(io.BytesIO(self._data))

    def head(self, count: int) -> bytes:
        """The first ``count`` bytes, or fewer when there are fewer."""
        return self._data[:count]


def open_file(path: Path, limits: Limits) -> SourceFile:
    """Open ``path`` for reading.

    Raises ``UnreadableFile``: missing, a folder, a device, not permitted, empty, above the limit.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except PermissionError:
        raise unreadable("file.not_permitted") from None
    except (OSError, ValueError):
        raise unreadable("file.missing") from None
    try:
        return SourceFile(descriptor, _checked_size(os.fstat(descriptor), limits))
    except BaseException:
        os.close(descriptor)
        raise


def _checked_size(state: os.stat_result, limits: Limits) -> int:
    if stat.S_ISDIR(state.st_mode):
        raise unreadable("file.is_folder")
    if not stat.S_ISREG(state.st_mode):
        raise unreadable("file.not_regular")
    if state.st_size == 0:
        raise unreadable("file.empty")
    if state.st_size > limits.file_bytes:
        raise too_large("文件大小", "The file's size", f"{limits.file_bytes // MIB} MiB")
    return state.st_size
