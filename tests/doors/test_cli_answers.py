"""What the commands that need no installation print, and how every command refuses."""

import json
import os
import pty
import signal
import subprocess
from pathlib import Path

import pytest

from tests.doors import town
from tests.doors.command_line import COMMAND, CommandLine
from xinheng.synth.codes import inner_check

BUILT = {
    "init", "demo", "serve", "doctor", "agency", "submit", "template", "mapping", "withdraw", "nil", "correct",
    "batches", "lineage", "holds", "code", "days", "show", "search", "export", "rulebook", "corpus", "bench", "synth",
}  # fmt: skip
NOT_BUILT = {"backup", "restore", "accept", "user", "log", "report", "verify", "evaluate", "explain"}
PERSON = town.person_number(300)
SHOP = town.organisation_code(7, "92")


@pytest.fixture
def bare(tmp_path: Path) -> CommandLine:
    """A command line without any installation."""
    return CommandLine(tmp_path / "nothing")


def test_help_names_what_is_built_and_nothing_else(bare: CommandLine) -> None:
    answer = bare.run("--help")
    named = {line.split()[0] for line in answer.out.splitlines() if line.startswith("    ") and line[4] != " "}
    assert answer.code == 0
    assert named == BUILT
    for name in NOT_BUILT:
        assert bare.refused(name) == "usage.wrong"


@pytest.mark.parametrize("command", [["init"], ["submit"], ["agency", "add"], ["days", "between"], ["synth"]])
def test_every_command_explains_itself_in_both_languages(bare: CommandLine, command: list[str]) -> None:
    answer = bare.run(*command, "--help")
    assert answer.code == 0
    assert "--json" in answer.out
    assert any("一" <= letter <= "鿿" for letter in answer.out)
    assert not bare.data.exists(), "asking makes nothing"


@pytest.mark.parametrize(
    "arguments",
    [[], ["submit"], ["--js"], ["code"], ["days", "add", "2026-01-05", "three"], ["serve", "--port", "http"]],
)
def test_wrong_usage_is_a_refusal(bare: CommandLine, arguments: list[str]) -> None:
    assert bare.refused(*arguments) == "usage.wrong"
    text = bare.run(*arguments)
    assert (text.code, text.out) == (2, "")


def test_codes_are_judged_in_input_order(bare: CommandLine) -> None:
    good = town.organisation_code(1)
    wrong = good[:-1] + ("0" if good[-1] != "0" else "1")
    judged = bare.json("code", "check", wrong, f" {good.lower()}", "", "无", "12345678" + inner_check("12345678"))
    assert all(set(each) == {"input", "normalised", "kind", "verdict", "reasons"} for each in judged)
    assert [each["verdict"] for each in judged] == ["reject", "ok", "reject", "reject", "ok"]
    assert [each["kind"] for each in judged] == ["uscc", "uscc", None, None, "org_code"]
    assert judged[1]["normalised"] == good
    assert judged[0]["reasons"][0]["rule"] == "code.outer_check"
    assert judged[0]["reasons"][0]["message_zh"]


def test_person_numbers_are_never_repeated(bare: CommandLine) -> None:
    """Neither by an answer nor by a refusal, whatever their width and blanks."""
    spaced = f"{PERSON[:6]} {PERSON[6:14]} {PERSON[14:]}"
    wide = PERSON.translate({ord(digit): ord(digit) + 0xFEE0 for digit in "0123456789X"})
    for arguments in (
        ["code", "check", PERSON, spaced, wide],
        ["code", "check", "--json", PERSON, spaced, wide],
        ["code", "check", "--json", "--unknown", PERSON],
        ["days", "add", "--json", PERSON, "1"],
        ["show", "--json", PERSON],
        ["submit", "--json", f"/nowhere/{PERSON}.csv", "--item", PERSON, "--agency", PERSON],
        ["rulebook", "check", f"/nowhere/{PERSON}"],
    ):
        answer = bare.run(*arguments)
        for form in (PERSON, spaced, wide, PERSON[6:14]):
            assert form not in answer.out + answer.err, arguments


def test_days_are_counted_and_explained(bare: CommandLine) -> None:
    """The day of the event is not counted; National Day 2026 with the Sunday 11 October in between."""
    term = bare.json("days", "add", "2026-09-30", 5)
    assert set(term) == {"start", "days", "due", "provisional", "skipped", "notice"}
    assert (term["due"], term["provisional"]) == ("2026-10-13", False)
    assert [day["date"] for day in term["skipped"]] == [*(f"2026-10-0{day}" for day in range(1, 8)), "2026-10-11"]
    assert all(day["zh"] and day["en"] for day in term["skipped"])
    assert bare.json("days", "between", "2026-09-30", "2026-10-13")["days"] == 5
    assert bare.json("days", "add", "2027-06-01", 7)["provisional"] is True


