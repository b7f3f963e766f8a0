"""How much memory a process and all its descendants hold together, sampled while they work."""

import threading
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

INTERVAL_SECONDS = 0.05
KILOBYTE, MEGABYTE = 1024, 1024 * 1024


class MemorySampler:
    """Samples inside its block. Shared pages count once over all processes (PSS) where the kernel tells them."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._sample, daemon=True)
        self.peak_bytes = 0
        self.peak_processes = 0

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join()

    @property
    def peak_mb(self) -> float:
        """The highest sum seen, in units of 1,048,576 bytes."""
        return round(self.peak_bytes / MEGABYTE, 1)

    def _sample(self) -> None:
        while True:
            members = family(self._pid)
            self.peak_processes = max(self.peak_processes, len(members))
            self.peak_bytes = max(self.peak_bytes, sum(map(resident, members)))
            if self._stop.wait(INTERVAL_SECONDS):
                return


def family(pid: int) -> list[int]:
    """A process and its descendants that live now."""
    below: dict[int, list[int]] = {}
    for child, parent in _parents():
        below.setdefault(parent, []).append(child)
    found, open_ones = [], [pid]
    while open_ones:
        found.append(open_ones.pop())
        open_ones += below.get(found[-1], [])
    return found


def resident(pid: int) -> int:
    """Bytes of memory that count for this process; 0 when it is gone."""
    place = Path("/proc") / str(pid)
    try:
        return _kilobytes(place / "smaps_rollup", "Pss:") * KILOBYTE
    except PermissionError:
        return _kilobytes(place / "status", "VmRSS:") * KILOBYTE
    except OSError:
        return 0


def _parents() -> Iterator[tuple[int, int]]:
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            # The name in brackets may hold anything; what follows the last bracket is state and parent.
            parent = (entry / "stat").read_text().rpartition(")")[2].split()[1]
        except OSError:
            continue
        yield int(entry.name), int(parent)


def _kilobytes(path: Path, label: str) -> int:
    for line in path.read_text().splitlines():
        if line.startswith(label):
            return int(line.split()[1])
    return 0
