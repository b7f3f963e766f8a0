"""Public pages as a reader on some day sees them."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import date, datetime, time

from xinheng.core.context import LEGAL_ZONE, Actor, Context

PUBLIC = Actor("public", "anonymous")


def reader(ctx: Context, day: date | None = None) -> Context:
    """Somebody from the public, reading on that day at noon (today: now)."""
    now = ctx.now if day is None else datetime.combine(day, time(12), LEGAL_ZONE)
    return Context(PUBLIC, now, ctx.rulebook)


def texts(page: object) -> Iterator[str]:
    """Every text anywhere in a page."""
    if isinstance(page, str):
        yield page
    elif isinstance(page, (tuple, list)):
        for part in page:
            yield from texts(part)
    elif is_dataclass(page):
        for each in fields(page):
            yield from texts(getattr(page, each.name))
