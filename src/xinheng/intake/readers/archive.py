"""ZIP archives: their members in pieces and within a budget, whatever the archive declares."""

import copy
import errno
import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from xml.parsers import expat

from xinheng.intake.readers.errors import too_large, unreadable
from xinheng.intake.readers.files import MIB, Content

CHUNK_BYTES = 128 * 1024
_MOST_MEMBERS = 20_000
_COMPRESSIONS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCRYPTED = 0x1
_LOCAL_HEADER = 30
_MOST_SWELLING = 200
_SWELLING_FREE = 32 * MIB
"""So much may unpack from next to nothing; real tables swell to the fifty-fold at most."""


@contextmanager
def damage_named() -> Iterator[None]:
    """Turn what the standard library says about a broken archive or XML into our one refusal."""
    try:
        yield
    except (
        zipfile.BadZipFile,
        zlib.error,
        expat.ExpatError,
        EOFError,
        LookupError,
        struct.error,
        ValueError,
        OverflowError,
        NotImplementedError,
    ):
        raise unreadable("file.damaged") from None
    except OSError as error:
        # A position that the archive states and no file has; a failing disk says something else.
        if error.errno != errno.EINVAL:
            raise
        raise unreadable("file.damaged") from None
    except RuntimeError as error:
        raise unreadable("file.encrypted" if "password" in str(error) else "file.damaged") from None


class Budget:
    """How much may be unpacked in all; reading a part twice counts once."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._spent = 0
        self._parts: dict[object, int] = {}

    def charge(self, key: object, size: int) -> None:
        """Part ``key`` has been unpacked up to ``size`` bytes. Raises ``UnreadableFile`` above the limit."""
        more = size - self._parts.get(key, 0)
        if more > 0:
            self._parts[key] = size
            self._spent += more
        if self._spent > self._limit:
            raise too_large("解压后的大小", "The unpacked size", f"{self._limit // MIB} MiB")


class Archive:
    """An opened ZIP whose table of contents is sound: no member lies in another or outside the file."""

    def __init__(self, file: Content) -> None:
        with damage_named():
            if not zipfile.is_zipfile(file.cursor()):
                raise unreadable("file.truncated")
            self._archive = zipfile.ZipFile(file.cursor())
        self.infos = tuple(self._archive.infolist())
        if len(self.infos) > _MOST_MEMBERS:
            raise too_large("压缩包内的文件数", "The number of parts in the archive", str(_MOST_MEMBERS))
        self._refuse_overlaps(file.size)

    def _refuse_overlaps(self, size: int) -> None:
        free = 0
        for info in sorted(self.infos, key=lambda each: each.header_offset):
            if info.header_offset < free:
                raise unreadable("file.damaged")
            free = info.header_offset + _LOCAL_HEADER + info.compress_size
        if free > size:
            raise unreadable("file.damaged")

    def chunks(self, info: zipfile.ZipInfo, budget: Budget) -> Iterator[bytes]:
        """The bytes of a member, piece by piece, to its true end, which must be the declared one."""
        size = 0
        with damage_named():
            with self._open(info) as stream:
                while chunk := stream.read(CHUNK_BYTES):
                    size += len(chunk)
                    budget.charge(info.header_offset, size)
                    _refuse_swelling(info, size)
                    yield chunk
            if size != info.file_size:
                raise unreadable("file.damaged")

    def stream(self, info: zipfile.ZipInfo) -> io.BufferedReader:
        """A reader of a member that can be set back to the start."""
        with damage_named():
            return io.BufferedReader(_Member(self._open(info)), CHUNK_BYTES)

    def _open(self, info: zipfile.ZipInfo) -> io.BufferedIOBase:
        if info.flag_bits & _ENCRYPTED:
            raise unreadable("file.encrypted")
        if info.compress_type not in _COMPRESSIONS:
            raise unreadable("file.damaged")
        # The library stops where the declared size ends; what truly follows must be seen, to tell a lie.
        whole = copy.copy(info)
        whole.file_size = 1 << 62
        return self._archive.open(whole)  # type: ignore[return-value] # reads as a buffered one does


def _refuse_swelling(info: zipfile.ZipInfo, size: int) -> None:
    if size > _SWELLING_FREE and size > _MOST_SWELLING * info.compress_size:
        raise unreadable("file.bomb")


class _Member(io.RawIOBase):
    """A member as a raw stream that names damage by our rules."""

    def __init__(self, stream: io.BufferedIOBase) -> None:
        self._stream = stream

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._stream.tell()

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        with damage_named():
            return self._stream.seek(offset, whence)

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        with damage_named():
            data = self._stream.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)
