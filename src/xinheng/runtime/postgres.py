"""The database of a data folder: make it, use it, ask about it. Lock design: README.md of this package."""

import contextlib
import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from xinheng.runtime import cluster
from xinheng.runtime.binaries import find_binaries
from xinheng.runtime.connection import Database, answers, embedded, external
from xinheng.runtime.disk import MEGABYTE, disk_full, file_errors, require_space
from xinheng.runtime.errors import RuntimeRefusal
from xinheng.runtime.folder import DataFolder, give_to_owner
from xinheng.runtime.keys import owner_password
from xinheng.runtime.leftovers import PAUSE, read_pid_file, take_over
from xinheng.runtime.locks import KEEPER, START, USERS, held, is_free, take
from xinheng.runtime.server_settings import server_command
from xinheng.runtime.server_user import clean_environment, python_module, server_user
from xinheng.runtime.sockets import make_socket_folder

START_PATIENCE = 600.0  # recovery after a crash may have much to replay
ANSWER_PATIENCE = 20.0  # of a server that calls itself ready
STOP_PATIENCE = 180.0
TO_START = 50 * MEGABYTE
LARGEST_LOG = 10 * MEGABYTE


@contextmanager
def database(folder: DataFolder) -> Iterator[Database]:
    """Use the folder's database during the block: start its server or join it; the last to leave stops it.

    With DATABASE_URL set it is that server instead, and nothing is started. Raises RuntimeRefusal.
    """
    folder.require_installed()
    server = external(folder)
    if server is not None:
        yield server
        return
    folder.prepare()
    try:
        with held(folder.run / USERS, shared=True):
            yield _start_or_join(folder)
    finally:
        _see_it_stop(folder)


def initialise(folder: DataFolder) -> bool:
    """Make the folder's parts and its database; False if they were there. Interrupted, it can be repeated."""
    there = folder.installed
    folder.prepare()
    owner_password(folder)
    if external(folder) is not None:
        return not there
    with held(folder.run / START):
        if folder.installed:
            return False
        binaries = find_binaries()
        user = server_user(folder, [binaries.folder, folder.path])
        server_lock = take_over(folder)
        try:
            cluster.create(folder, binaries, user, server_lock)
        finally:
            os.close(server_lock)
    return True


def _start_or_join(folder: DataFolder) -> Database:
    """Under the start lock, so that whoever finds no keeper starts one alone; waits for an answer."""
    deadline = time.monotonic() + START_PATIENCE
    log_start: int | None = None
    with held(folder.run / START):
        while time.monotonic() < deadline:
            keeper_lock = take(folder.run / KEEPER)
            if keeper_lock is not None:
                log_start = _spawn_once(folder, keeper_lock, log_start)
                deadline = time.monotonic() + START_PATIENCE
            server = _open_server(folder)
            if server is not None and answers(server):
                return server
            if server is not None:
                deadline = min(deadline, time.monotonic() + ANSWER_PATIENCE)
            time.sleep(PAUSE)
    raise _start_failed(folder, log_start)


def _spawn_once(folder: DataFolder, keeper_lock: int, log_start: int | None) -> int:
    try:
        if log_start is not None:
            raise _start_failed(folder, log_start)
        return _spawn_keeper(folder, keeper_lock)
    finally:
        os.close(keeper_lock)


def _spawn_keeper(folder: DataFolder, keeper_lock: int) -> int:
    """Start keeper and server, handing both locks over; returns where their part of the log begins."""
    binaries = find_binaries()
    cluster.require_major(folder, binaries)
    server_lock = take_over(folder)
    try:
        require_space(folder.path, TO_START)
        user = server_user(folder, [binaries.folder, folder.path, folder.run])
        cluster.own(folder.postgres, user)
        socket_folder = make_socket_folder(folder, user)
        program = server_command(binaries.postgres, folder.postgres, socket_folder)
        numbers = (keeper_lock, server_lock, user.uid, user.gid, user.capability)
        arguments = (str(folder.run), str(socket_folder), *map(str, numbers), *program)
        return _run_keeper(folder, arguments, (keeper_lock, server_lock))
    finally:
        os.close(server_lock)


def _run_keeper(folder: DataFolder, arguments: tuple[str, ...], locks: tuple[int, int]) -> int:
    with file_errors(folder.server_log):
        _rotate(folder.server_log)
        with folder.server_log.open("ab") as log:
            give_to_owner(folder.server_log)
            before = log.tell()
            # Returns at once: the keeper detaches itself.
            subprocess.run(  # noqa: S603 - our own command line
                python_module("xinheng.runtime.keeper", *arguments),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                env=clean_environment(),
                pass_fds=locks,
                check=False,
            )
    return before


def _rotate(log: Path) -> None:
    """Keep one older log: enough to explain a failure, never a full disk."""
    if log.exists() and log.stat().st_size > LARGEST_LOG:
        log.replace(log.with_name(log.name + ".1"))


def _open_server(folder: DataFolder) -> Database | None:
    """The server that calls itself ready. Killed just now it still does: only an answer is proof."""
    said = read_pid_file(folder)
    if said is None or said.status != "ready":
        return None
    return embedded(folder, said.socket_folder)


def _start_failed(folder: DataFolder, log_start: int | None) -> RuntimeRefusal:
    said = _log_since(folder.server_log, log_start)
    if "No space left on device" in said:
        return disk_full(folder.path)
    return RuntimeRefusal(
        "database.unavailable",
        f"数据库未能启动。{folder.server_log} 的最后内容：{said}。请排除上述原因后重试。",
        f"The database did not start. The end of {folder.server_log}: {said}. Remove the cause and repeat.",
    )


def _log_since(log: Path, start: int | None) -> str:
    with contextlib.suppress(OSError), log.open("rb") as file:
        file.seek(start or 0)
        lines = file.read().decode(errors="replace").splitlines()
        return " / ".join(line.strip() for line in lines[-6:]) or "—"
    return "—"


def _see_it_stop(folder: DataFolder) -> None:
    """After leaving: if nobody else uses the server, wait until it has stopped, ready to be copied."""
    deadline = time.monotonic() + STOP_PATIENCE
    while time.monotonic() < deadline and not is_free(folder.run / KEEPER):
        nobody = is_free(folder.run / USERS)  # the keeper has not woken up yet
        if not nobody and is_free(folder.run / USERS, shared=True):
            return
        time.sleep(PAUSE)


@dataclass(frozen=True, slots=True)
class ServerState:
    """What `doctor` shows. `processes` counts those of PostgreSQL that work in this folder."""

    state: Literal["external", "not_installed", "stopped", "starting", "running", "stopping"]
    major: int | None
    pid: int | None
    socket_folder: Path | None


def server_state(folder: DataFolder) -> ServerState:
    """Look at the server without starting or stopping anything."""
    if os.environ.get("DATABASE_URL"):
        return ServerState("external", None, None, None)
    if not folder.installed:
        return ServerState("not_installed", None, None, None)
    with file_errors(folder.postgres):
        major = int((folder.postgres / "PG_VERSION").read_text(encoding="ascii"))
    if not (folder.run / KEEPER).exists() or is_free(folder.run / KEEPER, shared=True):
        return ServerState("stopped", major, None, None)
    said = read_pid_file(folder)
    if said is None:
        return ServerState("starting", major, None, None)
    states: dict[str, Literal["running", "stopping"]] = {"ready": "running", "stopping": "stopping"}
    return ServerState(states.get(said.status, "starting"), major, said.pid, said.socket_folder)
