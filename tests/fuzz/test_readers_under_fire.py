"""Whatever is sent: rows or a refusal in words, in time, in bounded memory, and no personal number in any word.

``XINHENG_FUZZ`` multiplies how many files, ``XINHENG_FUZZ_SEED`` which; a failure names the seed of its one file, which
``XINHENG_FUZZ=1 XINHENG_FUZZ_SEED=<that number>`` sends again.
"""

import gc
import os
import random
import re
import resource
import threading
import time
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fuzz.damage import damaged
from tests.fuzz.seeds import MAKERS, PERSONAL
from xinheng.core.cells import RawRow
from xinheng.intake.readers import Limits, UnreadableFile, open_source
from xinheng.intake.readers.errors import MESSAGES

COUNT = 200 * int(os.environ.get("XINHENG_FUZZ", "1"))
SEED = int(os.environ.get("XINHENG_FUZZ_SEED", "20261122"))
PATIENCE = 60.0
"""Seconds that one file may take, on a busy machine too."""
LIMITS = Limits(cells=2_000_000, cpu_seconds=30, answer_seconds=40)
GROWTH_BYTES = 8_000_000
CHILD_KB = 700_000
_NUMBER = re.compile("|".join(rf"(?<!\d){number}(?!\d)" for number in PERSONAL))
KINDS = {"csv", "xlsx", "xls", "json", "json_lines", "html", "xml", "zip"}


def file_of(seed: int) -> tuple[str, bytes]:
    """The one file of a seed: which format, and its bytes; one in ten is undamaged."""
    chance = random.Random(seed)
    kind = chance.choice(list(MAKERS))
    content = MAKERS[kind](chance)
    return kind, content if chance.random() < 0.1 else damaged(chance, content)


def read_all(path: Path, content: bytes) -> str:
    """The kind that the file was read as, all sheets to their end, or the rule that refuses it."""
    path.write_bytes(content)
    try:
        with open_source(path, limits=LIMITS) as source:
            for sheet in source.sheets:
                assert not _NUMBER.search(f"{sheet.name} {sheet.file}"), "a personal number in a name"
                last = 0
                for row in sheet.rows:
                    assert isinstance(row, RawRow)
                    assert row.number == last + 1
                    last = row.number
            return source.kind
    except UnreadableFile as refused:
        said = f"{refused} {refused.message.zh} {refused.message.en} {refused.member} {refused.args}"
        assert not _NUMBER.search(said), "a personal number in a message"
        return refused.rule


def watched(seed: int, path: Path) -> str:
    """Read the file of a seed beside a watch; a hang names its seed and fails."""
    found: list[object] = []

    def work() -> None:
        try:
            found.append(read_all(path, file_of(seed)[1]))
        except BaseException as fault:  # told below, with its seed
            found.append(fault)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    thread.join(PATIENCE)
    assert found, f"the file of seed {seed} hangs"
    if isinstance(found[0], BaseException):
        raise AssertionError(f"the file of seed {seed} ({file_of(seed)[0]})") from found[0]
    return str(found[0])


@pytest.mark.timeout(7200)
def test_damaged_files_of_every_format(tmp_path: Path) -> None:
    print(f"XINHENG_FUZZ={COUNT} XINHENG_FUZZ_SEED={SEED}")
    fates: dict[str, int] = {}
    halfway = 0
    tracemalloc.start()
    try:
        for number in range(COUNT):
            fate = watched(SEED + number, tmp_path / "sent")
            assert fate in KINDS | MESSAGES.keys()
            fates[fate] = fates.get(fate, 0) + 1
            if number == COUNT // 2:
                gc.collect()
                halfway = tracemalloc.get_traced_memory()[0]
        gc.collect()
        grown = tracemalloc.get_traced_memory()[0] - halfway
    finally:
        tracemalloc.stop()
    print(dict(sorted(fates.items(), key=lambda fate: -fate[1])))
    assert grown < GROWTH_BYTES
    # A child begins as a copy of who starts it, which counts though it is given up at once.
    itself = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss < max(CHILD_KB, itself + 1)
    if COUNT >= 300:
        assert len(fates) > 10, "damage of too few kinds to mean anything"
        assert KINDS - fates.keys() <= {"xml"}, "every format is read at times"


@settings(max_examples=min(COUNT, 100), deadline=None)
@given(
    head=st.sampled_from(
        [b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"<table>", b"[", b"{", b"\xff\xfe"]
    ),
    rest=st.binary(max_size=600),
)
def test_any_bytes(tmp_path_factory: pytest.TempPathFactory, head: bytes, rest: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any-bytes"
    begun = time.monotonic()
    assert read_all(path, head + rest) in KINDS | MESSAGES.keys() if head + rest else True
    assert time.monotonic() - begun < PATIENCE


def test_a_seed_is_always_the_same_file() -> None:
    assert [file_of(seed) for seed in range(40)] == [file_of(seed) for seed in range(40)]
    assert len({file_of(seed)[0] for seed in range(80)}) == len(MAKERS)
