"""Packaged files are read by a process of their own, which has limits and can be ended at any moment."""

import os
import select
import subprocess
import sys
import weakref
from collections.abc import Iterator
from dataclasses import asdict
from itertools import count
from pathlib import Path
from time import monotonic
from typing import Any

import xinheng
from xinheng.core.cells import RawRow
from xinheng.core.persons import mask_any
from xinheng.core.values import Bilingual
from xinheng.intake.readers.errors import UnreadableFile, unreadable
from xinheng.intake.readers.files import Limits, SourceFile
from xinheng.intake.readers.tables import Opened, Table
from xinheng.intake.readers.wire import LENGTH_BYTES, MOST_BYTES, frame, unframed, unpacked

_START = "import sys; sys.path.append(sys.argv[1]); from xinheng.intake.readers.child import main; main()"
_KEPT_ENVIRONMENT = ("LD_LIBRARY_PATH", "PATH")
"""The system's own; passwords and addresses of an installation are not for a process that reads strange files."""
_OPENING = -1
_OUT_OF_MEMORY = 70
_PIECE_BYTES = 256 * 1024


class ReaderFault(RuntimeError):  # noqa: N818 - a fault, as the command line names it
    """The reading process failed by a fault of the program; says where, never what the file holds."""


class Reading:
    """A packaged file being read by a process of its own, which ends with ``close`` or with this object."""

    def __init__(self, file: SourceFile, limits: Limits) -> None:
        self._limits = limits
        self._process = _start(file)
        self._end = weakref.finalize(self, _end, self._process)
        self._numbers = count()
        self._answers: dict[int, list[Any]] = {_OPENING: []}
        self._tell({"limits": asdict(limits), "descriptor": file.descriptor, "size": file.size})

    def close(self) -> None:
        """End the process; rows cannot be read any more."""
        self._end()

    def opened(self) -> Opened:
        """What the file is. Raises ``UnreadableFile``."""
        answer = self._answer(_OPENING)
        tables = (
            Table(name, hidden, lambda place=place: self._rows(place), file)  # type: ignore[misc]
            for place, (name, hidden, file) in enumerate(answer["tables"])
        )
        return Opened(answer["kind"], tuple(tables), answer["encoding"])

    def _rows(self, table: int) -> Iterator[RawRow]:
        stream = next(self._numbers)
        self._answers[stream] = []
        try:
            self._tell(["rows", stream, table])
            while (block := self._answer(stream)["rows"]) is not None:
                # Asked for already, so that it is read while this block is being used.
                self._tell(["next", stream])
                yield from unpacked(block)
        finally:
            del self._answers[stream]
            if self._end.alive:
                self._tell(["drop", stream])

    def _tell(self, message: object) -> None:
        if not self._end.alive:
            raise unreadable("file.unavailable")
        try:
            os.write(self._process.stdin.fileno(), frame(message))  # type: ignore[union-attr]
        except OSError:
            raise self._why_gone() from None

    def _answer(self, stream: int) -> Any:
        """The next answer for this stream; those for others are kept for them, those for nobody are dropped."""
        while not self._answers[stream]:
            answer = self._received()
            self._answers.get(answer["stream"], []).append(answer)
        answer = self._answers[stream].pop(0)
        if "refused" in answer:
            rule, zh, en, member = answer["refused"]
            raise _refusal(rule, Bilingual(zh, en), member)
        if "fault" in answer:
            raise ReaderFault(answer["fault"])
        return answer

    def _received(self) -> Any:
        """One frame. Raises ``UnreadableFile`` (``file.too_costly``) when it does not come in time, or ever."""
        if not self._end.alive:
            raise unreadable("file.unavailable")
        until = monotonic() + self._limits.answer_seconds
        size = int.from_bytes(self._bytes(LENGTH_BYTES, until), "big")
        if size > MOST_BYTES:
            raise self._ended("file.too_costly")
        try:
            return unframed(self._bytes(size, until))
        except (ValueError, TypeError):
            raise self._ended("file.damaged") from None

    def _bytes(self, size: int, until: float) -> bytes:
        descriptor = self._process.stdout.fileno()  # type: ignore[union-attr]
        pieces = []
        while size:
            if not select.select([descriptor], [], [], max(0.0, until - monotonic()))[0]:
                raise self._ended("file.too_costly")
            piece = os.read(descriptor, min(size, _PIECE_BYTES))
            if not piece:
                raise self._why_gone()
            pieces.append(piece)
            size -= len(piece)
        return b"".join(pieces)

    def _ended(self, rule: str) -> UnreadableFile:
        self._end()
        return unreadable(rule)

    def _why_gone(self) -> Exception:
        """The process ended by itself: the system stopped it at a limit, or it never came up."""
        status = self._process.wait()
        self._end()
        if status < 0 or status == _OUT_OF_MEMORY:
            return unreadable("file.too_costly")
        return ReaderFault(f"the reading process ended with {status}")


def _start(file: SourceFile) -> "subprocess.Popen[bytes]":
    package = str(Path(xinheng.__file__).parent.parent)
    return subprocess.Popen(  # noqa: S603 - our own interpreter and our own words
        [sys.executable, "-I", "-S", "-c", _START, package],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        pass_fds=(file.descriptor,),
        env={name: os.environ[name] for name in _KEPT_ENVIRONMENT if name in os.environ},
        bufsize=0,
    )


def _end(process: "subprocess.Popen[bytes]") -> None:
    """End the process and leave nothing of it: no pipe, no zombie."""
    process.kill()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            pipe.close()
    process.wait()


def _refusal(rule: str, message: Bilingual, member: str | None) -> UnreadableFile:
    """The refusal in words; a member of a ZIP is named without numbers of persons."""
    if member is None:
        return UnreadableFile(rule, message)
    shown = mask_any(member)
    named = Bilingual(f"压缩包内的“{shown}”：{message.zh}", f"In the archive, “{shown}”: {message.en}")
    return UnreadableFile(rule, named, shown)
