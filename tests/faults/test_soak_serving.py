"""The worker that serves the pages, and the database under it, killed again and again: the pages come back."""

import os
import random
import signal
import time
import urllib.error
from pathlib import Path

import pytest

from tests.doors import town
from tests.doors.command_line import CommandLine, Pages, free_port
from tests.faults.killing import name, prepared
from tests.runtime.server_folders import postmasters, slay
from xinheng.runtime.folder import DataFolder

pytestmark = pytest.mark.faults

KILLS = int(os.environ.get("XINHENG_KILLS", "6"))
TIMES = max(2, KILLS // 10)
PATIENCE = 60


def workers(parent: int) -> list[int]:
    """The processes that the server's parent started to serve pages."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            told = (entry / "stat").read_text().rpartition(")")[2].split() if entry.name.isdigit() else []
            spawned = bool(told) and int(told[1]) == parent and b"spawn_main" in (entry / "cmdline").read_bytes()
        except OSError:
            continue
        found += [int(entry.name)] if spawned else []
    return found


def comes_back(pages: Pages, address: str) -> bool:
    """Whether the page is there again in time; while it is away it may refuse, never answer something else."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        try:
            status, text = pages.get(address)
        except (urllib.error.URLError, OSError):
            status, text = 0, ""
        if status == 200 and name(1) in text:
            return True
        assert "Traceback" not in text
        time.sleep(0.2)
    return False


def strike(victim: str, parent: int, office: CommandLine) -> None:
    """kill -9; a worker that is just being started anew has no victim yet."""
    if victim == "worker":
        for pid in workers(parent):
            os.kill(pid, signal.SIGKILL)
    else:
        slay(*postmasters(DataFolder(office.data)))


@pytest.mark.timeout(7200)
def test_the_pages_come_back(tmp_path: Path) -> None:
    seed = int(os.environ["XINHENG_RUN_SEED"])
    moments = random.Random(seed)
    office = prepared(tmp_path / "data")
    port = free_port()
    server = office.start("serve", "--port", port)
    pages = Pages(f"http://127.0.0.1:{port}")
    address = f"/org/{town.organisation_code(1)}/"
    try:
        pages.wait(server)
        assert comes_back(pages, address)
        assert workers(server.pid), "there is something to kill"
        for number in range(TIMES):
            victim = ["worker", "database"][number % 2]
            time.sleep(moments.uniform(0.0, 2.0))
            strike(victim, server.pid, office)
            assert comes_back(pages, address), (seed, number, victim)
            file = town.penalty_file(tmp_path / "rows.csv", [town.penalty(1, name(1), f"云市监罚〔2026〕{number}号")])
            assert office.submit(file, "penalty", town.AGENCY)["accepted"] == 1, (seed, number, victim)
    finally:
        server.terminate()
        _, err = server.communicate(timeout=60)
    assert "Traceback" not in err
    assert all(check["ok"] for check in office.json("doctor")["checks"] if check["id"] != "disk")
