"""The process that reads packaged files: what goes over its wire, how it is bound, and how it ends."""

import gc
import os
import resource
import signal
import subprocess
import sys
import time
from dataclasses import replace
from datetime import date, datetime, timedelta
from datetime import time as clock
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import xinheng
from tests.intake.readers.samples import workbook
from xinheng.core.cells import RawRow, RowProblem, Uncalculated
from xinheng.intake.readers import Limits, UnreadableFile, open_source
from xinheng.intake.readers.apart import ReaderFault, Reading
from xinheng.intake.readers.files import open_file
from xinheng.intake.readers.wire import LENGTH_BYTES, blocks, frame, unframed, unpacked

CELLS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**40), 10**40),
    st.floats(allow_nan=False, allow_infinity=False),
    st.decimals(allow_nan=False, allow_infinity=False),
    st.text(max_size=6),
    st.sampled_from(["formula", "\ud83d", "", "\0"]),
    st.just(Uncalculated.FORMULA),
    st.dates(),
    st.datetimes(),
    st.times(),
    st.timedeltas(),
)
ROWS = st.builds(
    RawRow,
    number=st.just(0),
    cells=st.lists(CELLS, max_size=5).map(tuple),
    keys=st.none() | st.lists(st.text(max_size=3), max_size=3).map(tuple),
    spans=st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=2).map(tuple),
    problem=st.none() | st.sampled_from(RowProblem),
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "sent.xlsx"
    file.write_bytes(workbook("".join(f"<row><c><v>{n}</v></c></row>" for n in range(5000))))
    return file


def over_the_wire(rows: list[RawRow]) -> list[RawRow]:
    sent = [frame(block) for block in blocks(rows, Limits())]
    assert all(len(each) == LENGTH_BYTES + int.from_bytes(each[:LENGTH_BYTES], "big") for each in sent)
    return [row for each in sent for row in unpacked(unframed(each[LENGTH_BYTES:]))]


@settings(max_examples=200, deadline=None)
@given(rows=st.lists(ROWS | st.just(RawRow(0, ())), max_size=12))
def test_rows_arrive_as_they_were_sent(rows: list[RawRow]) -> None:
    numbered = [replace(row, number=number) for number, row in enumerate(rows, 1)]
    found = over_the_wire(numbered)
    assert found == numbered
    assert [[type(cell) for cell in row.cells] for row in found] == [[type(c) for c in row.cells] for row in numbered]


def test_what_json_does_not_know(path: Path) -> None:
    cells = (
        Decimal("1.500"), Decimal("1E+400"), date(2024, 2, 29), datetime(2024, 1, 2, 3, 4, 5, 6000), clock(23, 59),
        timedelta(days=-1, microseconds=7), Uncalculated.FORMULA, "formula", True, 1, 1.0, 2**70, None,
    )  # fmt: skip
    [row] = over_the_wire([RawRow(3, cells)])
    assert [(type(cell), repr(cell)) for cell in row.cells] == [(type(cell), repr(cell)) for cell in cells]


def test_many_rows_go_in_blocks_and_blank_ones_as_a_run() -> None:
    rows = [RawRow(number, ("甲",)) for number in range(1, 1001)]
    blank = [RawRow(number, ()) for number in range(1001, 100_001)]
    sent = list(blocks([*rows, *blank], Limits()))
    assert 3 <= len(sent) <= 6
    assert over_the_wire([*rows, *blank]) == [*rows, *blank]


def descriptors() -> int:
    return len(os.listdir("/proc/self/fd"))


def reader_of(source: object) -> int:
    return next(held for held in source._held if isinstance(held, Reading))._process.pid  # type: ignore[attr-defined]


def gone(pid: int, seconds: float = 10) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except FileNotFoundError:
            return True
        if state == "Z":
            return True
        time.sleep(0.02)
    return False


def test_nothing_is_left_behind(path: Path, tmp_path: Path) -> None:
    with open_source(path) as source:
        list(source.sheets[0].rows)
    (tmp_path / "bad").write_bytes(path.read_bytes()[:900])
    before = descriptors()
    pids = []
    for _ in range(3):
        with open_source(path) as source:
            pids.append(reader_of(source))
            next(iter(source.sheets[0].rows))
        with pytest.raises(UnreadableFile):
            open_source(tmp_path / "bad")
        forgotten = open_source(path)
        pids.append(reader_of(forgotten))
        forgotten._held[-1].close()
        del forgotten
        gc.collect()
    assert descriptors() == before
    assert not any(Path(f"/proc/{pid}").exists() for pid in pids), "not even as a zombie"


