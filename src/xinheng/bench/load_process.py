"""Versions of one item copied into an archive, in a process of its own: `python -m xinheng.bench.load_process`.

Reads one job as JSON on stdin. Two of them fill an archive of many millions in half the time.
"""

import json
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import django

from xinheng.bench import processes

if TYPE_CHECKING:
    from xinheng.bench.archive_rows import Load
    from xinheng.bench.scratch import Scratch


_CAUGHT_UP = "UPDATE ledger_cursor SET position = (SELECT max(position) FROM ledger_entry)"
"""What follows the ledger is not measured here, and would take up all rows when the archive is opened again."""


def load_in_processes(scratch: "Scratch", wanted: "Load") -> None:
    """What `archive_rows.load` does, each item by a process of its own."""
    from xinheng.bench.archive_rows import ITEMS

    environment = {
        "XINHENG_CONNINFO": scratch.app,
        "XINHENG_SECRET_KEY": scratch.secret,
        "DJANGO_SETTINGS_MODULE": "xinheng.config.settings",
    }
    job = {
        "folder": str(scratch.folder), "owner": scratch.owner, "rows": wanted.rows, "seed": wanted.seed,
        "narrow": wanted.narrow, "organisations": len(wanted.subjects.codes),
    }  # fmt: skip
    with ThreadPoolExecutor(len(ITEMS)) as pool:
        jobs = [job | {"item": item} for item in ITEMS]
        list(pool.map(lambda each: processes.run("xinheng.bench.load_process", each, environment), jobs))
    with scratch.connect() as owner:
        owner.execute(_CAUGHT_UP)


def main() -> None:
    """Do the job that stdin names."""
    job = json.load(sys.stdin)
    django.setup()
    _load(job)
    json.dump({}, sys.stdout)


def _load(job: Mapping[str, Any]) -> None:
    from xinheng.bench.archive_rows import Load, load
    from xinheng.bench.made.organisations import organisations
    from xinheng.bench.scratch import Scratch
    from xinheng.core.context import Actor
    from xinheng.runtime.context import make_context

    ctx = make_context(Actor("system", "xinheng"))
    scratch = Scratch(ctx, Path(job["folder"]), job["owner"], "", "")
    subjects = organisations(job["organisations"])
    load(scratch, Load(job["rows"], subjects, job["seed"], job["narrow"]), items=[job["item"]])


if __name__ == "__main__":
    main()
