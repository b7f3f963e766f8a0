"""`bench intake`: a million rows through the whole gate, beside what PostgreSQL itself needs for them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from statistics import median
from typing import Any

from xinheng.bench import gate, register
from xinheng.bench.archive_rows import Load
from xinheng.bench.copying import Dump, copy_source, copy_tables, dump_grown, table_counts
from xinheng.bench.gate import GateRun
from xinheng.bench.growth import version_sizes
from xinheng.bench.load_process import load_in_processes
from xinheng.bench.looking import lookups
from xinheng.bench.machine import surroundings
from xinheng.bench.made.files import MadeFile, write
from xinheng.bench.made.organisations import organisations
from xinheng.bench.made.rows import Order
from xinheng.bench.processes import require_rows
from xinheng.bench.scratch import Workshop

MANY_BAD = 0.20
KEPT, FULL = "kept", "full"
SEEDS_APART = 500
"""Far enough from the seeds of the rounds that no record of the full archive is sent again."""

LOOKUPS = 2000
"""How often the large archive is asked for a file before rows are sent into it."""

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class IntakePlan:
    """What is measured. ``bad``: share of faulty rows; ``into``: rows the archive already holds (0: not measured)."""

    rows: int
    bad: float
    narrow: bool
    ready: bool
    into: int
    seed: int
    rounds: int
    organisations: int
    profile: bool


@dataclass(slots=True)
class _Measured:
    """Seconds of every round by what was measured, and what the gate said."""

    seconds: dict[str, list[float]] = field(default_factory=dict)
    runs: dict[str, list[GateRun]] = field(default_factory=dict)
    source_rows: int = 0
    table_rows: dict[str, int] = field(default_factory=dict)
    around: dict[str, Any] = field(default_factory=dict)
    full: dict[str, Any] = field(default_factory=dict)

    def time(self, what: str, seconds: float) -> None:
        self.seconds.setdefault(what, []).append(seconds)

    def run(self, what: str, run: GateRun) -> None:
        self.time(what, run.seconds)
        self.runs.setdefault(what, []).append(run)


class IntakeBench:
    """One measurement from the made files to the report."""

    def __init__(self, plan: IntakePlan, workshop: Workshop, say: Say) -> None:
        self._plan, self._workshop, self._say = plan, workshop, say
        self._subjects = organisations(plan.organisations)
        self._measured = _Measured()
        self._dumps: list[Dump] = []

    def run(self) -> dict[str, Any]:
        """Make the files, measure all rounds, say what came out."""
        with self._workshop.new(KEPT) as scratch:
            register.fill(scratch, self._subjects)
            self._measured.around = surroundings(scratch)
            today = scratch.ctx.today
        if self._plan.into:
            self._fill_up()
        few, many = self._files(self._plan.bad, today, "few"), self._files(MANY_BAD, today, "many")
        for number in range(self._plan.rounds):
            self._say(f"第 {number + 1} 轮 / round {number + 1} of {self._plan.rounds}")
            self._round(few, many)
            if self._plan.into:
                self._into(today, number)
        return report(self._plan, self._measured, few) | self._profile(few)

    def _profile(self, few: Sequence[MadeFile]) -> dict[str, Any]:
        """Where the time goes, asked by itself: to watch every call makes the gate slower."""
        if not self._plan.profile:
            return {}
        with self._workshop.copy(KEPT) as scratch:
            return {"profile": list(gate.submit(scratch, few, profile=True).profile)}

    def _fill_up(self) -> None:
        """An archive that already holds many versions of the same organisations."""
        plan = self._plan
        with self._workshop.new(FULL) as scratch:
            register.fill(scratch, self._subjects)
            self._say(f"0 → {plan.into}")
            load_in_processes(scratch, Load(plan.into, self._subjects, plan.seed + SEEDS_APART, plan.narrow))
            register.settle(scratch, ["archive_version"])
            sizes, records = version_sizes(scratch)
            self._measured.full = {
                "bytes_per_row": {name: round(size / records, 1) for name, size in sizes.items()},
                "total_gb": round(sum(sizes.values()) / 1e9, 3),
                "lookup": lookups(scratch, self._subjects.codes, number=LOOKUPS, seed=plan.seed),
            }

    def _into(self, today: date, number: int) -> None:
        """Other records each time, into the archive that has grown by those of the rounds before."""
        files = self._files(self._plan.bad, today, "into", later=number + 1)
        with self._workshop.again(FULL) as scratch:
            self._measured.run("into", gate.submit(scratch, files))
            register.settle(scratch, ["archive_version"])

    def _files(self, bad: float, today: date, name: str, *, later: int = 0) -> list[MadeFile]:
        plan, made = self._plan, []
        seed = plan.seed + later
        for item in ("penalty", "licence"):
            order = Order(item, plan.rows // 2, self._subjects, today, seed, narrow=plan.narrow, ready=plan.ready)
            made.append(write(order, self._workshop.folder, bad=bad, name=f"{item}-{name}"))
        return made

    def _round(self, few: Sequence[MadeFile], many: Sequence[MadeFile]) -> None:
        """Every measure once, each on a fresh copy of the same installation."""
        measured = self._measured
        with self._workshop.copy(KEPT) as scratch, scratch.connect() as owner:
            seconds, measured.source_rows = copy_source(owner, few)
            measured.time("copy", seconds)
            require_rows("copy", measured.source_rows, sum(file.rows for file in few))
        with self._workshop.copy(KEPT) as scratch, scratch.connect() as owner:
            before = table_counts(owner)
            measured.run("gate", gate.submit(scratch, few))
            self._dumps = self._dumps or dump_grown(owner, before, self._workshop.folder)
            measured.run("again", gate.submit(scratch, few))
        with self._workshop.copy(KEPT) as scratch, scratch.connect() as owner:
            seconds, measured.table_rows = copy_tables(owner, self._dumps)
            measured.time("copy_all", seconds)
            require_rows("copy_all", sum(measured.table_rows.values()), sum(dump.rows for dump in self._dumps))
        with self._workshop.copy(KEPT) as scratch:
            measured.run("bad20", gate.submit(scratch, many))


def report(plan: IntakePlan, measured: _Measured, files: Sequence[MadeFile]) -> dict[str, Any]:
    """Every figure with its ratios, as ``--json`` prints it."""
    middle = {name: median(each) for name, each in measured.seconds.items()}
    rows = sum(file.rows for file in files)
    first = measured.runs["gate"][0]
    return {
        "bench": "intake", "rows": rows, "bad": plan.bad, "narrow": plan.narrow, "ready": plan.ready,
        "seed": plan.seed, "rounds": plan.rounds, "organisations": plan.organisations,
        "file_mb": round(sum(file.size for file in files) / 1e6, 1),
        "row_bytes": {file.item: round(file.row_bytes, 1) for file in files},
        "ratio_to_copy": _ratio(middle["gate"], middle["copy"]),
        "ratio_to_copy_all": _ratio(middle["gate"], middle["copy_all"]),
        f"bad20_to_bad{plan.bad * 100:g}": _ratio(middle["bad20"], middle["gate"]),
        **({"into": plan.into, "ratio_to_empty": _ratio(middle["into"], middle["gate"]), "full": measured.full}
           if plan.into else {}),
        "again_to_first": _ratio(middle["again"], middle["gate"]),
        "peak_rss_mb": max(run.peak_mb for runs in measured.runs.values() for run in runs),
        "rows_per_second": round(rows / middle["gate"]),
        "median_seconds": {name: round(each, 3) for name, each in middle.items()},
        "seconds": {name: [round(each, 3) for each in one] for name, one in measured.seconds.items()},
        "peak_mb": {name: [run.peak_mb for run in runs] for name, runs in measured.runs.items()},
        "counts": {name: runs[0].counts for name, runs in measured.runs.items()},
        "rows_in_copy": measured.source_rows, "rows_in_copy_all": measured.table_rows,
        "phases": {file["item"]: file["phases"] for file in first.files if file["phases"]},
        **measured.around,
    }  # fmt: skip


def _ratio(of: float, to: float) -> float:
    return round(of / to, 3)
