"""The process that reads packaged files: it has limits, no files of its own, and dies with the one that asked.

It is started by ``apart.py`` with the standard library and this package only, reads one file that it is handed open,
and answers with rows. What it is asked comes as frames on its standard input.
"""

import os
import resource
import sys
import threading
from collections.abc import Iterator
from queue import SimpleQueue
from typing import Any, BinaryIO

from xinheng.intake.readers.errors import UnreadableFile, place_of, unreadable
from xinheng.intake.readers.files import Limits, SourceFile
from xinheng.intake.readers.formats import open_content
from xinheng.intake.readers.tables import Opened
from xinheng.intake.readers.wire import LENGTH_BYTES, Packed, blocks, frame, unframed

_OPEN_FILES = 24
_OUT_OF_MEMORY = 70


def main() -> None:
    """Read requests until there are none."""
    answers = sys.stdout.buffer
    requests: SimpleQueue[Any] = SimpleQueue()
    first = _request(sys.stdin.buffer)
    if first is None:
        return
    limits = Limits(**first["limits"])
    threading.Thread(target=_listen, args=(sys.stdin.buffer, requests), daemon=True).start()
    _confine(limits)
    try:
        _Desk(SourceFile(first["descriptor"], first["size"]), limits, answers).serve(requests)
    except MemoryError:
        os._exit(_OUT_OF_MEMORY)


def _confine(limits: Limits) -> None:
    """Bind this process for good: memory, computing time, no file written, few opened."""
    for what, most in (
        (resource.RLIMIT_AS, limits.memory_bytes),
        (resource.RLIMIT_CPU, limits.cpu_seconds),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, _OPEN_FILES),
    ):
        allowed = resource.getrlimit(what)[1]
        least = most if allowed == resource.RLIM_INFINITY else min(most, allowed)
        resource.setrlimit(what, (least, least))


def _listen(stream: BinaryIO, requests: "SimpleQueue[Any]") -> None:
    """Pass requests on, beside the work; when the asker is gone, so is the process, whatever it is doing."""
    while (request := _request(stream)) is not None:
        requests.put(request)
    os._exit(0)


def _request(stream: BinaryIO) -> Any:
    head = stream.read(LENGTH_BYTES)
    return unframed(stream.read(int.from_bytes(head, "big"))) if len(head) == LENGTH_BYTES else None


class _Desk:
    """Answers each request with one frame."""

    def __init__(self, file: SourceFile, limits: Limits, answers: BinaryIO) -> None:
        self._file = file
        self._limits = limits
        self._answers = answers
        self._opened = Opened("", ())
        self._streams: dict[int, Iterator[list[Packed]]] = {}

    def serve(self, requests: "SimpleQueue[Any]") -> None:
        """Open the file, then give rows as they are asked for."""
        self._answer(-1, self._open)
        while True:
            verb, stream, *more = requests.get()
            if verb == "drop":
                self._streams.pop(stream, None)
                continue
            if verb == "rows":
                self._streams[stream] = blocks(self._opened.tables[more[0]].start(), self._limits)
            self._answer(stream, lambda stream=stream: self._next(stream))

    def _open(self) -> dict[str, Any]:
        self._opened = open_content(self._file, self._limits)
        tables = [(table.name, table.hidden, table.file) for table in self._opened.tables]
        return {"kind": self._opened.kind, "encoding": self._opened.encoding, "tables": tables}

    def _next(self, stream: int) -> dict[str, Any]:
        return {"rows": next(self._streams[stream], None)}

    def _answer(self, stream: int, work: Any) -> None:
        try:
            message = frame({"stream": stream, **work()})
        except MemoryError:
            self._streams.pop(stream, None)
            message = frame({"stream": stream, **_refusal(unreadable("file.too_costly"))})
        except UnreadableFile as refused:
            message = frame({"stream": stream, **_refusal(refused)})
        except OSError:
            message = frame({"stream": stream, **_refusal(unreadable("file.unavailable"))})
        except Exception as fault:  # named without its text, which may hold values of the file
            message = frame({"stream": stream, "fault": f"{type(fault).__name__} at {place_of(fault)}"})
        self._answers.write(message)
        self._answers.flush()


def _refusal(refused: UnreadableFile) -> dict[str, Any]:
    return {"refused": [refused.rule, refused.message.zh, refused.message.en, refused.member]}
