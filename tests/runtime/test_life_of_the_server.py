"""Start, join, leave, stop, copy: the life of the embedded server without violence."""

import contextlib
import os
import shutil
from pathlib import Path

import psycopg
import pytest

from tests.runtime.conftest import copy
from tests.runtime.server_folders import (
    INITIALISE,
    User,
    backends,
    gone,
    postmasters,
    remember,
    remembered,
    start,
    wait_until,
)
from xinheng.runtime.errors import RuntimeRefusal
from xinheng.runtime.folder import DataFolder
from xinheng.runtime.keys import owner_password
from xinheng.runtime.postgres import database, initialise, server_state


def test_the_server_runs_as_long_as_it_is_used(installed: DataFolder) -> None:
    assert server_state(installed).state == "stopped"
    with database(installed) as found:
        remember(found.dsn(), 1)
        assert len(postmasters(installed)) == 1
        assert server_state(installed).state == "running"
        assert server_state(installed).pid == postmasters(installed)[0]
    assert gone(installed), "after the last user left, the folder can be copied at once"
    assert server_state(installed).state == "stopped"
    with database(installed) as found:
        assert remembered(found.conninfo()) == [1]


def test_a_second_use_inside_the_first_joins_it(installed: DataFolder) -> None:
    with database(installed) as outer:
        with database(installed) as inner:
            assert inner == outer
        remember(outer.dsn(), 1)
        assert len(postmasters(installed)) == 1


def test_many_commands_at_once_share_one_server_and_the_last_one_stops_it(installed: DataFolder) -> None:
    users = [User(installed) for _ in range(4)]
    for user in users:
        user.arrive()
    assert len(postmasters(installed)) == 1
    first, *others = users
    assert first.leave() == 0
    for user in others:
        remember(user.dsn, 1)
        assert user.leave() == 0
    assert wait_until(lambda: gone(installed))


def test_commands_one_after_the_other_never_meet_a_half_stopped_server(installed: DataFolder) -> None:
    users = [User(installed) for _ in range(3)]
    for number, user in enumerate(users):
        user.arrive()
        remember(user.dsn, number)
        user.leave()
    with database(installed) as found:
        assert remembered(found.dsn()) == [0, 1, 2]


def test_the_database_is_as_the_house_wants_it(installed: DataFolder) -> None:
    wanted = {
        "data_checksums": "on",
        "fsync": "on",
        "jit": "off",
        "TimeZone": "UTC",
        "server_encoding": "UTF8",
        "log_error_verbosity": "terse",
        "log_min_error_statement": "panic",
        "log_parameter_max_length_on_error": "0",
        "listen_addresses": "",
    }
    with database(installed) as found, psycopg.connect(found.dsn()) as connection:
        shown = {name: connection.execute(f"SHOW {name}").fetchone()[0] for name in wanted}
        order = connection.execute("SELECT 'Z' < 'a' AND '乙' > '一', '信' ~ '[[:alpha:]]'").fetchone()
    assert shown == wanted
    assert order == (True, True), "code-point order, and Chinese letters are letters"


def test_no_tcp_port_is_opened_and_the_socket_is_private(installed: DataFolder) -> None:
    with database(installed):
        state = server_state(installed)
        assert state.socket_folder.stat().st_mode & 0o077 == 0
        opened = {name for pid in backends(installed) for name in _open_files(pid)}
        sockets = {name.removeprefix("socket:[").removesuffix("]") for name in opened if "socket:" in name}
        assert sockets, "the Unix socket at least"
        assert not sockets & _internet_sockets()


def _open_files(pid: int) -> set[str]:
    """What a process has open; a backend may close a file, or end, while it is looked at."""
    found = set()
    with contextlib.suppress(FileNotFoundError):
        for link in Path(f"/proc/{pid}/fd").iterdir():
            with contextlib.suppress(FileNotFoundError):
                found.add(link.readlink().name)
    return found


