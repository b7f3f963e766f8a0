"""Running a piece of work in a process of its own and watching it from outside."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

from xinheng.bench.memory import MemorySampler
from xinheng.runtime.errors import RuntimeRefusal


def run(module: str, job: Mapping[str, Any], environment: Mapping[str, str]) -> tuple[dict[str, Any], float]:
    """Give a module its job as JSON; returns its answer and the most memory (MB) that it and its children held.

    Raises RuntimeRefusal when it fails: half a measurement is none.
    """
    pipe = subprocess.PIPE
    process = subprocess.Popen(  # noqa: S603 - our own command line
        [sys.executable, "-m", module],
        env=os.environ | environment,
        text=True,
        stdin=pipe,
        stdout=pipe,
        stderr=pipe,
    )
    with process, MemorySampler(process.pid) as memory:
        said, complained = process.communicate(json.dumps(job))
    if process.returncode:
        raise _failed(module, complained)
    return json.loads(said), memory.peak_mb


def _failed(module: str, complained: str) -> RuntimeRefusal:
    last = (complained.strip().splitlines() or ["-"])[-1][:300]
    return RuntimeRefusal(
        "bench.process_failed",
        f"被测进程 {module} 失败：{last}。没有测量结果，请先排除该故障。",
        f"The measured process {module} failed: {last}. There is no measurement; mend the fault first.",
    )


def require_rows(what: str, found: int, wanted: int) -> None:
    """A measure over other rows than its baseline compares nothing. Raises RuntimeRefusal."""
    if found != wanted:
        raise RuntimeRefusal(
            "bench.rows_differ",
            f"{what} 涉及 {found} 行，对照为 {wanted} 行：两者不可比。这是基准测试自身的故障，请报告。",
            f"{what} was about {found} rows, its baseline about {wanted}: they cannot be compared. "
            "This is a fault of the benchmark itself; report it.",
        )
