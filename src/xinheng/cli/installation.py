"""An installation in use: its database running, Django set up for one role, followers caught up.

Locks beside those of the database (runtime/locks.py), in the folder's ``run/``: ``install.lock`` is held by the one
that makes or completes an installation, ``intake.lock`` shared by all who submit. Whoever gets the latter for himself
knows that an attempt still open has died.
"""

import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg import sql

from xinheng.cli.failures import database_trouble
from xinheng.cli.output import note
from xinheng.core.context import Actor, Context
from xinheng.documents.store import DocumentStore
from xinheng.runtime.connection import Database, answers
from xinheng.runtime.context import make_context
from xinheng.runtime.disk import file_errors
from xinheng.runtime.errors import RuntimeRefusal
from xinheng.runtime.folder import DataFolder
from xinheng.runtime.keys import role_password
from xinheng.runtime.locks import held, take
from xinheng.runtime.postgres import database, initialise, server_state

APP = "xinheng_app"
WEB = "xinheng_web"
SYSTEM = Actor("system", "xinheng")
INSTALL = "install.lock"
INTAKE = "intake.lock"
RECOVERY_SECONDS, RECOVERY_PAUSE = 30.0, 0.05


def install(folder: DataFolder) -> bool:
    """Make or complete an installation: database, tables, working roles. Repeating it changes nothing.

    Returns whether the folder was new.
    """
    new = initialise(folder)
    with held(folder.run / INSTALL), database(folder) as server, _database_errors_explained(server):
        with psycopg.connect(server.conninfo(), autocommit=True) as connection:
            for role in (APP, WEB):
                _ensure_role(connection, role, role_password(folder, role))
        set_up_django(folder, server.conninfo())
        _migrate()
    return new


@contextmanager
def opened(folder: DataFolder, *, role: str = APP, actor: Actor = SYSTEM) -> Iterator[Context]:
    """The installation of a folder with its database reachable; yields the context to act with.

    Raises RuntimeRefusal when there is none or its tables are of another version.
    """
    with database(folder) as server, _database_errors_explained(server):
        set_up_django(folder, server.conninfo(role))
        _require_current_tables()
        recover(make_context(SYSTEM), folder)
        yield make_context(actor)


@contextmanager
def receiving(folder: DataFolder) -> Iterator[DocumentStore]:
    """Where a submission's documents go; while it lasts nobody takes its attempt for a dead one."""
    with held(folder.run / INTAKE, shared=True):
        yield DocumentStore(folder.documents)


def recover(ctx: Context, folder: DataFolder) -> int:
    """Finish what a killed command left; does nothing while somebody submits.

    Attempts whose process died are marked, their documents removed, followers read on. Returns how many were marked.
    """
    from xinheng.intake.attempts import attempts_recover
    from xinheng.intake.selectors import attempts

    alone = take(folder.run / INTAKE)
    if alone is None:
        return 0
    try:
        marked = attempts_recover(ctx, store=DocumentStore(folder.documents)) if attempts().get("receiving") else 0
    finally:
        os.close(alone)
    catch_up(ctx)
    return marked


def catch_up(ctx: Context) -> None:
    """Let every follower read the ledger to its end; one that cannot does not undo what was done, and reads later."""
    from xinheng.intake.release import ReleaseFollower
    from xinheng.ledger.followers import run_followers
    from xinheng.publication.followers import PublicationFollower

    try:
        run_followers(ctx, [ReleaseFollower(), PublicationFollower()])
    except Exception as error:
        kind = type(error).__name__
        note(f"xinheng: followers.later: 公开页面稍后更新（{kind}）/ the pages follow later ({kind})")


def set_up_django(folder: DataFolder, conninfo: str) -> None:
    """Point Django's one database at a connection string; it can be done once a process."""
    os.environ["XINHENG_CONNINFO"] = conninfo
    os.environ["XINHENG_SECRET_KEY"] = secret_key(folder)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "xinheng.config.settings")
    import django
    from django.conf import settings

    if settings.configured:
        from psycopg.conninfo import conninfo_to_dict

        parts = conninfo_to_dict(conninfo)
        settings.DATABASES["default"].update(
            NAME=parts.get("dbname"), USER=parts.get("user"), PASSWORD=parts.get("password"), HOST=parts.get("host")
        )
        disconnect()
    else:
        django.setup()


def secret_key(folder: DataFolder) -> str:
    """Django's signing key, made once a folder."""
    path = folder.keys / "secret.key"
    with file_errors(path):
        if not path.exists():
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "w") as file:
                file.write(secrets.token_hex(32))
        return path.read_text().strip()


def _migrate() -> None:
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)


def _require_current_tables() -> None:
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise RuntimeRefusal(
            "data.outdated",
            "数据目录的表结构与程序版本不一致。请先运行 xinheng init，再重试。",
            "The tables of this data folder are of another version. Run xinheng init first, then repeat.",
        )


def disconnect() -> None:
    """Give this thread's connections back."""
    from django.conf import settings
    from django.db import connections

    if settings.configured:
        connections.close_all()


@contextmanager
def _database_errors_explained(server: Database) -> Iterator[None]:
    """Say why the database could not go on; close Django's connections in any case."""
    from django.db import InterfaceError, OperationalError, ProgrammingError

    lost = (OperationalError, InterfaceError, psycopg.OperationalError, psycopg.InterfaceError)
    try:
        yield
    except (*lost, ProgrammingError, psycopg.errors.InsufficientPrivilege) as error:
        trouble = database_trouble(server.folder.path, error)
        if not isinstance(error, lost) and trouble.rule != "database.not_allowed":
            raise
        _let_it_recover(server)
        raise trouble from error
    finally:
        disconnect()


def _let_it_recover(server: Database) -> None:
    """After the loss of a session the server starts anew by itself; told to stop meanwhile, it would hang."""
    deadline = time.monotonic() + RECOVERY_SECONDS
    while server.embedded and time.monotonic() < deadline and server_state(server.folder).state != "stopped":
        if answers(server):
            return
        time.sleep(RECOVERY_PAUSE)


def _ensure_role(connection: psycopg.Connection, role: str, password: str) -> None:
    name = sql.Identifier(role)
    there = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone()
    verb = sql.SQL("ALTER" if there else "CREATE")
    connection.execute(sql.SQL("{} ROLE {} LOGIN PASSWORD {}").format(verb, name, sql.Literal(password)))
