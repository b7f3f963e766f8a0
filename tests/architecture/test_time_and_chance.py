"""Time is given: one file reads the clock. Nothing reacts by signal. Chance has its few places."""

import ast
import re
from collections.abc import Iterator

import pytest

from tests.architecture.sources import Module, dotted, full_names, modules, texts, written_modules

CLOCK = "runtime/clock.py"
CLOCK_CALLS = {
    "datetime.datetime.now", "datetime.datetime.utcnow", "datetime.datetime.today", "datetime.date.today",
    "time.time", "time.time_ns", "time.localtime", "time.gmtime", "time.ctime", "time.strftime",
    "django.utils.timezone.now", "django.utils.timezone.localtime", "django.utils.timezone.localdate",
}  # fmt: skip
SQL_CLOCK = re.compile(
    r"\b(?:now\(\)|current_(?:date|time|timestamp)\b|clock_timestamp\(|statement_timestamp\(|localtimestamp\b)",
    re.IGNORECASE,
)
SIGNALS = ("django.dispatch", "django.db.models.signals", "django.core.signals", "django.db.backends.signals")

CHANCE = ("random", "secrets", "uuid.uuid1", "uuid.uuid4", "os.urandom")
CHANCE_ALLOWED = {
    "synth/": "a city made from a seed number",
    "bench/": "files, salts and codes of a measurement, from a seed number",
    "runtime/": "keys and passwords of an installation",
    "cli/installation.py": "the signing key of an installation",
    "config/settings.py": "a signing key for one process where the launcher gave none",
    "accounts/services.py": "the id of an act",
    "documents/store.py": "the salt of a batch's kept rows",
    "exchange/services.py": "the id of an act",
    "intake/adapters.py": "the id of an act",
    "intake/attempts.py": "the id of a batch",
    "intake/corrections.py": "the id of an act",
    "intake/filed.py": "the salts of versions",
    "intake/holds.py": "the id of an act",
    "intake/nil_returns.py": "the id of an act",
    "intake/release.py": "the id of an act",
    "intake/seals.py": "the salt of a statement's seal",
    "intake/withdrawals.py": "the id of an act",
    "intake/staged.py": "the salt of a record version",
    "portal/": "the number on a 500 page, which the log carries too",
}


def clock_readers(tree: ast.Module) -> Iterator[int]:
    """Lines that read the machine's clock."""
    names = full_names(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute | ast.Name) and dotted(node, names) in CLOCK_CALLS:
            yield node.lineno


def test_only_the_clock_reads_the_clock() -> None:
    readers = [
        f"{module}:{line}" for module in modules() for line in clock_readers(module.tree) if module.name != CLOCK
    ]
    assert readers == []


@pytest.mark.parametrize(
    "source",
    [
        "from datetime import datetime\ndatetime.now()",
        "from datetime import date as day\nday.today()",
        "import datetime as d\nd.datetime.utcnow()",
        "import time\ntime.time()",
        "from time import time as t\nt()",
        "from django.utils import timezone\ndefault=timezone.now",
    ],
)
def test_every_way_to_read_the_clock_is_seen(source: str) -> None:
    assert list(clock_readers(ast.parse(source))) == [2]


def test_measuring_a_wait_is_not_reading_the_clock() -> None:
    assert list(clock_readers(ast.parse("import time\ntime.monotonic()\nctx.now\nclock.now()"))) == []


def test_sql_is_told_the_time() -> None:
    readers = [
        f"{module}:{text.lineno}" for module in modules() for text in texts(module.tree) if SQL_CLOCK.search(text.value)
    ]
    assert readers == []


def test_columns_take_no_time_of_their_own() -> None:
    named = [f"{module}" for module in modules() if re.search(r"\bauto_now(?:_add)?\s*=", module.text)]
    assert named == []


def test_nothing_reacts_by_signal() -> None:
    listening = [
        f"{module}: {name}"
        for module in modules()
        for name in full_names(module.tree).values()
        if name.startswith(SIGNALS)
    ]
    assert listening == []


def test_chance_has_its_places() -> None:
    strange = [module.name for module in written_modules() if _uses_chance(module) and not _allowed(module)]
    assert strange == []


def test_no_place_of_chance_is_left_over() -> None:
    users = [module.name for module in written_modules() if _uses_chance(module)]
    unused = [place for place in CHANCE_ALLOWED if not any(name.startswith(place) for name in users)]
    assert unused == []


def _allowed(module: Module) -> bool:
    return module.name.startswith(tuple(CHANCE_ALLOWED))


def _uses_chance(module: Module) -> bool:
    names = full_names(module.tree)
    used = {dotted(node, names) or "" for node in ast.walk(module.tree) if isinstance(node, ast.Attribute | ast.Name)}
    return any(name == each or name.startswith(f"{each}.") for name in used for each in CHANCE)
