"""Tables of the ledger: entries that are only ever added, and the cursors of those who follow them."""

from django.db import models


class Entry(models.Model):
    """One act, numbered without gaps in commit order. ``body`` is the leaf: canonical JSON, the very bytes a log
    will hash."""

    position = models.BigIntegerField(primary_key=True)
    act = models.UUIDField(unique=True)
    kind = models.TextField()
    body = models.TextField()
    recorded_at = models.DateTimeField()

    class Meta:
        db_table = "ledger_entry"
        indexes = [models.Index(fields=["recorded_at", "position"], name="ledger_entry_known_at")]
        constraints = [
            models.CheckConstraint(condition=models.Q(position__gte=0), name="ledger_entry_position_from_zero"),
            models.CheckConstraint(
                condition=models.Q(kind__regex=r"^[a-z_]+(:[a-z_]+)+$"), name="ledger_entry_kind_grammar"
            ),
        ]


class Cursor(models.Model):
    """How far one follower has come: the last position it has handled, -1 before the first."""

    follower = models.TextField(primary_key=True)
    position = models.BigIntegerField(default=-1)

    class Meta:
        db_table = "ledger_cursor"
        constraints = [
            models.CheckConstraint(condition=models.Q(position__gte=-1), name="ledger_cursor_position_from_start")
        ]
