from datetime import date
from pathlib import Path
from typing import NamedTuple

import pytest

from xinheng.synth import Manifest, generate
from xinheng.synth.plan import Plan, plan

TODAY = date(2026, 11, 22)


class Written(NamedTuple):
    out: Path
    manifest: Manifest


@pytest.fixture(scope="session")
def default_plan() -> Plan:
    """The city of the demo's size."""
    return plan(seed=7, organisations=3000, rows=40_000, today=TODAY)


@pytest.fixture(scope="session")
def small_city(tmp_path_factory: pytest.TempPathFactory) -> Written:
    out = tmp_path_factory.mktemp("city")
    return Written(out, generate(seed=3, organisations=400, rows=4000, out=out, today=TODAY))
