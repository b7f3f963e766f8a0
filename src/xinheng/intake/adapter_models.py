"""Confirmed mappings of headings, one agency and item each; every change is a new version, nothing is overwritten."""

from django.db import models

CODE_SHAPE = r"^[0-9A-HJ-NP-RTUW-Y]{18}$"
ADAPTER_STATES = ("confirmed", "revoked")


class Adapter(models.Model):
    """One version of what an officer confirmed about the headings with this signature; ``id`` is the act.

    ``columns``: one ``{title, field, unit}`` a column, in the table's order; no field: not read.
    """

    id = models.UUIDField(primary_key=True)
    agency = models.CharField(max_length=18)
    item = models.TextField()
    edition = models.TextField()
    signature = models.CharField(max_length=64)
    version = models.IntegerField()
    state = models.TextField()
    columns = models.JSONField()
    depth = models.SmallIntegerField()
    keyed = models.BooleanField()
    constants = models.JSONField()
    officer = models.TextField()
    decided_at = models.DateTimeField()
    rulebook = models.TextField()

    class Meta:
        db_table = "intake_adapter"
        constraints = (
            models.UniqueConstraint(
                fields=["agency", "item", "edition", "signature", "version"], name="intake_adapter_version"
            ),
            models.CheckConstraint(condition=models.Q(state__in=ADAPTER_STATES), name="intake_adapter_state"),
            models.CheckConstraint(condition=models.Q(version__gte=1), name="intake_adapter_numbered"),
            models.CheckConstraint(
                condition=models.Q(agency__regex=CODE_SHAPE, signature__regex="^[0-9a-f]{64}$"),
                name="intake_adapter_shape",
            ),
            models.CheckConstraint(condition=models.Q(depth__gte=0, depth__lte=3), name="intake_adapter_depth"),
            models.CheckConstraint(condition=~models.Q(officer=""), name="intake_adapter_officer"),
        )
