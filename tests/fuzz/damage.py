"""What can happen to a file on its way, and what somebody could do to it: bytes and, inside archives, their members."""

import io
import random
import zipfile
from collections.abc import Callable

from tests.fuzz.seeds import pack

_TELLING = (
    b"\0", b"\xff", b'"', b",", b"\n", b"<", b">", b"&", b"{", b"[", b"PK\x03\x04", b"<table>", b"</td>", b"<!--",
    b"]]>", b"<!DOCTYPE x>", b"\xef\xbb\xbf", b"\xff\xfe", b"1E999999", b"-1", b"99999999999999999999",
    b"\xff\xff\xff\xff", b"<row>", b"colspan=99999999", b'r="XFD1048576"', b'<c t="s"><v>999999</v></c>',
    "甲".encode("gbk"), "甲乙".encode(), b"\xd8\x00",
)  # fmt: skip
Damage = Callable[[random.Random, bytearray], None]


def _flip(chance: random.Random, content: bytearray) -> None:
    for _ in range(chance.randint(1, 8)):
        content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)


def _overwrite(chance: random.Random, content: bytearray) -> None:
    at = chance.randrange(len(content))
    content[at : at + 4] = chance.randbytes(chance.choice([1, 2, 4]))


def _truncate(chance: random.Random, content: bytearray) -> None:
    del content[chance.randrange(1, len(content) + 1) :]


def _remove(chance: random.Random, content: bytearray) -> None:
    at = chance.randrange(len(content))
    del content[at : at + chance.randint(1, 64)]


def _insert(chance: random.Random, content: bytearray) -> None:
    at = chance.randrange(len(content) + 1)
    content[at:at] = chance.choice(_TELLING)


def _duplicate(chance: random.Random, content: bytearray) -> None:
    at = chance.randrange(len(content))
    piece = content[at : at + chance.randint(1, 2000)]
    content[at:at] = piece * chance.choice([1, 2, 20])


def _splice(chance: random.Random, content: bytearray) -> None:
    """A piece of the file at another place of it."""
    at, to = chance.randrange(len(content)), chance.randrange(len(content))
    piece = content[at : at + chance.randint(1, 500)]
    content[to : to + len(piece)] = piece


_DAMAGES: tuple[Damage, ...] = (_flip, _overwrite, _truncate, _remove, _insert, _duplicate, _splice)


def damaged(chance: random.Random, content: bytes) -> bytes:
    """The file with one to four damages; those of an archive often inside a member, so that it still opens."""
    if content.startswith(b"PK\x03\x04") and chance.random() < 0.7:
        return _repacked(chance, content)
    changed = bytearray(content)
    for _ in range(chance.randint(1, 4)):
        if changed:
            chance.choice(_DAMAGES)(chance, changed)
    return bytes(changed)


def _repacked(chance: random.Random, content: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = [(info.filename, archive.read(info)) for info in archive.infolist()]
    hit = chance.randrange(len(members))
    name, member = members[hit]
    members[hit] = (name, damaged(chance, member) if member else member)
    return pack(members)
