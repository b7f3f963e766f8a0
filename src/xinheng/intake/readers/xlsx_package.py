"""The parts of an XLSX archive and the XML in them, read in pieces."""

import posixpath
from collections.abc import Callable, Iterator
from xml.parsers import expat

from xinheng.intake.readers.archive import Archive, Budget, damage_named
from xinheng.intake.readers.errors import unreadable

_TOKEN_BYTES = 8 * 1024 * 1024
"""A tag or comment longer than this is no spreadsheet's; the parser begins anew at each piece of it."""

_DOCUMENTS = ("[content_types].xml", "mimetype", "xl/workbook.xml", "ofd.xml")

Attributes = dict[str, str]
Start = Callable[[str, Attributes], None]
End = Callable[[str], None]
Text = Callable[[str], None]


class Package:
    """The members of an archive, found in any case and with either slash."""

    def __init__(self, archive: Archive, budget: Budget) -> None:
        self._archive = archive
        self._budget = budget
        self._members = {_plain(info.filename): info for info in archive.infos}
        self._is_double = len(self._members) < len(archive.infos)

    @property
    def names(self) -> frozenset[str]:
        """All member names, in lower case with forward slashes."""
        return frozenset(self._members)

    @property
    def is_document(self) -> bool:
        """Whether the archive is one document in parts, not a bundle of files."""
        return any(name in self._members for name in _DOCUMENTS)

    def has(self, name: str) -> bool:
        """Whether the archive has this member."""
        return _plain(name) in self._members

    def chunks(self, name: str) -> Iterator[bytes]:
        """The bytes of a member, piece by piece."""
        return self._archive.chunks(self._members[_plain(name)], self._budget)

    def check(self) -> None:
        """Refuse what is no XLSX workbook of data: another document, macros, links to other files."""
        names = self.names
        if "ofd.xml" in names:
            raise unreadable("file.pdf_or_image")
        if not any(name.endswith("workbook.xml") for name in names):
            raise unreadable("file.unknown_type")
        if self._is_double:
            raise unreadable("file.damaged")
        if any(name.endswith("vbaproject.bin") or "/macrosheets/" in name for name in names):
            raise unreadable("file.macros")
        if any("/externallinks/" in name and "/_rels/" not in name for name in names):
            raise unreadable("file.external_links")


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

    def __init__(self, encoding: str | None = None) -> None:
        """``encoding`` overrules the one that the document names."""
        self._parser = expat.ParserCreate(encoding)
        self._parser.buffer_text = True
        self._parser.StartDoctypeDeclHandler = _refuse_doctype
        self._fed = 0

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
        self._fed += len(chunk)
        if self._fed - max(self._parser.CurrentByteIndex, 0) > _TOKEN_BYTES:
            raise unreadable("file.damaged")

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
    raise unreadable("file.entities")
