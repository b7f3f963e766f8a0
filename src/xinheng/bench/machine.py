"""On what a measurement was made: without it a figure says nothing."""

import os
import platform
import shutil
import subprocess
from pathlib import Path
from typing import Any

from xinheng.bench.scratch import Scratch

SETTINGS = (
    "fsync", "synchronous_commit", "full_page_writes", "shared_buffers", "max_wal_size", "wal_level", "wal_compression",
    "checkpoint_timeout", "work_mem", "maintenance_work_mem", "max_parallel_workers_per_gather", "data_checksums",
)  # fmt: skip
"""Settings of the server that decide what a write costs."""


def surroundings(scratch: Scratch) -> dict[str, Any]:
    """Machine, day, program and server."""
    return {
        "machine": machine(scratch.folder),
        "date": scratch.ctx.today.isoformat(),
        "commit": commit(),
        "postgresql": server(scratch),
    }


def machine(folder: Path) -> dict[str, Any]:
    """Processor, cores that we may use, memory, the file system under ``folder``."""
    return {
        "cpu": _line(Path("/proc/cpuinfo"), "model name") or platform.machine(),
        "cores": len(os.sched_getaffinity(0)),
        "ram_mb": int((_line(Path("/proc/meminfo"), "MemTotal") or "0 kB").split()[0]) // 1024,
        "disk": _file_system(folder),
        "disk_free_gb": shutil.disk_usage(folder).free // 10**9,
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "load": round(os.getloadavg()[0], 2),
    }


def server(scratch: Scratch) -> dict[str, Any]:
    """Version and the settings that matter."""
    with scratch.connect() as connection:
        version = connection.execute("SHOW server_version").fetchone()
        found = connection.execute(
            "SELECT name, current_setting(name) FROM pg_settings WHERE name = ANY(%s) ORDER BY name", [list(SETTINGS)]
        ).fetchall()
    return {"version": version[0] if version else "", "settings": dict(found)}


def commit() -> str | None:
    """The checkout's head with ``+`` where it is changed; None outside a checkout."""
    here, git = Path(__file__).resolve().parent, shutil.which("git")
    if git is None:
        return None
    command = [git, "-C", str(here), "describe", "--always", "--abbrev=7", "--dirty=+", "--exclude=*"]
    said = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own command line
    return said.stdout.strip() or None


def _line(path: Path, name: str) -> str | None:
    try:
        lines = path.read_text().splitlines()
    except OSError:
        return None
    return next((line.partition(":")[2].strip() for line in lines if line.startswith(name)), None)


def _file_system(folder: Path) -> str:
    """Type and device of the mount that holds the folder: a measurement in memory is none of a disk."""
    mounts = [line.split()[:3] for line in Path("/proc/mounts").read_text().splitlines()]
    above = {str(each) for each in (folder, *folder.parents)}
    device, _, kind = max((mount for mount in mounts if mount[1] in above), key=lambda mount: len(mount[1]))
    return f"{kind} on {device}"
