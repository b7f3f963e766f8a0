"""Running the gate's process and watching it from outside."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from xinheng.bench.made.files import MadeFile
from xinheng.bench.made.phrases import AGENCY_CODE
from xinheng.bench.memory import MemorySampler
from xinheng.bench.scratch import Scratch
from xinheng.runtime.errors import RuntimeRefusal


@dataclass(frozen=True, slots=True)
class GateRun:
    """What the gate's process said, and the memory that it and its children held at most together."""

    seconds: float
    files: tuple[dict[str, Any], ...]
    peak_mb: float
    profile: tuple[str, ...]

    @property
    def counts(self) -> dict[str, dict[str, int]]:
        """What became of the rows, by item."""
        return {file["item"]: file["counts"] for file in self.files}

    @property
    def batches(self) -> list[str]:
        """The acts that were written."""
        return [file["batch"] for file in self.files]


def submit(scratch: Scratch, files: Sequence[MadeFile], *, profile: bool = False) -> GateRun:
    """All files through the whole gate."""
    return _run(scratch, "submit", files, profile)


def judge(scratch: Scratch, files: Sequence[MadeFile], *, profile: bool = False) -> GateRun:
    """All files read and judged, nothing stored."""
    return _run(scratch, "judge", files, profile)


def _run(scratch: Scratch, what: str, files: Sequence[MadeFile], profile: bool) -> GateRun:
    job = {
        "do": what,
        "agency": AGENCY_CODE,
        "documents": str(scratch.store.folder),
        "owner": scratch.owner,
        "profile": profile,
        "files": [{"path": str(file.path), "item": file.item} for file in files],
    }
    told = {"XINHENG_CONNINFO": scratch.app, "XINHENG_SECRET_KEY": scratch.secret}
    environment = os.environ | told | {"DJANGO_SETTINGS_MODULE": "xinheng.config.settings"}
    command = [sys.executable, "-m", "xinheng.bench.gate_process"]
    pipe = subprocess.PIPE
    process = subprocess.Popen(  # noqa: S603 - our own command line
        command, env=environment, text=True, stdin=pipe, stdout=pipe, stderr=pipe
    )
    with process, MemorySampler(process.pid) as memory:
        said, complained = process.communicate(json.dumps(job))
    if process.returncode:
        raise _failed(complained)
    answer = json.loads(said)
    return GateRun(answer["seconds"], tuple(answer["files"]), memory.peak_mb, tuple(answer.get("profile", ())))


def _failed(complained: str) -> RuntimeRefusal:
    last = (complained.strip().splitlines() or ["-"])[-1][:300]
    return RuntimeRefusal(
        "bench.gate_failed",
        f"被测的报送进程失败：{last}。这不是测量结果，请先排除该故障。",
        f"The gate's process failed: {last}. This is no measurement; mend the fault first.",
    )
