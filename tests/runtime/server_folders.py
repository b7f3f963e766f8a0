"""What the tests of the database share: folders, users in processes of their own, a look at /proc."""

import contextlib
import os
import pwd
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psycopg

from xinheng.runtime.folder import DataFolder

SOURCE = Path(__file__).parents[2] / "src"
NOBODY = pwd.getpwnam("nobody")
CAP_DAC_READ_SEARCH = 2

USER = """
import sys
from xinheng.runtime.folder import DataFolder
from xinheng.runtime.postgres import database
with database(DataFolder(sys.argv[1])) as found:
    print(found.dsn(), flush=True)
    sys.stdin.read()
"""
INITIALISE = """
import sys
from xinheng.runtime.errors import RuntimeRefusal
from xinheng.runtime.folder import DataFolder
from xinheng.runtime.postgres import initialise
try:
    print(initialise(DataFolder(sys.argv[1])), flush=True)
except RuntimeRefusal as refusal:
    print(refusal.rule, flush=True)
"""


def start(code: str, *arguments: object, prefix: tuple[str, ...] = ()) -> subprocess.Popen[str]:
    """Python code in a process of its own, as a command of a user would be."""
    return subprocess.Popen(
        [*prefix, sys.executable, "-c", code, *map(str, arguments)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(SOURCE), *sys.path])},
    )


class User:
    """A process that uses the database until told to leave, or killed."""

    def __init__(self, folder: DataFolder, prefix: tuple[str, ...] = ()) -> None:
        self.process = start(USER, folder.path, prefix=prefix)
        self.dsn = ""

    def arrive(self) -> "User":
        self.dsn = self.process.stdout.readline().strip()
        if not self.dsn.startswith("postgresql://"):
            self.kill()
            raise AssertionError("the user did not get in")
        return self

    def leave(self) -> int:
        self.process.communicate(timeout=30)
        return self.process.returncode

    def kill(self, number: signal.Signals = signal.SIGKILL) -> None:
        self.process.send_signal(number)
        self.process.communicate(timeout=30)


def as_nobody() -> tuple[str, ...]:
    """For root: the front of a command line that makes the rest an ordinary user's process.

    It may read everything, since interpreter and temporary folder may lie where nobody else can look.
    """
    numbers = (os.getpid(), NOBODY.pw_uid, NOBODY.pw_gid, CAP_DAC_READ_SEARCH, int(signal.SIGKILL))
    return (sys.executable, "-m", "xinheng.runtime.descend", *map(str, numbers))


def give_to_nobody(path: Path) -> None:
    os.chown(path, NOBODY.pw_uid, NOBODY.pw_gid)
    for inside in path.rglob("*"):
        os.chown(inside, NOBODY.pw_uid, NOBODY.pw_gid, follow_symlinks=False)


def postmasters(folder: DataFolder) -> list[int]:
    """Servers of this very folder: processes of postgres that stand in it and are not another one's child."""
    parents = {int(entry): _parent(entry) for entry in os.listdir("/proc") if _stands_in(entry, folder.postgres)}
    return [pid for pid, parent in parents.items() if parent not in parents]


def backends(folder: DataFolder) -> list[int]:
    return [int(entry) for entry in os.listdir("/proc") if _stands_in(entry, folder.postgres)]


def keeper(folder: DataFolder) -> int:
    (server,) = postmasters(folder)
    return _parent(str(server))


def _stands_in(pid: str, place: Path) -> bool:
    with contextlib.suppress(OSError):
        standing = os.readlink(f"/proc/{pid}/cwd") if pid.isdigit() else ""
        return standing == str(place) and "postgres" in Path("/proc", pid, "comm").read_text()
    return False


def _parent(pid: str) -> int:
    with contextlib.suppress(OSError):
        return int(Path("/proc", pid, "stat").read_text().rpartition(")")[2].split()[1])
    return 0


def wait_until(happened: Callable[[], bool], seconds: float = 15) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if happened():
            return True
        time.sleep(0.02)
    return happened()


def slay(*pids: int) -> None:
    """kill -9, and wait: a process that is about to die still holds its locks and its socket."""
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
    assert wait_until(lambda: all(_is_dead(pid) for pid in pids))


def _is_dead(pid: int) -> bool:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] in "ZX"
    return True


def gone(folder: DataFolder) -> bool:
    return not backends(folder)


def remember(dsn: str, value: int) -> None:
    with psycopg.connect(dsn) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS remembered (value int)")
        connection.execute("INSERT INTO remembered VALUES (%s)", (value,))


def remembered(dsn: str) -> list[int]:
    with psycopg.connect(dsn) as connection:
        return [value for (value,) in connection.execute("SELECT value FROM remembered ORDER BY value")]
