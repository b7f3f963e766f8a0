"""JSON with one more member in every row object; every other character of the file stays."""

import json
from collections.abc import Iterator
from functools import partial
from typing import IO

from xinheng.intake.readers.encoding import decide_encoding
from xinheng.intake.readers.files import Content, Limits
from xinheng.intake.readers.json_rows import JSON_LINES
from xinheng.intake.returned.delimited import copy_range
from xinheng.intake.returned.json_pieces import Element, pieces, with_member
from xinheng.intake.returned.lines import Wire, physical_lines
from xinheng.intake.returned.said import Place, Said
from xinheng.intake.returned.way import Way
from xinheng.intake.returned.wording import MEMBER

_CHUNK_BYTES = 256 * 1024
_KEPT = ("field", "rule", "severity", "message_zh", "message_en", "value")
_MOST_BYTES_PER_CHAR = 4


def annotate_json(file: Content, out: IO[bytes], way: Way, kind: str, place: Place = (None, None)) -> None:
    """Write the JSON to ``out`` with the member ``_check`` last in each row object."""
    wire = Wire(decide_encoding(file))
    if kind == JSON_LINES:
        _lines(file, out, wire, way, place)
        return
    text = partial(_decoded, file, wire)
    whole = not any(isinstance(piece, Element) for piece in pieces(text()))
    for piece in pieces(text(), whole=whole):
        if isinstance(piece, Element):
            _pass_over(way, place, piece.number)
            said = way.feed.at(place, piece.number)
            piece = with_member(piece.text, MEMBER, _member(said)) if said else piece.text
        out.write(wire.encoded(piece))
    _pass_over(way, place, None)


def _pass_over(way: Way, place: Place, row: int | None) -> None:
    """Elements that are no objects can hold no member; what is said of them stands in the findings alone."""
    for _ in way.feed.up_to(place, row):
        pass


def _lines(file: Content, out: IO[bytes], wire: Wire, way: Way, place: Place) -> None:
    """A line that is no object cannot hold a member: it stays as it is."""
    for number, line in enumerate(physical_lines(file, wire, Limits().line_chars * _MOST_BYTES_PER_CHAR), 1):
        said = way.feed.at(place, number)
        if not line.is_held:
            copy_range(file, out, line.start, line.size)
        body = line.body
        if said is not None and body:
            text = wire.text(body)
            found = [piece for piece in pieces([text], whole=True) if isinstance(piece, Element)]
            if len(found) == 1 and text.strip("\ufeff \t") == found[0].text:
                body = wire.encoded(text.replace(found[0].text, with_member(found[0].text, MEMBER, _member(said))))
        out.write(body + line.end)


def _decoded(file: Content, wire: Wire) -> Iterator[str]:
    decoder = wire.decoder()
    cursor = file.cursor()
    while chunk := cursor.read(_CHUNK_BYTES):
        yield decoder.decode(chunk)
    yield decoder.decode(b"", final=True)


def _member(said: Said) -> str:
    """Outcome and findings as one JSON value, on one line."""
    findings = [{name: each.get(name) for name in _KEPT} for each in said.findings]
    return json.dumps({"outcome": said.outcome, "findings": findings}, ensure_ascii=False, default=str)