@pytest.mark.parametrize(
    ("arguments", "rule"),
    [
        (["2026-02-30", 3], "date.unreadable"),
        (["2026-01-05", -1], "calendar.invalid_term"),
        (["2026-01-05", 99_999], "calendar.invalid_term"),
        (["1999-01-05", 3], "calendar.not_covered"),
    ],
)
def test_days_that_cannot_be_counted(bare: CommandLine, arguments: list[object], rule: str) -> None:
    assert bare.refused("days", "add", *arguments) == rule


def test_the_rulebook_of_this_version_is_sound(bare: CommandLine) -> None:
    report = bare.json("rulebook", "check")
    assert report["ok"]
    assert report["problems"] == []
    assert report["cases"] > 0
    assert len(report["digest"]) == 64


def test_a_folder_that_is_no_rulebook(bare: CommandLine, tmp_path: Path) -> None:
    assert bare.refused("rulebook", "check", tmp_path) == "rulebook.unusable"


def test_a_made_up_city_is_the_same_from_the_same_seed(bare: CommandLine, tmp_path: Path) -> None:
    size = ["--seed", 5, "--organisations", 40, "--rows", 120, "--today", "2026-11-22"]
    first, _ = (bare.json("synth", "--out", tmp_path / name, *size) for name in ("first", "second"))
    assert first["rows"] >= 120
    same = subprocess.run(["diff", "-r", tmp_path / "first", tmp_path / "second"], capture_output=True, check=False)
    assert same.returncode == 0, same.stdout
    assert len(json.loads((tmp_path / "first" / "manifest.json").read_text())["submissions"]) == first["files"]


@pytest.mark.parametrize(
    ("extra", "rule"),
    [
        (["--organisations", -3], "synth.size"),
        (["--organisations", 0, "--rows", 10], "synth.size"),
        (["--today", "yesterday"], "date.unreadable"),
    ],
)
def test_a_city_that_cannot_be_made(bare: CommandLine, tmp_path: Path, extra: list[object], rule: str) -> None:
    assert bare.refused("synth", "--out", tmp_path / "city", *extra) == rule


def test_a_city_never_overwrites_somebody_elses_folder(bare: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("dear")
    assert bare.refused("synth", "--out", tmp_path / "mine", "--organisations", 40, "--rows", 100) == "synth.folder"
    assert bare.refused("synth", "--out", tmp_path / "mine" / "letter.txt") in ("synth.folder", "data.not_a_folder")
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["letter.txt"]


def test_a_reader_who_leaves_is_no_fault(bare: CommandLine) -> None:
    """Like ``xinheng … | head -c 1``: quiet, and done."""
    read, write = os.pipe()
    os.close(read)
    with os.fdopen(write, "w") as closed:
        command = bare.start("days", "add", "2026-01-05", 2000, "--json", stdout=closed)
        _, err = command.communicate(timeout=60)
    assert (command.returncode, err) == (0, "")


def test_an_answer_that_cannot_be_written_is_told(bare: CommandLine) -> None:
    with open("/dev/full", "w") as full:
        command = bare.start("days", "add", "2026-01-05", 3, "--json", stdout=full)
        _, err = command.communicate(timeout=60)
    assert command.returncode == 2
    assert err.startswith("xinheng: output.lost: ")
    assert err.count("\n") == 1


def test_any_terminal_can_show_the_answer(bare: CommandLine) -> None:
    """A terminal without Chinese gets escapes; JSON is UTF-8 everywhere, also for bytes that are no text."""
    narrow = CommandLine(bare.data, PYTHONIOENCODING="ascii", LC_ALL="C")
    assert narrow.run("code", "check", "无").code == 0
    assert narrow.json("code", "check", "无")[0]["input"] == "无"
    assert bare.json("code", "check", os.fsdecode(b"\xff"))[0]["verdict"] == "reject"


def test_ctrl_c_ends_a_command_with_one_clear_line(bare: CommandLine, tmp_path: Path) -> None:
    command = bare.start("synth", "--out", tmp_path / "city", "--json")
    with pytest.raises(subprocess.TimeoutExpired):
        command.wait(1.5)
    command.send_signal(signal.SIGINT)
    out, err = command.communicate(timeout=60)
    assert (command.returncode, json.loads(out)["error"]["rule"]) == (2, "command.interrupted")
    assert err.count("\n") == 1


def test_nothing_is_asked_even_on_a_terminal(bare: CommandLine) -> None:
    """Each command ends by itself with a terminal in front of it and nobody typing."""
    master, terminal = pty.openpty()
    try:
        for arguments in (["doctor"], ["search", "x"], ["init", "--data", "/dev/null/x"]):
            done = subprocess.run(
                [*COMMAND, *arguments],
                stdin=terminal,
                env=bare.environment,
                capture_output=True,
                timeout=60,
                check=False,
            )
            assert done.returncode == 2, done
    finally:
        os.close(master)
        os.close(terminal)
