"""The commands themselves, small: every figure is there, and is about the rows that were asked for."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.architecture.sources import CHECKOUT
from xinheng.bench.made.faults import KINDS_OF_FAULT

REJECTED = {
    "bad_check_digit", "missing_required", "bad_date", "future_date", "bad_amount", "unknown_choice",
    "wrong_column_count",
}  # fmt: skip
ROWS = 500

pytestmark = pytest.mark.timeout(900)


def bench(tmp_path: Path, *given: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "xinheng.cli", "bench", *given, "--json", "--scratch", str(tmp_path)]
    # The scratch installation is its own: nothing of this run's database may reach it.
    ours = {name: value for name, value in os.environ.items() if not name.startswith(("XINHENG_", "DJANGO_"))}
    return subprocess.run(command, capture_output=True, text=True, check=False, env=ours | environment, cwd=CHECKOUT)


def report(tmp_path: Path, *given: str) -> dict[str, Any]:
    """The JSON of a measurement that went well and left nothing behind."""
    done = bench(tmp_path, *given)
    assert done.returncode == 0, done.stderr
    assert list(tmp_path.iterdir()) == []
    found = json.loads(done.stdout)
    for name in ("cpu", "cores", "ram_mb", "disk"):
        assert found["machine"][name]
    assert found["postgresql"]["settings"]["fsync"] == "on"
    assert found["postgresql"]["settings"]["synchronous_commit"] == "on"
    assert found["date"]
    return found


def test_intake_beside_copy(tmp_path: Path) -> None:
    small = ("--rounds", "1", "--organisations", "80", "--into", "400", "--bad", "10", "--profile")
    found = report(tmp_path, "intake", "--rows", str(ROWS), *small)
    medians = found["median_seconds"]
    assert set(medians) == {"copy", "gate", "copy_all", "bad20", "again", "into"}
    assert found["ratio_to_copy"] == pytest.approx(medians["gate"] / medians["copy"], rel=0.05)
    assert found["ratio_to_copy_all"] == pytest.approx(medians["gate"] / medians["copy_all"], rel=0.05)
    assert found["ratio_to_empty"] == pytest.approx(medians["into"] / medians["gate"], rel=0.05)
    assert found["bad20_to_bad10"] == pytest.approx(medians["bad20"] / medians["gate"], rel=0.05)
    assert found["peak_rss_mb"] > 40
    assert found["rows_in_copy"] == ROWS
    assert any("acquire" in line or "judge" in line for line in found["profile"])
    counts = found["counts"]
    accepted = sum(each["accepted"] for each in counts["gate"].values())
    assert found["rows_in_copy_all"]["archive_version"] == accepted
    assert found["rows_in_copy_all"]["intake_batch"] == 2
    for item in ("penalty", "licence"):
        assert counts["gate"][item]["rows"] == ROWS // 2
        assert counts["again"][item]["unchanged"] == counts["gate"][item]["accepted"]
        assert counts["into"][item]["accepted"] == counts["gate"][item]["accepted"]
        assert counts["bad20"][item]["accepted"] < counts["gate"][item]["accepted"]


def test_lookup_beside_select(tmp_path: Path) -> None:
    found = report(tmp_path, "lookup", "--records", "1000", "--lookups", "120")
    assert found["records"] == 1000
    assert found["lookups"] == 120
    assert found["rows"]["file"] == found["rows"]["show"] == found["rows"]["select"] > 500
    assert found["ratio_to_select_p50"] > 0
    assert found["ratio_to_select_p99"] > 0
    assert found["bytes_per_row"]["table.archive_version"] > 100


def test_growth_in_steps(tmp_path: Path) -> None:
    found = report(tmp_path, "growth", "--steps", "0.0004,0.001", "--lookups", "100", "--narrow")
    assert [step["records"] for step in found["steps"]] == [400, 1000]
    for step in found["steps"]:
        assert step["load_seconds_per_million"] > 0
        assert {"table.archive_version", "index.archive_version_pkey"} <= set(step["bytes_per_row"])
        assert step["lookup"]["lookups"] == 100


def test_frictionless_beside_the_gate(tmp_path: Path) -> None:
    found = report(tmp_path, "frictionless", "--rows", "600", "--rounds", "1", "--organisations", "60", "--bad", "20")
    kinds = found["found"]
    assert set(kinds) == {*KINDS_OF_FAULT, "none"} - {"unclosed_quote"}
    assert kinds["none"]["gate"] == 0
    assert sum(each["planted"] for each in kinds.values()) == 120
    for kind, each in kinds.items():
        assert each["gate"] == each["planted"], kind
        if kind in REJECTED:
            assert each["gate_says"][0] == f"rejected {each['planted']}", kind
    # No schema can tell a check character or what the register knows; types and bounds it can.
    assert kinds["bad_check_digit"]["frictionless"] == kinds["unknown_subject"]["frictionless"] == 0
    assert kinds["bad_date"]["frictionless"] == kinds["bad_date"]["planted"]
    assert found["ratio_to_frictionless"] > 0


def test_no_measurement_on_somebody_elses_server(tmp_path: Path) -> None:
    done = bench(tmp_path, "intake", "--rows", "10", DATABASE_URL="postgresql://nobody@localhost/nothing")
    assert done.returncode == 2
    assert json.loads(done.stdout)["error"]["rule"] == "bench.external_database"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "given",
    [
        ("intake", "--rows", "5"),
        ("intake", "--bad", "60"),
        ("intake", "--rounds", "0"),
        ("lookup", "--lookups", "1"),
        ("growth", "--steps", "2,1"),
        ("growth", "--steps", "one"),
        ("growth", "--steps", "nan"),
        ("growth", "--steps", "inf"),
    ],
)
def test_what_cannot_be_measured_is_refused(tmp_path: Path, given: tuple[str, ...]) -> None:
    done = bench(tmp_path, *given)
    assert done.returncode == 2
    assert json.loads(done.stdout)["error"]["rule"] == "bench.bounds"
    assert list(tmp_path.iterdir()) == []


def test_frictionless_missing_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from xinheng.bench import peers
    from xinheng.runtime.errors import RuntimeRefusal

    monkeypatch.setattr(peers, "find_spec", lambda name: None)
    with pytest.raises(RuntimeRefusal) as refused:
        peers.PeerBench(peers.PeerPlan(10, 0.1, 10, 1, 1), None, print)  # type: ignore[arg-type]
    assert refused.value.rule == "bench.frictionless_missing"