def _internet_sockets() -> set[str]:
    tables = [Path("/proc/net", name) for name in ("tcp", "tcp6", "udp", "udp6")]
    lines = [line for table in tables if table.exists() for line in table.read_text().splitlines()[1:]]
    return {line.split()[9] for line in lines}


def test_a_wrong_password_is_refused(installed: DataFolder) -> None:
    with database(installed) as found:
        parameters = found.parameters() | {"password": "guessed"}
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(**parameters)


def test_values_of_failing_statements_do_not_reach_the_log(installed: DataFolder) -> None:
    with database(installed) as found, psycopg.connect(found.dsn(), autocommit=True) as connection:
        connection.execute("CREATE TABLE seen (value text PRIMARY KEY)")
        connection.execute("INSERT INTO seen VALUES ('SECRET-1')")
        with pytest.raises(psycopg.errors.UniqueViolation):
            connection.execute("INSERT INTO seen VALUES (%s)", ("SECRET-1",))
        with pytest.raises(psycopg.errors.InvalidTextRepresentation):
            connection.execute("SELECT 'SECRET-2'::int")
    log = installed.server_log.read_text()
    assert "ready to accept connections" in log
    assert "SECRET" not in log


def test_the_log_is_rotated_before_it_grows_large(installed: DataFolder) -> None:
    installed.server_log.write_bytes(b"old\n" * 3_000_000)
    with database(installed):
        pass
    assert installed.server_log.stat().st_size < 100_000
    assert installed.server_log.with_name("postgres.log.1").stat().st_size == 12_000_000


def test_a_folder_is_initialised_once(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path / "new" / "data")
    assert not folder.installed
    assert initialise(folder) is True
    assert initialise(folder) is False
    assert folder.installed
    assert sorted(entry.name for entry in folder.path.iterdir()) == [
        "documents",
        "keys",
        "logs",
        "postgres",
        "run",
    ]
    assert folder.keys.stat().st_mode & 0o777 == 0o700
    assert (folder.keys / "postgres.password").stat().st_mode & 0o777 == 0o600


def test_two_initialisations_at_once_make_one_database(tmp_path: Path) -> None:
    both = [start(INITIALISE, tmp_path / "data") for _ in range(2)]
    said = sorted(process.communicate(timeout=60)[0].strip() for process in both)
    assert said == ["False", "True"]
    with database(DataFolder(tmp_path / "data")) as found:
        remember(found.dsn(), 1)


def test_a_stopped_folder_can_be_moved(installed: DataFolder, tmp_path: Path) -> None:
    with database(installed) as found:
        remember(found.dsn(), 7)
    moved = DataFolder(tmp_path / "elsewhere")
    installed.path.rename(moved.path)
    with database(moved) as found:
        assert remembered(found.dsn()) == [7]


def test_a_copy_made_while_the_original_runs_has_a_server_of_its_own(installed: DataFolder, tmp_path: Path) -> None:
    copied = DataFolder(tmp_path / "copied")
    with database(installed) as found:
        remember(found.dsn(), 1)
        with psycopg.connect(found.dsn(), autocommit=True) as connection:
            connection.execute("CHECKPOINT")
        copy(installed.path, copied.path)
        assert (copied.postgres / "postmaster.pid").exists(), "it names the original's server, which lives"
        with database(copied) as second:
            remember(second.dsn(), 2)
            assert remembered(second.dsn()) == [1, 2]
            assert postmasters(installed) != postmasters(copied)
        assert remembered(found.dsn()) == [1], "the original was left alone"
        assert len(postmasters(installed)) == 1


def test_a_copy_with_open_modes_is_closed_again(installed: DataFolder) -> None:
    for place in (installed.postgres, *installed.postgres.rglob("*")):
        place.chmod(0o755 if place.is_dir() else 0o644)
    with database(installed) as found:
        remember(found.dsn(), 1)
    assert installed.postgres.stat().st_mode & 0o777 == 0o700


