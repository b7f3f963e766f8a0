"""Comments of cells: the part with their texts and the drawing with their boxes, beside those that are there."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from xinheng.intake.returned.xlsx_markup import attribute, before_end, cell_name, tags, text_of

AUTHOR = "信衡 / Xinheng"
MARK = "【信衡校验 / Xinheng check】"
"""Begins what we add to a comment of somebody else, by which it is found again."""
MOST_NOTES = 10_000
"""Comments of one sheet; programs become unusable with more, and the check column says the same."""

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
EMPTY_COMMENTS = (
    f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<comments xmlns="{MAIN}">'
    "<authors></authors><commentList></commentList></comments>"
).encode()
EMPTY_DRAWING = (
    b'<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
    b'xmlns:x="urn:schemas-microsoft-com:office:excel">'
    b'<o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="1"/></o:shapelayout></xml>'
)
_SHAPE_TYPE = (
    '<v:shapetype id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe"{ns}>'
    '<v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>'
)
_SHAPE = (
    '<v:shape id="_x0000_s{number}" type="#_x0000_t202" '
    "style='position:absolute;margin-left:60pt;margin-top:1.5pt;width:220pt;height:{height}pt;"
    'z-index:1;visibility:hidden\' fillcolor="#ffffe1" o:insetmode="auto"{ns}>'
    '<v:fill color2="#ffffe1"/><v:shadow color="black" obscured="t"/><v:path o:connecttype="none"/>'
    "<v:textbox style='mso-direction-alt:auto'><div style='text-align:left'></div></v:textbox>"
    '<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/>'
    "<x:Anchor>{left}, 15, {top}, 2, {right}, 31, {bottom}, 1</x:Anchor><x:AutoFill>False</x:AutoFill>"
    "<x:Row>{row}</x:Row><x:Column>{column}</x:Column></x:ClientData></v:shape>"
)
_NAMESPACES = {"v": b"urn:schemas-microsoft-com:vml", "o": b"urn:schemas-microsoft-com:office:office",
               "x": b"urn:schemas-microsoft-com:office:excel"}  # fmt: skip
_OLD_SHAPE = re.compile(rb"<v:shape\b(?:(?!</v:shape>).)*</v:shape>\s*", re.DOTALL)
_SHAPE_ROW = re.compile(rb"<x:Row>\s*(\d+)\s*</x:Row>")
_SHAPE_COLUMN = re.compile(rb"<x:Column>\s*(\d+)\s*</x:Column>")
_NUMBER = re.compile(rb"_x0000_s(\d{1,9})")
_RUN = re.compile(rb"<(?:[\w.-]+:)?r>(?:(?!</(?:[\w.-]+:)?r>).)*?</(?:[\w.-]+:)?r>", re.DOTALL)

Notes = Mapping[tuple[int, int], str]
"""Texts by row (from 1) and column (from 0)."""


@dataclass(frozen=True, slots=True)
class Noted:
    """Both parts of a sheet's comments as they are to be."""

    comments: bytes
    drawing: bytes


def noted(comments: bytes, drawing: bytes, notes: Notes) -> Noted:
    """Both parts with our comments: earlier ones of ours go, in somebody else's comment ours stands below."""
    kept, gone = _without_ours(comments)
    named = {cell_name(*place): place for place in notes}
    kept, joined = _joined(kept, {name: notes[place] for name, place in named.items()})
    added = {place: notes[place] for name, place in named.items() if name not in joined}
    boxes = _without_boxes(drawing, gone)
    return Noted(_with_comments(kept, added), _with_boxes(boxes, added))


def _prefix(comments: bytes) -> bytes:
    return next(tags(comments)).prefix


def _authors(comments: bytes) -> tuple[list[bytes], int]:
    """The authors' names as written, and where a further one goes."""
    names: list[bytes] = []
    start = end = 0
    for tag in tags(comments):
        if tag.name == "author":
            start = tag.end if tag.opens else start
            if tag.empty or not tag.opens:
                names.append(b"" if tag.empty else comments[start : tag.start])
        elif tag.name == "authors":
            end = tag.start
    return names, end


def _each_comment(comments: bytes) -> list[tuple[int, int]]:
    places, start = [], 0
    for tag in tags(comments):
        if tag.name == "comment" and tag.depth == 2:
            start = tag.start if tag.opens else start
            if tag.empty or not tag.opens:
                places.append((start, tag.end))
    return places


