"""One embedded database for the whole run, in a folder of its own.

Each test of a room works in a transaction that is rolled back.
"""

import os
import random
import shutil
import tempfile
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path

import django
import psycopg
import pytest

from xinheng.core.context import LEGAL_ZONE, Actor, Context
from xinheng.documents.store import DocumentStore
from xinheng.runtime.context import make_context
from xinheng.runtime.folder import DataFolder
from xinheng.runtime.keys import role_password
from xinheng.runtime.postgres import database, initialise

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=LEGAL_ZONE)
"""When the tests of rooms play: a Sunday, so that legal days and working days differ."""

RUN_SEED = "XINHENG_RUN_SEED"
"""Of generated inputs that differ in every run: one seed for all who share a run, shown in the test's name."""

_running = ExitStack()


def pytest_configure(config: pytest.Config) -> None:
    """Start the database before Django is set up, and point Django at it."""
    # A process that only hands out tests needs none: each of those that run them has a database of its own.
    os.environ.setdefault(RUN_SEED, str(random.SystemRandom().randrange(10**6)))
    hands_out = getattr(config.option, "numprocesses", None) and not hasattr(config, "workerinput")
    if not hands_out:
        os.environ["XINHENG_CONNINFO"] = _started_database()
    # The browser driver keeps an event loop in this thread; the tests that talk to the database are not inside it.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    os.environ["DJANGO_SETTINGS_MODULE"] = "xinheng.config.settings"
    for name in ("XINHENG_DATA", "XINHENG_NOW", "DATABASE_URL", "PG_BIN"):
        os.environ.pop(name, None)
    django.setup()
    if hands_out:
        # Those that run the tests find it in their environment before this function has told them their database.
        del os.environ["DJANGO_SETTINGS_MODULE"]


def pytest_report_header() -> str:
    """What repeats this run's generated inputs and moments."""
    return f"{RUN_SEED}={os.environ[RUN_SEED]}"


def _started_database() -> str:
    folder = DataFolder(tempfile.mkdtemp(prefix="xinheng-tests-"))
    _running.callback(shutil.rmtree, folder.path, ignore_errors=True)
    initialise(folder)
    server = _running.enter_context(database(folder))
    with psycopg.connect(server.conninfo(), autocommit=True) as connection:
        for role in ("xinheng_app", "xinheng_web"):
            connection.execute(f"CREATE ROLE {role} LOGIN PASSWORD '{role_password(folder, role)}'")
    return server.conninfo()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the database."""
    from django.db import connections

    connections.close_all()
    _running.close()


@pytest.fixture
def ctx() -> Context:
    """The platform itself, acting on 22 November 2026 under the rulebook of this checkout."""
    return make_context(Actor("system", "xinheng"), now=NOW)


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rooms play on that day even where they read the clock themselves: when an act becomes known."""
    monkeypatch.setattr("xinheng.ledger.services.now", lambda: NOW)


@pytest.fixture
def store(tmp_path: Path) -> DocumentStore:
    """A document store of the test's own."""
    return DocumentStore(tmp_path / "documents")