def test_a_deep_folder_gets_a_short_socket_folder(original: Path, tmp_path: Path) -> None:
    deep = DataFolder(tmp_path.joinpath(*["a-rather-long-name"] * 8, "信衡, \"data\" '1'"))
    deep.path.parent.mkdir(parents=True)
    copy(original, deep.path)
    with database(deep) as found:
        socket_folder = server_state(deep).socket_folder
        remember(found.dsn(), 1)
        assert remembered(found.conninfo()) == [1]
        assert deep.path not in socket_folder.parents
        assert socket_folder.stat().st_mode & 0o777 == 0o700
    assert not socket_folder.exists()


def test_a_socket_folder_of_somebody_else_is_not_trusted(
    original: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deep = DataFolder(tmp_path.joinpath(*["a-rather-long-name"] * 8))
    deep.path.parent.mkdir(parents=True)
    copy(original, deep.path)
    with database(deep):
        place = server_state(deep).socket_folder
    place.symlink_to(tmp_path)
    try:
        with pytest.raises(RuntimeRefusal) as refused, database(deep):
            pass
    finally:
        place.unlink()
    assert refused.value.rule == "database.socket_folder"
    assert not list(tmp_path.glob(".s.PGSQL*"))


def test_another_major_version_is_named_and_left_alone(installed: DataFolder) -> None:
    made_by = (installed.postgres / "PG_VERSION").read_text().strip()
    (installed.postgres / "PG_VERSION").write_text("14\n")
    with pytest.raises(RuntimeRefusal) as refused, database(installed):
        pass
    assert refused.value.rule == "database.wrong_major"
    assert "PostgreSQL 14" in refused.value.message_en
    assert f"PostgreSQL {made_by}" in refused.value.message_en
    assert "PostgreSQL 14" in refused.value.message_zh
    assert gone(installed)
    (installed.postgres / "PG_VERSION").write_text(made_by + "\n")
    with database(installed) as found:
        remember(found.dsn(), 1)


def test_a_server_that_cannot_start_says_why(installed: DataFolder) -> None:
    with (installed.postgres / "postgresql.conf").open("a") as settings:
        settings.write("\nno_such_setting = 1\n")
    with pytest.raises(RuntimeRefusal) as refused, database(installed):
        pass
    assert refused.value.rule == "database.unavailable"
    assert "no_such_setting" in refused.value.message_en
    assert server_state(installed).state == "stopped"


def test_keys_that_belong_to_another_database_are_told_at_once(installed: DataFolder) -> None:
    (installed.keys / "postgres.password").write_text("another\n")
    with pytest.raises(RuntimeRefusal) as refused, database(installed):
        pass
    assert refused.value.rule == "database.unavailable"
    assert "password" in refused.value.message_en
    assert gone(installed)


def test_a_folder_without_installation_is_told_to_run_init(tmp_path: Path) -> None:
    with pytest.raises(RuntimeRefusal) as refused, database(DataFolder(tmp_path)):
        pass
    assert refused.value.rule == "data.not_initialised"
    assert "xinheng init" in refused.value.message_zh
    assert list(tmp_path.iterdir()) == [], "nothing is made by asking"
    assert server_state(DataFolder(tmp_path)).state == "not_installed"


def test_a_server_started_by_hand_in_the_folder_is_not_pulled_away(installed: DataFolder) -> None:
    with database(installed):
        stray = DataFolder(installed.path.parent / "by-hand")
        stray.prepare()
        os.rename(installed.run, installed.path / "hidden")  # its locks are out of sight, as for a stranger
        stray.run.rename(installed.run)
        try:
            with pytest.raises(RuntimeRefusal) as refused, database(installed):
                pass
        finally:
            shutil.rmtree(installed.run)
            os.rename(installed.path / "hidden", installed.run)
        assert refused.value.rule == "database.in_use"
        assert len(postmasters(installed)) == 1
        assert owner_password(installed)
