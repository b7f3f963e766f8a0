"""XML of spreadsheet parts cut by its tags, so that everything untouched stays byte for byte.

The bytes were found well-formed before: here tags are only told apart from what stands between them.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

from xinheng.core.text import drop_controls
from xinheng.intake.readers.errors import unreadable
from xinheng.intake.readers.xlsx_package import Package, parse

PART_BYTES = 64 * 1024 * 1024
"""Parts that are edited in memory (styles, comments, what stands around the rows) are smaller than this."""
_TOKEN = re.compile(
    rb"<!--.*?-->|<!\[CDATA\[.*?\]\]>|<\?.*?\?>"
    rb"|<(?P<slash>/?)(?P<prefix>[\w.-]+:)?(?P<name>[\w.-]+)(?P<attributes>(?:[^<>\"']|\"[^\"]*\"|'[^']*')*)>",
    re.DOTALL,
)
_ENCODING = re.compile(rb"^<\?xml[^>]*encoding\s*=\s*[\"']([A-Za-z0-9_-]+)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Tag:
    """A start or end tag; ``start`` and ``end`` are its bytes, ``depth`` how many elements are open around it."""

    name: str
    prefix: bytes
    start: int
    end: int
    depth: int
    opens: bool
    empty: bool


def tags(data: bytes, at: int = 0, depth: int = 0) -> Iterator[Tag]:
    """All tags from ``at`` on."""
    for found in _TOKEN.finditer(data, at):
        if found["name"] is None:
            continue
        opens = not found["slash"]
        empty = opens and found["attributes"].endswith(b"/")
        depth -= not opens
        yield Tag(found["name"].decode(), found["prefix"] or b"", found.start(), found.end(), depth, opens, empty)
        depth += opens and not empty


def attribute(tag: bytes, name: str) -> str | None:
    """The value of an attribute of a start tag, as it is written."""
    found = re.search(rb"\s" + name.encode() + rb"\s*=\s*(?:\"([^\"]*)\"|'([^']*)')", tag)
    return (found[1] if found[1] is not None else found[2]).decode() if found else None


def with_attribute(tag: bytes, name: str, value: str) -> bytes:
    """The start tag with that attribute, which it had or not."""
    written = f'{name}="{value}"'.encode()
    if attribute(tag, name) is not None:
        pattern = rb"(?<=\s)" + name.encode() + rb"\s*=\s*(?:\"[^\"]*\"|'[^']*')"
        return re.sub(pattern, lambda _: written, tag, count=1)
    head = re.match(rb"<[\w.:-]+", tag)
    assert head is not None
    return tag[: head.end()] + b" " + written + tag[head.end() :]


def whole_part(package: Package, name: str) -> bytes | None:
    """A part in memory, known to be well-formed and without entities; None where it is too large or odd to edit."""
    parse(package, name, lambda *_: None)
    whole = held_part(package, name)
    return whole if whole is not None and is_plain(whole) else None


def held_part(package: Package, name: str) -> bytes | None:
    """A part in memory as it is; None where it is too large."""
    data, size = [], 0
    for chunk in package.chunks(name):
        data.append(chunk)
        size += len(chunk)
        if size > PART_BYTES:
            return None
    return b"".join(data)


def is_plain(head: bytes) -> bool:
    """Whether a part that begins so is in UTF-8, as nearly all are."""
    declared = _ENCODING.match(head.removeprefix(b"\xef\xbb\xbf"))
    wide = head.startswith((b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<"))
    return not wide and (declared is None or declared[1].lower() in (b"utf-8", b"us-ascii"))


def text_of(words: str) -> bytes:
    """Words as XML text: nothing in them is markup, no character that XML does not know."""
    clean = "".join(each for each in drop_controls(words)[0] if each not in "\ufffe\uffff")
    # A text that happens to look like the spelling of a character is spelled out itself (ECMA-376 part 1, 22.9.2.19).
    spelled = re.sub(r"_(?=x[0-9A-Fa-f]{4}_)", "_x005F_", clean)
    return escape(spelled, quote=True).encode("utf-8")


def before_end(data: bytes, more: bytes) -> bytes:
    """The part with ``more`` before the end of its root, which may have been empty."""
    found = [tag for tag in tags(data) if tag.depth == 0]
    if not found:
        raise unreadable("file.damaged")
    root, last = found[0], found[-1]
    if root.empty:
        name = root.prefix + root.name.encode()
        head = data[root.start : root.end].rstrip(b">").rstrip(b"/") + b">"
        return data[: root.start] + head + more + b"</" + name + b">" + data[root.end :]
    return data[: last.start] + more + data[last.start :]


def cell_name(row: int, column: int) -> str:
    """The name of a cell: row from 1, column from 0."""
    return f"{column_letters(column)}{row}"


def column_letters(column: int) -> str:
    """The letters of a column from 0."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
