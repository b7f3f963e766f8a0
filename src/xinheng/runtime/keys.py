"""Passwords of database roles: one random file each under keys/, readable by the owner alone."""

import fcntl
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from xinheng.runtime.disk import file_errors
from xinheng.runtime.folder import PRIVATE, DataFolder, give_to_owner, make_folder

OWNER = "xinheng"  # the role that owns the database; its password file is postgres.password
ROLE = re.compile(r"[a-z][a-z0-9_]{0,62}")


def owner_password(folder: DataFolder) -> str:
    return _read_or_create(folder.keys / "postgres.password")


def role_password(folder: DataFolder, role: str) -> str:
    """The password of a database role, made on first use. Two processes at once get the same one."""
    if not ROLE.fullmatch(role):
        raise ValueError(f"{role!r} is not the name of a database role")
    if role == OWNER:
        return owner_password(folder)
    return _read_or_create(folder.keys / f"{role}.password")


def _read_or_create(path: Path) -> str:
    make_folder(path.parent, mode=PRIVATE)
    with file_errors(path):
        if not path.exists():
            _create(path)
        return path.read_text(encoding="ascii").strip()


def _create(path: Path) -> None:
    """Written aside and renamed, one process at a time: the second one keeps what the first one made."""
    aside = path.with_name(f".{path.name}.new")
    with _locked_folder(path.parent):
        if path.exists():
            return
        aside.unlink(missing_ok=True)
        descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with open(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(32) + "\n")
            file.flush()
            os.fsync(file.fileno())
        give_to_owner(aside)
        aside.rename(path)


@contextmanager
def _locked_folder(path: Path) -> Iterator[None]:
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
