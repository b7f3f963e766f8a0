from pathlib import Path

import pytest

from tests.runtime.server_folders import start
from xinheng.runtime.folder import DataFolder
from xinheng.runtime.keys import owner_password, role_password

ASK = """
import sys
from xinheng.runtime.folder import DataFolder
from xinheng.runtime.keys import role_password
sys.stdin.readline()
print(role_password(DataFolder(sys.argv[1]), "xinheng_web"))
"""


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    folder = DataFolder(tmp_path / "data")
    folder.prepare()
    return folder


def test_a_password_is_made_once_and_kept_private(folder: DataFolder) -> None:
    made = role_password(folder, "xinheng_web")
    assert len(made) >= 40
    assert role_password(folder, "xinheng_web") == made
    assert (folder.keys / "xinheng_web.password").stat().st_mode & 0o777 == 0o600
    assert [entry.name for entry in folder.keys.iterdir()] == ["xinheng_web.password"]


def test_every_role_and_folder_has_its_own(folder: DataFolder, tmp_path: Path) -> None:
    other = DataFolder(tmp_path / "other")
    other.prepare()
    passwords = {
        role_password(folder, "xinheng_web"),
        role_password(folder, "xinheng_worker"),
        role_password(other, "xinheng_web"),
        owner_password(folder),
    }
    assert len(passwords) == 4


def test_the_owner_has_one_password_under_both_names(folder: DataFolder) -> None:
    assert role_password(folder, "xinheng") == owner_password(folder)


def test_many_asking_at_once_get_the_same(folder: DataFolder) -> None:
    asking = [start(ASK, folder.path) for _ in range(4)]
    for process in asking:
        process.stdin.write("now\n")
        process.stdin.flush()
    assert len({process.communicate(timeout=30)[0] for process in asking}) == 1


def test_a_write_that_was_cut_short_is_made_again(folder: DataFolder) -> None:
    (folder.keys / ".xinheng_web.password.new").write_text("hal")
    assert len(role_password(folder, "xinheng_web")) >= 40


@pytest.mark.parametrize("role", ["", "../postgres", "Web", "a b", "1st", "x" * 64, "web\n"])
def test_only_names_of_roles_become_files(folder: DataFolder, role: str) -> None:
    with pytest.raises(ValueError, match="not the name"):
        role_password(folder, role)
    assert list(folder.keys.iterdir()) == []
