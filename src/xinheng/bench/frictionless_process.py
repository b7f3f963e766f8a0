"""The peer in a process of its own: `frictionless validate` with a committed schema.

Reads one job as JSON on stdin, writes one answer as JSON on stdout, as `bench.gate_process` does.
"""

import json
import sys
import time
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

EVERYTHING = 10_000_000


def main() -> None:
    """Validate the file that stdin names."""
    import frictionless

    job = json.load(sys.stdin)
    path = Path(job["path"])
    # Absolute paths are unsafe to it unless it is told that we trust them.
    with frictionless.system.use_context(trusted=True):
        start = time.monotonic()
        schema = frictionless.Schema.from_descriptor(job["schema"])
        resource = frictionless.Resource(path=str(path), schema=schema, encoding=job["encoding"])
        found = frictionless.validate(resource, limit_errors=EVERYTHING)
        seconds = time.monotonic() - start
    told: dict[int, list[str]] = {}
    for row, kind in _errors(found):
        told.setdefault(row, []).append(kind)
    counts = {"rows": found.tasks[0].stats.get("rows")}
    answer = {"seconds": seconds, "version": version("frictionless"), "told": told, "counts": counts}
    json.dump(answer, sys.stdout, ensure_ascii=False)


def _errors(found: Any) -> Iterator[tuple[int, str]]:
    """Row (the headings are row 1) and kind of every error that has a row."""
    for task in found.tasks:
        for error in task.errors:
            if getattr(error, "row_number", None) is not None:
                yield error.row_number, error.type


if __name__ == "__main__":
    main()
