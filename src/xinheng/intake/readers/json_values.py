"""JSON text into values that lose nothing: exact numbers, repeated keys kept, nested values as text, a list of
texts (several kinds of penalty) as one text.
"""

import json
from decimal import Decimal, InvalidOperation

from xinheng.core.cells import Cell, RawRow, RowProblem

_INTEGER_CHARS = 400
_NESTING = 60


class Members(tuple[tuple[str, object], ...]):
    """The members of a JSON object in their order, repeated keys included."""

    __slots__ = ()


def _integer(text: str) -> int | str:
    return int(text) if len(text) <= _INTEGER_CHARS else text


def _decimal(text: str) -> Decimal | str:
    try:
        return Decimal(text)
    except InvalidOperation:
        return text


DECODER = json.JSONDecoder(
    object_pairs_hook=Members,
    parse_int=_integer,
    parse_float=_decimal,
    # NaN and Infinity are not JSON, but programs write them: the cell keeps the word, the gate refuses it.
    parse_constant=str,
    strict=False,
)
"""Control characters inside strings are let through; the gate drops them."""


def row_of(number: int, value: object) -> RawRow:
    """One JSON value as a row: its keys and cells, or the reason why it is none."""
    if not isinstance(value, Members):
        return RawRow(number, (), problem=RowProblem.BROKEN_LINE)
    try:
        cells = tuple(_cell(member) for _, member in value)
    except RecursionError:
        return RawRow(number, (), problem=RowProblem.BROKEN_LINE)
    keys = tuple(key for key, _ in value)
    if not all(_is_whole(text) for text in (*keys, *cells) if isinstance(text, str)):
        return RawRow(number, (), problem=RowProblem.UNDECODABLE)
    return RawRow(number, cells, keys=keys)


def _cell(value: object) -> Cell:
    if isinstance(value, list) and value and all(isinstance(one, str) for one in value):
        return ";".join(value)
    if isinstance(value, Members | list):
        return _compact(value, _NESTING)
    return value  # type: ignore[return-value] # the decoder gives nothing else


def _compact(value: object, levels: int) -> str:
    if levels == 0:
        raise RecursionError
    if isinstance(value, Members):
        members = (f"{_quoted(key)}:{_compact(member, levels - 1)}" for key, member in value)
        return "{" + ",".join(members) + "}"
    if isinstance(value, list):
        return "[" + ",".join(_compact(member, levels - 1) for member in value) + "]"
    return str(value) if isinstance(value, Decimal) else _quoted(value)


def _quoted(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _is_whole(text: str) -> bool:
    """Whether every character can be stored: half of a surrogate pair, or undecodable bytes, cannot."""
    if text.isascii():
        return True
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
