"""The web server: granian with WSGI workers under a parent that watches over start, stop, database and followers."""

import ctypes
import http.client
import importlib
import multiprocessing
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from xinheng.cli.output import note
from xinheng.runtime.errors import RuntimeRefusal
from xinheng.runtime.folder import DataFolder
from xinheng.runtime.postgres import database

START_SECONDS = 30.0
TICK_SECONDS = 5.0
THREADS = 4
LAST_PORT = 65535
EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - asked for by the operator, never a default
APPLICATION = ("xinheng.config.wsgi", "application")

# Granian would write its log to stdout, which is for answers.
LOGS: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(levelname)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain", "stream": "ext://sys.stderr"}},
    "loggers": {"_granian": {"handlers": ["stderr"], "level": "WARNING", "propagate": False}},
}


def serve_until_stopped(
    folder: DataFolder, *, host: str, port: int, role: str, tick: Callable[[], None], ready: Callable[[], None]
) -> None:
    """Serve until SIGTERM or SIGINT; ``ready`` is called once the pages answer.

    Raises RuntimeRefusal when the port is taken, the pages do not come up in time or their worker keeps failing.
    """
    require_free(host, port)
    with database(folder) as server:
        os.environ["XINHENG_CONNINFO"] = server.conninfo(role)
        os.environ.setdefault("XINHENG_HOSTS", f"127.0.0.1,localhost,[::1],{host}")
        stop, late = threading.Event(), threading.Event()
        watchers = [
            threading.Thread(target=_follow, args=(stop, folder, tick), daemon=True),
            threading.Thread(target=_watch_start, args=(host, port, stop, late, ready), daemon=True),
        ]
        for watcher in watchers:
            watcher.start()
        try:
            _run(host, port)
        except SystemExit:
            raise _failed("网站进程反复出错", "the pages' process keeps failing") from None
        finally:
            stop.set()
    if late.is_set():
        raise _failed(f"网站 {START_SECONDS:.0f} 秒内未能启动", f"no answer within {START_SECONDS:.0f} s")


def _run(host: str, port: int) -> None:
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    # A forked worker would share our locks and our database connection: it starts as a process of its own.
    multiprocessing.set_start_method("spawn", force=True)
    Granian(
        ":".join(APPLICATION),
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=THREADS,
        websockets=False,
        log_access=False,
        log_level=LogLevels.warning,
        log_dictconfig=LOGS,
        respawn_failed_workers=True,
    ).serve(target_loader=partial(load_application, os.getpid()), wrap_loader=False)


def load_application(parent: int) -> Any:
    """In the worker: the pages, once it is certain that the worker ends with its parent."""
    die_with_parent(parent)
    module, name = APPLICATION
    return getattr(importlib.import_module(module), name)


def die_with_parent(parent: int) -> None:
    """Ask the kernel to end this process when its parent dies (Linux): a killed server leaves no worker behind."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(1, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def require_free(host: str, port: int) -> None:
    """Refuse a port that cannot be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except (OSError, OverflowError) as error:
            reason = getattr(error, "strerror", None) or f"0–{LAST_PORT}"
            other = port + 1 if 0 < port < LAST_PORT else 8000
            raise RuntimeRefusal(
                "port.taken",
                f"端口 {host}:{port} 不可用（{reason}）。请换一个端口，例如 --port {other}",
                f"{host}:{port} cannot be used ({reason}). Choose another port, such as --port {other}",
            ) from error


def _watch_start(host: str, port: int, stop: threading.Event, late: threading.Event, ready: Callable[[], None]) -> None:
    """A server that does not answer in time is stopped with a word why, instead of hanging."""
    deadline = time.monotonic() + START_SECONDS
    while not stop.wait(0.1) and time.monotonic() < deadline:
        if _answers(host, port):
            return ready()
    if not stop.is_set():
        late.set()
        os.kill(os.getpid(), signal.SIGTERM)
    return None


def _answers(host: str, port: int) -> bool:
    asked = http.client.HTTPConnection(EVERYWHERE.get(host, host), port, timeout=2)
    try:
        asked.request("GET", "/healthz", headers={"Host": "localhost"})
        return asked.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        asked.close()


def _failed(zh: str, en: str) -> RuntimeRefusal:
    return RuntimeRefusal("serve.failed", f"{zh}，已停止。原因见上方日志。", f"{en}; stopped. The log above says why.")


def _follow(stop: threading.Event, folder: DataFolder, tick: Callable[[], None]) -> None:
    """Let followers catch up now and then: what a killed command left unread is read here.

    A tick enters the database like any command, so that one that was killed is started again.
    """
    while not stop.wait(TICK_SECONDS):
        try:
            with database(folder):
                tick()
        except Exception as error:
            note(f"xinheng: serve.waiting: 数据库暂不可用 / the database is away: {type(error).__name__}")
