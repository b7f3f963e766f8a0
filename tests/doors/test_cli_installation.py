"""The life of an installation from the command line: made, asked, broken in every way, served, stopped."""

import os
import shutil
import signal
import socket
import subprocess
from pathlib import Path

import psycopg
import pytest

from tests.doors import town
from tests.doors.command_line import COMMAND, CommandLine, Pages, free_port, installation
from tests.runtime.server_folders import as_nobody, gone, postmasters, slay, wait_until
from xinheng.runtime.folder import DataFolder
from xinheng.runtime.postgres import database

CODE = town.organisation_code(1)


@pytest.fixture
def office(tmp_path: Path) -> CommandLine:
    return installation(tmp_path / "data")


def test_init_twice_changes_nothing(tmp_path: Path) -> None:
    office = CommandLine(tmp_path / "deep" / "data")
    first, second = office.json("init"), office.json("init")
    assert (first["new"], second["new"]) == (True, False)
    assert first["rulebook"] == second["rulebook"]
    assert gone(DataFolder(office.data)), "a full stop"
    assert office.json("doctor")["ok"]


def test_two_inits_at_once(tmp_path: Path) -> None:
    office = CommandLine(tmp_path / "data")
    both = [office.start("init", "--json") for _ in range(2)]
    for command in both:
        out, err = command.communicate(timeout=120)
        assert (command.returncode, err) == (0, ""), out
    assert office.json("doctor")["ok"]


def test_the_folder_is_named_by_option_else_variable_else_habit(office: CommandLine, tmp_path: Path) -> None:
    elsewhere = CommandLine(tmp_path / "nowhere")
    assert elsewhere.refused("doctor") == "data.not_initialised"
    assert elsewhere.json("doctor", "--data", office.data)["data"] == str(office.data)
    del elsewhere.environment["XINHENG_DATA"]
    assert elsewhere.refused("doctor", cwd="/") == "data.not_initialised"
    answer = elsewhere.run("doctor", "--json", cwd=office.data.parent)
    assert (answer.code, answer.json()["data"]) == (0, str(office.data)), "./data"


def test_a_stopped_folder_can_be_copied_and_moved(office: CommandLine, tmp_path: Path) -> None:
    office.json("agency", "add", town.AGENCY, town.AGENCY_NAME)
    shutil.copytree(office.data, tmp_path / "copy", symlinks=True)
    subprocess.run(["cp", "-a", office.data, tmp_path / "moved"], check=True)
    assert "1 agencies" in str(CommandLine(tmp_path / "moved").json("doctor")["checks"])


def _is_file(place: Path) -> None:
    place.write_text("no folder")


def _is_empty(place: Path) -> None:
    place.mkdir()


def _has_the_wrong_major(place: Path) -> None:
    installation(place)
    (place / "postgres" / "PG_VERSION").write_text("14\n")


def _is_outdated(place: Path) -> None:
    """As a folder of an earlier version: a migration has not run there."""
    office = installation(place)
    with database(DataFolder(office.data)) as server, psycopg.connect(server.conninfo()) as connection:
        connection.execute("DELETE FROM django_migrations WHERE app = 'publication'")


@pytest.mark.parametrize(
    ("make", "rule"),
    [
        (_is_file, "data.not_a_folder"),
        (_is_empty, "data.not_initialised"),
        (_has_the_wrong_major, "database.wrong_major"),
        (_is_outdated, "data.outdated"),
    ],
)
def test_folders_that_cannot_be_used(tmp_path: Path, make: object, rule: str) -> None:
    make(tmp_path / "data")
    office = CommandLine(tmp_path / "data")
    for command in (["doctor"], ["search", "x"], ["show", CODE], ["agency", "add", CODE, "x"]):
        found = office.refused(*command)
        assert found == rule, command


def test_a_folder_that_may_not_be_written(tmp_path: Path) -> None:
    """Root may write everywhere, so there an ordinary user tries."""
    closed = tmp_path / "closed"
    closed.mkdir()
    closed.chmod(0o555)
    prefix = as_nobody() if os.geteuid() == 0 else ()
    office = CommandLine(closed / "data")
    done = subprocess.run(
        [*prefix, *COMMAND, "init", "--json"], env=office.environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert '"rule": "data.not_writable"' in done.stdout
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("url", "rule"),
    [
        ("postgresql://nobody:hunter2@127.0.0.1:1/none", "database.unavailable"),
        ("mysql=what hunter2", "database.bad_url"),
    ],
)
def test_a_wrong_database_url(office: CommandLine, url: str, rule: str) -> None:
    elsewhere = CommandLine(office.data, DATABASE_URL=url)
    answer = elsewhere.run("doctor", "--json")
    assert answer.rule == rule
    assert "hunter2" not in answer.out + answer.err, "passwords are not repeated"


