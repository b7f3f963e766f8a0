"""``xinheng template``: a workbook to be filled in, without any installation."""

from pathlib import Path

import openpyxl

from tests.doors.command_line import CommandLine


def test_a_template_needs_no_installation(tmp_path: Path) -> None:
    cli = CommandLine(tmp_path / "nothing")
    answer = cli.run("template", "penalty", "--out", str(tmp_path / "t.xlsx"), "--json")
    payload = answer.json()
    assert answer.code == 0
    assert (payload["item"], payload["edition"]) == ("penalty", "2018")
    assert "subject_name" in payload["required"]
    sheet = openpyxl.load_workbook(tmp_path / "t.xlsx").worksheets[0]
    assert sheet.max_column == len(payload["fields"])
    assert not (tmp_path / "nothing").exists()


def test_an_older_edition(tmp_path: Path) -> None:
    answer = CommandLine(tmp_path / "n").run(
        "template", "licence", "--edition", "2015", "--out", str(tmp_path / "t.xlsx")
    )
    assert answer.code == 0
    assert "2015" in answer.out


def test_refusals(tmp_path: Path) -> None:
    cli = CommandLine(tmp_path / "n")
    out = str(tmp_path / "t.xlsx")
    assert cli.run("template", "nothing", "--out", out, "--json").rule == "item.unknown"
    assert cli.run("template", "penalty", "--edition", "1", "--out", out, "--json").rule == "template.edition_unknown"
    assert cli.run("template", "penalty", "--out", str(tmp_path), "--json").rule == "annotated.not_a_file"
