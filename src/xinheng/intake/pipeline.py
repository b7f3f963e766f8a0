"""Reading and judging run beside the database: while one block is being written down, the next is being judged."""

import threading
from collections.abc import Callable, Generator, Iterator
from queue import Empty, Full, Queue
from typing import Generic, TypeVar

AHEAD = 2
"""How many finished blocks may wait."""
_PATIENCE = 0.1

T = TypeVar("T")
Ask = Callable[[frozenset[str]], frozenset[str]]


class _Question:
    """Something only the thread of the database can answer."""

    def __init__(self, values: frozenset[str]) -> None:
        self.values = values
        self.answer: frozenset[str] = frozenset()
        self.answered = threading.Event()


class _End:
    def __init__(self, error: BaseException | None = None) -> None:
        self.error = error


class Ahead(Generic[T]):
    """Runs a producer in a thread of its own and hands its blocks on in order.

    ``answer`` is called in the consumer's thread whenever the producer asks by :meth:`ask`.
    """

    def __init__(self, answer: Ask) -> None:
        self._answer = answer
        self._queue: Queue[T | _Question | _End] = Queue(AHEAD)
        self._stopped = threading.Event()

    def ask(self, values: frozenset[str]) -> frozenset[str]:
        """Put a question to the consumer and wait for its answer (producer's side)."""
        question = _Question(values)
        self._put(question)
        while not question.answered.wait(_PATIENCE):
            self._require_consumer()
        return question.answer

    def run(self, produce: Callable[[], Iterator[T]]) -> Generator[T, None, None]:
        """The producer's blocks in order; what it raises is raised here. The thread has ended when this ends."""
        thread = threading.Thread(target=self._produce, args=(produce,), name="judging", daemon=True)
        thread.start()
        try:
            while not isinstance(taken := self._queue.get(), _End):
                if isinstance(taken, _Question):
                    taken.answer = self._answer(taken.values)
                    taken.answered.set()
                else:
                    yield taken
            if taken.error is not None:
                raise taken.error
        finally:
            self._stopped.set()
            self._drain(thread)

    def _produce(self, produce: Callable[[], Iterator[T]]) -> None:
        try:
            for block in produce():
                self._put(block)
            self._put(_End())
        except _Abandoned:
            return
        except BaseException as error:  # raised again in the consumer's thread
            self._put_last(_End(error))

    def _put(self, thing: "T | _Question | _End") -> None:
        while True:
            self._require_consumer()
            try:
                self._queue.put(thing, timeout=_PATIENCE)
                return
            except Full:
                continue

    def _put_last(self, end: _End) -> None:
        try:
            self._put(end)
        except _Abandoned:
            return

    def _require_consumer(self) -> None:
        if self._stopped.is_set():
            raise _Abandoned

    def _drain(self, thread: threading.Thread) -> None:
        while thread.is_alive():
            try:
                self._queue.get(timeout=_PATIENCE)
            except Empty:
                continue
        thread.join()


class _Abandoned(Exception):  # noqa: N818 - no error: the consumer simply went
    """Nobody wants the blocks any more."""
