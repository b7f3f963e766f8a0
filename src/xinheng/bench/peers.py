"""`bench frictionless`: the same file through frictionless with a schema, through our checks, and the whole gate."""

import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from typing import Any

from xinheng.bench import gate, processes, register
from xinheng.bench.machine import surroundings
from xinheng.bench.made.faults import KINDS_OF_FAULT, UNCLOSED
from xinheng.bench.made.files import ENCODING, MadeFile, write
from xinheng.bench.made.organisations import organisations
from xinheng.bench.made.rows import PENALTY_DAY, Order
from xinheng.bench.scratch import Workshop
from xinheng.runtime.errors import RuntimeRefusal

SCHEMA = Path(__file__).with_name("penalty.schema.json")
KEPT = "kept"
COMPARED = tuple(kind for kind in KINDS_OF_FAULT if kind != UNCLOSED)
"""An unclosed quote makes many lines one row to the peer: after it no row's number means the same to both."""

Told = Mapping[int, list[str]]


@dataclass(frozen=True, slots=True)
class PeerPlan:
    """One file of ``rows`` penalties, of which ``bad`` (a share) are faulty."""

    rows: int
    bad: float
    organisations: int
    rounds: int
    seed: int


class PeerBench:
    """One measurement: seconds, memory, and who found what."""

    def __init__(self, plan: PeerPlan, workshop: Workshop, say: Callable[[str], None]) -> None:
        if find_spec("frictionless") is None:
            raise _missing()
        self._plan, self._workshop, self._say = plan, workshop, say
        self._seconds: dict[str, list[float]] = {"frictionless": [], "judge": [], "gate": []}
        self._peak: dict[str, list[float]] = {name: [] for name in self._seconds}

    def run(self) -> dict[str, Any]:
        """Measure all rounds, compare the findings of the last."""
        plan, subjects = self._plan, organisations(self._plan.organisations)
        with self._workshop.new(KEPT) as scratch:
            register.fill(scratch, subjects)
            around, today = surroundings(scratch), scratch.ctx.today
        order = Order("penalty", plan.rows, subjects, today, plan.seed)
        file = write(order, self._workshop.folder, bad=plan.bad, kinds=COMPARED)
        for number in range(plan.rounds):
            self._say(f"第 {number + 1} 轮 / round {number + 1} of {plan.rounds}")
            version, theirs, ours = self._round(file, today)
        return self._report(file, {"version": version, "theirs": theirs, "ours": ours}) | around

    def _round(self, file: MadeFile, today: date) -> tuple[str, Told, Told]:
        job = {"path": str(file.path), "schema": schema_on(today), "encoding": ENCODING}
        answer, peak = processes.run("xinheng.bench.frictionless_process", job, {})
        self._note("frictionless", answer["seconds"], peak)
        with self._workshop.copy(KEPT) as scratch:
            judged = gate.judge(scratch, [file])
            self._note("judge", judged.seconds, judged.peak_mb)
            sent = gate.submit(scratch, [file], tell=True)
            self._note("gate", sent.seconds, sent.peak_mb)
        theirs = {int(row): kinds for row, kinds in answer["told"].items()}
        return answer["version"], theirs, sent.told("penalty")

    def _note(self, what: str, seconds: float, peak: float) -> None:
        self._seconds[what].append(round(seconds, 3))
        self._peak[what].append(peak)

    def _report(self, file: MadeFile, said: Mapping[str, Any]) -> dict[str, Any]:
        middle = {name: median(each) for name, each in self._seconds.items()}
        return {
            "bench": "frictionless", "rows": file.rows, "bad": self._plan.bad, "seed": self._plan.seed,
            "frictionless": said["version"], "file_mb": round(file.size / 1e6, 1),
            "ratio_to_frictionless": round(middle["gate"] / middle["frictionless"], 4),
            "judge_to_frictionless": round(middle["judge"] / middle["frictionless"], 4),
            "median_seconds": middle, "seconds": self._seconds,
            "peak_rss_mb": max(self._peak["gate"]), "peak_mb": self._peak,
            "found": compare(file.planted, said["theirs"], said["ours"]),
        }  # fmt: skip


def schema_on(today: date) -> dict[str, Any]:
    """The committed schema with the one bound that a file cannot hold: no decision is of a later day than today."""
    schema: dict[str, Any] = json.loads(SCHEMA.read_text(encoding="utf-8"))
    for field in schema["fields"]:
        if field["name"] == PENALTY_DAY:
            field["constraints"]["maximum"] = today.isoformat()
    return schema


def compare(planted: Mapping[int, str], theirs: Told, ours: Told) -> dict[str, dict[str, Any]]:
    """By kind of planted fault: how many rows, in how many each said anything, and in what words.

    ``none``: rows without a fault of which something was said all the same.
    """
    rows = {kind: {row for row, each in planted.items() if each == kind} for kind in sorted(set(planted.values()))}
    rows["none"] = (theirs.keys() | ours.keys()) - planted.keys()
    return {
        kind: {
            "planted": len(these) if kind != "none" else 0,
            "frictionless": len(these & theirs.keys()),
            "gate": len(these & ours.keys()),
            "frictionless_says": _words(these, theirs),
            "gate_says": _words(these, ours),
        }
        for kind, these in rows.items()
    }


def _words(rows: set[int], told: Told) -> list[str]:
    said = Counter(word for row in rows for word in dict.fromkeys(told.get(row, [])))
    return [f"{word} {number}" for word, number in said.most_common()]


def _missing() -> RuntimeRefusal:
    return RuntimeRefusal(
        "bench.frictionless_missing",
        "未安装 frictionless：它只用于对比，不随产品安装。请在测试环境中运行（make test 会安装），再重试。",
        "frictionless is not installed: it only serves this comparison and does not come with the product. "
        "Run in the test environment (make test installs it), then repeat.",
    )
