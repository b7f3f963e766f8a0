"""The disk fills up, or the database dies, in the middle of an intake: a clear refusal, nothing half-stored."""

import os
import resource
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.doors import town
from tests.doors.command_line import CommandLine
from tests.faults.killing import batch_of_rows, batches, prepared, versions
from tests.runtime.server_folders import User, backends, gone, postmasters, slay, wait_until
from xinheng.runtime.folder import DataFolder

pytestmark = pytest.mark.faults

MEGABYTE = 1024 * 1024


@pytest.fixture
def office(tmp_path: Path) -> CommandLine:
    return prepared(tmp_path / "data")


def send(office: CommandLine, file: Path, **options: object) -> str:
    """Send a file that cannot come in; the rule of the refusal."""
    return office.refused("submit", file, "--item", "penalty", "--agency", town.AGENCY, **options)


def examined(office: CommandLine) -> list[dict]:
    """What the doctor finds; that a small disk has little room is no surprise here."""
    return [check for check in office.run("doctor", "--json").json()["checks"] if check["id"] != "disk"]


def comes_in_afterwards(office: CommandLine, file: Path, rows: list[town.Row]) -> None:
    """Nothing of the failed attempt is there but its line in the log, and the same file comes in whole."""
    bad = [check for check in examined(office) if not check["ok"]]
    assert bad == []
    assert versions(office) == []
    log = batches(office)
    assert log["receiving"] == 0
    assert log["interrupted"] + log["refused"] == 1
    receipt = office.submit(file, "penalty", town.AGENCY)
    assert receipt["rows"] == len(rows)
    assert receipt["accepted"] == len(versions(office))


def test_the_database_is_killed_in_the_middle(office: CommandLine, tmp_path: Path) -> None:
    rows = batch_of_rows(0)
    file = town.penalty_file(tmp_path / "rows.csv", rows)
    folder = DataFolder(office.data)
    command = office.start("submit", file, "--item", "penalty", "--agency", town.AGENCY, "--json")
    assert wait_until(lambda: _at_work(folder)), "the intake has its session"
    slay(*postmasters(folder))
    out, err = command.communicate(timeout=60)
    assert command.returncode == 2
    assert '"rule": "database.unavailable"' in out
    assert err.count("\n") == 1
    comes_in_afterwards(office, file, rows)


def _at_work(folder: DataFolder) -> bool:
    return any("idle in transaction" in _title(pid) or "COPY" in _title(pid) for pid in backends(folder))


def _title(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text()
    except OSError:
        return ""


def test_the_kept_rows_find_no_room(office: CommandLine, tmp_path: Path) -> None:
    """As a quota does: the process may not write its file of kept rows any further."""
    rows = batch_of_rows(0)
    file = town.penalty_file(tmp_path / "rows.csv", rows)
    holder = User(DataFolder(office.data)).arrive()
    limit = 16 * 1024
    narrow = {"preexec_fn": lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))}
    assert send(office, file, **narrow) in ("disk.full", "data.unusable")
    holder.leave()
    comes_in_afterwards(office, file, rows)


if os.geteuid() == 0:
    # Only root may mount a small disk; what an ordinary user can be denied is in the test above.
    def test_the_disk_fills_up_in_the_middle(tmp_path: Path) -> None:
        rows = batch_of_rows(0)
        file = town.penalty_file(tmp_path / "rows.csv", rows)
        with _small_disk(tmp_path / "disk", 400) as disk:
            office = prepared(disk / "data")
            holder = User(DataFolder(office.data)).arrive()
            filler = _fill(disk, leave=1 * MEGABYTE)
            assert send(office, file) == "disk.full"
            filler.unlink()
            holder.process.communicate(timeout=60)
            comes_in_afterwards(office, file, rows)
            assert wait_until(lambda: gone(DataFolder(office.data)))

    def test_a_full_disk_is_told_before_anything_starts(tmp_path: Path) -> None:
        with _small_disk(tmp_path / "disk", 400) as disk:
            office = prepared(disk / "data")
            filler = _fill(disk, leave=1 * MEGABYTE)
            file = town.penalty_file(tmp_path / "rows.csv", batch_of_rows(0)[:1])
            assert send(office, file) == "disk.full"
            filler.unlink()
            assert all(check["ok"] for check in examined(office))


@contextmanager
def _small_disk(place: Path, megabytes: int) -> Iterator[Path]:
    place.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", place], check=True)
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", place], check=True)


def _fill(disk: Path, *, leave: int) -> Path:
    """A file that takes all room but ``leave`` bytes."""
    filler = disk / "filler"
    room = os.statvfs(disk)
    with filler.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, room.f_bavail * room.f_frsize - leave)
    return filler