def test_rows_again_and_side_by_side(path: Path) -> None:
    with open_source(path) as source:
        path.unlink()
        rows = source.sheets[0].rows
        early = iter(rows)
        assert next(early).cells == (0,)
        assert all(one == two for one, two in zip(rows, rows, strict=True))
        assert [row.cells[0] for row in early] == list(range(1, 5000))
    with pytest.raises(UnreadableFile, match=r"file\.unavailable"):
        list(rows)


def test_it_is_bound(path: Path) -> None:
    with open_source(path, limits=Limits(memory_bytes=900 * 1024 * 1024, cpu_seconds=77)) as source:
        limits = Path(f"/proc/{reader_of(source)}/limits").read_text()
        environment = Path(f"/proc/{reader_of(source)}/environ").read_bytes()
    found = {line[:26].strip(): line[26:].split()[:2] for line in limits.splitlines()}
    assert found["Max address space"] == ["943718400"] * 2
    assert found["Max cpu time"] == ["77"] * 2
    assert found["Max file size"] == ["0"] * 2
    assert int(found["Max open files"][1]) <= 32
    assert b"XINHENG" not in environment
    assert b"DATABASE" not in environment


def test_killed_in_the_middle(path: Path) -> None:
    with open_source(path) as source:
        rows = iter(source.sheets[0].rows)
        next(rows)
        os.kill(reader_of(source), signal.SIGKILL)
        with pytest.raises(UnreadableFile, match=r"file\.too_costly"):
            list(rows)


def test_a_row_that_never_comes(path: Path) -> None:
    with open_source(path, limits=Limits(answer_seconds=4)) as source:
        rows = iter(source.sheets[0].rows)
        next(rows)
        os.kill(reader_of(source), signal.SIGSTOP)
        with pytest.raises(UnreadableFile, match=r"file\.too_costly"):
            list(rows)
        assert gone(reader_of(source))


def test_a_slow_asker_is_waited_for(path: Path) -> None:
    with open_source(path, limits=Limits(answer_seconds=3)) as source:
        rows = iter(source.sheets[0].rows)
        next(rows)
        time.sleep(3.5)
        assert sum(1 for _ in rows) == 4999


def test_it_dies_with_the_one_that_asked(path: Path) -> None:
    script = (
        "import sys, time\nfrom pathlib import Path\nfrom xinheng.intake.readers import open_source\n"
        "source = open_source(Path(sys.argv[1]))\nprint(source._held[0]._process.pid, flush=True)\ntime.sleep(60)\n"
    )
    asker = subprocess.Popen([sys.executable, "-c", script, str(path)], stdout=subprocess.PIPE, text=True)
    assert asker.stdout is not None
    pid = int(asker.stdout.readline())
    asker.kill()
    asker.wait()
    asker.stdout.close()
    assert gone(pid)


def test_answers_that_are_no_answers(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = {
        "sys.stdout.buffer.write(b'\\0\\0\\0\\x03abc')": "file.damaged",
        "sys.stdout.buffer.write(b'\\xff\\xff\\xff\\xffabc')": "file.too_costly",
        "time.sleep(20)": "file.too_costly",
        "os.kill(os.getpid(), 9)": "file.too_costly",
    }
    for answer, rule in answers.items():
        work = f"import os, sys, time; {answer}; sys.stdout.flush()"
        monkeypatch.setattr("xinheng.intake.readers.apart._START", work)
        with pytest.raises(UnreadableFile) as refused:
            open_source(path, limits=Limits(answer_seconds=4))
        assert refused.value.rule == rule
    monkeypatch.setattr("xinheng.intake.readers.apart._START", "raise SystemExit(3)")
    with pytest.raises(ReaderFault):
        open_source(path)


def test_it_needs_nothing_but_the_standard_library() -> None:
    """It could not have more: it is started without any installed package in reach."""
    package = str(Path(xinheng.__file__).parent.parent)
    start = "import sys; sys.path.append(sys.argv[1]); import xinheng.intake.readers.child; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-I", "-S", "-c", start, package], capture_output=True, text=True, check=True
    ).stdout
    names = {name.partition(".")[0] for name in loaded.split()}
    assert names <= {*sys.stdlib_module_names, "xinheng", "__main__"}


def test_the_limits_of_this_process_stay_as_they_were(path: Path) -> None:
    kinds = (resource.RLIMIT_AS, resource.RLIMIT_CPU, resource.RLIMIT_FSIZE, resource.RLIMIT_NOFILE)
    before = [resource.getrlimit(kind) for kind in kinds]
    with open_file(path, Limits()).cursor() as stream, open_source(path):
        assert stream.read(2) == b"PK"
    assert [resource.getrlimit(kind) for kind in kinds] == before
