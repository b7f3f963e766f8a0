import os
from pathlib import Path

import pytest

from xinheng.runtime.errors import RuntimeRefusal
from xinheng.runtime.folder import DataFolder
from xinheng.runtime.postgres import database, initialise, server_state


def test_the_folder_named_wins_over_the_variable_and_that_over_the_default(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert DataFolder().path == tmp_path.resolve() / "data"
    monkeypatch.setenv("XINHENG_DATA", "from-variable")
    assert DataFolder().path == tmp_path.resolve() / "from-variable"
    assert DataFolder("named").path == tmp_path.resolve() / "named"
    assert list(tmp_path.iterdir()) == [], "naming a folder makes nothing"


def test_parts_are_private_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        folder = DataFolder(tmp_path / "data")
        folder.prepare()
    finally:
        os.umask(before)
    modes = {part.name: part.stat().st_mode & 0o777 for part in folder.path.iterdir()}
    assert modes == {"keys": 0o700, "documents": 0o700, "logs": 0o700, "run": 0o711}


def test_a_symbolic_link_and_its_target_are_one_folder(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    assert DataFolder(tmp_path / "link") == DataFolder(tmp_path / "real")


@pytest.mark.parametrize("named", ["file", "file/below"])
def test_a_file_is_not_a_data_folder(tmp_path: Path, named: str) -> None:
    (tmp_path / "file").write_text("kept")
    folder = DataFolder(tmp_path / named)
    with pytest.raises(RuntimeRefusal) as refused:
        initialise(folder)
    assert refused.value.rule == "data.not_a_folder"
    assert str(tmp_path) in refused.value.message_zh
    assert (tmp_path / "file").read_text() == "kept"


def test_using_a_file_as_data_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("kept")
    with pytest.raises(RuntimeRefusal) as refused, database(DataFolder(tmp_path / "file")):
        pass
    assert refused.value.rule == "data.not_a_folder"
    assert server_state(DataFolder(tmp_path / "file")).state == "not_installed"


def test_a_file_in_place_of_a_part_is_told(tmp_path: Path) -> None:
    (tmp_path / "keys").write_text("kept")
    with pytest.raises(RuntimeRefusal) as refused:
        initialise(DataFolder(tmp_path))
    assert refused.value.rule == "data.not_a_folder"
    assert "keys" in refused.value.message_en


def test_files_in_place_of_the_database_are_never_overwritten(tmp_path: Path) -> None:
    (tmp_path / "postgres").mkdir()
    (tmp_path / "postgres" / "somebody's file").write_text("kept")
    with pytest.raises(RuntimeRefusal) as refused:
        initialise(DataFolder(tmp_path))
    assert refused.value.rule == "data.unusable"
    assert [entry.name for entry in (tmp_path / "postgres").iterdir()] == ["somebody's file"]
    assert not list(tmp_path.glob("postgres.new-*"))


def test_control_characters_in_a_path_are_refused() -> None:
    with pytest.raises(RuntimeRefusal) as refused:
        DataFolder("da\nta")
    assert refused.value.rule == "data.not_a_folder"
    assert "\n" not in refused.value.message_en


def test_a_refusal_is_one_object_for_a_script() -> None:
    refusal = RuntimeRefusal("disk.full", "磁盘空间不足。", "The disk is full.")
    assert refusal.as_dict() == {
        "rule": "disk.full",
        "message_zh": "磁盘空间不足。",
        "message_en": "The disk is full.",
    }
    assert str(refusal) == "The disk is full."
