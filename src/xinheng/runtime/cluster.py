"""The files of the server (PGDATA): made once, owned by the server's user, of the right major version."""

import os
import shutil
import signal
import stat
import subprocess
import tempfile
from pathlib import Path

from xinheng.runtime.binaries import Binaries
from xinheng.runtime.disk import MEGABYTE, disk_full, file_errors, require_space
from xinheng.runtime.errors import RuntimeRefusal
from xinheng.runtime.folder import DataFolder
from xinheng.runtime.keys import OWNER, owner_password
from xinheng.runtime.server_user import ServerUser, clean_environment

DATABASE = "xinheng"
NEW_CLUSTER = 200 * MEGABYTE
UNFINISHED = "postgres.new-"
# Text sorts by code point, the same on every machine; letters of all scripts are letters (for trigrams).
CHARACTER_TYPES = ("C.UTF-8", "C")


def create(folder: DataFolder, binaries: Binaries, user: ServerUser, server_lock: int) -> None:
    """Make PGDATA aside and rename it in place: it is there whole or not at all."""
    require_space(folder.path, NEW_CLUSTER)
    with file_errors(folder.path):
        for left_behind in folder.path.glob(UNFINISHED + "*"):
            shutil.rmtree(left_behind)
        aside = Path(tempfile.mkdtemp(prefix=UNFINISHED, dir=folder.path))
        try:
            own(aside, user)
            _initdb(folder, binaries, user, aside, server_lock)
            _create_database(binaries, user, aside, server_lock)
            aside.rename(folder.postgres)
            _sync(folder.path)
        finally:
            shutil.rmtree(aside, ignore_errors=True)


def _initdb(folder: DataFolder, binaries: Binaries, user: ServerUser, aside: Path, server_lock: int) -> None:
    # In memory, never in a file of its own: the server's user may not read keys/.
    password = os.memfd_create("password")
    try:
        os.write(password, owner_password(folder).encode())
        for character_type in CHARACTER_TYPES:
            command = _initdb_command(binaries, aside, character_type, f"/proc/self/fd/{password}")
            answer = _run(user, command, "", (server_lock, password))
            if "invalid locale name" not in answer.stderr:
                break
    finally:
        os.close(password)
    _require_success(answer, aside)


def _initdb_command(binaries: Binaries, aside: Path, character_type: str, password_file: str) -> list[str]:
    flags = ["--encoding=UTF8", "--locale=C", f"--lc-ctype={character_type}", "--data-checksums"]
    flags += ["--auth-local=scram-sha-256", "--auth-host=scram-sha-256"]
    flags += [f"--username={OWNER}", f"--pwfile={password_file}"]
    return [str(binaries.initdb), f"--pgdata={aside}", *flags]


def _create_database(binaries: Binaries, user: ServerUser, aside: Path, server_lock: int) -> None:
    command = [
        str(binaries.postgres),
        "--single",
        "-j",
        "-D",
        str(aside),
        "-c",
        "exit_on_error=true",
        "postgres",
    ]
    answer = _run(user, command, f"CREATE DATABASE {DATABASE};\n\n", (server_lock,))
    _require_success(answer, aside)


def _run(
    user: ServerUser, program: list[str], stdin: str, descriptors: tuple[int, ...]
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - our own command line
        user.command(program, dies_with_us=signal.SIGKILL),
        input=stdin,
        capture_output=True,
        text=True,
        errors="replace",
        cwd="/",
        env=clean_environment(),
        pass_fds=descriptors,
        check=False,
    )


def _require_success(answer: subprocess.CompletedProcess[str], place: Path) -> None:
    if answer.returncode == 0:
        return
    said = (answer.stderr.strip() or answer.stdout.strip())[-600:]
    if "No space left on device" in said:
        raise disk_full(place)
    raise RuntimeRefusal(
        "database.init_failed",
        f"无法创建数据库：{said}。请排除上述原因后重新运行，未完成的部分已清除。",
        f"The database could not be created: {said}. Remove the cause and repeat: nothing half-made is left.",
    )


def require_major(folder: DataFolder, binaries: Binaries) -> None:
    """PGDATA of one major version is never opened by another."""
    with file_errors(folder.postgres):
        found = (folder.postgres / "PG_VERSION").read_text(encoding="ascii").strip()
    if found != str(binaries.major):
        raise RuntimeRefusal(
            "database.wrong_major",
            f"{folder.postgres} 由 PostgreSQL {found} 创建，而当前程序是 PostgreSQL {binaries.major}"
            f"（{binaries.folder}）。请把 PG_BIN 指向 PostgreSQL {found} 的 bin 目录，"
            "或备份后在新目录中恢复。",
            f"{folder.postgres} was made by PostgreSQL {found}, but the programs are "
            f"PostgreSQL {binaries.major} ({binaries.folder}). "
            f"Point PG_BIN to the bin folder of PostgreSQL {found}, or restore a backup into a new folder.",
        )


def own(data: Path, user: ServerUser) -> None:
    """PGDATA belongs to the server's user alone, also after a copy by root or with other modes."""
    with file_errors(data):
        entry = data.stat()
        if entry.st_uid != user.effective_uid:
            _change_owner(data, user)
        if stat.S_IMODE(entry.st_mode) != stat.S_IRWXU:
            data.chmod(stat.S_IRWXU)


def _change_owner(data: Path, user: ServerUser) -> None:
    if os.geteuid() != 0:
        raise RuntimeRefusal(
            "data.wrong_owner",
            f"{data} 属于其他用户，当前用户无法用它启动数据库。请以其属主身份运行，或把目录复制一份归自己所有。",
            f"{data} belongs to somebody else, so the database cannot be started on it. Run as its owner, "
            "or make a copy of the folder that is yours.",
        )
    for _, folders, files, here in os.fwalk(data):
        for name in (*folders, *files):
            os.chown(name, user.uid, user.gid, dir_fd=here, follow_symlinks=False)
    os.chown(data, user.uid, user.gid)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
