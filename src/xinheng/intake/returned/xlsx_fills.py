"""The light fill of cells of which something is said: further styles beside the ones that the workbook has."""

import re
from dataclasses import dataclass, field

from xinheng.intake.returned.xlsx_markup import Tag, attribute, tags, with_attribute

COLOUR = "FFFFE1DC"
_FILL = (
    '<{p}fill><{p}patternFill patternType="solid"><{p}fgColor rgb="{colour}"/><{p}bgColor indexed="64"/>'
    "</{p}patternFill></{p}fill>"
)
_MOST_STYLES = 64_000
"""Programs refuse a workbook of more than 65,490."""


@dataclass(slots=True)
class Fills:
    """The styles part and what is added to it.

    ``marked`` and ``plain`` turn the number of a cell's style into that of the same style with and without the fill.
    """

    _data: bytes
    _fills: Tag
    _fills_end: Tag
    _formats: Tag
    _formats_end: Tag
    _styles: list[bytes]
    _ours: int
    _is_new: bool
    _count: int
    _earlier: re.Pattern[bytes] | None = None
    _known: dict[int, int] = field(default_factory=dict)
    _undone: dict[int, int] = field(default_factory=dict)

    @property
    def earlier(self) -> re.Pattern[bytes] | None:
        """Finds cells in a style that had our fill from the start; None where there is no such style."""
        return self._earlier

    def marked(self, style: int) -> int:
        """The style with our fill; the style itself where the workbook can take no further one."""
        base = style if 0 <= style < len(self._styles) else 0
        if self._fill_of(base) == self._ours:
            return base
        if base not in self._known:
            if len(self._styles) >= _MOST_STYLES:
                return style
            self._known[base] = self._add(self._refilled(base, self._ours))
        return self._known[base]

    def plain(self, style: int) -> int:
        """The style without our fill: one that is the same otherwise, or a new one."""
        if not 0 <= style < len(self._styles) or self._fill_of(style) != self._ours:
            return style
        if style not in self._undone:
            wanted = _shape(self._styles[style])
            alike = [n for n in range(len(self._styles)) if n != style and _shape(self._styles[n]) == wanted]
            others = sorted((self._fill_of(n), n) for n in alike if self._fill_of(n) != self._ours)
            self._undone[style] = others[0][1] if others else self._add(self._refilled(style, 0))
        return self._undone[style]

    def look_back(self) -> None:
        """Learn which styles have our fill before any is added."""
        numbers = [str(n) for n in range(len(self._styles)) if self._fill_of(n) == self._ours]
        if numbers:
            self._earlier = re.compile(rf"\ss\s*=\s*[\"'](?:{'|'.join(numbers)})[\"']".encode())

    def written(self) -> bytes | None:
        """The styles part with what was added; None where nothing was."""
        added = self._styles[self._count :]
        if not added:
            return None
        new = b""
        if self._is_new:
            new = _FILL.format(p=self._fills.prefix.decode(), colour=COLOUR).encode()
        fills = self._counted(self._fills, self._ours + 1 if new else None)
        formats = self._counted(self._formats, len(self._styles))
        data = self._data
        return b"".join((
            data[: self._fills.start], fills, data[self._fills.end : self._fills_end.start], new,
            data[self._fills_end.start : self._formats.start], formats,
            data[self._formats.end : self._formats_end.start], *added, data[self._formats_end.start :],
        ))  # fmt: skip

    def _counted(self, tag: Tag, count: int | None) -> bytes:
        raw = self._data[tag.start : tag.end]
        return raw if count is None else with_attribute(raw, "count", str(count))

    def _add(self, style: bytes) -> int:
        self._styles.append(style)
        return len(self._styles) - 1

    def _fill_of(self, style: int) -> int:
        written = attribute(_start_tag(self._styles[style]), "fillId")
        return int(written) if written and written.isdecimal() else 0

    def _refilled(self, style: int, fill: int) -> bytes:
        raw = self._styles[style]
        head = _start_tag(raw)
        return with_attribute(with_attribute(head, "applyFill", "1"), "fillId", str(fill)) + raw[len(head) :]


def fills_of(data: bytes) -> Fills | None:
    """The styles part, ready to be added to; None where it has no lists of fills and formats to add to."""
    found: dict[str, list[Tag]] = {"fills": [], "cellXfs": []}
    fills: list[Tag] = []
    formats: list[Tag] = []
    inside = ""
    for tag in tags(data):
        if tag.depth == 1 and tag.name in found and not tag.empty:
            found[tag.name].append(tag)
            inside = tag.name if tag.opens else ""
        elif tag.depth == 2 and inside == "fills" and tag.name == "fill" and (tag.opens or not tag.empty):
            fills.append(tag)
        elif tag.depth == 2 and inside == "cellXfs" and tag.name == "xf":
            formats.append(tag)
    if any(len(pair) != 2 for pair in found.values()) or found["fills"][1].end > found["cellXfs"][0].start:
        return None
    styles = _elements(data, formats)
    colours = [index for index, raw in enumerate(_elements(data, fills)) if COLOUR.encode() in raw]
    count = len(_elements(data, fills))
    ours = colours[0] if colours else count
    lists = (found["fills"][0], found["fills"][1], found["cellXfs"][0], found["cellXfs"][1])
    if not styles:
        return None
    made = Fills(data, *lists, styles, ours, not colours, len(styles))
    made.look_back()
    return made


def _elements(data: bytes, marks: list[Tag]) -> list[bytes]:
    """The bytes of elements whose start and end tags these are."""
    raw, start = [], 0
    for tag in marks:
        if tag.opens:
            start = tag.start
        if tag.empty or not tag.opens:
            raw.append(data[start : tag.end])
    return raw


def _start_tag(element: bytes) -> bytes:
    return element[: next(tags(element)).end]


def _shape(element: bytes) -> bytes:
    """A style without what it says of its fill."""
    bare = re.sub(rb"\s(?:fillId|applyFill)\s*=\s*(?:\"[^\"]*\"|'[^']*')", b"", element)
    return b" ".join(sorted(bare.split()))
