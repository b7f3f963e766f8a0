"""How to reach the database, for each role: the embedded server's socket or the server of DATABASE_URL."""

import os
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlencode

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from xinheng.runtime.binaries import SUPPORTED_MAJORS
from xinheng.runtime.cluster import DATABASE
from xinheng.runtime.errors import RuntimeRefusal
from xinheng.runtime.folder import DataFolder
from xinheng.runtime.keys import OWNER, owner_password, role_password
from xinheng.runtime.sockets import PORT

CONNECT_SECONDS = 10
# libpq gives no SQLSTATE for a failed log-in; the embedded server speaks English (lc_messages).
CLOSED = ("the database system is",)
FULL_HOUSE = ("too many clients", "connection slots")


@dataclass(frozen=True, slots=True)
class Database:
    """Where the database is. `role` None is its owner; another role logs in with its password from keys/."""

    folder: DataFolder
    base: tuple[tuple[str, str], ...]  # libpq's keywords and values for the owner
    embedded: bool

    def parameters(self, role: str | None = None) -> dict[str, str]:
        """libpq's keywords (host, port, dbname, user, password, …) and their values."""
        found = dict(self.base)
        if role is not None and role != found.get("user"):
            found |= {"user": role, "password": role_password(self.folder, role)}
        return found

    def conninfo(self, role: str | None = None) -> str:
        """libpq's `keyword=value` form, as psycopg takes it."""
        return make_conninfo("", **self.parameters(role))

    def dsn(self, role: str | None = None) -> str:
        """The same as a `postgresql://` address."""
        rest = self.parameters(role)
        name = quote(rest.pop("dbname", ""), safe="")
        user, password = rest.pop("user", ""), rest.pop("password", None)
        secret = "" if password is None else ":" + quote(password, safe="")
        who = f"{quote(user, safe='')}{secret}@" if user else ""
        query = urlencode(rest, quote_via=quote, safe="")
        return f"postgresql://{who}/{name}" + (f"?{query}" if query else "")


def embedded(folder: DataFolder, socket_folder: Path) -> Database:
    base = {
        "host": str(socket_folder),
        "port": str(PORT),
        "dbname": DATABASE,
        "user": OWNER,
        "password": owner_password(folder),
    }
    return Database(folder, tuple(base.items()), embedded=True)


def external(folder: DataFolder) -> Database | None:
    """The server of DATABASE_URL, reached and of a supported version; None when it is not set."""
    url = os.environ.get("DATABASE_URL")
    if not url:
        return None
    try:
        named = conninfo_to_dict(url)
    except psycopg.ProgrammingError:
        # The reason given would repeat the address with its password.
        raise _unreadable_url() from None
    database = Database(folder, tuple((key, str(value)) for key, value in named.items()), embedded=False)
    _require_version(database)
    return database


def answers(database: Database) -> bool:
    """Whether the server is open to clients; one that refuses for good is an error."""
    try:
        with psycopg.connect(database.conninfo(), connect_timeout=CONNECT_SECONDS):
            return True
    except psycopg.OperationalError as error:
        said = str(error)
        if any(words in said for words in FULL_HOUSE):
            return True
        if "FATAL:" not in said or any(words in said for words in CLOSED):
            return False
        raise _unavailable(error) from error


def _require_version(database: Database) -> None:
    try:
        with psycopg.connect(database.conninfo(), connect_timeout=CONNECT_SECONDS) as connection:
            major = connection.info.server_version // 10_000
    except psycopg.OperationalError as error:
        raise _unavailable(error) from error
    if major not in SUPPORTED_MAJORS:
        raise RuntimeRefusal(
            "database.wrong_major",
            f"DATABASE_URL 指向 PostgreSQL {major}，信衡需要 15 至 18。请换用受支持的服务器。",
            f"DATABASE_URL names a PostgreSQL {major}; versions 15 to 18 are supported. Name another server.",
        )


def _unavailable(error: psycopg.OperationalError) -> RuntimeRefusal:
    reason = " ".join(str(error).split())
    return RuntimeRefusal(
        "database.unavailable",
        f"无法连接数据库：{reason}。请检查服务器是否运行、DATABASE_URL 和密码是否正确，然后重试。",
        f"The database cannot be reached: {reason}. Check that the server runs and that DATABASE_URL and the "
        "password are right, then repeat.",
    )


def _unreadable_url() -> RuntimeRefusal:
    return RuntimeRefusal(
        "database.bad_url",
        "DATABASE_URL 不是有效的 PostgreSQL 地址。格式：postgresql://用户:密码@主机:5432/数据库。",
        "DATABASE_URL is no address of a PostgreSQL server. Its form: postgresql://user:password@host:5432/database.",
    )
