"""SIGKILL at random moments of what follows an intake: withdrawals, corrections, decisions, nil returns.

Whoever is killed, the command or the server, each act stands whole or is not there, and can be repeated.
"""

import os
import random
import subprocess

import psycopg
import pytest

from tests.doors import town
from tests.doors.command_line import CommandLine, installation
from tests.runtime.server_folders import User, postmasters, slay
from xinheng.runtime.folder import DataFolder
from xinheng.runtime.postgres import database

pytestmark = pytest.mark.faults

KILLS = max(4, int(os.environ.get("XINHENG_KILLS", "6")) // 5)
"""One for each act in every run; `make soak` takes more."""
ROWS = 300
DINER = "云台区精诚餐饮有限公司"
ACTS = ("withdraw", "correct", "decide", "nil")

# Each act: how many things of it stand, and how many entries of the ledger speak of them. Both or neither.
_STANDING = {
    "withdraw": """
        SELECT (SELECT count(*) FROM archive_withdrawal),
               (SELECT coalesce(sum((body::json ->> 'records')::int), 0) FROM ledger_entry
                 WHERE kind = 'batch:records:withdrawn'),
               (SELECT coalesce(sum((counts ->> 'records')::int), 0) FROM intake_withdrawal)""",
    "correct": """
        SELECT (SELECT count(*) FROM archive_version v JOIN intake_correction c ON c.act = v.act),
               (SELECT count(*) FROM ledger_entry WHERE kind = 'batch:row:corrected'),
               (SELECT count(*) FROM intake_correction)""",
    "decide": """
        SELECT (SELECT count(*) FROM intake_held WHERE state <> 'waiting' AND state <> 'withdrawn'),
               (SELECT count(*) FROM ledger_entry WHERE kind = 'held:row:decided'),
               (SELECT count(*) FROM archive_version v JOIN intake_decision d ON d.act = v.act)""",
    "nil": """
        SELECT (SELECT count(*) FROM intake_nil_return),
               (SELECT count(*) FROM ledger_entry WHERE kind = 'nil:return:signed'),
               (SELECT count(DISTINCT receipt) FROM intake_nil_return)""",
}


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> CommandLine:
    """An installation with two batches for each kill, each with a row that waits."""
    place = tmp_path_factory.mktemp("after")
    made = installation(place / "data")
    made.json("agency", "add", town.REGISTRAR, town.REGISTRAR_NAME)
    made.json("agency", "add", town.AGENCY, town.AGENCY_NAME)
    made.submit(town.register_file(place / "register.csv", [town.registered(1, DINER)]), "registration", town.REGISTRAR)
    for number in range(KILLS):
        rows = [town.penalty(1, DINER, f"云市监罚〔2026〕{number * ROWS + n}号") for n in range(ROWS)]
        rows[-1]["fine"] = "50000"
        receipt = made.submit(town.penalty_file(place / f"{number}.csv", rows), "penalty", town.AGENCY)
        assert (receipt["accepted"], receipt["held"]) == (ROWS - 1, 1)
    return made


def ask(office: CommandLine, question: str) -> tuple[int, ...]:
    with database(DataFolder(office.data)) as server, psycopg.connect(server.conninfo()) as connection:
        return connection.execute(question).fetchone() or ()


def command(office: CommandLine, act: str, number: int) -> list[str]:
    """One act on the batch that nobody touched yet."""
    batch = office.json("batches", "--agency", town.AGENCY, "--limit", "1000")["batches"][number]["receipt"]
    by = ["--agency", town.AGENCY, "--officer", "王科长", "--reason"]
    if act == "withdraw":
        return ["withdraw", "--batch", batch, *by, "sent_by_mistake"]
    if act == "decide":
        hold = next(
            each["id"] for each in office.json("holds", "list", "--limit", "1000")["holds"] if each["receipt"] == batch
        )
        return ["holds", "decide", str(hold), "--decision", "release", *by, "已核对"]
    if act == "correct":
        record = office.json("lineage", batch, "--limit", "1")["records"][0]["record"]
        return ["correct", record, "--set", "violation_facts=新查明的事实", *by, "笔误"]
    day = f"{2000 + number // 12}-{number % 12 + 1:02d}-"
    return ["nil", "penalty", "--from", f"{day}01", "--to", f"{day}28", *by[:-1]]


@pytest.mark.parametrize("number", range(KILLS))
def test_an_act_stands_whole_or_not_at_all(office: CommandLine, number: int) -> None:
    seed = int(os.environ["XINHENG_RUN_SEED"]) + number
    moments = random.Random(seed)
    act = ACTS[number % len(ACTS)]
    asked = command(office, act, number)
    before = ask(office, _STANDING[act])
    strike(office, asked, moments)
    after = ask(office, _STANDING[act])
    assert len(set(after)) == 1, (seed, act, before, after)
    office.run(*asked, "--json")
    repeated = ask(office, _STANDING[act])
    grown = 1 if act != "withdraw" else ROWS - 1
    assert set(repeated) == {before[0] + grown}, (seed, act, before, after, repeated)
    assert office.json("doctor")["ok"], (seed, act)


def strike(office: CommandLine, asked: list[str], moments: random.Random) -> None:
    """Begin the act and kill the command or the server under it."""
    holder = User(DataFolder(office.data)).arrive()
    running = office.start(*asked, "--json")
    try:
        running.wait(moments.uniform(0.3, 1.6))
    except subprocess.TimeoutExpired:
        if moments.random() < 0.5:
            running.kill()
        else:
            slay(*postmasters(DataFolder(office.data)))
    _, err = running.communicate(timeout=120)
    assert "Traceback" not in err
    holder.kill()
