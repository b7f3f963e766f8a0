"""The web server: granian with WSGI workers under a parent that watches over start, stop and followers."""

import ctypes
import os
import signal
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Callable

from xinheng.cli.output import note
from xinheng.runtime.errors import RuntimeRefusal
from xinheng.runtime.folder import DataFolder
from xinheng.runtime.postgres import database

START_SECONDS = 30.0
TICK_SECONDS = 5.0
THREADS = 4


def serve_until_stopped(folder: DataFolder, *, host: str, port: int, role: str, tick: Callable[[], None]) -> None:
    """Serve until SIGTERM or SIGINT. Raises RuntimeRefusal when the port is taken or the pages do not come up in time."""
    _require_free(host, port)
    with database(folder) as server:
        os.environ["XINHENG_CONNINFO"] = server.conninfo(role)
        stop = threading.Event()
        watchers = [
            threading.Thread(target=_follow, args=(stop, tick), daemon=True),
            threading.Thread(target=_watch_start, args=(host, port, stop), daemon=True),
        ]
        for watcher in watchers:
            watcher.start()
        try:
            _run(host, port)
        finally:
            stop.set()


def _run(host: str, port: int) -> None:
    from granian import Granian
    from granian.constants import Interfaces

    Granian(
        "xinheng.config.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=THREADS,
        log_access=False,
        respawn_failed_workers=False,
    ).serve()


def _require_free(host: str, port: int) -> None:
    import socket

    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise RuntimeRefusal(
                "port.taken",
                f"端口 {host}:{port} 不可用({error.strerror})。请换一个端口,例如 --port {port + 1}",
                f"{host}:{port} cannot be used ({error.strerror}). Choose another port, such as --port {port + 1}",
            ) from error


def _watch_start(host: str, port: int, stop: threading.Event) -> None:
    """A server that does not answer in time is stopped with a word why, instead of hanging."""
    address = f"http://{'[' + host + ']' if ':' in host else host}:{port}/healthz"
    waited = 0.0
    while not stop.wait(0.25) and waited < START_SECONDS:
        waited += 0.25
        try:
            with urllib.request.urlopen(address, timeout=2):  # noqa: S310 - our own address on this machine
                return
        except (urllib.error.URLError, OSError):
            continue
    if not stop.is_set():
        note(f"xinheng: serve.no_answer: 网站 {START_SECONDS:.0f} 秒内未能启动 / no answer within {START_SECONDS:.0f} s")
        os.kill(os.getpid(), signal.SIGTERM)


def _follow(stop: threading.Event, tick: Callable[[], None]) -> None:
    """Let followers catch up now and then: what a killed command left unread is read here."""
    while not stop.wait(TICK_SECONDS):
        try:
            tick()
        except Exception as error:
            note(f"xinheng: followers wait: {type(error).__name__}")


def die_with_parent() -> None:
    """Ask the kernel to stop this process when its parent dies (Linux), so that a killed server leaves no worker behind."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(1, signal.SIGTERM)
