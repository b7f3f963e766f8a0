"""An installation in use: its database running, Django set up for one role, followers caught up."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg import sql

from xinheng.core.context import Actor, Context
from xinheng.runtime.context import make_context
from xinheng.runtime.disk import file_errors
from xinheng.runtime.errors import RuntimeRefusal
from xinheng.runtime.folder import DataFolder
from xinheng.runtime.keys import role_password
from xinheng.runtime.postgres import database, initialise

APP = "xinheng_app"
WEB = "xinheng_web"
SYSTEM = Actor("system", "xinheng")


def install(folder: DataFolder) -> bool:
    """Make or complete an installation: database, tables, working roles. Repeating it changes nothing.

    Returns whether the folder was new.
    """
    new = initialise(folder)
    with database(folder) as server:
        with psycopg.connect(server.conninfo(), autocommit=True) as connection:
            for role in (APP, WEB):
                _ensure_role(connection, role, role_password(folder, role))
        secret_key(folder)
        set_up_django(folder, server.conninfo())
        _migrate()
    return new


@contextmanager
def opened(folder: DataFolder, *, role: str = APP, actor: Actor = SYSTEM) -> Iterator[Context]:
    """The installation of a folder with its database reachable; yields the context to act with.

    Raises RuntimeRefusal when there is none or its tables are of another version.
    """
    with database(folder) as server:
        set_up_django(folder, server.conninfo(role))
        try:
            _require_current_tables()
            yield make_context(actor)
        except _database_errors() as error:
            raise _database_away(error) from error
        finally:
            _disconnect()


def catch_up(ctx: Context) -> None:
    """Let every follower read the ledger to its end."""
    from xinheng.intake.release import ReleaseFollower
    from xinheng.ledger.followers import run_followers
    from xinheng.publication.followers import PublicationFollower

    run_followers(ctx, [ReleaseFollower(), PublicationFollower()])


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
        _disconnect()
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
            "数据目录的表结构与程序版本不一致。请先运行 xinheng init,再重试。",
            "The tables of this data folder are of another version. Run xinheng init first, then repeat.",
        )


def _disconnect() -> None:
    from django.db import connections

    connections.close_all()


def _database_errors() -> tuple[type[Exception], ...]:
    from django.db import InterfaceError, OperationalError

    return (OperationalError, InterfaceError)


def _database_away(error: Exception) -> RuntimeRefusal:
    full = getattr(error.__cause__, "sqlstate", None) == "53100"
    if full:
        return RuntimeRefusal(
            "disk.full",
            "磁盘空间不足,数据库未能写入;没有任何内容被保存。请清理空间后重试。",
            "The disk is full and the database could not write; nothing was stored. Free some space and repeat.",
        )
    return RuntimeRefusal(
        "database.unavailable",
        "与数据库的连接中断;本次操作没有保存任何内容。请稍后重试。",
        "The database went away; nothing of this act was stored. Repeat it later.",
    )


def _ensure_role(connection: psycopg.Connection, role: str, password: str) -> None:
    name = sql.Identifier(role)
    there = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone()
    verb = sql.SQL("ALTER" if there else "CREATE")
    connection.execute(sql.SQL("{} ROLE {} LOGIN PASSWORD {}").format(verb, name, sql.Literal(password)))
