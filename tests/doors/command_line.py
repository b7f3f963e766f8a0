"""The real command in a process of its own, in an installation of the test's own, at a fixed instant."""

import atexit
import html
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

NOW = "2026-11-22T10:00:00+08:00"
COMMAND = (sys.executable, "-m", "xinheng.cli")
PATIENCE = 120


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command left: exit code, both streams."""

    code: int
    out: str
    err: str

    def json(self) -> Any:
        """The one JSON value on stdout; anything before or after it fails."""
        return json.loads(self.out)

    @property
    def rule(self) -> str:
        """The rule of a refusal, which must be one object on stdout and one line on stderr."""
        assert self.code == 2, self
        error = self.json()["error"]
        assert set(error) == {"rule", "message_zh", "message_en"}, error
        assert all(error.values()), "each says something"
        assert self.err.count("\n") == 1, "one clear line"
        assert self.err.startswith(f"xinheng: {error['rule']}: ")
        assert "Traceback" not in self.err + self.out
        return str(error["rule"])


class CommandLine:
    """Commands on one data folder."""

    def __init__(self, data: Path, **environment: str) -> None:
        self.data = data
        self.environment = _clean() | {"XINHENG_NOW": NOW, "XINHENG_DATA": str(data)} | environment

    def at(self, instant: str) -> "CommandLine":
        """The same folder at another instant."""
        return CommandLine(self.data, **self.environment | {"XINHENG_NOW": instant})

    def run(self, *arguments: object, **options: Any) -> Answer:
        """Run one command to its end."""
        done = subprocess.run(
            [*COMMAND, *map(str, arguments)],
            capture_output=True, text=True, timeout=PATIENCE, check=False,
            **{"env": self.environment, "stdin": subprocess.DEVNULL} | options,
        )  # fmt: skip
        return Answer(done.returncode, done.stdout, done.stderr)

    def json(self, *arguments: object) -> Any:
        """The answer of a command that must succeed."""
        answer = self.run(*arguments, "--json")
        assert answer.code == 0, answer
        return answer.json()

    def refused(self, *arguments: object, **options: Any) -> str:
        """The rule by which a command that must fail refuses."""
        return self.run(*arguments, "--json", **options).rule

    def start(self, *arguments: object, **options: Any) -> subprocess.Popen[str]:
        """Start one command and leave it running."""
        streams = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        return subprocess.Popen(
            [*COMMAND, *map(str, arguments)], text=True, **streams | {"env": self.environment} | options
        )

    def submit(self, file: Path, item: str, agency: str, *more: str) -> Any:
        """One file through the gate, with the outcome of every row."""
        return self.json("submit", file, "--item", item, "--agency", agency, "--rows", *more)

    @contextmanager
    def served(self) -> Iterator["Pages"]:
        """The public pages of the folder, served by the real server."""
        port = free_port()
        server = self.start("serve", "--port", port)
        pages = Pages(f"http://127.0.0.1:{port}")
        try:
            pages.wait(server)
            yield pages
        finally:
            server.terminate()
            server.communicate(timeout=60)


class Pages:
    """A stranger with a browser and no script."""

    def __init__(self, root: str) -> None:
        self.root = root
        # Whatever proxy the machine names is no way to ourselves.
        self._open = urllib.request.build_opener(urllib.request.ProxyHandler({})).open

    def get(self, path: str) -> tuple[int, str]:
        """Status and text of a page; redirects are followed."""
        try:
            with self._open(self.root + path, timeout=30) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def page(self, path: str) -> str:
        """The text of a page that must be there."""
        status, text = self.get(path)
        assert status == 200, (path, status)
        return text

    def wait(self, server: subprocess.Popen[str]) -> None:
        """Until the pages answer."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            assert server.poll() is None, server.communicate()
            try:
                if self.get("/healthz")[0] == 200:
                    return
            except urllib.error.URLError:
                time.sleep(0.1)
        raise AssertionError("the pages did not come up")


def words(page: str) -> str:
    """A page as it is read: without markup."""
    return html.unescape(re.sub(r"<[^>]+>", "", page))


def free_port() -> int:
    """A port that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def installation(place: Path) -> CommandLine:
    """A new installation: a copy of a stopped one, which is faster than making it."""
    subprocess.run(["cp", "-a", _original(), place], check=True)
    return CommandLine(place)


@cache
def _original() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="xinheng-cli-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    made = CommandLine(folder / "data").run("init", "--json")
    assert made.code == 0, made
    return folder / "data"


def _clean() -> dict[str, str]:
    """The developer's environment without what would point the command elsewhere."""
    return {
        name: value
        for name, value in os.environ.items()
        if name not in ("DATABASE_URL", "PG_BIN") and not name.startswith("XINHENG_")
    }
