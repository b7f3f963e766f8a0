"""The folder of the server's socket: inside the data folder, or a short one when that path is too long."""

import hashlib
import os
import stat
import tempfile
from pathlib import Path

from xinheng.runtime.disk import file_errors
from xinheng.runtime.errors import RuntimeRefusal
from xinheng.runtime.folder import PRIVATE, DataFolder
from xinheng.runtime.server_user import ServerUser

PORT = 5432  # names the socket file only: no TCP port is opened
SOCKET = f".s.PGSQL.{PORT}"
LONGEST_SOCKET_PATH = 107


def make_socket_folder(folder: DataFolder, user: ServerUser) -> Path:
    """An empty folder for the server's user alone; one that belongs to somebody else is refused.

    The caller holds the server's lock: a socket found there is left from a kill -9, or copied along.
    """
    place = _place(folder, user)
    with file_errors(place):
        try:
            place.mkdir(mode=PRIVATE)
        except FileExistsError:
            _require_ours(place, user)
        place.chmod(PRIVATE)
        for stale in (SOCKET, f"{SOCKET}.lock"):
            (place / stale).unlink(missing_ok=True)
        if user.effective_uid != os.geteuid():
            os.chown(place, user.uid, user.gid, follow_symlinks=False)
    return place


def _place(folder: DataFolder, user: ServerUser) -> Path:
    inside = folder.run / "socket"
    if _fits(inside):
        return inside
    with file_errors(folder.path):
        entry = folder.path.stat()
    # The inode tells apart folders of one name in two containers that share a temporary folder.
    identity = f"{folder.path}\0{entry.st_dev}\0{entry.st_ino}\0{user.effective_uid}"
    name = "xinheng-" + hashlib.sha256(os.fsencode(identity)).hexdigest()[:16]
    return next(place for parent in _short_parents(user) if _fits(place := parent / name))


def _short_parents(user: ServerUser) -> list[Path]:
    private = os.environ.get("XDG_RUNTIME_DIR", "")
    # Root's private folder is closed to the user that root lends the server to.
    ours = [Path(private)] if user.uid < 0 and os.access(private, os.W_OK | os.X_OK) else []
    return [*ours, Path(tempfile.gettempdir()), Path("/tmp")]  # noqa: S108 - ownership is verified


def _fits(place: Path) -> bool:
    return len(os.fsencode(place / SOCKET)) <= LONGEST_SOCKET_PATH


def _require_ours(place: Path, user: ServerUser) -> None:
    entry = place.lstat()
    owned = entry.st_uid in (os.geteuid(), user.effective_uid)
    if stat.S_ISDIR(entry.st_mode) and owned:
        return
    raise RuntimeRefusal(
        "database.socket_folder",
        f"数据库套接字目录 {place} 属于其他用户，出于安全考虑不予使用。请删除它或改用较短的数据目录路径。",
        f"The folder {place} for the database's socket belongs to somebody else and is not trusted. "
        "Remove it, or use a data folder with a shorter path.",
    )
