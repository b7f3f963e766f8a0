"""The process that reads, judges and files a large text (started by ``beside.py``).

While one block is being sent, the next is being judged. When nobody takes what it sends, the process ends.
"""

import os
import sys
import threading
from multiprocessing.connection import Connection
from pathlib import Path
from queue import Queue
from typing import Any

from xinheng.documents.store import RowsWriter
from xinheng.intake.beside import JudgingFault
from xinheng.intake.pipeline import AHEAD
from xinheng.intake.producing import Order, Producing
from xinheng.intake.readers.errors import UnreadableFile
from xinheng.intake.readers.files import Limits, SourceFile
from xinheng.intake.readers.source import open_text
from xinheng.runtime.errors import RuntimeRefusal

_GONE = 1


def main() -> None:
    """Do one order and end."""
    pipe = Connection(int(sys.argv[2]))
    order, descriptor, size, limits, folder, name = pipe.recv()
    outgoing: Queue[Any] = Queue(AHEAD)
    sender = threading.Thread(target=_send, args=(pipe, outgoing), daemon=True)
    sender.start()
    try:
        with RowsWriter(folder, name) as writer:
            _serve(pipe, outgoing, order, SourceFile(descriptor, size), limits, writer)
    except (UnreadableFile, RuntimeRefusal) as refused:
        outgoing.put(refused)
    except (EOFError, OSError):
        os._exit(_GONE)
    except BaseException as fault:  # named without its text, which may hold values of the file
        outgoing.put(JudgingFault(f"{type(fault).__name__} at {_place(fault)}"))
    outgoing.put(None)
    sender.join()


def _serve(
    pipe: Connection, outgoing: "Queue[Any]", order: Order, file: SourceFile, limits: Limits, writer: RowsWriter
) -> None:
    def ask(values: frozenset[str]) -> frozenset[str]:
        outgoing.put(values)
        answer: frozenset[str] = pipe.recv()
        return answer

    producing = Producing(order, order.judging(ask), open_text(file, limits).sheets, writer)
    for ready in producing.blocks():
        outgoing.put(ready)
    outgoing.put(producing.said)
    pipe.recv()
    outgoing.put(writer.finish())


def _send(pipe: Connection, outgoing: "Queue[Any]") -> None:
    """Send what is ready; without a taker there is nothing left to do."""
    try:
        while (message := outgoing.get()) is not None:
            pipe.send(message)
    except OSError:
        os._exit(_GONE)


def _place(fault: BaseException) -> str:
    trace = fault.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace is not None else "?"
