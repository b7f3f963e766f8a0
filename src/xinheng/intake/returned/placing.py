"""Where the result is written: whole or not at all, readable for its owner alone, without a name until it is done."""

import errno
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from xinheng.runtime.disk import file_errors
from xinheng.runtime.errors import RuntimeRefusal

_MODE = 0o600


@contextmanager
def placed(out: Path, *, source: Path | None = None) -> Iterator[IO[bytes]]:
    """A file to write that appears as ``out`` when the block ends well; otherwise nothing is left of it.

    Until then it has no name, so that a killed process leaves nothing either. Raises RuntimeRefusal:
    ``annotated.same_file`` where ``out`` is ``source``, ``annotated.not_a_file`` where something else than a file
    stands there, and as ``runtime.disk`` says where it cannot be written.
    """
    with file_errors(out):
        require_place(out, source)
        with _unnamed(out) as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
            _appear(file, out)


def scratch(beside: Path) -> IO[bytes]:
    """A file without a name on the same disk, gone when it is closed."""
    return tempfile.TemporaryFile(dir=beside.parent)


def require_place(out: Path, source: Path | None) -> None:
    """Refuse a place that cannot hold the result, before anything is done for it."""
    if source is not None and out.exists() and source.exists() and out.samefile(source):
        raise RuntimeRefusal(
            "annotated.same_file",
            "结果文件与报送的文件是同一个文件，不予覆盖。请换一个文件名。",
            "The result would overwrite the file that was sent. Give it another name.",
        )
    if not os.access(out.parent, os.W_OK):
        missing = errno.EACCES if out.parent.is_dir() else errno.ENOENT
        raise OSError(missing, os.strerror(missing))
    if out.exists() and not out.is_file():
        raise RuntimeRefusal(
            "annotated.not_a_file",
            "结果文件的位置上已有文件夹或设备。请给出一个文件名。",
            "A folder or a device stands where the result is to be written. Name a file.",
        )


def _unnamed(out: Path) -> IO[bytes]:
    try:
        descriptor = os.open(out.parent, os.O_TMPFILE | os.O_RDWR | os.O_CLOEXEC, _MODE)
    except (IsADirectoryError, FileNotFoundError, NotImplementedError) as error:
        if isinstance(error, FileNotFoundError) and not out.parent.is_dir():
            raise
        return scratch(out)
    except OSError as error:
        if error.errno not in (errno.EOPNOTSUPP, errno.EINVAL):
            raise
        return scratch(out)
    return os.fdopen(descriptor, "w+b")


def _appear(file: IO[bytes], out: Path) -> None:
    """Give the finished file its name, in place of whatever had it."""
    hidden = out.with_name(f".{out.name}.{os.getpid()}")
    try:
        _name(file, hidden)
        os.replace(hidden, out)
    except BaseException:
        with suppress(OSError):
            hidden.unlink()
        raise


def _name(file: IO[bytes], hidden: Path) -> None:
    try:
        os.link(f"/proc/self/fd/{file.fileno()}", hidden, follow_symlinks=True)
        return
    except OSError:
        # Not every file system can name a file afterwards: its finished bytes are copied instead.
        descriptor = os.open(hidden, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, _MODE)
    with os.fdopen(descriptor, "wb") as copy:
        file.seek(0)
        shutil.copyfileobj(file, copy)
        copy.flush()
        os.fsync(copy.fileno())
