"""The sampler sees a process with all its children, and no other."""

import os
import subprocess
import sys
import time

from xinheng.bench.memory import MEGABYTE, MemorySampler, family, resident

HOLD = "held = bytearray(b'x' * (80 << 20)); print('there', flush=True); input()"
PARENT = f"""
import subprocess, sys
child = subprocess.Popen([sys.executable, "-c", {HOLD!r}], stdin=sys.stdin)
child.wait()
"""


def test_memory_of_a_child_of_the_child_is_counted() -> None:
    process = subprocess.Popen([sys.executable, "-c", PARENT], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin
    assert process.stdout
    with process, MemorySampler(process.pid) as memory:
        assert process.stdout.readline() == "there\n"
        assert len(family(process.pid)) == 2
        time.sleep(0.3)
        process.communicate("go on\n")
    assert 80 <= memory.peak_mb < 200
    assert memory.peak_processes == 2


def test_our_own_memory_is_that_of_the_kernel() -> None:
    assert os.getpid() in family(os.getpid())
    assert 5 * MEGABYTE < resident(os.getpid()) < 4000 * MEGABYTE


def test_a_process_that_is_gone_holds_nothing() -> None:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    assert resident(process.pid) == 0
    assert family(process.pid) == [process.pid]
