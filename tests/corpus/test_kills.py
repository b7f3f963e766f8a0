"""SIGKILL at random moments of build, compact and rebuild, and several builders at once: the next build is right."""

import json
import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from tests.architecture.sources import CHECKOUT
from tests.doors.command_line import CommandLine, installation
from tests.factories import codes
from xinheng.core.identifiers.uscc import bucket_of
from xinheng.runtime.folder import DataFolder
from xinheng.runtime.postgres import database

pytestmark = pytest.mark.faults

KILLS = int(os.environ.get("XINHENG_KILLS", "4"))
ROWS = 600
LONGEST = 1.5
"""Seconds within which a kill falls after the work has begun."""


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CommandLine]:
    """An installation whose database stays up, so that a round is short."""
    made = installation(tmp_path_factory.mktemp("corpus") / "data")
    with database(DataFolder(made.data)):
        yield made


def act(data: Path, chance: random.Random) -> None:
    """One act of many versions, written straight into the archive."""
    with database(DataFolder(data)) as server, psycopg.connect(server.conninfo()) as connection:
        (position,) = connection.execute("SELECT coalesce(max(position), -1) + 1 FROM ledger_entry").fetchone() or (0,)
        number = uuid4()
        with connection.cursor().copy("COPY archive_version FROM STDIN") as copy:
            for row in range(ROWS):
                copy.write_row(version(chance, f"{position}-{row}", number, row))
        connection.execute(
            "INSERT INTO ledger_entry VALUES (%s, %s, 'test:rows:accepted', '{}', '2026-11-22T10:00:00+08:00')",
            [position, number],
        )


def version(chance: random.Random, name: str, number: object, row: int) -> tuple[object, ...]:
    subject, key = codes.enterprise(chance.randrange(40)), sha256(name.encode()).digest()
    content = json.dumps({"content": f"第{name}项"}, ensure_ascii=False)
    return (
        bucket_of(subject), subject, key[:16], 1, "test", "2018", codes.government(1), name, None, number, row, row + 2,
        None, key[16:], key, content,
    )  # fmt: skip


def begin(office: CommandLine, verb: str) -> subprocess.Popen[str]:
    path = os.pathsep.join([str(CHECKOUT / "src"), str(CHECKOUT)])
    return subprocess.Popen(
        [sys.executable, "-m", "tests.corpus.builder", str(office.data), verb], stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True, cwd=CHECKOUT, env=office.environment | {"PYTHONPATH": path},
    )  # fmt: skip


def finished(process: subprocess.Popen[str]) -> str:
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    return out


def test_a_kill_at_any_moment(office: CommandLine) -> None:
    seed = int(os.environ["XINHENG_RUN_SEED"])
    chance = random.Random(seed)
    act(office.data, chance)
    finished(begin(office, "build"))
    killed = 0
    for _ in range(KILLS):
        act(office.data, chance)
        verb = chance.choice(["build", "build", "compact", "rebuild"])
        process = begin(office, verb)
        assert process.stdout is not None
        assert process.stdout.readline() == "begun\n", process.communicate()
        try:
            process.wait(chance.uniform(0, LONGEST) ** 2 / LONGEST)
        except subprocess.TimeoutExpired:
            process.kill()
        _, err = process.communicate(timeout=60)
        assert process.returncode in (0, -signal.SIGKILL), err
        killed += process.returncode != 0
        finished(begin(office, "build"))
        found = json.loads(finished(begin(office, "check")))
        assert (found["problems"], found["behind"]) == ([], 0), (seed, verb)
    print(f"{killed} of {KILLS} were killed")
    grown = found["root"]
    finished(begin(office, "rebuild"))
    assert json.loads(finished(begin(office, "check")))["root"] == grown


def test_several_at_once_wait_for_each_other(office: CommandLine) -> None:
    act(office.data, random.Random(1))
    racing = [begin(office, verb) for verb in ("build", "build", "rebuild")]
    for process in racing:
        finished(process)
    found = json.loads(finished(begin(office, "check")))
    assert (found["problems"], found["behind"]) == ([], 0)


def test_the_commands(office: CommandLine) -> None:
    act(office.data, random.Random(2))
    built = office.json("corpus", "build")
    assert built["rows"]["version"] % ROWS == 0
    assert office.json("corpus", "build")["read"] == 0
    compacted = office.json("corpus", "compact")
    assert compacted["rows"] == built["rows"]
    found = office.json("corpus", "check")
    assert (found["ok"], found["behind"], found["position"]) == (True, 0, built["position"])
    assert office.json("corpus", "rebuild")["generation"] > built["generation"]
    assert office.json("corpus", "check")["root"] == found["root"]
    part = next((office.data / "corpus").rglob("*.parquet"))
    part.write_bytes(part.read_bytes()[:-1])
    assert office.run("corpus", "check").code == 2
    (office.data / "corpus" / "manifest.json").write_text("{")
    assert office.refused("corpus", "build") == "corpus.manifest_damaged"
    office.json("corpus", "rebuild")
    assert office.json("corpus", "check")["ok"]
