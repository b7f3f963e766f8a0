"""A real browser for the tests of this folder, and for stories that want one.

``browser_page(base_url)`` opens a window on any running portal. ``sample_site`` is one over made-up pages.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page, Request, sync_playwright

CHECKOUT = Path(__file__).resolve().parents[2]
SHOTS = CHECKOUT / "build" / "shots"
AXE = CHECKOUT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
CHROMIUMS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# Everything axe knows, best practices too.
RUN_AXE = """async () => {
  const result = await axe.run(document, {resultTypes: ["violations"]});
  const places = v => v.nodes.map(n => n.target.join(" ")).join(" | ");
  return result.violations.map(v => `${v.id} (${v.impact}): ${places(v)}`);
}"""
SIDEWAYS = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


@dataclass
class Window:
    """One browser window that keeps what a reader would not see: errors, refusals, requests."""

    page: Page
    base_url: str
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def open(self, path: str) -> int:
        """Go to a page of the portal and wait until it stands. Returns the status."""
        self.complaints.clear()
        self.requests.clear()
        answer = self.page.goto(self.base_url + quote(path, safe="/?=&#%"), wait_until="load")
        assert answer is not None
        return answer.status

    def look(self, width: int, *, scheme: str = "light", scale: str = "normal") -> None:
        """Change width and colour scheme; the text size is the cookie's and counts from the next page on."""
        self.page.set_viewport_size({"width": width, "height": 900})
        self.page.emulate_media(color_scheme=scheme)
        self.page.context.add_cookies([{"name": "xh_scale", "value": scale, "url": self.base_url}])

    def violations(self) -> list[str]:
        """What axe-core finds wrong on the page that stands."""
        if not AXE.is_file():
            pytest.fail("axe-core is missing; run: .venv/bin/python frontend/assets.py")
        if not self.page.evaluate("() => 'axe' in window"):
            self.page.evaluate(AXE.read_text(encoding="utf-8"))
        found: list[str] = self.page.evaluate(RUN_AXE)
        return found

    def sideways(self) -> int:
        """By how many pixels the page is wider than the window."""
        return int(self.page.evaluate(SIDEWAYS))

    def shot(self, name: str) -> None:
        """Keep a picture of the whole page."""
        SHOTS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=SHOTS / f"{name}.png", full_page=True)


OpenWindow = Callable[..., Window]


def chromium() -> str:
    """Debian's Chromium. Without one these tests fail: a test that cannot run proves nothing."""
    wanted = os.environ.get("XINHENG_CHROMIUM")
    found = wanted or next(filter(None, map(shutil.which, CHROMIUMS)), None)
    if not found:
        pytest.fail("No Chromium on this machine; these tests need it: apt-get install chromium fonts-noto-cjk")
    return found


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=chromium(), args=FLAGS)
        yield started
        started.close()


@pytest.fixture
def browser_page(browser: Browser) -> Iterator[OpenWindow]:
    """Opens windows: ``browser_page(base_url, width=1440, javascript=True)``; closed after the test."""
    contexts = []

    def open_window(base_url: str, *, width: int = 1440, javascript: bool = True, **more: Any) -> Window:
        size = {"width": width, "height": 900}
        context = browser.new_context(viewport=size, java_script_enabled=javascript, locale="zh-CN", **more)
        contexts.append(context)
        window = Window(context.new_page(), base_url.rstrip("/"))
        _listen(window)
        return window

    yield open_window
    for context in contexts:
        context.close()


def _listen(window: Window) -> None:
    page = window.page
    page.on("console", lambda message: window.complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: window.complaints.append(str(error)))
    page.on("requestfailed", lambda request: _note_failure(window, request))
    page.on("request", lambda request: window.requests.append(request.url))


def _note_failure(window: Window, request: Request) -> None:
    """A request that the next page cut short is no fault of the page."""
    if request.failure != "net::ERR_ABORTED":
        window.complaints.append(f"failed: {request.url}")


@pytest.fixture(scope="session")
def sample_site() -> Iterator[str]:
    """Address of a portal that serves the samples, in a process of its own."""
    command = [sys.executable, "-m", "tests.browser.sample_server"]
    env = {**os.environ, "PYTHONPATH": os.pathsep.join([str(CHECKOUT / "src"), str(CHECKOUT)])}
    with subprocess.Popen(
        command,
        cwd=CHECKOUT,
        env=env,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as server:
        assert server.stdout is not None
        assert server.stdin is not None
        assert server.stderr is not None
        address = server.stdout.readline().strip()
        if not re.fullmatch(r"http://127\.0\.0\.1:\d+", address):
            server.kill()
            pytest.fail(f"The sample portal did not start.\n{server.stderr.read()[-2000:]}")
        yield address
        server.stdin.close()
        server.wait(timeout=10)
