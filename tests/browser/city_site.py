"""A made-up city behind a real server: installed, loaded and served by the commands that operators use."""

import contextlib
import json
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PORTS = range(18431, 18531)
PATIENCE = 60.0
COMMAND = [sys.executable, "-m", "xinheng.cli"]


@dataclass(frozen=True)
class CitySite:
    """Where the city is served and where its files lie."""

    address: str
    data: Path

    def ask(self, *arguments: str) -> Any:
        """What a command answers about the city."""
        said = subprocess.run(
            [*COMMAND, *arguments, "--data", str(self.data), "--json"], capture_output=True, text=True, check=True
        )
        return json.loads(said.stdout)


@contextmanager
def city_site(data: Path, *, organisations: int, rows: int) -> Iterator[CitySite]:
    """Load a city and serve it on a free port until the block ends."""
    size = ["--organisations", str(organisations), "--rows", str(rows)]
    subprocess.run([*COMMAND, "demo", "--no-serve", *size, "--data", str(data)], check=True, capture_output=True)
    port = free_port()
    serve = [*COMMAND, "serve", "--port", str(port), "--data", str(data)]
    said = data.parent / "serve.log"
    with said.open("w") as log, subprocess.Popen(serve, stdout=log, stderr=log) as server:
        address = f"http://127.0.0.1:{port}"
        try:
            wait_until_it_answers(server, address, said)
            yield CitySite(address, data)
        finally:
            server.send_signal(signal.SIGTERM)


def wait_until_it_answers(server: subprocess.Popen[bytes], address: str, said: Path) -> None:
    """Wait for the first answer; a server that ends or stays silent is a failure with its last words."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and server.poll() is None:
        with contextlib.suppress(OSError), urllib.request.urlopen(f"{address}/healthz", timeout=2):
            return
        time.sleep(0.1)
    raise AssertionError("the server did not start: " + said.read_text()[-2000:])


def free_port() -> int:
    """A port that nobody listens on now."""
    for port in PORTS:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)):
                return port
    raise AssertionError("no free port")
