"""Half a measurement is none, and neither is one about other rows than its baseline."""

from datetime import date
from pathlib import Path

import pytest

from xinheng.bench.machine import machine
from xinheng.bench.peers import compare, schema_on
from xinheng.bench.processes import require_rows, run
from xinheng.runtime.errors import RuntimeRefusal


def test_a_process_that_fails_is_no_measurement() -> None:
    with pytest.raises(RuntimeRefusal) as refused:
        run("xinheng.bench.frictionless_process", {"nothing": "to do"}, {})
    assert refused.value.rule == "bench.process_failed"


def test_other_rows_are_no_baseline() -> None:
    require_rows("copy", 5, 5)
    with pytest.raises(RuntimeRefusal) as refused:
        require_rows("copy", 4, 5)
    assert refused.value.rule == "bench.rows_differ"


def test_findings_are_compared_by_kind_and_false_alarms_are_counted() -> None:
    planted = {2: "bad_date", 3: "bad_date", 5: "person_row"}
    theirs = {2: ["type-error"], 9: ["type-error"]}
    ours = {2: ["rejected", "date.impossible"], 3: ["rejected", "date.impossible"], 5: ["excluded_person"]}
    found = compare(planted, theirs, ours)
    assert {kind: (each["planted"], each["frictionless"], each["gate"]) for kind, each in found.items()} == {
        "bad_date": (2, 1, 2),
        "person_row": (1, 0, 1),
        "none": (0, 1, 0),
    }
    assert found["bad_date"]["gate_says"] == ["rejected 2", "date.impossible 2"]


def test_the_schema_bounds_the_decision_by_the_day() -> None:
    schema = schema_on(date(2026, 11, 22))
    bounds = {field["name"]: field["constraints"]["maximum"] for field in schema["fields"] if field["type"] == "date"
              and "maximum" in field.get("constraints", {})}  # fmt: skip
    assert bounds == {"处罚决定日期": "2026-11-22"}


def test_the_machine_is_named(tmp_path: Path) -> None:
    found = machine(tmp_path)
    assert found["cores"] >= 1
    assert found["ram_mb"] > 100
    assert " on " in found["disk"]
