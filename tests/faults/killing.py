"""Intakes under fire: the real submit process and its database, killed from outside at random moments."""

import json
import os
import random
import signal
import subprocess
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from tests.doors import town
from tests.doors.command_line import CommandLine, installation
from tests.runtime.server_folders import backends, keeper, postmasters, slay
from xinheng.runtime.folder import DataFolder
from xinheng.runtime.postgres import database

ORGANISATIONS = 40
ROWS = 2000
LONGEST = 3.0
"""Seconds within which a kill falls: about as long as an intake of such a file takes."""


@dataclass(slots=True)
class Soak:
    """What happened: the moments and victims (to be told when something is wrong), and what must now be stored."""

    seed: int
    office: CommandLine
    folder: Path
    happened: list[str] = field(default_factory=list)
    sent: list[list[town.Row]] = field(default_factory=list)
    receipts: list[dict] = field(default_factory=list)
    stored_although_killed: int = 0


def soak(count: int, place: Path, seed: int | None = None) -> Soak:
    """Send ``count`` files, killing something during each, and send each again; all promises are checked each time."""
    chosen = int(os.environ["XINHENG_RUN_SEED"]) if seed is None else seed
    moments = random.Random(chosen)
    run = Soak(chosen, prepared(place / "data"), place)
    for number in range(count):
        rows = batch_of_rows(number)
        run.sent.append(rows)
        file = town.penalty_file(place / f"{number}.csv", rows)
        before = batches(run.office)
        strike(run, file, moments)
        recovered(run, before)
        resend(run, file, rows, complete=stored(run.office, rows))
    return run


def prepared(data: Path) -> CommandLine:
    """An installation with its agencies and its register."""
    office = installation(data)
    office.json("agency", "add", town.REGISTRAR, town.REGISTRAR_NAME)
    office.json("agency", "add", town.AGENCY, town.AGENCY_NAME)
    rows = [town.registered(number, name(number)) for number in range(ORGANISATIONS)]
    office.submit(town.register_file(data.parent / "register.csv", rows), "registration", town.REGISTRAR)
    return office


def name(number: int) -> str:
    return f"云台区第{number}饮食有限公司"


def batch_of_rows(number: int) -> list[town.Row]:
    """Two thousand decisions; of each hundred one is faulty, one unknown to the register and one a person's."""
    rows = []
    for place in range(ROWS):
        who = place % ORGANISATIONS
        row = town.penalty(
            who, name(who), f"云市监罚〔2026〕{number * ROWS + place + 1}号", facts=f"第{number}批第{place}项"
        )
        rows.append(row | spoiled(place))
    return rows


def spoiled(place: int) -> town.Row:
    odd = {
        1: {"decided": "2026-02-30"},
        2: {"code": town.organisation_code(ORGANISATIONS + 1)},
        3: {"category": "自然人", "code": "", "name": "司徒望舒"},
    }
    return odd.get(place % 100, {})


def fate(place: int) -> str:
    """What must become of the row at this place, said without asking the gate."""
    return {1: "rejected", 2: "held", 3: "excluded_person"}.get(place % 100, "accepted")


def strike(run: Soak, file: Path, moments: random.Random) -> None:
    """Begin an intake and kill a random part of it at a random moment."""
    who = moments.choice(["the command", "the server", "a session", "the keeper"])
    moment = moments.uniform(0.3, LONGEST)
    command = run.office.start("submit", file, "--item", "penalty", "--agency", town.AGENCY, "--json", "--rows")
    try:
        command.wait(moment)
    except subprocess.TimeoutExpired:
        kill(who, DataFolder(run.office.data), command)
    out, err = command.communicate(timeout=120)
    run.happened.append(f"{who} at {moment:.2f} s: exit {command.returncode}")
    assert "Traceback" not in err + out, err
    if command.returncode == 2:
        assert json.loads(out)["error"]["rule"] == "database.unavailable", out
        assert err.splitlines()[-1].startswith("xinheng: database.unavailable: ")
    elif command.returncode == 0:
        run.receipts.append(json.loads(out))
    else:
        assert command.returncode == -signal.SIGKILL, err


def kill(who: str, folder: DataFolder, command: subprocess.Popen[str]) -> None:
    """kill -9; where the part does not live yet, the command itself."""
    servers = postmasters(folder)
    sessions = [pid for pid in backends(folder) if "xinheng_app" in Path(f"/proc/{pid}/cmdline").read_text()]
    if who == "a session" and sessions:
        os.kill(sessions[0], signal.SIGKILL)
    elif who == "the server" and servers:
        slay(*servers)
    elif who == "the keeper" and servers:
        slay(keeper(folder))
    else:
        command.kill()


def recovered(run: Soak, before: Counter[str]) -> None:
    """The next command finds everything in order, and the attempt in the log."""
    report = run.office.json("doctor")
    assert report["ok"], (run.happened, report)
    now = batches(run.office)
    assert not now["receiving"], run.happened
    assert sum((now - before).values()) <= 1, "one attempt, one line in the log"


def stored(office: CommandLine, rows: Sequence[town.Row]) -> bool:
    """Whether the file is in: whole, or not at all."""
    wanted = {row["document"] for place, row in enumerate(rows) if fate(place) == "accepted"}
    found = wanted & {document for _, document, _, _ in versions(office)}
    assert found in (set(), wanted), f"{len(found)} of {len(wanted)} rows are visible"
    return bool(found)


def resend(run: Soak, file: Path, rows: Sequence[town.Row], *, complete: bool) -> None:
    """The sender sends again, as the refusal says: what is in is not doubled, what is not comes in."""
    run.stored_although_killed += complete
    receipt = run.office.submit(file, "penalty", town.AGENCY)
    expected = [("unchanged" if complete and fate(place) == "accepted" else fate(place)) for place in range(len(rows))]
    assert [row["outcome"] for row in receipt["outcomes"]] == expected, run.happened
    run.receipts.append(receipt)


def versions(office: CommandLine) -> list[tuple[str, str, int, str]]:
    """Every stored decision: subject, document number, version, facts."""
    return _ask(
        office,
        "SELECT subject, document_number, n, content->>'violation_facts' FROM archive_version WHERE item = 'penalty'",
    )


def batches(office: CommandLine) -> Counter[str]:
    """How many attempts stand in the log, by state."""
    return Counter(dict(_ask(office, "SELECT state, count(*) FROM intake_batch GROUP BY state")))


def _ask(office: CommandLine, question: str) -> list[tuple]:
    with database(DataFolder(office.data)) as server, psycopg.connect(server.conninfo()) as connection:
        return connection.execute(question).fetchall()
