"""Who acts, when and under which rulebook, put together at the edge for everything inside."""

from datetime import datetime

from xinheng.core.context import Actor, Context
from xinheng.core.rulebook.types import Rulebook
from xinheng.runtime import clock
from xinheng.runtime.rulebook_files import load_rulebook


def make_context(actor: Actor, *, now: datetime | None = None, rulebook: Rulebook | None = None) -> Context:
    """The context of one act: the clock's instant and the installed rulebook unless given.

    Raises ValueError for an instant without offset, RulebookError when the installed rulebook cannot be used.
    """
    instant = clock.now() if now is None else now
    if instant.tzinfo is None:
        raise ValueError("an instant without offset could be any day: give an aware one")
    return Context(actor, instant, load_rulebook() if rulebook is None else rulebook)
