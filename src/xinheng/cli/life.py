"""Commands of an installation's life: init, serve, doctor."""

import os
from argparse import Namespace
from collections.abc import Callable

from xinheng.cli.installation import SYSTEM, WEB, disconnect, install, opened, recover
from xinheng.cli.output import conclude, note, show, table
from xinheng.documents.store import DocumentStore
from xinheng.runtime.context import make_context
from xinheng.runtime.errors import RuntimeRefusal
from xinheng.runtime.folder import DataFolder
from xinheng.runtime.rulebook_files import load_rulebook

CITY = "demo-city"


def init(given: Namespace) -> None:
    """Make or complete an installation; repeating it changes nothing."""
    folder = DataFolder(given.data)
    new = install(folder)
    payload = {"data": folder.path, "new": new, "rulebook": load_rulebook().digest}
    words = "已初始化 / initialised" if new else "已就绪 / already in place"
    show(payload, [f"{words}: {folder.path}"], as_json=given.json)


def serve(given: Namespace) -> None:
    """Serve the public pages until told to stop (SIGTERM, SIGINT)."""
    folder = DataFolder(given.data)
    serve_folder(folder, given, lambda: show({"url": address(given)}, [], as_json=given.json))


def serve_folder(folder: DataFolder, given: Namespace, ready: Callable[[], None]) -> None:
    """Serve an installation; ``ready`` is called once the pages answer."""
    from xinheng.cli.web import require_free, serve_until_stopped

    require_free(given.host, given.port)

    def say() -> None:
        note(f"信衡网站已启动 / serving: {address(given)}  (Ctrl-C 停止 / stops)")
        ready()

    if (folder.path / CITY).is_dir():
        os.environ.setdefault("XINHENG_DEMO", "1")
    with opened(folder):
        disconnect()
        serve_until_stopped(folder, host=given.host, port=given.port, role=WEB, tick=lambda: _tick(folder), ready=say)


def address(given: Namespace) -> str:
    """Where the home page is."""
    host = f"[{given.host}]" if ":" in given.host else given.host
    return f"http://{host}:{given.port}/"


def _tick(folder: DataFolder) -> None:
    """What a server does now and then, each time at its own instant and on a connection of its own."""
    try:
        recover(make_context(SYSTEM), folder)
    finally:
        disconnect()


def doctor(given: Namespace) -> int:
    """Check an installation: what runs, what is stored, whether history is whole. Exit 2 when something is wrong."""
    from xinheng.cli.examination import examine
    from xinheng.runtime.postgres import server_state

    folder = DataFolder(given.data)
    before = server_state(folder)
    with opened(folder) as ctx:
        checks = examine(ctx, DocumentStore(folder.documents))
    bad = ", ".join(check["id"] for check in checks if not check["ok"])
    payload = {"ok": not bad, "data": folder.path, "server": before.state, "postgres": before.major, "checks": checks}
    place = f"{folder.path}  (PostgreSQL {before.major or '-'}, {before.state})"
    words = {True: ("正常", "ok"), False: ("异常", "BAD")}
    lines = [place, *table((*words[check["ok"]], check["id"], check["detail"]) for check in checks)]
    wrong = RuntimeRefusal("doctor.problems", f"体检发现异常：{bad}", f"something is wrong: {bad}") if bad else None
    return conclude(payload, lines, wrong, as_json=given.json)
