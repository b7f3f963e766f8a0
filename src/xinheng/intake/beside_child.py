"""The process that reads, judges and files a large text (started by ``beside.py``).

While one block is being sent, the next is being judged. When nobody takes what it sends, the process ends.
"""

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from multiprocessing.reduction import send_handle
from queue import Queue
from typing import Any

from xinheng.documents.store import RowsWriter
from xinheng.intake.beside import TAKEN, JudgingFault
from xinheng.intake.handing_over import hand_over
from xinheng.intake.pipeline import AHEAD
from xinheng.intake.producing import Producing, Ready
from xinheng.intake.readers.errors import UnreadableFile, place_of
from xinheng.intake.readers.files import SourceFile
from xinheng.intake.readers.source import open_text
from xinheng.runtime.errors import RuntimeRefusal

_GONE = 1


def main() -> None:
    """Do one order and end."""
    desk = _Desk(*(Connection(int(number)) for number in sys.argv[2:]))
    order, descriptor, size, encoded, limits, folder, name = desk.first()
    try:
        with RowsWriter(folder, name) as writer:
            opened = open_text(SourceFile(descriptor, size), limits, encoded)
            _serve(desk, Producing(order, order.judging(desk.ask), opened.sheets, writer))
    except (UnreadableFile, RuntimeRefusal) as refused:
        desk.say(refused)
    except EOFError:
        os._exit(_GONE)
    except BaseException as fault:  # named without its text, which may hold values of the file
        desk.say(JudgingFault(f"{type(fault).__name__} at {place_of(fault)}"))
    desk.close()


def _serve(desk: "_Desk", producing: Producing) -> None:
    for ready in producing.blocks():
        desk.hand_over(ready)
    desk.say(producing.said)
    desk.told()
    desk.say(producing.writer.finish())


class _Desk:
    """The pipe to the process that asked. Blocks wait here until they are taken; everything goes in order."""

    def __init__(self, pipe: Connection, questions: Connection) -> None:
        self._pipe = pipe
        self._questions = questions
        self._outgoing: Queue[Any] = Queue()
        self._told: Queue[Any] = Queue()
        self._room = threading.Semaphore(AHEAD)
        self._sender = threading.Thread(target=self._send, daemon=True)

    def first(self) -> Any:
        """The order; from now on both directions are served beside the work."""
        order = self._pipe.recv()
        self._sender.start()
        threading.Thread(target=self._listen, daemon=True).start()
        return order

    def say(self, message: object) -> None:
        """Send something."""
        self._outgoing.put(message)

    def told(self) -> Any:
        """The next thing said to this process."""
        return self._told.get()

    def ask(self, values: frozenset[str]) -> frozenset[str]:
        """Which of the values the register knows."""
        self._questions.send(values)
        answer: frozenset[str] | None = self._questions.recv()
        if answer is None:
            raise EOFError
        return answer

    def hand_over(self, ready: Ready) -> None:
        """Send a block as soon as there is room."""
        self._room.acquire()
        self.say(hand_over(ready))

    def close(self) -> None:
        """Everything was sent."""
        self.say(None)
        self._sender.join()

    def _send(self) -> None:
        with _nobody_there():
            while (message := self._outgoing.get()) is not None:
                said, files = message if isinstance(message, tuple) else (message, ())
                self._pipe.send(said)
                for each in files:
                    send_handle(self._pipe, each, 0)
                    os.close(each)

    def _listen(self) -> None:
        with _nobody_there():
            while True:
                message = self._pipe.recv()
                if message == TAKEN:
                    self._room.release()
                else:
                    self._told.put(message)


@contextmanager
def _nobody_there() -> Iterator[None]:
    """Without the process that asked there is nothing left to do."""
    try:
        yield
    except (EOFError, OSError):
        os._exit(_GONE)
