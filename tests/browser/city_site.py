"""A made-up city behind a real server: installed, loaded and served by the commands that operators use."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PORTS = range(18431, 18531)
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
    with subprocess.Popen(
        serve, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True, env=dict(os.environ)
    ) as server:
        assert server.stderr is not None
        heard = []
        for line in server.stderr:
            heard.append(line)
            if re.search(r"Started worker", line):
                break
        else:
            raise AssertionError("the server did not start: " + "".join(heard[-20:]))
        try:
            yield CitySite(f"http://127.0.0.1:{port}", data)
        finally:
            server.send_signal(signal.SIGTERM)
            server.stderr.read()


def free_port() -> int:
    """A port that nobody listens on now."""
    import socket

    for port in PORTS:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)):
                return port
    raise AssertionError("no free port")
