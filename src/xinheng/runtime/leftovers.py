"""What a killed keeper or server may leave: processes that are still ending, and a stale postmaster.pid."""

import contextlib
import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path

from xinheng.runtime.disk import file_errors
from xinheng.runtime.errors import RuntimeRefusal
from xinheng.runtime.folder import DataFolder
from xinheng.runtime.locks import SERVER, take

PAUSE = 0.05
SHUTDOWN_PATIENCE = 60.0
QUIT_PATIENCE = 15.0


@dataclass(frozen=True, slots=True)
class PidFile:
    """What the server writes about itself into postmaster.pid."""

    pid: int
    socket_folder: Path
    status: str


def read_pid_file(folder: DataFolder) -> PidFile | None:
    """The server's own words, or None while it has not written them all."""
    with contextlib.suppress(OSError, ValueError, IndexError):
        lines = os.fsdecode((folder.postgres / "postmaster.pid").read_bytes()).splitlines()
        return PidFile(int(lines[0]), Path(lines[4]), lines[7].strip())
    return None


def server_processes(folder: DataFolder) -> set[int]:
    """Processes of PostgreSQL that work in this PGDATA; by where they stand, so a copied folder has none."""
    with contextlib.suppress(OSError):
        here = folder.postgres.stat()
        return {int(entry) for entry in os.listdir("/proc") if entry.isdigit() and _stands_in(entry, here)}
    return set()


def _stands_in(pid: str, here: os.stat_result) -> bool:
    with contextlib.suppress(OSError):
        if Path("/proc", pid, "comm").read_text(encoding="utf-8", errors="replace").strip() != "postgres":
            return False
        return os.path.samestat(os.stat(f"/proc/{pid}/cwd"), here)
    return False


def take_over(folder: DataFolder) -> int:
    """Called when no keeper lives: end what is left of an earlier server; the server's lock, held."""
    lock = take(folder.run / SERVER)
    if lock is None:
        lock = _end_leftovers(folder)
    try:
        _remove_stale_pid_file(folder)
    except BaseException:
        os.close(lock)
        raise
    return lock


def _end_leftovers(folder: DataFolder) -> int:
    said = read_pid_file(folder)
    left = server_processes(folder)
    if said is not None and said.pid in left:
        # The kernel has told it so already when the keeper died; saying it twice does no harm.
        _send({said.pid}, signal.SIGINT)
        lock = _wait(folder, SHUTDOWN_PATIENCE)
        if lock is not None:
            return lock
    _send(server_processes(folder), signal.SIGQUIT)
    lock = _wait(folder, QUIT_PATIENCE)
    if lock is None:
        raise _still_there(folder, server_processes(folder))
    return lock


def _wait(folder: DataFolder, patience: float) -> int | None:
    deadline = time.monotonic() + patience
    while (lock := take(folder.run / SERVER)) is None and time.monotonic() < deadline:
        time.sleep(PAUSE)
    return lock


def _send(pids: set[int], number: signal.Signals) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, number)


def _remove_stale_pid_file(folder: DataFolder) -> None:
    """No server of ours lives. One that somebody started by hand in this very folder is left alone."""
    strangers = server_processes(folder)
    if strangers:
        raise _still_there(folder, strangers)
    with file_errors(folder.postgres):
        (folder.postgres / "postmaster.pid").unlink(missing_ok=True)


def _still_there(folder: DataFolder, pids: set[int]) -> RuntimeRefusal:
    named = ", ".join(map(str, sorted(pids))) or "?"
    return RuntimeRefusal(
        "database.in_use",
        f"另有 PostgreSQL 进程（{named}）正在使用 {folder.postgres}，它不受信衡管理。请先停止它，再重试。",
        f"Another PostgreSQL (process {named}) that is not kept by xinheng works in {folder.postgres}. "
        "Stop it first, then repeat.",
    )
