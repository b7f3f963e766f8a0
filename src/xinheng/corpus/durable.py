"""Files that are on disk, whole, under their own name, or not there at all."""

import os
from pathlib import Path

from xinheng.runtime.disk import file_errors
from xinheng.runtime.folder import give_to_owner

UNFINISHED = ".unfinished"


def unfinished(path: Path) -> Path:
    """Under which name a file is written until it is whole."""
    return path.with_name(path.name + UNFINISHED)


def write_durably(path: Path, data: bytes) -> None:
    """Replace a small file: whoever reads it, also after a loss of power, sees the old one or the new one."""
    with file_errors(path):
        with unfinished(path).open("wb") as file:
            file.write(data)
            flush(file.fileno())
        put_in_place(path)


def put_in_place(path: Path) -> None:
    """Give a finished and flushed file its own name."""
    give_to_owner(unfinished(path))
    unfinished(path).rename(path)
    sync_folder(path.parent)


def flush(descriptor: int) -> None:
    """Have the kernel put a file on disk; Python's own buffers must be empty."""
    os.fsync(descriptor)


def sync_folder(folder: Path) -> None:
    """Have the kernel put a folder's names on disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
