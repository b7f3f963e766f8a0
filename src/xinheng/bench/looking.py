"""An organisation's file by its code, beside a bare SELECT of the same rows over the same connection."""

import time
from collections.abc import Callable, Sequence
from random import Random
from statistics import quantiles
from typing import Any

from django.db import connection

from xinheng.archive import selectors as archive
from xinheng.bench.processes import require_rows
from xinheng.bench.scratch import Scratch
from xinheng.core.identifiers.uscc import bucket_of
from xinheng.runtime.clock import now

MILLISECONDS = 1000
_BARE = "SELECT * FROM archive_version WHERE bucket = %s AND subject = %s"

Ask = Callable[[str], int]


def lookups(scratch: Scratch, codes: Sequence[str], *, number: int, seed: int) -> dict[str, Any]:
    """Ask for ``number`` random organisations in each way, the ways taking turns at being first.

    ``select``: the bare SELECT; ``file``: the records that hold (`archive.file_as_of`); ``show``: the same with head,
    former names and events, as `xinheng show` reads them. Milliseconds.
    """
    ways: dict[str, Ask] = {"select": _select, "file": _file(scratch), "show": _show(scratch)}
    taken: dict[str, list[float]] = {name: [] for name in ways}
    rows: dict[str, int] = dict.fromkeys(ways, 0)
    rng = Random(seed)  # noqa: S311 - the same codes every time
    order = list(ways)
    for code in rng.choices(codes, k=number):
        order.append(order.pop(0))
        for name in order:
            start = time.perf_counter()
            rows[name] += ways[name](code)
            taken[name].append((time.perf_counter() - start) * MILLISECONDS)
    for name in ("file", "show"):
        require_rows(name, rows[name], rows["select"])
    return _summary(taken, rows)


def _summary(taken: dict[str, list[float]], rows: dict[str, int]) -> dict[str, Any]:
    found: dict[str, Any] = {"lookups": len(taken["select"]), "rows": rows}
    for name, each in taken.items():
        cuts = quantiles(each, n=100)
        found[f"{name}_p50_ms"], found[f"{name}_p99_ms"] = round(cuts[49], 3), round(cuts[98], 3)
    for name, prefix in (("file", ""), ("show", "show_")):
        for point in ("p50", "p99"):
            ratio = found[f"{name}_{point}_ms"] / found[f"select_{point}_ms"]
            found[f"{prefix}ratio_to_select_{point}"] = round(ratio, 3)
    return found


def _select(code: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_BARE, [bucket_of(code), code])
        return len(cursor.fetchall())


def _file(scratch: Scratch) -> Ask:
    # What was loaded became known after the context was made.
    today, known_at = scratch.ctx.today, now()
    return lambda code: len(archive.file_as_of(code, as_of=today, known_at=known_at))


def _show(scratch: Scratch) -> Ask:
    file = _file(scratch)

    def show(code: str) -> int:
        archive.organisation(code), archive.former_names(code), archive.events(code)
        return file(code)

    return show
