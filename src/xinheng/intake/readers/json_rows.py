"""Rows of JSON: an array of objects, an object around one, a single object, or one object per line."""

import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice

from xinheng.core.cells import RawRow, RowProblem
from xinheng.core.persons import mask_any
from xinheng.intake.readers.encoding import is_other_encoding, lines, marked
from xinheng.intake.readers.errors import too_large, unreadable
from xinheng.intake.readers.files import MIB, Limits
from xinheng.intake.readers.json_array import elements
from xinheng.intake.readers.json_values import DECODER, Members, row_of

JSON = "json"
JSON_LINES = "json_lines"
_BLANK = " \t\r\n"
_SAMPLE_LINES = 50
_SAMPLE_CHARS = 64 * 1024
_DEPTH = 3
_WRAPPER_KEYS = frozenset(
    {"data", "rows", "list", "records", "items", "results", "result", "content", "数据", "记录", "列表"}
)
_PLAIN_KEY = re.compile(r"[A-Za-z_\u4e00-\u9fff][A-Za-z0-9_\u4e00-\u9fff]{0,30}")
_OPENING = re.compile(r'\s*(?:\{\s*(?:["}]|\Z)|\[\s*(?:[{\[\]]|\Z))')


@dataclass(frozen=True, slots=True)
class JsonRows:
    """How the text is laid out and the rows, as often as they are asked for."""

    kind: str
    start: Callable[[], Iterator[RawRow]]


def is_json(sample: str) -> bool:
    """Whether a text that begins like this is JSON rather than a table whose first cell has a bracket."""
    if _OPENING.match(sample) or _looks_like_lines(sample):
        return True
    return sample.lstrip().startswith("[") and _is_whole_value(sample)


def _looks_like_lines(sample: str) -> bool:
    """Whether most lines look like objects, whatever stands in the first."""
    filled = [line.strip(_BLANK) for line in sample.split("\n") if line.strip(_BLANK)][:_SAMPLE_LINES]
    return 2 * sum(line.startswith('{"') and line.endswith("}") for line in filled) > len(filled)


def read_json(open_text: Callable[[], io.TextIOWrapper], limits: Limits, *, mixed: bool = False) -> JsonRows:
    """Find the rows. The whole text is looked at before the first row is given, so that later nothing
    surprises. ``mixed``: some of it may be in another encoding than the rest.

    Raises ``UnreadableFile``: cut short, damaged, no list of objects, several of them, above the limit.
    """
    first = open_text().read(_SAMPLE_CHARS).lstrip()[:1]
    if first == "[":
        _check_array(open_text())
        return JsonRows(JSON, lambda: _array_rows(open_text(), mixed=mixed))
    if _is_json_lines(open_text(), limits):
        return JsonRows(JSON_LINES, lambda: _line_rows(open_text(), limits, mixed=mixed))
    found = _rows_of_document(_document(open_text(), limits))
    return JsonRows(JSON, lambda: (row_of(number, value) for number, value in enumerate(found, 1)))


def _check_array(text: io.TextIOWrapper) -> None:
    objects = others = 0
    for element in elements(text):
        objects += isinstance(element, Members)
        others += not isinstance(element, Members)
    if others and not objects:
        raise unreadable("json.not_rows")


def _array_rows(text: io.TextIOWrapper, *, mixed: bool) -> Iterator[RawRow]:
    for number, element in enumerate(elements(text), 1):
        row = row_of(number, element)
        if mixed and any(isinstance(cell, str) and is_other_encoding(cell) for cell in row.cells):
            row = RawRow(number, (), problem=RowProblem.UNDECODABLE)
        yield row


def _line_rows(text: io.TextIOWrapper, limits: Limits, *, mixed: bool) -> Iterator[RawRow]:
    found = lines(text, limits.line_chars)
    for number, line in enumerate(marked(found) if mixed else found, 1):
        if line is None:
            yield RawRow(number, (), problem=RowProblem.BROKEN_LINE)
        elif not line.strip(_BLANK):
            yield RawRow(number, (), keys=())
        else:
            yield row_of(number, _value(line))


def _is_json_lines(text: io.TextIOWrapper, limits: Limits) -> bool:
    """Whether lines are objects of their own: the first of several, or at least half of the first lines."""
    filled = (line for line in lines(text, limits.line_chars) if line is None or line.strip(_BLANK))
    sample = list(islice(filled, _SAMPLE_LINES))
    if len(sample) < 2:
        return False
    whole = [line is not None and isinstance(_value(line), Members) for line in sample]
    return whole[0] or 2 * sum(whole) >= len(whole)


def _document(text: io.TextIOWrapper, limits: Limits) -> object:
    content = text.read(limits.json_bytes + 1)
    if len(content) > limits.json_bytes:
        limit = f"{limits.json_bytes // MIB} Mi"
        raise too_large("单个 JSON 对象的字符数", "The length of the single JSON object", limit)
    value = _value(content)
    if value is None:
        raise unreadable("file.damaged" if content.rstrip().endswith("}") else "file.truncated")
    return value


def _rows_of_document(value: object) -> list[object]:
    """The one list of objects inside the wrapper; without any list the object is the only row itself."""
    lists = list(_lists(value, ()))
    filled = [(path, rows) for path, rows in lists if any(isinstance(row, Members) for row in rows)]
    if len(filled) > 1:
        raise unreadable("json.several_lists", names=", ".join(_shown(path) for path, _ in filled))
    if filled:
        return filled[0][1]
    if any(not rows and path[-1].lower() in _WRAPPER_KEYS for path, rows in lists):
        return []
    return [value]


def _lists(value: object, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], list[object]]]:
    if not isinstance(value, Members) or len(path) == _DEPTH:
        return
    for key, member in value:
        if isinstance(member, list):
            yield (*path, key), member
        else:
            yield from _lists(member, (*path, key))


def _shown(path: tuple[str, ...]) -> str:
    """The path in words; a key that is not a plain identifier may be data and is not repeated."""
    return ".".join(key if _PLAIN_KEY.fullmatch(key) and mask_any(key) == key else "…" for key in path)


def _value(text: str) -> object:
    """The JSON value that is all of ``text``; ``None`` when it is none (a bare ``null`` is no row either)."""
    try:
        return DECODER.decode(text)
    except (ValueError, RecursionError):
        return None


def _is_whole_value(text: str) -> bool:
    return _value(text) is not None
