"""The only place that reads the clock. Everything else is told the time by its context."""

import os
from datetime import UTC, datetime

from xinheng.runtime.errors import RuntimeRefusal

FIXED = "XINHENG_NOW"
"""Environment variable with a fixed instant (ISO 8601 with offset) for demonstrations and tests."""


def now() -> datetime:
    """The present instant, aware, in UTC; the fixed one where the environment names it.

    Raises RuntimeRefusal when the named instant cannot be read or has no offset.
    """
    fixed = os.environ.get(FIXED)
    return _fixed(fixed) if fixed else datetime.now(UTC)


def _fixed(text: str) -> datetime:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        instant = None
    if instant is None or instant.tzinfo is None:
        raise RuntimeRefusal(
            "clock.fixed_instant",
            f"环境变量 {FIXED} 的值“{text}”不可用；请写作 2026-11-22T10:00:00+08:00，或删除该变量。",
            f"{FIXED}={text!r} is not usable; write 2026-11-22T10:00:00+08:00 or remove the variable.",
        )
    return instant.astimezone(UTC)
