"""`xinheng bench`: measures on scratch installations that it makes and removes."""

import os
import shutil
import tempfile
from argparse import Namespace
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xinheng.bench.scratch import Scratch
from xinheng.cli.installation import install, opened, secret_key
from xinheng.cli.output import note, show, table
from xinheng.runtime.errors import RuntimeRefusal
from xinheng.runtime.folder import DataFolder
from xinheng.runtime.postgres import database

if TYPE_CHECKING:
    from xinheng.bench.growth import GrowthPlan

COPY = "copy"
MILLION = 1_000_000
RECORDS_EACH = 20
"""Records of one organisation on average, where no other number of organisations is wanted."""


@dataclass(frozen=True, slots=True)
class ScratchWorkshop:
    """Installations in one temporary folder (`bench.scratch.Workshop`)."""

    folder: Path

    @contextmanager
    def new(self, name: str) -> Iterator[Scratch]:
        install(DataFolder(self.folder / name))
        with self.again(name) as scratch:
            yield scratch

    @contextmanager
    def copy(self, name: str) -> Iterator[Scratch]:
        shutil.copytree(self.folder / name, self.folder / COPY, symlinks=True)
        # What was just copied must not be on its way to the disk while something is timed.
        os.sync()
        try:
            with self.again(COPY) as scratch:
                yield scratch
        finally:
            shutil.rmtree(self.folder / COPY)

    @contextmanager
    def again(self, name: str) -> Iterator[Scratch]:
        folder = DataFolder(self.folder / name)
        with opened(folder) as ctx, database(folder) as server:
            yield Scratch(ctx, folder.path, server.conninfo(), server.conninfo("xinheng_app"), secret_key(folder))


BOUNDS = {
    "rows": (100, 100 * MILLION), "bad": (0, 45), "rounds": (1, 99), "organisations": (10, 20 * MILLION),
    "into": (0, 400 * MILLION), "records": (100, 400 * MILLION), "lookups": (100, MILLION), "seed": (0, 10**12),
}  # fmt: skip
"""Below these a measure says nothing; above them the made series of codes and numbers end."""


def _within_bounds(given: Namespace) -> None:
    for name, (least, most) in BOUNDS.items():
        value = getattr(given, name, None)
        if value is not None and not least <= value <= most:
            raise _out_of_bounds(f"--{name}", f"{least}", f"{most}")


def _out_of_bounds(option: str, least: str, most: str) -> RuntimeRefusal:
    return RuntimeRefusal(
        "bench.bounds",
        f"{option} 超出可测范围：应在 {least} 到 {most} 之间。",
        f"{option} cannot be measured like this: it lies between {least} and {most}.",
    )


@contextmanager
def workshop(given: Namespace) -> Iterator[ScratchWorkshop]:
    """A temporary folder for one measurement, removed after it. Raises RuntimeRefusal when DATABASE_URL is set."""
    if os.environ.get("DATABASE_URL"):
        raise RuntimeRefusal(
            "bench.external_database",
            "设置了 DATABASE_URL：基准测试会写入大量虚构数据，只在临时安装中运行。请先取消该变量。",
            "DATABASE_URL is set: a benchmark writes masses of made-up rows and only does so in a scratch "
            "installation. Unset it first.",
        )
    _within_bounds(given)
    folder = Path(tempfile.mkdtemp(prefix="xinheng-bench-", dir=given.scratch))
    # The server's user must be able to pass through.
    folder.chmod(0o711)
    try:
        yield ScratchWorkshop(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def intake(given: Namespace) -> None:
    """Files of made-up rows through the whole gate, beside COPY of the same rows."""
    from xinheng.bench.intake import IntakeBench, IntakePlan

    plan = IntakePlan(
        rows=given.rows, bad=given.bad / 100, narrow=given.narrow, ready=given.ready, into=given.into, seed=given.seed,
        rounds=given.rounds, organisations=given.organisations, profile=given.profile,
    )  # fmt: skip
    with workshop(given) as place:
        report = IntakeBench(plan, place, note).run()
    _show(report, given)


def lookup(given: Namespace) -> None:
    """Files by code in an archive of many records, beside a bare SELECT of the same rows."""
    from xinheng.bench.growth import GrowthBench

    with workshop(given) as place:
        report = GrowthBench(_growth_plan(given, [given.records]), place, note).lookup()
    _show(report, given)


def growth(given: Namespace) -> None:
    """An archive grown step by step: what a step costs, weighs and does to lookups."""
    from xinheng.bench.growth import GrowthBench

    steps = _steps(given.steps)
    with workshop(given) as place:
        report = GrowthBench(_growth_plan(given, steps), place, note).growth()
    _show(report, given)


def _steps(text: str) -> list[int]:
    """Records after each step, from millions with commas: each more than the one before."""
    try:
        steps = [round(float(step) * MILLION) for step in text.split(",")]
    except (ValueError, OverflowError):
        steps = []
    least, most = BOUNDS["records"]
    if not steps or steps[0] < least or steps[-1] > most or any(b <= a for a, b in pairwise(steps)):
        raise _out_of_bounds("--steps", f"{least / MILLION} (1,2,5 …)", f"{most / MILLION}")
    return steps


def _growth_plan(given: Namespace, steps: Sequence[int]) -> "GrowthPlan":
    from xinheng.bench.growth import GrowthPlan

    organisations = given.organisations or max(steps[-1] // RECORDS_EACH, 10)
    return GrowthPlan(steps, organisations, given.lookups, given.narrow, given.seed)


def frictionless(given: Namespace) -> None:
    """The same file through frictionless with a schema and through the gate: seconds, memory, findings."""
    from xinheng.bench.peers import PeerBench, PeerPlan

    plan = PeerPlan(given.rows, given.bad / 100, given.organisations, given.rounds, given.seed)
    with workshop(given) as place:
        report = PeerBench(plan, place, note).run()
    _show(report, given)


def _show(report: Mapping[str, Any], given: Namespace) -> None:
    lines = [*table(_flat(report), indent=0), *report.get("profile", ())]
    show(report, lines, as_json=given.json)


def _flat(report: Mapping[Any, Any], above: str = "") -> Iterator[tuple[str, object]]:
    """Figures one a line, nested names joined by dots."""
    for name, value in report.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{above}{name}.")
        elif isinstance(value, list) and value and isinstance(value[0], Mapping):
            yield from _flat(dict(enumerate(value)), f"{above}{name}.")
        elif name != "profile":
            yield f"{above}{name}", ", ".join(map(str, value)) if isinstance(value, list) else value
