"""As whom the server runs. An ordinary user runs it as himself; root must lend it to somebody else."""

import os
import pwd
import signal
import stat
import sys
from dataclasses import dataclass
from pathlib import Path

import xinheng
from xinheng.runtime.disk import file_errors
from xinheng.runtime.errors import RuntimeRefusal
from xinheng.runtime.folder import DataFolder

CAP_DAC_OVERRIDE = 1
CAP_DAC_READ_SEARCH = 2
NONE = -1
# Debian's user for databases if there is one, else the user that every system has.
STAND_INS = ("postgres", "nobody")


@dataclass(frozen=True, slots=True)
class ServerUser:
    """Who the server is; -1 as uid: who we are. `capability` lets it pass folders closed to that user."""

    uid: int = NONE
    gid: int = NONE
    capability: int = NONE

    @property
    def effective_uid(self) -> int:
        return os.geteuid() if self.uid == NONE else self.uid

    def command(self, program: list[str], dies_with_us: signal.Signals) -> list[str]:
        """The command line that steps down, then becomes `program`, which gets the signal when we die."""
        numbers = (os.getpid(), self.uid, self.gid, self.capability, int(dies_with_us))
        return python_module("xinheng.runtime.descend", *map(str, numbers), *program)


def python_module(name: str, *arguments: str) -> list[str]:
    """The command line of a module of this package; to be run with `clean_environment`."""
    return [sys.executable, "-P", "-m", name, *arguments]


def clean_environment() -> dict[str, str]:
    """What the server and its helpers get to see: PG* and LC_* variables of a user must not steer it."""
    kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH", "HOME") if name in os.environ}
    return kept | {"LC_ALL": "C", "PYTHONPATH": str(Path(xinheng.__file__).parent.parent)}


def server_user(folder: DataFolder, needed: list[Path]) -> ServerUser:
    """Choose the user of the server, who must be able to reach the `needed` places."""
    if os.geteuid() != 0:
        return ServerUser()
    with file_errors(folder.path):
        owner = folder.path.stat()
        if owner.st_uid != 0 and _is_known(owner.st_uid):
            # Root serves in somebody's folder: as that person, who can go on with it afterwards, and without
            # any right that this person does not have.
            return _within_reach(ServerUser(owner.st_uid, owner.st_gid), needed)
        stand_in = _stand_in()
        closed = [place for place in needed if not reachable(place, stand_in)]
    if not closed:
        return stand_in
    return ServerUser(stand_in.uid, stand_in.gid, _own_capability(closed[0], stand_in))


def reachable(place: Path, user: ServerUser) -> bool:
    """Whether the permission bits let `user` through every folder down to `place`, and into it."""
    existing = [folder for folder in (place, *place.parents) if folder.exists()]
    return all(_may_pass(folder.stat(), user) for folder in existing)


def _may_pass(entry: os.stat_result, user: ServerUser) -> bool:
    if entry.st_uid == user.uid:
        return bool(entry.st_mode & stat.S_IXUSR)
    if entry.st_gid == user.gid:
        return bool(entry.st_mode & stat.S_IXGRP)
    return bool(entry.st_mode & stat.S_IXOTH)


def _within_reach(user: ServerUser, needed: list[Path]) -> ServerUser:
    for place in needed:
        if not reachable(place, user):
            raise _out_of_reach(place, user)
    return user


def _stand_in() -> ServerUser:
    for name in STAND_INS:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        if entry.pw_uid != 0:
            return ServerUser(entry.pw_uid, entry.pw_gid)
    raise RuntimeRefusal(
        "database.no_user",
        "PostgreSQL 不能以 root 身份运行，而系统中没有 postgres 或 nobody 用户。请以普通用户身份运行信衡。",
        "PostgreSQL refuses to run as root, and this system has neither a user postgres nor a user nobody. "
        "Run xinheng as an ordinary user.",
    )


def _own_capability(closed: Path, user: ServerUser) -> int:
    """The smallest right of ours that opens closed folders: containers often leave root only the second."""
    effective = _effective_capabilities()
    for capability in (CAP_DAC_READ_SEARCH, CAP_DAC_OVERRIDE):
        if effective >> capability & 1:
            return capability
    raise _out_of_reach(closed, user)


def _effective_capabilities() -> int:
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("CapEff:"):
            return int(line.split()[1], 16)
    return 0


def _is_known(uid: int) -> bool:
    try:
        pwd.getpwuid(uid)
    except KeyError:
        return False
    return True


def _out_of_reach(place: Path, user: ServerUser) -> RuntimeRefusal:
    name = pwd.getpwuid(user.uid).pw_name
    return RuntimeRefusal(
        "database.out_of_reach",
        f"PostgreSQL 不能以 root 身份运行，而用户 {name} 无法进入 {place}。"
        "请把程序和数据目录放到该用户可以进入的位置，或以该用户身份运行信衡。",
        f"PostgreSQL refuses to run as root, and the user {name} cannot enter {place}. "
        "Put program and data folder where this user can enter, or run xinheng as this user.",
    )
