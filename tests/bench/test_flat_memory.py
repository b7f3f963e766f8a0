"""A file three times as long takes no more memory."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.sources import CHECKOUT

pytestmark = pytest.mark.timeout(300)

SCRIPT = """
import json, sys
from argparse import Namespace
from xinheng.bench import gate, register
from xinheng.bench.made.files import write
from xinheng.bench.made.organisations import organisations
from xinheng.bench.made.rows import Order
from xinheng.cli.benchmarks import workshop

subjects, peaks = organisations(2000), []
with workshop(Namespace(scratch=sys.argv[1])) as made, made.new("kept") as scratch:
    register.fill(scratch, subjects)
    for number, rows in enumerate(map(int, sys.argv[2:])):
        order = Order("penalty", rows, subjects, scratch.ctx.today, 7 + number)
        run = gate.submit(scratch, [write(order, made.folder, bad=0.05, name=str(rows))])
        assert run.counts["penalty"]["rows"] == rows, run.counts
        peaks.append(run.peak_mb)
print(json.dumps(peaks))
"""
SHORT, LONG = 20_000, 60_000
ROOM_MB = 100


def test_a_long_file_takes_no_more_memory_than_a_short_one(tmp_path: Path) -> None:
    command = [sys.executable, "-c", SCRIPT, str(tmp_path), str(SHORT), str(LONG)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=CHECKOUT)
    assert done.returncode == 0, done.stderr
    short, long = json.loads(done.stdout)
    print(f"{SHORT} rows {short} MB, {LONG} rows {long} MB")
    assert long < short + ROOM_MB
