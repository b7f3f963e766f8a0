"""The gate in a process of its own, as a command runs it: `python -m xinheng.bench.gate_process`.

Reads one job as JSON on stdin, writes one answer as JSON on stdout. Its memory is the gate's and nobody else's.
"""

import cProfile
import io
import json
import pstats
import sys
import threading
import time
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import django
import psycopg

if TYPE_CHECKING:
    from xinheng.intake.receipts import Receipt

PROFILED = 40
ACCEPTED = "accepted"


class Profiles:
    """Where the time goes, in this thread and in every one that begins meanwhile."""

    def __init__(self) -> None:
        self._all = [cProfile.Profile()]

    def __enter__(self) -> Self:
        threading.setprofile(self._begin)
        self._all[0].enable()
        return self

    def __exit__(self, *error: object) -> None:
        threading.setprofile(None)
        self._all[0].disable()

    def _begin(self, *event: object) -> None:
        """Called once by each new thread: from here on it has a profile of its own."""
        self._all.append(cProfile.Profile())
        self._all[-1].enable()

    def top(self) -> list[str]:
        """The functions that took longest themselves, all threads together."""
        text = io.StringIO()
        pstats.Stats(*self._all, stream=text).strip_dirs().sort_stats("tottime").print_stats(PROFILED)
        return [line for line in text.getvalue().splitlines() if line.strip()]


def main() -> None:
    """Do the job that stdin names."""
    job = json.load(sys.stdin)
    django.setup()
    profiles = Profiles() if job["profile"] else None
    with profiles or nullcontext():
        answer = {"judge": _judge, "submit": _submit}[job["do"]](job)
    if profiles:
        answer["profile"] = profiles.top()
    json.dump(answer, sys.stdout, ensure_ascii=False)


def _submit(job: dict[str, Any]) -> dict[str, Any]:
    """Send the files one after the other, then write the checkpoint; seconds from the first byte to its end."""
    from xinheng.core.context import Actor
    from xinheng.documents.store import DocumentStore
    from xinheng.intake.services import submit
    from xinheng.runtime.context import make_context

    ctx, store = make_context(Actor("agency", job["agency"])), DocumentStore(Path(job["documents"]))
    receipts, seconds = [], []
    with psycopg.connect(job["owner"], autocommit=True) as owner:
        owner.execute("CHECKPOINT")
        start = time.monotonic()
        for file in job["files"]:
            began, path = time.monotonic(), Path(file["path"])
            receipts.append(submit(ctx, source=path, item=file["item"], agency=job["agency"], store=store))
            seconds.append(time.monotonic() - began)
        owner.execute("CHECKPOINT")
    whole = time.monotonic() - start
    files = [_told(job, receipt, each) for receipt, each in zip(receipts, seconds, strict=True)]
    return {"seconds": whole, "files": files}


def _told(job: dict[str, Any], receipt: "Receipt", seconds: float) -> dict[str, Any]:
    """One file's receipt; ``phases`` where the gate says how long each part of its work took."""
    told = {}
    if job["tell"]:
        told = {
            each.row: [each.outcome.value, *(said["rule"] for said in each.findings)]
            for each in receipt.answers()
            if each.findings or each.outcome.value != ACCEPTED
        }
    phases = dict(getattr(receipt, "phases", None) or {})
    return {
        "item": receipt.item, "batch": str(receipt.batch), "counts": dict(receipt.counts), "seconds": seconds,
        "phases": phases, "told": told,
    }  # fmt: skip


def _judge(job: dict[str, Any]) -> dict[str, Any]:
    """Read and judge the files without storing anything."""
    from xinheng.accounts.selectors import agencies
    from xinheng.core.context import Actor
    from xinheng.core.validation.gate import AgencyFacts
    from xinheng.intake.judging import Judging
    from xinheng.intake.readers.source import open_source
    from xinheng.intake.register import known_to_register
    from xinheng.runtime.context import make_context

    ctx = make_context(Actor("agency", job["agency"]))
    facts = {each.code: AgencyFacts(each.code, each.name, each.sends_for) for each in agencies().values()}
    files, start = [], time.monotonic()
    for file in job["files"]:
        judging = Judging(ctx, ctx.rulebook.item(file["item"], ctx.today), job["agency"], facts, known_to_register)
        with open_source(Path(file["path"])) as opened:
            rows = sum(len(block.rows) for block in judging.blocks(opened.sheets, only=None))
        files.append({"item": file["item"], "counts": {"rows": rows}, "told": {}})
    return {"files": files, "seconds": time.monotonic() - start}


if __name__ == "__main__":
    main()
