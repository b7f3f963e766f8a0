"""What a command prints: JSON and nothing else on stdout with ``--json``, readable lines without."""

import json
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from xinheng.runtime.errors import RuntimeRefusal


def show(payload: Mapping[str, Any] | Sequence[Any], lines: Sequence[str], *, as_json: bool) -> None:
    """Print an answer in the form that was asked for."""
    if as_json:
        json.dump(payload, sys.stdout, ensure_ascii=False, indent=None, default=str)
        sys.stdout.write("\n")
    else:
        for line in lines:
            sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def note(text: str) -> None:
    """Progress, on stderr: stdout is for answers."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def refuse(refused: RuntimeRefusal, *, as_json: bool) -> None:
    """One clear line on stderr and, with ``--json``, one object on stdout."""
    one_line = " ".join(f"{refused.message_zh} / {refused.message_en}".split())
    note(f"xinheng: {refused.rule}: {one_line}")
    if as_json:
        show({"error": refused.as_dict()}, [], as_json=True)
