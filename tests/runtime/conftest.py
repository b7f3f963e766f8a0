import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.runtime.server_folders import gone, wait_until
from xinheng.runtime.folder import DataFolder
from xinheng.runtime.postgres import initialise


@pytest.fixture(autouse=True)
def embedded(monkeypatch: pytest.MonkeyPatch) -> None:
    """These tests are about the embedded server, whatever the developer's shell says."""
    for name in ("DATABASE_URL", "XINHENG_DATA"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="session")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("DATABASE_URL", raising=False)
        folder = DataFolder(tmp_path_factory.mktemp("original") / "data")
        assert initialise(folder) is True
    return folder.path


@pytest.fixture
def installed(original: Path, tmp_path: Path) -> Iterator[DataFolder]:
    """A copy of a stopped installation; afterwards nothing may be left running in it."""
    copy(original, tmp_path / "data")
    folder = DataFolder(tmp_path / "data")
    yield folder
    assert wait_until(lambda: gone(folder)), "a server was left behind"


def copy(source: Path, target: Path) -> None:
    subprocess.run(["cp", "-a", source, target], check=True)
