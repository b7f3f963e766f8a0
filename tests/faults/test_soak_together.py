"""Two loads of one agency at once, one of them or the database killed now and then: each whole or not at all."""

import json
import os
import random
import signal
import subprocess
from collections import Counter
from pathlib import Path

import pytest

from tests.doors import town
from tests.doors.command_line import CommandLine
from tests.faults.killing import ORGANISATIONS, batches, fate, kill, name, prepared, versions
from xinheng.runtime.folder import DataFolder

pytestmark = pytest.mark.faults

KILLS = int(os.environ.get("XINHENG_KILLS", "6"))
PAIRS = max(2, KILLS // 10)
"""A few in every run; `make soak` takes the full count."""

ROWS, SHARED = 600, 200
VICTIMS = ["nobody", "nobody", "the command", "the server", "a session"]


def pair(number: int) -> tuple[list[town.Row], list[town.Row]]:
    """Two files of one agency; the first rows stand in both."""
    rows = [
        town.penalty(
            place % ORGANISATIONS, name(place % ORGANISATIONS), f"云市监罚〔2026〕{number * 10_000 + place}号",
            **({"decided": "2026-02-30"} if fate(place) == "rejected" else {}),
        )
        for place in range(2 * ROWS - SHARED)
    ]  # fmt: skip
    return rows[:ROWS], [*rows[:SHARED], *rows[ROWS:]]


def wanted(rows: list[town.Row]) -> set[str]:
    """The documents that must be in once the file is: those whose day of decision exists."""
    return {row["document"] for row in rows if row["decided"] != "2026-02-30"}


def send_both(office: CommandLine, files: list[Path], victim: str, moment: float) -> list[int]:
    """Both at once; the exit codes, whatever is killed meanwhile."""
    given = ("--item", "penalty", "--agency", town.AGENCY, "--json")
    commands = [office.start("submit", file, *given) for file in files]
    try:
        commands[0].wait(moment)
    except subprocess.TimeoutExpired:
        if victim != "nobody":
            kill(victim, DataFolder(office.data), commands[0])
    codes = []
    for command in commands:
        out, err = command.communicate(timeout=180)
        assert "Traceback" not in out + err, err
        assert command.returncode in (0, 2, -signal.SIGKILL), (out, err)
        if command.returncode == 2:
            assert json.loads(out)["error"]["rule"] == "database.unavailable", out
        codes.append(command.returncode)
    return codes


@pytest.mark.timeout(7200)
def test_two_loads_of_one_agency_at_once(tmp_path: Path) -> None:
    seed = int(os.environ["XINHENG_RUN_SEED"])
    moments = random.Random(seed)
    office = prepared(tmp_path / "data")
    expected: set[str] = set()
    for number in range(PAIRS):
        victim, moment = moments.choice(VICTIMS), moments.uniform(0.3, 3.0)
        both = pair(number)
        files = [town.penalty_file(tmp_path / f"{number}-{side}.csv", rows) for side, rows in enumerate(both)]
        codes = send_both(office, files, victim, moment)
        told = (seed, number, victim, moment, codes)
        assert all(check["ok"] for check in office.json("doctor")["checks"] if check["id"] != "disk"), told
        assert not batches(office)["receiving"], told
        stored = {document for _, document, _, _ in versions(office)}
        for code, rows in zip(codes, both, strict=True):
            assert code != 0 or wanted(rows) <= stored, told
        for file, rows in zip(files, both, strict=True):
            receipt = office.submit(file, "penalty", town.AGENCY)
            assert receipt["rows"] == len(rows), told
            assert receipt["accepted"] + receipt["unchanged"] == len(wanted(rows)), (told, receipt)
            expected |= wanted(rows)
        found = Counter(document for _, document, _, _ in versions(office))
        assert set(found) == expected, told
        assert set(found.values()) == {1}, (told, "nothing twice")
