"""`bench lookup` and `bench growth`: one archive, grown step by step; what a step costs, weighs and does to lookups."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from xinheng.bench import register
from xinheng.bench.archive_rows import Load
from xinheng.bench.load_process import load_in_processes
from xinheng.bench.looking import lookups
from xinheng.bench.machine import surroundings
from xinheng.bench.made.organisations import MadeOrganisations, organisations
from xinheng.bench.made.rows import SERIES
from xinheng.bench.scratch import Scratch, Workshop

MILLION = 1_000_000
ARCHIVE = "archive"
VERSIONS = "archive_version"

_SIZES = """
SELECT 'table', 'archive_version', sum(pg_relation_size(relid, 'main')) FROM pg_partition_tree('archive_version')
UNION ALL
SELECT 'toast', 'archive_version', sum(pg_total_relation_size(c.reltoastrelid))
  FROM pg_partition_tree('archive_version') t JOIN pg_class c ON c.oid = t.relid WHERE c.reltoastrelid <> 0
UNION ALL
SELECT 'index', i.indexrelid::regclass::text, (SELECT sum(pg_relation_size(relid)) FROM pg_partition_tree(i.indexrelid))
  FROM pg_index i WHERE i.indrelid = 'archive_version'::regclass
"""


@dataclass(frozen=True, slots=True)
class GrowthPlan:
    """How many versions the archive holds after each step, of how many organisations, and how often it is asked."""

    steps: Sequence[int]
    organisations: int
    lookups: int
    narrow: bool
    seed: int


class GrowthBench:
    """One archive from empty to its last step."""

    def __init__(self, plan: GrowthPlan, workshop: Workshop, say: Callable[[str], None]) -> None:
        self._plan, self._workshop, self._say = plan, workshop, say
        self._subjects: MadeOrganisations = organisations(plan.organisations)

    def growth(self) -> dict[str, Any]:
        """Every step's figures."""
        return {"bench": "growth", **self._grown()}

    def lookup(self) -> dict[str, Any]:
        """The figures of lookups at the last step, by themselves."""
        grown = self._grown()
        last = grown.pop("steps")[-1]
        return {"bench": "lookup", "records": last["records"], **last.pop("lookup"), **last, **grown}

    def _grown(self) -> dict[str, Any]:
        plan = self._plan
        with self._workshop.new(ARCHIVE) as scratch:
            register.fill(scratch, self._subjects)
            steps = [self._step(scratch, number, rows) for number, rows in enumerate(plan.steps)]
            about = {"organisations": plan.organisations, "narrow": plan.narrow, "seed": plan.seed}
            return {"steps": steps, **about, **surroundings(scratch)}

    def _step(self, scratch: Scratch, number: int, rows: int) -> dict[str, Any]:
        plan = self._plan
        before = plan.steps[number - 1] if number else 0
        self._say(f"{before} → {rows}")
        start = time.monotonic()
        # Numbers of documents go on where the steps before ended.
        seed = plan.seed + number + before // (2 * SERIES)
        load_in_processes(scratch, Load(rows - before, self._subjects, seed, plan.narrow))
        loaded = time.monotonic() - start
        register.settle(scratch, [VERSIONS])
        settled = time.monotonic() - start - loaded
        sizes, records = version_sizes(scratch)
        return {
            "records": records,
            "load_seconds": round(loaded, 1),
            "load_seconds_per_million": round(loaded * MILLION / (rows - before), 1),
            "vacuum_analyze_seconds": round(settled, 1),
            "bytes_per_row": {name: round(size / records, 1) for name, size in sizes.items()},
            "total_gb": round(sum(sizes.values()) / 1e9, 3),
            "lookup": lookups(scratch, self._subjects.codes, number=plan.lookups, seed=plan.seed + number),
        }


def version_sizes(scratch: Scratch) -> tuple[dict[str, int], int]:
    """Bytes of the versions' table, of its TOAST and of each index, and how many versions there are."""
    with scratch.connect() as owner:
        rows = owner.execute(_SIZES).fetchall()
        counted = owner.execute("SELECT count(*) FROM archive_version").fetchone()
    return {f"{kind}.{name}": int(size or 0) for kind, name, size in rows}, int(counted[0]) if counted else 0