def _without_ours(comments: bytes) -> tuple[bytes, set[tuple[int, int]]]:
    """The part without our comments, and the cells that they stood at; what we added to others' goes as well."""
    names, _ = _authors(comments)
    ours = {str(n) for n, name in enumerate(names) if name == text_of(AUTHOR)}
    gone: set[tuple[int, int]] = set()
    kept, done = [], 0
    for start, end in _each_comment(comments):
        raw = comments[start:end]
        kept.append(comments[done:start])
        done = end
        if attribute(raw[: next(tags(raw)).end], "authorId") in ours:
            gone.add(_place(attribute(raw[: next(tags(raw)).end], "ref") or ""))
        else:
            kept.append(_RUN.sub(lambda run: b"" if text_of(MARK) in run[0] else run[0], raw))
    return b"".join(kept) + comments[done:], gone


def _place(name: str) -> tuple[int, int]:
    found = re.fullmatch(r"\$?([A-Z]{1,3})\$?(\d{1,7})", name)
    if found is None:
        return 0, 0
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(found[2]), column - 1


def _joined(comments: bytes, texts: Mapping[str, str]) -> tuple[bytes, set[str]]:
    """The part with our words below those of others at the same cell, and the cells where that was so."""
    joined: set[str] = set()
    pieces, done = [], 0
    for start, end in _each_comment(comments):
        raw = comments[start:end]
        name = attribute(raw[: next(tags(raw)).end], "ref") or ""
        closing = [tag for tag in tags(raw) if tag.name == "text" and not tag.opens]
        if name in texts and closing and name not in joined:
            joined.add(name)
            at, prefix = closing[0].start, closing[0].prefix
            raw = raw[:at] + _run(f"\n{MARK}\n{texts[name]}", prefix) + raw[at:]
        pieces += [comments[done:start], raw]
        done = end
    return b"".join(pieces) + comments[done:], joined


def _run(text: str, prefix: bytes) -> bytes:
    p = prefix
    return b'<%br><%bt xml:space="preserve">%b</%bt></%br>' % (p, p, text_of(text), p, p)


def _with_comments(comments: bytes, added: Notes) -> bytes:
    if not added:
        return comments
    p = _prefix(comments)
    names, at = _authors(comments)
    if text_of(AUTHOR) in names:
        author = names.index(text_of(AUTHOR))
    else:
        author = len(names)
        comments = comments[:at] + b"<%bauthor>%b</%bauthor>" % (p, text_of(AUTHOR), p) + comments[at:]
    new = b"".join(
        b'<%bcomment ref="%b" authorId="%d"><%btext>%b</%btext></%bcomment>'
        % (p, cell_name(*place).encode(), author, p, _run(text, p), p, p)
        for place, text in sorted(added.items())
    )
    end = [tag for tag in tags(comments) if tag.name == "commentList"][-1]
    if end.empty:
        return comments[: end.start] + b"<%bcommentList>%b</%bcommentList>" % (p, new, p) + comments[end.end :]
    return comments[: end.start] + new + comments[end.start :]


def _without_boxes(drawing: bytes, gone: set[tuple[int, int]]) -> bytes:
    def kept(found: re.Match[bytes]) -> bytes:
        row, column = _SHAPE_ROW.search(found[0]), _SHAPE_COLUMN.search(found[0])
        is_ours = row is not None and column is not None and (int(row[1]) + 1, int(column[1])) in gone
        return b"" if is_ours else found[0]

    return _OLD_SHAPE.sub(kept, drawing) if gone else drawing


def _with_boxes(drawing: bytes, added: Notes) -> bytes:
    if not added:
        return drawing
    head = drawing[: drawing.find(b">", drawing.find(b"<xml")) + 1]
    missing = "".join(
        f' xmlns:{p}="{uri.decode()}"' for p, uri in _NAMESPACES.items() if b"xmlns:" + p.encode() not in head
    )
    number = max([1024, *(int(found) for found in _NUMBER.findall(drawing))])
    shapes = [] if b'"_x0000_t202"' in drawing else [_SHAPE_TYPE.format(ns=missing)]
    for (row, column), text in sorted(added.items()):
        number += 1
        tall = min(20, 2 + text.count("\n") + len(text) // 24)
        shapes.append(_SHAPE.format(
            number=number, ns=missing, row=row - 1, column=column, height=tall * 15,
            left=column + 1, right=column + 4, top=max(0, row - 2), bottom=max(0, row - 2) + tall,
        ))  # fmt: skip
    return before_end(drawing, "".join(shapes).encode())
