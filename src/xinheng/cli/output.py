"""What a command prints: JSON and nothing else on stdout with ``--json``, readable lines without."""

import io
import json
import sys
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from xinheng.core.persons import mask_any
from xinheng.runtime.errors import RuntimeRefusal

WIDE = ("W", "F")


class OutputLost(RuntimeRefusal):
    """The answer could not be written down; the act itself stands."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            "output.lost",
            f"结果无法写出（{reason}）；操作本身已完成。请清理空间或换一个输出位置，再查询结果。",
            f"The answer could not be written ({reason}); the act itself is done. Make room or write elsewhere.",
        )


def speak_plainly(*, as_json: bool) -> None:
    """JSON is UTF-8 everywhere; a terminal that lacks a character gets its escape instead of a fault."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8" if as_json else None, errors="backslashreplace")


def show(payload: Mapping[str, Any] | Sequence[Any], lines: Iterable[str], *, as_json: bool) -> None:
    """Print an answer in the form that was asked for; iterators in ``payload`` are lists that are written as they come.

    Raises OutputLost where it cannot be written.
    """
    if sys.stdout is None:
        return
    try:
        for piece in _json_pieces(payload) if as_json else (f"{line}\n" for line in lines):
            sys.stdout.write(piece)
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise OutputLost(error.strerror or type(error).__name__) from error


def _json_pieces(payload: Mapping[str, Any] | Sequence[Any]) -> Iterator[str]:
    if isinstance(payload, Mapping) and any(isinstance(value, Iterator) for value in payload.values()):
        yield from _object_pieces(payload)
    else:
        yield json.dumps(payload, ensure_ascii=False, default=str)
    yield "\n"


def _object_pieces(payload: Mapping[str, Any]) -> Iterator[str]:
    for place, (name, value) in enumerate(payload.items()):
        yield f"{', ' if place else '{'}{json.dumps(name)}: "
        if isinstance(value, Iterator):
            yield from _list_pieces(value)
        else:
            yield json.dumps(value, ensure_ascii=False, default=str)
    yield "}"


def _list_pieces(values: Iterator[Any]) -> Iterator[str]:
    yield "["
    for place, value in enumerate(values):
        yield (", " if place else "") + json.dumps(value, ensure_ascii=False, default=str)
    yield "]"


def note(text: str) -> None:
    """Progress, on stderr: stdout is for answers. Nobody listening is no reason to stop."""
    if sys.stderr is None:
        return
    try:
        sys.stderr.write(f"{text}\n")
        sys.stderr.flush()
    except OSError:
        return


def conclude(payload: Mapping[str, Any], lines: Iterable[str], wrong: RuntimeRefusal | None, *, as_json: bool) -> int:
    """Print a report; where it found something wrong, say so as every refusal does. Returns the exit code."""
    show({**payload, "error": wrong.as_dict()} if wrong else payload, lines, as_json=as_json)
    if wrong is None:
        return 0
    refuse(wrong, as_json=False)
    return 2


def refuse(refused: RuntimeRefusal, *, as_json: bool) -> None:
    """One clear line on stderr and, with ``--json``, one object on stdout; numbers of persons masked in both."""
    said = {name: mask_any(text) for name, text in refused.as_dict().items()}
    one_line = " ".join(f"{said['message_zh']} / {said['message_en']}".split())
    note(f"xinheng: {said['rule']}: {one_line}")
    if as_json:
        show({"error": said}, [], as_json=True)


def table(rows: Iterable[Sequence[object]], *, indent: int = 2) -> list[str]:
    """Rows as aligned columns; a Chinese character is two columns wide."""
    cells = [[_one_line(value) for value in row] for row in rows]
    widths = [max(map(width, column)) for column in zip(*cells, strict=True)]
    return [" " * indent + "  ".join(map(_padded, row, widths)).rstrip() for row in cells]


def _padded(text: str, wide: int) -> str:
    return text + " " * (wide - width(text))


def width(text: str) -> int:
    """How many columns of a terminal a text takes."""
    return sum(2 if unicodedata.east_asian_width(letter) in WIDE else 1 for letter in text)


def _one_line(value: object) -> str:
    """A cell as it may stand on a terminal: nothing in it moves the cursor or changes colours."""
    text = "" if value is None else " ".join(str(value).split())
    return "".join(letter for letter in text if letter.isprintable())
