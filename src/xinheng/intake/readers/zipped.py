"""A ZIP of data files: each member's tables, in the order of the archive."""

import re
import stat
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

from xinheng.core.cells import RawRow
from xinheng.intake.readers.archive import Archive, Budget
from xinheng.intake.readers.errors import UnreadableFile, too_large, unreadable
from xinheng.intake.readers.files import MIB, Content, HeldFile, Limits
from xinheng.intake.readers.sniff import XLS, ZIP, container_of
from xinheng.intake.readers.tables import Opened, Table

_UTF_8_NAME = 0x800
_IGNORED_FOLDERS = ("__macosx",)
_IGNORED_NAMES = (".ds_store", "thumbs.db", "desktop.ini")
_UNSAFE = re.compile("^/|^[A-Za-z]:|(?:^|/)\\.\\.(?:/|$)|[\\x00-\\x1f\\x7f-\\x9f\u202a-\u202e\u2066-\u2069\ufffd]")
_LONGEST_NAME = 255

Opener = Callable[[Content], Opened]


class _Streamed:
    """A member that is unpacked anew each time it is read."""

    def __init__(self, archive: Archive, info: zipfile.ZipInfo, budget: Budget) -> None:
        self.size = info.file_size
        self.cursor = partial(archive.stream, info)
        self._chunks = partial(archive.chunks, info, budget)

    def head(self, count: int) -> bytes:
        """The first ``count`` bytes, or fewer when there are fewer."""
        with self.cursor() as stream:
            return stream.read(count)

    def held(self, limit: int) -> HeldFile:
        """The member in memory, for a format whose parts lie anywhere in the file."""
        if self.size > limit:
            raise too_large("压缩包内工作簿的大小", "The size of a workbook in the archive", f"{limit // MIB} MiB")
        return HeldFile(b"".join(self._chunks()))

    def check(self) -> None:
        """Unpack it once to its end, so that it is known to be whole."""
        for _ in self._chunks():
            pass


class Bundle:
    """The data files of an archive. One workbook at most is held open."""

    def __init__(self, archive: Archive, opener: Opener, limits: Limits) -> None:
        self._opener = opener
        self._limits = limits
        budget = Budget(limits.archive_bytes)
        self._members = {name: _Streamed(archive, info, budget) for name, info in _data_files(archive, limits)}
        self._last: tuple[str, Opened] | None = None

    def tables(self) -> tuple[Table, ...]:
        """The tables of all members. Raises ``UnreadableFile``, with the member's name, where one cannot be read."""
        return tuple(table for name in self._members for table in self._tables_of(name))

    def _tables_of(self, name: str) -> Iterator[Table]:
        with _named(name):
            found = self._open(name).tables
        for place, table in enumerate(found):
            yield Table(table.name, table.hidden, partial(self._rows, name, place), name)

    def _rows(self, name: str, place: int) -> Iterator[RawRow]:
        with _named(name):
            yield from self._open(name).tables[place].start()

    def _open(self, name: str) -> Opened:
        if self._last is not None and self._last[0] == name:
            return self._last[1]
        self._last = None
        member = self._members[name]
        member.check()
        if member.size == 0:
            raise unreadable("file.empty")
        packaged = container_of(member) in (XLS, ZIP)
        opened = self._opener(member.held(self._limits.member_bytes) if packaged else member)
        self._last = (name, opened)
        return opened


def open_bundle(archive: Archive, opener: Opener, limits: Limits) -> Opened:
    """The tables of a ZIP's data files; ``opener`` reads one of them."""
    return Opened("zip", Bundle(archive, opener, limits).tables())


def _data_files(archive: Archive, limits: Limits) -> Iterator[tuple[str, zipfile.ZipInfo]]:
    """Names and entries of what may be data; what operating systems add is left out."""
    seen: set[str] = set()
    for info in archive.infos:
        name = _name(info)
        if _UNSAFE.search(name) or stat.S_ISLNK(info.external_attr >> 16) or len(name) > _LONGEST_NAME:
            raise unreadable("archive.unsafe_name")
        if name.endswith("/") or _is_ignored(name):
            continue
        if name.casefold() in seen:
            raise unreadable("archive.duplicate")
        seen.add(name.casefold())
        if len(seen) > limits.archive_files:
            raise too_large("压缩包内的文件数", "The number of files in the archive", str(limits.archive_files))
        yield name, info
    if not seen:
        raise unreadable("archive.no_files")


def _name(info: zipfile.ZipInfo) -> str:
    """A member's name with forward slashes; Chinese programs write it in their own code page, unmarked."""
    written = info.orig_filename
    if not info.flag_bits & _UTF_8_NAME:
        written = _decoded(written.encode("cp437", "replace"))
    return written.replace("\\", "/")


def _decoded(name: bytes) -> str:
    for encoding in ("utf-8", "gb18030"):
        try:
            return name.decode(encoding)
        except UnicodeDecodeError:
            continue
    return name.decode("utf-8", "replace")


def _is_ignored(name: str) -> bool:
    *folders, last = name.casefold().split("/")
    return last in _IGNORED_NAMES or last.startswith("._") or any(folder in _IGNORED_FOLDERS for folder in folders)


@contextmanager
def _named(name: str) -> Iterator[None]:
    """Say of which member a refusal speaks."""
    try:
        yield
    except UnreadableFile as error:
        raise UnreadableFile(error.rule, error.message, name) from None
