"""The parts of an XLSX archive, read in pieces and within a budget, whatever the archive declares."""

import errno
import io
import posixpath
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from xml.parsers import expat

from xinheng.intake.readers.errors import too_large, unreadable
from xinheng.intake.readers.files import MIB, Limits

_CHUNK_BYTES = 128 * 1024
_MOST_MEMBERS = 20_000
_COMPRESSIONS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)

Attributes = dict[str, str]
Start = Callable[[str, Attributes], None]
End = Callable[[str], None]
Text = Callable[[str], None]


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


class Package:
    """An opened archive. Member names are found in any case and with either slash."""

    def __init__(self, file: io.BufferedReader, limits: Limits) -> None:
        with damage_named():
            self._archive = zipfile.ZipFile(file)
        infos = self._archive.infolist()
        if len(infos) > _MOST_MEMBERS:
            raise too_large("压缩包内的文件数", "The number of parts in the archive", str(_MOST_MEMBERS))
        self._members = {_plain(info.filename): info for info in infos}
        self._limits = limits
        self._unpacked: dict[str, int] = {}

    @property
    def names(self) -> frozenset[str]:
        """All member names, in lower case with forward slashes."""
        return frozenset(self._members)

    def has(self, name: str) -> bool:
        """Whether the archive has this member."""
        return _plain(name) in self._members

    def chunks(self, name: str) -> Iterator[bytes]:
        """The bytes of a member, piece by piece."""
        key = _plain(name)
        with damage_named():
            size = 0
            info = self._members[key]
            if info.compress_type not in _COMPRESSIONS:
                raise unreadable("file.damaged")
            with self._archive.open(info) as stream:
                while chunk := stream.read(_CHUNK_BYTES):
                    size += len(chunk)
                    self._charge(key, size)
                    yield chunk

    def _charge(self, key: str, size: int) -> None:
        """All members together may unpack to so much; reading one twice counts once."""
        self._unpacked[key] = max(size, self._unpacked.get(key, 0))
        if sum(self._unpacked.values()) > self._limits.unpacked_bytes:
            limit = f"{self._limits.unpacked_bytes // MIB} MiB"
            raise too_large("工作簿解压后的大小", "The unpacked size of the workbook", limit)


def parse(package: Package, name: str, start: Start, end: End | None = None, text: Text | None = None) -> None:
    """Run the XML of a member through the handlers; element names come without their prefix."""
    parser = Parser()
    parser.listen(start, end, text)
    with damage_named():
        for chunk in package.chunks(name):
            parser.feed(chunk)
        parser.close()


class Parser:
    """Expat, which knows no external entities here, and takes no document type either."""

    def __init__(self) -> None:
        self._parser = expat.ParserCreate()
        self._parser.buffer_text = True
        self._parser.StartDoctypeDeclHandler = _refuse_doctype

    def listen(self, start: Start, end: End | None, text: Text | None) -> None:
        """Set the handlers."""
        self._parser.StartElementHandler = lambda name, attributes: start(local(name), attributes)
        if end is not None:
            self._parser.EndElementHandler = lambda name: end(local(name))
        if text is not None:
            self._parser.CharacterDataHandler = text

    def feed(self, chunk: bytes) -> None:
        """Parse a further piece."""
        self._parser.Parse(chunk, False)

    def close(self) -> None:
        """Parse to the end; a document cut short is an error here."""
        self._parser.Parse(b"", True)


def local(name: str) -> str:
    """An element or attribute name without its prefix."""
    return name.rpartition(":")[2]


def resolve(source: str, target: str) -> str:
    """The member name of a relationship target, seen from the member ``source``."""
    if target.startswith("/"):
        return target.lstrip("/")
    return posixpath.normpath(posixpath.join(posixpath.dirname(source), target))


def relations(package: Package, source: str) -> dict[str, tuple[str, str]]:
    """The relationships of a member: id to (last word of the type, member name)."""
    folder, name = posixpath.split(source)
    part = posixpath.join(folder, "_rels", f"{name}.rels")
    found: dict[str, tuple[str, str]] = {}

    def start(element: str, attributes: Attributes) -> None:
        if element == "Relationship" and attributes.get("TargetMode") != "External":
            kind = attributes.get("Type", "").rpartition("/")[2]
            found[attributes.get("Id", "")] = (kind, resolve(source, attributes.get("Target", "")))

    if package.has(part):
        parse(package, part, start)
    return found


def _plain(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").lower()


def _refuse_doctype(*_: object) -> None:
    raise unreadable("file.damaged")
