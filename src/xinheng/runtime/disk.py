"""Room on the disk: ask before a long write, and name the real cause when one fails."""

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from xinheng.runtime.errors import RuntimeRefusal

MEGABYTE = 1_000_000
FULL = (errno.ENOSPC, errno.EDQUOT)
NOT_WRITABLE = (errno.EACCES, errno.EPERM, errno.EROFS)


def require_space(path: Path, needed: int) -> None:
    """Refuse with `disk.full` unless `needed` bytes are free where `path` is, or will be."""
    free = shutil.disk_usage(nearest_existing(path)).free
    if free < needed:
        raise disk_full(path, needed=needed, free=free)


def nearest_existing(path: Path) -> Path:
    while not path.exists() and path != path.parent:
        path = path.parent
    return path


def disk_full(path: Path, needed: int | None = None, free: int | None = None) -> RuntimeRefusal:
    zh = en = ""
    if needed is not None and free is not None:
        zh = f"（需要 {_megabytes(needed)} MB，剩余 {_megabytes(free)} MB）"
        en = f" ({_megabytes(needed)} MB needed, {_megabytes(free)} MB left)"
    return RuntimeRefusal(
        "disk.full",
        f"{path} 所在磁盘空间不足{zh}。请清理空间或用 --data 指定别的目录，然后重试。",
        f"The disk of {path} is full{en}. Free some space or choose another folder with --data, then repeat.",
    )


def _megabytes(size: int) -> int:
    return -(-size // MEGABYTE)


def translate(error: OSError, path: Path) -> RuntimeRefusal:
    """The refusal that an operating-system error on `path` means to a user."""
    if error.errno in FULL:
        return disk_full(path)
    if error.errno in NOT_WRITABLE:
        return RuntimeRefusal(
            "data.not_writable",
            f"无法写入 {path}（{os.strerror(error.errno)}）。请检查该目录的属主和权限，或用 --data 指定别的目录。",
            f"{path} cannot be written ({os.strerror(error.errno)}). Check who owns the folder and its "
            "permissions, or choose another folder with --data.",
        )
    if error.errno in (errno.ENOTDIR, errno.EEXIST):
        return RuntimeRefusal(
            "data.not_a_folder",
            f"{path} 不是文件夹。请用 --data 指定一个文件夹。",
            f"{path} is not a folder. Name a folder with --data.",
        )
    reason = error.strerror or type(error).__name__
    return RuntimeRefusal(
        "data.unusable",
        f"数据目录 {path} 不可用：{reason}。请检查磁盘和文件系统后重试。",
        f"The data folder cannot be used at {path}: {reason}. Check disk and file system, then repeat.",
    )


@contextmanager
def file_errors(path: Path) -> Iterator[None]:
    """Turn operating-system errors of the block into refusals about `path`."""
    try:
        yield
    except OSError as error:
        raise translate(error, path) from error
