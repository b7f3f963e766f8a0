"""The data folder of an installation: where everything of one `--data DIR` lies."""

import os
from dataclasses import dataclass
from pathlib import Path

from xinheng.runtime.disk import file_errors
from xinheng.runtime.errors import RuntimeRefusal

PRIVATE = 0o700


@dataclass(frozen=True, slots=True, init=False)
class DataFolder:
    """Paths of one installation. Naming a folder makes nothing; `prepare` makes its sub-folders."""

    path: Path

    def __init__(self, path: str | os.PathLike[str] | None = None) -> None:
        named = path or os.environ.get("XINHENG_DATA") or "data"
        object.__setattr__(self, "path", _resolved(named))

    @property
    def postgres(self) -> Path:
        return self.path / "postgres"

    @property
    def run(self) -> Path:
        return self.path / "run"

    @property
    def keys(self) -> Path:
        return self.path / "keys"

    @property
    def documents(self) -> Path:
        return self.path / "documents"

    @property
    def corpus(self) -> Path:
        return self.path / "corpus"

    @property
    def logs(self) -> Path:
        return self.path / "logs"

    @property
    def server_log(self) -> Path:
        return self.logs / "postgres.log"

    @property
    def installed(self) -> bool:
        """Whether `initialise` has finished here, for the embedded server or for the one of DATABASE_URL."""
        with file_errors(self.path):
            if os.environ.get("DATABASE_URL"):
                return self.keys.is_dir()
            return (self.postgres / "PG_VERSION").is_file()

    def require_installed(self) -> None:
        with file_errors(self.path):
            stands_in_the_way = self.path.exists() and not self.path.is_dir()
        if stands_in_the_way:
            raise _not_a_folder(self.path)
        if not self.installed:
            raise RuntimeRefusal(
                "data.not_initialised",
                f"{self.path} 中还没有安装信衡。请先运行 xinheng init --data {self.path}，或用 --data 指定已有的目录。",
                f"There is no installation in {self.path}. Run xinheng init --data {self.path} first, "
                "or name an existing folder with --data.",
            )

    def prepare(self) -> None:
        """Make the folder and its sub-folders; what lies in them is for their owner alone."""
        with file_errors(self.path):
            self.path.mkdir(parents=True, exist_ok=True)
        # run/ holds only locks and the socket's own folder; a database user other than ours must pass it.
        make_folder(self.run, mode=0o711)
        for private in (self.keys, self.documents, self.logs):
            make_folder(private, mode=PRIVATE)


def make_folder(path: Path, mode: int) -> None:
    """Make one sub-folder with exactly this mode, belonging to whoever the folder above belongs to."""
    with file_errors(path):
        try:
            path.mkdir(mode=mode)
        except FileExistsError:
            if path.is_dir():
                return
            raise
        path.chmod(mode)
        give_to_owner(path)


def give_to_owner(path: Path) -> None:
    """What root makes belongs to the owner of the folder above, who must be able to go on without root."""
    if os.geteuid() == 0:
        above = path.parent.stat()
        os.chown(path, above.st_uid, above.st_gid, follow_symlinks=False)


def _resolved(named: str | os.PathLike[str]) -> Path:
    text = os.fspath(named)
    if any(ord(letter) < 32 for letter in text):
        raise _not_a_folder(Path(repr(text)))
    with file_errors(Path(text)):
        return Path(text).expanduser().resolve()


def _not_a_folder(path: Path) -> RuntimeRefusal:
    return RuntimeRefusal(
        "data.not_a_folder",
        f"{path} 不是文件夹。请用 --data 指定一个文件夹。",
        f"{path} is not a folder. Name a folder with --data.",
    )
