"""Run a program of PostgreSQL as its own user, tied to the life of its parent.

`python -m xinheng.runtime.descend PARENT_PID UID GID CAPABILITY SIGNAL PROGRAM ARGUMENT…`

PostgreSQL refuses to run as root, so root steps down first. CAPABILITY (a number, -1 for none) is the one
right that stays: to pass folders closed to that user. UID -1 changes nothing. SIGNAL is what the kernel sends
to the program when its parent dies, also by kill -9. A process of its own, because stepping down between fork
and exec of a program with threads is not safe. Standard library only: this starts with every server.
"""

import ctypes
import os
import signal
import struct
import sys

PR_SET_PDEATHSIG = 1
PR_SET_KEEPCAPS = 8
PR_CAP_AMBIENT = 47
PR_CAP_AMBIENT_RAISE = 2
CAPABILITY_VERSION_3 = 0x20080522

_libc = ctypes.CDLL(None, use_errno=True)


def main(arguments: list[str]) -> None:
    parent, uid, gid, capability, parent_death = map(int, arguments[:5])
    program = arguments[5:]
    if uid >= 0:
        become(uid, gid, capability)
    # After the change of user, which clears it; a parent that was quicker to die is found by its absence.
    _prctl(PR_SET_PDEATHSIG, parent_death)
    if os.getppid() != parent:
        raise SystemExit("the parent process is gone")
    for ignored in (signal.SIGPIPE, signal.SIGXFSZ):
        signal.signal(ignored, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    os.execv(program[0], program)  # noqa: S606 - no shell is wanted


def become(uid: int, gid: int, capability: int) -> None:
    """Step down for good to an ordinary user, keeping at most one capability across exec."""
    if capability >= 0:
        _prctl(PR_SET_KEEPCAPS, 1)
    os.setgroups([])
    os.setresgid(gid, gid, gid)
    os.setresuid(uid, uid, uid)
    if capability >= 0:
        _keep(capability)


def _keep(capability: int) -> None:
    header = struct.pack("=Ii", CAPABILITY_VERSION_3, 0)
    word, bit = divmod(capability, 32)
    masks = [1 << bit if index == word else 0 for index in range(2)]
    body = b"".join(struct.pack("=III", mask, mask, mask) for mask in masks)
    if _libc.capset(header, body) != 0:
        _fail("capset")
    _prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability)


def _prctl(option: int, first: int, second: int = 0) -> None:
    if _libc.prctl(option, *(ctypes.c_ulong(value) for value in (first, second, 0, 0))) != 0:
        _fail(f"prctl {option}")


def _fail(call: str) -> None:
    code = ctypes.get_errno()
    raise OSError(code, f"{call}: {os.strerror(code)}")


if __name__ == "__main__":
    main(sys.argv[1:])
