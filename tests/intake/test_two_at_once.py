"""Two processes at the gate at the same moment: nothing lost, nothing doubled, every receipt true."""

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.factories import codes

ROWS = 200
SUBJECTS = 3
BUREAU_NAME = "示例市应急管理局"


class Installation:
    """One scratch installation, worked with from outside only."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith("XINHENG_")}

    def start(self, *arguments: str) -> "subprocess.Popen[str]":
        command = [sys.executable, "-m", "xinheng.cli", *arguments, "--data", str(self.folder), "--json"]
        pipe = subprocess.PIPE
        return subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True, env=self.environment)

    def run(self, *arguments: str) -> Any:
        return finished(self.start(*arguments))


def finished(process: "subprocess.Popen[str]") -> Any:
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, f"{out}\n{err}"
    return json.loads(out)


def subject(n: int) -> tuple[str, str]:
    return codes.enterprise(n), f"示例市青禾{n}号有限公司"


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    from tests.factories.accounts import BUREAU, REGISTRAR
    from tests.factories.intake import csv_file, registration

    folder = tmp_path_factory.mktemp("two")
    made = Installation(folder / "data")
    made.run("init")
    made.run("agency", "add", BUREAU, BUREAU_NAME)
    made.run("agency", "add", REGISTRAR, "示例市市场监督管理局")
    register = csv_file(folder / "register.csv", [registration(*subject(n)) for n in range(SUBJECTS)])
    assert made.run("submit", str(register), "--item", "registration", "--agency", REGISTRAR)["accepted"] == SUBJECTS
    return made


def penalties(path: Path, series: str, numbers: Sequence[int], facts: str = "未按规定进行安全培训") -> Path:
    from tests.factories.intake import csv_file, penalty

    rows = [penalty(*subject(n % SUBJECTS), f"{series}〔2026〕{n}号", 违法事实=facts) for n in numbers]
    return csv_file(path, rows)


def send_at_once(installation: Installation, *files: Path) -> list[dict[str, Any]]:
    from tests.factories.accounts import BUREAU

    started = [installation.start("submit", str(file), "--item", "penalty", "--agency", BUREAU) for file in files]
    return [finished(process) for process in started]


def stored(installation: Installation, series: str) -> Counter[tuple[str, int]]:
    """(Document number, version) of a series' records in every file, read as any reader would."""
    found: Counter[tuple[str, int]] = Counter()
    for n in range(SUBJECTS):
        for record in installation.run("show", subject(n)[0])["records"]:
            if (record["document_number"] or "").startswith(series):
                found[(record["document_number"], record["version"])] += 1
    return found


def doctor_agrees(installation: Installation) -> None:
    checks = {check["id"]: check for check in installation.run("doctor")["checks"]}
    assert all(check["ok"] for check in checks.values()), checks


def test_the_same_file_by_two_processes_is_filed_once(installation: Installation, tmp_path: Path) -> None:
    first = penalties(tmp_path / "a.csv", "甲", range(ROWS))
    second = penalties(tmp_path / "b.csv", "甲", range(ROWS - 1, -1, -1))
    receipts = send_at_once(installation, first, second, first)
    assert sum(receipt["accepted"] for receipt in receipts) == ROWS
    assert sum(receipt["unchanged"] for receipt in receipts) == 2 * ROWS
    assert stored(installation, "甲") == Counter({(f"甲〔2026〕{n}号", 1): 1 for n in range(ROWS)})
    doctor_agrees(installation)


def test_two_different_words_on_the_same_decisions_are_two_versions(installation: Installation, tmp_path: Path) -> None:
    files = [penalties(tmp_path / f"{word}.csv", "乙", range(60), f"事实{word}") for word in "甲乙"]
    receipts = send_at_once(installation, *files)
    assert sorted((receipt["accepted"], receipt["updated"]) for receipt in receipts) == [(0, 60), (60, 0)]
    assert stored(installation, "乙") == Counter({(f"乙〔2026〕{n}号", 2): 1 for n in range(60)})
    doctor_agrees(installation)


def test_half_the_rows_in_common(installation: Installation, tmp_path: Path) -> None:
    files = [penalties(tmp_path / "a.csv", "丙", range(200)), penalties(tmp_path / "b.csv", "丙", range(100, 300))]
    receipts = send_at_once(installation, *files)
    assert sum(receipt["accepted"] for receipt in receipts) == 300
    assert sum(receipt["unchanged"] for receipt in receipts) == 100
    assert len({receipt["position"] for receipt in receipts}) == 2
    assert sum(stored(installation, "丙").values()) == 300
    doctor_agrees(installation)
