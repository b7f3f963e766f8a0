"""A large text is read, judged and filed by a process of its own, so that it does not take turns with the database's.

The process gets the open file and everything the checks need; it knows no database and no password. What only the
register knows it asks, and is answered from what stands in the register when the file comes (so the register's own file
does not come this way: its rows may ask for each other). The process ends with the one that started it.
"""

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Generator
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from multiprocessing.reduction import recv_handle
from pathlib import Path
from typing import Any, TypeVar

from django.db import connection

import xinheng
from xinheng.documents.store import RowsWriter, StoredRows
from xinheng.intake.handing_over import Handed, take_over
from xinheng.intake.pipeline import Ask
from xinheng.intake.producing import FileSaid, Order, Ready
from xinheng.intake.readers.files import Limits
from xinheng.intake.readers.source import Source

_START = "import sys; sys.path.append(sys.argv[1]); from xinheng.intake.beside_child import main; main()"
_KEPT_ENVIRONMENT = ("LANG", "LD_LIBRARY_PATH", "PATH", "TMPDIR")
"""The system's own; passwords and addresses of an installation are not for a process that reads strange files."""
_THRIFT = {
    "_RJEM_MALLOC_CONF": "dirty_decay_ms:200,muzzy_decay_ms:0,narenas:2", "MALLOC_ARENA_MAX": "2",
    "ARROW_DEFAULT_MEMORY_POOL": "system",
}  # fmt: skip
"""Memory of blocks that went is given back at once: a long file must not take more than a short one."""

TAKEN, FINISH = "taken", "finish"
"""What the process is told beside answers: a block was taken, the rows shall be made durable."""
_PATIENCE = 10.0
"""Seconds for a process to end after it closed its pipe."""

T = TypeVar("T")


class JudgingFault(RuntimeError):  # noqa: N818 - a fault, as the command line names it
    """The judging process failed by a fault of the program; says where, never what the file holds."""


@dataclass(slots=True)
class Beside:
    """One file's way in a process of its own: blocks first, then what is said of the file, last its kept rows."""

    order: Order
    opened: Source
    limits: Limits
    writer: RowsWriter
    answer: Ask
    said: FileSaid = field(default_factory=lambda: FileSaid({}, ()))
    _pipe: Connection = field(init=False)
    _questions: Connection = field(init=False)
    _answering: threading.Thread = field(init=False)
    _wrong: Exception | None = None
    """What kept the register from answering."""
    _process: "subprocess.Popen[bytes]" = field(init=False)

    def __enter__(self) -> "Beside":
        text = self.opened.text
        assert text is not None, "only delimited text is read by columns"
        self._pipe, theirs = Pipe()
        self._questions, asking = Pipe()
        with theirs, asking:
            self._process = _start(text.descriptor, theirs.fileno(), asking.fileno())
        self._answering = threading.Thread(target=self._answer, daemon=True)
        self._answering.start()
        self._send((self.order, text.descriptor, text.size, self.opened.encoded, self.limits, *self.writer.place))
        return self

    def __exit__(self, *_: object) -> None:
        self._pipe.close()
        self._process.kill()
        self._process.wait()
        self._answering.join()
        self._questions.close()

    def blocks(self) -> Generator[Ready, None, None]:
        """The blocks in file order. Raises what reading and judging raise."""
        while not isinstance(taken := self._received(), FileSaid):
            yield self._block(taken)
            self._send(TAKEN)
        self.said = taken

    def _block(self, said: Handed) -> Ready:
        files = self._from_pipe(lambda pipe: [recv_handle(pipe) for _ in range(2)])
        try:
            return take_over(said, files)
        finally:
            for each in files:
                os.close(each)

    def stored(self) -> StoredRows:
        """Make the kept rows durable; the last thing asked."""
        self._send(FINISH)
        stored: StoredRows = self._received()
        return stored

    def _received(self) -> Any:
        taken = self._from_pipe(Connection.recv)
        if isinstance(taken, BaseException):
            raise taken
        return taken

    def _from_pipe(self, take: Callable[[Connection], T]) -> T:
        try:
            return take(self._pipe)
        except (EOFError, OSError, RuntimeError):
            status = self._ended()
            raise self._wrong or JudgingFault(f"the judging process ended with {status}") from None

    def _ended(self) -> int:
        """How the process ended; one that lives on without its pipe is ended."""
        try:
            self._process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
        status = self._process.wait()
        self._answering.join()
        return status

    def _answer(self) -> None:
        """Answer at once, while the rows of an earlier block are still being written down."""
        try:
            while True:
                self._questions.send(self.answer(self._questions.recv()))
        except (EOFError, OSError):
            return  # the process has ended
        except Exception as wrong:  # raised again where the blocks are taken
            self._wrong = wrong
            with suppress(OSError):
                self._questions.send(None)
        finally:
            connection.close()

    def _send(self, message: object) -> None:
        # A process that is gone is told by what it does not answer.
        with suppress(OSError):
            self._pipe.send(message)


def _start(*descriptors: int) -> "subprocess.Popen[bytes]":
    package = str(Path(xinheng.__file__).parent.parent)
    return subprocess.Popen(  # noqa: S603 - our own interpreter and our own words
        [sys.executable, "-c", _START, package, *map(str, descriptors[1:])],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        pass_fds=descriptors,
        env={name: os.environ[name] for name in _KEPT_ENVIRONMENT if name in os.environ} | _THRIFT,
    )
