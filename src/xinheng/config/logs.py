"""How log lines look: where something failed, never what somebody typed."""

import logging
import traceback
from types import TracebackType

ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class QuietFormatter(logging.Formatter):
    """One line per event; of an exception its kind and place, not its text, which may repeat input."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def formatException(self, ei: ExcInfo) -> str:  # noqa: N802 (the name is logging's)
        """The kind of the exception and the calls that led to it, innermost last."""
        kind, _, trace = ei
        lines = [f"  {call.filename}:{call.lineno} in {call.name}" for call in traceback.extract_tb(trace)]
        return "\n".join([f"  {kind.__name__ if kind else 'no exception'}", *lines])
