"""The gate at work in a process of its own, watched from outside."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from xinheng.bench import processes
from xinheng.bench.made.files import MadeFile
from xinheng.bench.made.phrases import AGENCY_CODE
from xinheng.bench.scratch import Scratch


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

    def told(self, item: str) -> Mapping[int, list[str]]:
        """Rows of which something was said or that were not simply accepted: outcome, then rules."""
        return {int(row): said for file in self.files if file["item"] == item for row, said in file["told"].items()}


def submit(scratch: Scratch, files: Sequence[MadeFile], *, profile: bool = False, tell: bool = False) -> GateRun:
    """All files through the whole gate; ``tell``: afterwards ask what became of each row."""
    return _run(scratch, files, {"do": "submit", "profile": profile, "tell": tell})


def judge(scratch: Scratch, files: Sequence[MadeFile], *, profile: bool = False) -> GateRun:
    """All files read and judged, nothing looked up of subjects, nothing stored."""
    return _run(scratch, files, {"do": "judge", "profile": profile})


def _run(scratch: Scratch, files: Sequence[MadeFile], job: Mapping[str, Any]) -> GateRun:
    about = {
        "agency": AGENCY_CODE,
        "documents": str(scratch.store.folder),
        "owner": scratch.owner,
        "files": [{"path": str(file.path), "item": file.item} for file in files],
    }
    environment = {
        "XINHENG_CONNINFO": scratch.app,
        "XINHENG_SECRET_KEY": scratch.secret,
        "DJANGO_SETTINGS_MODULE": "xinheng.config.settings",
    }
    answer, peak_mb = processes.run("xinheng.bench.gate_process", {**job, **about}, environment)
    return GateRun(answer["seconds"], tuple(answer["files"]), peak_mb, tuple(answer.get("profile", ())))
