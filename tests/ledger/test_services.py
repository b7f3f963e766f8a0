"""Numbering acts: gapless, in commit order, never going back."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction

from xinheng.core.context import Context
from xinheng.ledger.selectors import entries_after, head
from xinheng.ledger.services import EntryTooLarge, append

pytestmark = pytest.mark.django_db


def test_positions_are_gapless_and_start_at_zero(ctx: Context) -> None:
    positions = [append(ctx, kind="test:act:done", act=uuid4(), payload={}) for _ in range(3)]
    assert positions == [0, 1, 2]
    assert head().size == 3


def test_an_act_that_is_rolled_back_leaves_no_hole(ctx: Context) -> None:
    append(ctx, kind="test:act:done", act=uuid4(), payload={})
    with pytest.raises(RuntimeError):
        _fail_after_numbering(ctx)
    assert append(ctx, kind="test:act:done", act=uuid4(), payload={}) == 1


@transaction.atomic
def _fail_after_numbering(ctx: Context) -> None:
    append(ctx, kind="test:act:done", act=uuid4(), payload={})
    raise RuntimeError("the service failed after numbering")


def test_the_instant_of_an_entry_never_goes_back(ctx: Context) -> None:
    append(ctx, kind="test:act:done", act=uuid4(), payload={})
    earlier = Context(ctx.actor, ctx.now - timedelta(hours=1), ctx.rulebook)
    append(earlier, kind="test:act:done", act=uuid4(), payload={})
    first, second = entries_after(-1, limit=10)
    assert second.recorded_at >= first.recorded_at


def test_a_leaf_names_act_actor_and_rulebook(ctx: Context) -> None:
    act = uuid4()
    append(ctx, kind="test:act:done", act=act, payload={"rows": 3})
    (entry,) = entries_after(-1, limit=1)
    assert entry.payload["act"] == str(act)
    assert entry.payload["actor"] == "system:xinheng"
    assert entry.payload["rulebook"] == ctx.rulebook.digest
    assert entry.payload["rows"] == 3


def test_a_leaf_stays_small(ctx: Context) -> None:
    with pytest.raises(EntryTooLarge):
        append(ctx, kind="test:act:done", act=uuid4(), payload={"text": "x" * 5000})


@pytest.mark.parametrize(
    "statement",
    ["UPDATE ledger_entry SET kind = 'a:b'", "DELETE FROM ledger_entry", "TRUNCATE ledger_entry"],
)
def test_nobody_rewrites_history(ctx: Context, statement: str) -> None:
    append(ctx, kind="test:act:done", act=uuid4(), payload={})
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize("kind", ["Batch:Rows", "batch", "batch rows:x", ""])
def test_a_kind_follows_the_grammar(ctx: Context, kind: str) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        append(ctx, kind=kind, act=uuid4(), payload={})
