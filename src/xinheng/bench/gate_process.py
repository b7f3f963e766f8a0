"""The gate in a process of its own, as a command runs it: `python -m xinheng.bench.gate_process`.

Reads one job as JSON on stdin, writes one answer as JSON on stdout. Its memory is the gate's and nobody else's.
"""

import cProfile
import io
import json
import pstats
import sys
import time
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import django
import psycopg

PROFILED = 40


def main() -> None:
    """Do the job that stdin names."""
    job = json.load(sys.stdin)
    django.setup()
    profile = cProfile.Profile() if job["profile"] else None
    answer = {"judge": _judge, "submit": _submit}[job["do"]](job, profile)
    if profile:
        answer["profile"] = _top(profile)
    json.dump(answer, sys.stdout, ensure_ascii=False)


def _submit(job: dict[str, Any], profile: cProfile.Profile | None) -> dict[str, Any]:
    """Send the files one after the other, then write the checkpoint; seconds from the first byte to its end."""
    from xinheng.core.context import Actor
    from xinheng.documents.store import DocumentStore
    from xinheng.intake.services import submit
    from xinheng.runtime.context import make_context

    ctx, store = make_context(Actor("agency", job["agency"])), DocumentStore(Path(job["documents"]))
    answer: dict[str, Any] = {"files": []}
    with psycopg.connect(job["owner"], autocommit=True) as owner:
        owner.execute("CHECKPOINT")
        start = time.monotonic()
        for file in job["files"]:
            began = time.monotonic()
            with profile or nullcontext():
                receipt = submit(ctx, source=Path(file["path"]), item=file["item"], agency=job["agency"], store=store)
            took = time.monotonic() - began
            phases = dict(getattr(receipt, "phases", None) or {})
            answer["files"].append(
                {"item": file["item"], "batch": str(receipt.batch), "counts": dict(receipt.counts),
                 "seconds": took, "phases": phases}
            )  # fmt: skip
        owner.execute("CHECKPOINT")
    return answer | {"seconds": time.monotonic() - start}


def _judge(job: dict[str, Any], profile: cProfile.Profile | None) -> dict[str, Any]:
    """Read and judge the files without storing anything; findings by row."""
    from xinheng.accounts.selectors import agencies
    from xinheng.core.context import Actor
    from xinheng.intake.judging import Judging
    from xinheng.intake.readers.source import open_source
    from xinheng.runtime.context import make_context

    ctx = make_context(Actor("agency", job["agency"]))
    known, answer = agencies(), {"files": []}
    start = time.monotonic()
    for file in job["files"]:
        judging = Judging(ctx, ctx.rulebook.item(file["item"], ctx.today), job["agency"], known)
        rows, said = 0, {}
        with open_source(Path(file["path"])) as opened, profile or nullcontext():
            for block in judging.blocks(opened.sheets, only=None):
                rows += len(block)
                said |= {row.verdict.number: [f.rule for f in row.findings] for row in block if row.findings}
        answer["files"].append({"item": file["item"], "rows": rows, "findings": said})
    return answer | {"seconds": time.monotonic() - start}


def _top(profile: cProfile.Profile) -> list[str]:
    text = io.StringIO()
    pstats.Stats(profile, stream=text).strip_dirs().sort_stats("tottime").print_stats(PROFILED)
    return [line for line in text.getvalue().splitlines() if line.strip()]


if __name__ == "__main__":
    main()
