import errno
import shutil
from pathlib import Path

import pytest

from tests.runtime.server_folders import gone
from xinheng.runtime import cluster, postgres
from xinheng.runtime.disk import file_errors, require_space
from xinheng.runtime.errors import RuntimeRefusal
from xinheng.runtime.folder import DataFolder
from xinheng.runtime.postgres import database, initialise


def test_space_is_asked_where_the_path_will_be(tmp_path: Path) -> None:
    require_space(tmp_path / "not" / "yet" / "there", 1)


def test_too_little_space_names_both_sizes(tmp_path: Path) -> None:
    needed = shutil.disk_usage(tmp_path).free * 2
    with pytest.raises(RuntimeRefusal) as refused:
        require_space(tmp_path / "later", needed)
    assert refused.value.rule == "disk.full"
    assert f"{-(-needed // 1_000_000)} MB" in refused.value.message_en
    assert "磁盘空间不足" in refused.value.message_zh


@pytest.mark.parametrize(
    ("number", "rule"),
    [
        (errno.ENOSPC, "disk.full"),
        (errno.EDQUOT, "disk.full"),
        (errno.EACCES, "data.not_writable"),
        (errno.EROFS, "data.not_writable"),
        (errno.ENOTDIR, "data.not_a_folder"),
        (errno.EIO, "data.unusable"),
    ],
)
def test_errors_of_the_system_become_refusals(tmp_path: Path, number: int, rule: str) -> None:
    with pytest.raises(RuntimeRefusal) as refused, file_errors(tmp_path):
        raise OSError(number, "as the system says")
    assert refused.value.rule == rule
    assert str(tmp_path) in refused.value.message_en
    assert str(tmp_path) in refused.value.message_zh


def test_a_device_that_is_full_is_recognised() -> None:
    """/dev/full is the kernel's own full disk."""
    with pytest.raises(RuntimeRefusal) as refused, file_errors(Path("/dev/full")):
        Path("/dev/full").write_bytes(b"one byte too many")
    assert refused.value.rule == "disk.full"


def test_nothing_is_begun_on_a_disk_without_room(
    tmp_path: Path, installed: DataFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    too_much = shutil.disk_usage(tmp_path).free * 2
    monkeypatch.setattr(cluster, "NEW_CLUSTER", too_much)
    monkeypatch.setattr(postgres, "TO_START", too_much)
    fresh = DataFolder(tmp_path / "fresh")
    with pytest.raises(RuntimeRefusal) as refused:
        initialise(fresh)
    assert refused.value.rule == "disk.full"
    assert not fresh.installed
    with pytest.raises(RuntimeRefusal) as refused, database(installed):
        pass
    assert refused.value.rule == "disk.full"
    assert gone(installed)
