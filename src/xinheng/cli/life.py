"""Commands of an installation's life: init, serve, doctor."""

from argparse import Namespace

from xinheng.cli.installation import WEB, catch_up, install, opened
from xinheng.cli.output import note, show
from xinheng.documents.store import DocumentStore
from xinheng.runtime.folder import DataFolder
from xinheng.runtime.rulebook_files import load_rulebook


def init(given: Namespace) -> None:
    """Make or complete an installation; repeating it changes nothing."""
    folder = DataFolder(given.data)
    new = install(folder)
    payload = {"data": str(folder.path), "new": new, "rulebook": load_rulebook().digest}
    words = "已初始化 / initialised" if new else "已就绪 / already in place"
    show(payload, [f"{words}: {folder.path}"], as_json=given.json)


def serve(given: Namespace) -> None:
    """Serve the public pages until told to stop (SIGTERM, SIGINT)."""
    from xinheng.cli.web import serve_until_stopped

    folder = DataFolder(given.data)
    with opened(folder) as ctx:
        catch_up(ctx)
        note(f"http://{given.host}:{given.port}/")
        serve_until_stopped(folder, host=given.host, port=given.port, role=WEB, tick=lambda: catch_up(ctx))


def doctor(given: Namespace) -> int:
    """Check an installation from outside: what runs, what is stored, whether history is whole. Exit 2 when something is wrong."""
    from xinheng.cli.examination import examine
    from xinheng.runtime.postgres import server_state

    folder = DataFolder(given.data)
    before = server_state(folder)
    with opened(folder) as ctx:
        checks = examine(ctx, DocumentStore(folder.documents))
    ok = all(check["ok"] for check in checks)
    payload = {"ok": ok, "data": str(folder.path), "server": before.state, "postgres": before.major, "checks": checks}
    lines = [f"{'ok ' if check['ok'] else 'BAD'} {check['id']}: {check['detail']}" for check in checks]
    show(payload, lines, as_json=given.json)
    return 0 if ok else 2