def test_an_agency_is_admitted_and_changed(office: CommandLine) -> None:
    """Adding it again changes its name and rights; a body it may send for must be known."""
    added = office.json("agency", "add", town.AGENCY.lower(), "旧名称")
    assert added == {"code": town.AGENCY, "name": "旧名称", "items": None, "sends_for": []}
    office.json("agency", "add", town.REGISTRAR, town.REGISTRAR_NAME)
    changed = office.json(
        "agency", "add", town.AGENCY, town.AGENCY_NAME, "--items", "penalty,licence", "--sends-for", town.REGISTRAR
    )
    assert (changed["name"], changed["items"]) == (town.AGENCY_NAME, ["penalty", "licence"])
    assert changed["sends_for"] == [town.REGISTRAR]
    assert "2 agencies" in str(office.json("doctor")["checks"])


@pytest.mark.parametrize(
    ("arguments", "rule"),
    [
        (["123", "某局"], "agency.code"),
        ([town.person_number(1), "某人"], "agency.code"),
        ([town.AGENCY, "  "], "agency.name"),
        ([town.AGENCY, "某局", "--items", "penalty,信用户"], "item.unknown"),
        ([town.AGENCY, "某局", "--sends-for", town.REGISTRAR], "agency.unknown"),
    ],
)
def test_agencies_that_cannot_be_admitted(office: CommandLine, arguments: list[str], rule: str) -> None:
    assert office.refused("agency", "add", *arguments) == rule


def test_unknown_codes_and_texts(office: CommandLine) -> None:
    assert office.refused("show", CODE) == "organisation.unknown"
    assert office.refused("show", CODE, "--as-of", "someday") == "organisation.unknown"
    assert office.refused("show", CODE, "--known-at", "soon") in ("organisation.unknown", "instant.unreadable")
    nothing = office.json("search", "没有这样的组织")
    assert nothing["hits"] == []
    assert nothing["hint"]["zh"]


def test_the_server_answers_and_stops_completely(office: CommandLine) -> None:
    port = free_port()
    server = office.start("serve", "--port", port, "--json")
    pages = Pages(f"http://127.0.0.1:{port}")
    pages.wait(server)
    assert pages.get("/healthz")[0] == pages.get("/readyz")[0] == 200
    server.send_signal(signal.SIGTERM)
    out, _ = server.communicate(timeout=60)
    assert server.returncode == 0
    assert out == f'{{"url": "http://127.0.0.1:{port}/"}}\n'
    assert gone(DataFolder(office.data))
    assert processes_on(port) == 0


def test_kill_minus_nine_leaves_neither_worker_nor_database(office: CommandLine) -> None:
    port = free_port()
    server = office.start("serve", "--port", port)
    Pages(f"http://127.0.0.1:{port}").wait(server)
    server.kill()
    server.communicate(timeout=60)
    assert wait_until(lambda: gone(DataFolder(office.data)) and processes_on(port) == 0)
    assert office.json("doctor")["ok"]


def test_a_killed_database_comes_back_under_the_server(office: CommandLine) -> None:
    with office.served() as pages:
        slay(*postmasters(DataFolder(office.data)))
        assert wait_until(lambda: pages.get("/readyz")[0] == 200 and pages.get("/")[0] == 200, seconds=40)


def test_two_servers_on_one_folder(office: CommandLine) -> None:
    with office.served() as first:
        with office.served() as second:
            assert second.get("/readyz")[0] == 200
        assert first.get("/readyz")[0] == 200, "the one that leaves takes nothing away"
    assert gone(DataFolder(office.data))


def test_ports_that_cannot_be_had(office: CommandLine) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert office.refused("serve", "--port", port) == "port.taken"
        assert office.refused("demo", "--port", port) == "port.taken"
    assert office.refused("serve", "--port", 70_000) == "port.taken"
    assert office.refused("serve", "--host", "no.such.host.invalid") == "port.taken"


def test_a_small_city_is_loaded_once(tmp_path: Path) -> None:
    """The second run finds everything there and does not mix with real files."""
    office = CommandLine(tmp_path / "data")
    size = ["--no-serve", "--organisations", 30, "--rows", 60]
    first = office.json("demo", *size)
    assert first["unexpected"] == 0
    assert first["rows"] >= 60
    assert office.json("demo", *size) == first
    assert office.json("doctor")["ok"]


def test_made_up_organisations_never_join_real_ones(office: CommandLine, tmp_path: Path) -> None:
    office.json("agency", "add", town.REGISTRAR, town.REGISTRAR_NAME)
    file = town.register_file(tmp_path / "r.csv", [town.registered(1, "云台区精诚餐饮有限公司")])
    office.submit(file, "registration", town.REGISTRAR)
    assert office.refused("demo", "--no-serve") == "demo.real_data"


def processes_on(port: int) -> int:
    """How many processes still take calls on a port: 0 when it refuses."""
    with socket.socket() as probe:
        return int(probe.connect_ex(("127.0.0.1", port)) == 0)
