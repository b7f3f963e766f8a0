"""kill -9 at every part of the embedded server: the next start works, nothing is lost, nothing is left."""

import os
import random
import signal
import threading
import time
from pathlib import Path

import psycopg
import pytest

from tests.runtime.server_folders import (
    INITIALISE,
    User,
    backends,
    gone,
    keeper,
    postmasters,
    remember,
    remembered,
    slay,
    start,
    wait_until,
)
from xinheng.runtime.folder import DataFolder
from xinheng.runtime.postgres import database, initialise, server_state

pytestmark = pytest.mark.faults

WRITER = """
import sys
import psycopg
from xinheng.runtime.folder import DataFolder
from xinheng.runtime.postgres import database
with database(DataFolder(sys.argv[1])) as found, psycopg.connect(found.dsn(), autocommit=True) as connection:
    connection.execute("CREATE TABLE IF NOT EXISTS remembered (value int)")
    last = connection.execute("SELECT coalesce(max(value), 0) FROM remembered").fetchone()[0]
    for value in range(last + 1, last + 1_000_000):
        connection.execute("INSERT INTO remembered VALUES (%s)", (value,))
        print(value, flush=True)
"""


def test_a_killed_user_leaves_no_server_behind(installed: DataFolder) -> None:
    user = User(installed).arrive()
    remember(user.dsn, 1)
    user.kill()
    assert wait_until(lambda: gone(installed), seconds=5), "the kernel tells the keeper"
    with database(installed) as found:
        assert remembered(found.dsn()) == [1]


def test_a_user_asked_to_terminate_takes_the_server_along(installed: DataFolder) -> None:
    user = User(installed).arrive()
    user.kill(signal.SIGTERM)
    assert wait_until(lambda: gone(installed), seconds=5)


def test_a_killed_starter_does_not_pull_the_server_away_from_others(installed: DataFolder) -> None:
    starter, other = User(installed).arrive(), User(installed).arrive()
    before = postmasters(installed)
    starter.kill()
    time.sleep(0.3)
    remember(other.dsn, 1)
    with database(installed) as found:
        assert remembered(found.dsn()) == [1]
    assert postmasters(installed) == before
    other.leave()


def test_a_starter_killed_at_any_moment_leaves_a_folder_that_starts(installed: DataFolder) -> None:
    moments = random.Random(20261122)
    for number in range(6):
        user = User(installed)
        time.sleep(moments.uniform(0.05, 0.35))
        user.kill()
        with database(installed) as found:
            remember(found.dsn(), number)
            assert len(postmasters(installed)) == 1
    with database(installed) as found:
        assert remembered(found.dsn()) == list(range(6))


def test_a_killed_keeper_takes_the_server_along_and_the_next_start_is_clean(installed: DataFolder) -> None:
    user = User(installed).arrive()
    remember(user.dsn, 1)
    slay(keeper(installed))
    with database(installed) as found:
        assert remembered(found.dsn()) == [1]
        assert len(postmasters(installed)) == 1, "never a second server"
    user.leave()


def test_a_killed_server_recovers_at_the_next_start(installed: DataFolder) -> None:
    user = User(installed).arrive()
    remember(user.dsn, 1)
    slay(*postmasters(installed))
    with database(installed) as found:
        assert remembered(found.dsn()) == [1]
        assert len(postmasters(installed)) == 1
    assert "was not properly shut down" in installed.server_log.read_text()
    user.leave()


def test_everything_killed_at_once_recovers(installed: DataFolder) -> None:
    user = User(installed).arrive()
    remember(user.dsn, 1)
    slay(keeper(installed), *postmasters(installed), user.process.pid)
    user.kill()
    assert (installed.postgres / "postmaster.pid").exists()
    with database(installed) as found:
        assert remembered(found.dsn()) == [1]


def test_a_session_that_outlives_its_killed_server_is_ended_before_the_next_start(
    installed: DataFolder,
) -> None:
    """Such a session could still write: it must be gone before anybody recovers the files."""
    user = User(installed).arrive()
    with psycopg.connect(user.dsn, autocommit=True) as connection:
        pid = connection.info.backend_pid
        busy = "DO $$ BEGIN LOOP PERFORM sqrt(2); END LOOP; END $$"
        running = threading.Thread(target=_run_until_killed, args=(connection, busy))
        running.start()
        assert wait_until(lambda: _is_busy(pid))
        slay(*postmasters(installed))
        assert pid in backends(installed)
        with database(installed) as found:
            assert pid not in backends(installed)
            remember(found.dsn(), 1)
        running.join(timeout=10)
        assert not running.is_alive()
    user.leave()


def _run_until_killed(connection: psycopg.Connection, statement: str) -> None:
    with pytest.raises(psycopg.OperationalError):
        connection.execute(statement)


def _is_busy(pid: int) -> bool:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11]) > 5


def test_a_killed_session_does_not_end_the_server(installed: DataFolder) -> None:
    with database(installed) as found:
        before = postmasters(installed)
        with psycopg.connect(found.dsn()) as connection:
            os.kill(connection.info.backend_pid, signal.SIGKILL)
            with pytest.raises(psycopg.OperationalError):
                connection.execute("SELECT 1")
        with database(installed) as again:
            remember(again.dsn(), 1)
        assert postmasters(installed) == before


def test_sigterm_to_the_keeper_is_a_full_stop(installed: DataFolder) -> None:
    user = User(installed).arrive()
    remember(user.dsn, 1)
    os.kill(keeper(installed), signal.SIGTERM)
    assert wait_until(lambda: server_state(installed).state == "stopped", seconds=5)
    assert gone(installed)
    assert "database system is shut down" in installed.server_log.read_text()
    with database(installed) as found:
        assert remembered(found.dsn()) == [1], "the next command starts it again"
    user.leave()


def test_sigterm_to_the_server_ends_the_keeper_too(installed: DataFolder) -> None:
    user = User(installed).arrive()
    (server,) = postmasters(installed)
    os.kill(server, signal.SIGTERM)
    assert wait_until(lambda: server_state(installed).state == "stopped", seconds=5)
    user.leave()


def test_nothing_acknowledged_is_lost_under_kills_at_random_moments(installed: DataFolder) -> None:
    moments = random.Random(77)
    acknowledged = 0
    for victim in (
        keeper,
        lambda folder: postmasters(folder)[0],
        keeper,
        lambda folder: postmasters(folder)[0],
    ):
        writer = start(WRITER, installed.path)
        first = int(writer.stdout.readline())
        assert first > acknowledged
        time.sleep(moments.uniform(0.05, 0.4))
        slay(victim(installed))
        rest = writer.stdout.read().split()
        writer.communicate(timeout=30)
        acknowledged = int(rest[-1]) if rest else first
    with database(installed) as found:
        kept = remembered(found.dsn())
    assert kept == list(range(1, len(kept) + 1)), "none lost in between, none doubled"
    assert len(kept) in (acknowledged, acknowledged + 1), "at most one was written and not yet acknowledged"


def test_an_interrupted_initialisation_is_repeated_from_the_start(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path / "data")
    moments = random.Random(5)
    for _ in range(3):
        process = start(INITIALISE, folder.path)
        assert wait_until(lambda: bool(list(folder.path.glob("postgres.new-*"))))
        time.sleep(moments.uniform(0, 0.3))
        process.kill()
        process.communicate(timeout=30)
        assert not folder.installed, "there whole or not at all"
    assert initialise(folder) is True
    assert not list(folder.path.glob("postgres.new-*"))
    with database(folder) as found:
        remember(found.dsn(), 1)
