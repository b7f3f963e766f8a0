"""Locks of a data folder. The kernel drops them with their holder, so kill -9 leaves none behind.

A lock is an open file description: a child that inherits the descriptor holds the lock too.
"""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from xinheng.runtime.disk import file_errors
from xinheng.runtime.folder import give_to_owner

USERS = "users.lock"  # shared: a command uses the database; exclusive: the keeper stops it
START = "start.lock"  # exclusive: somebody creates, starts or joins the server
KEEPER = "keeper.lock"  # exclusive: the keeper lives
SERVER = "server.lock"  # exclusive: a process of PostgreSQL lives (they all inherit it)


def open_lock(path: Path) -> int:
    """Open a lock file, making it if need be; made by root, it belongs to the folder's owner."""
    with file_errors(path):
        lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        give_to_owner(path)
    return lock


@contextmanager
def held(path: Path, *, shared: bool = False) -> Iterator[int]:
    """Wait for the lock and hold it during the block."""
    lock = open_lock(path)
    try:
        fcntl.flock(lock, fcntl.LOCK_SH if shared else fcntl.LOCK_EX)
        yield lock
    finally:
        os.close(lock)


def take(path: Path, *, shared: bool = False) -> int | None:
    """The descriptor of the lock, now held, or None when somebody else holds it."""
    lock = open_lock(path)
    with contextlib.suppress(BlockingIOError):
        fcntl.flock(lock, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        return lock
    os.close(lock)
    return None


def is_free(path: Path, *, shared: bool = False) -> bool:
    """Whether the lock could be had just now; it is not kept."""
    lock = take(path, shared=shared)
    if lock is None:
        return False
    os.close(lock)
    return True
