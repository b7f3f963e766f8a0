"""Tables of the gate: every attempt, every row's fate, and the rows that wait."""

from django.db import models

from xinheng.core.findings import Outcome

STATES = ("receiving", "done", "tried", "refused", "interrupted")


class Batch(models.Model):
    """One attempt to submit a file. ``done`` carries the receipt; the other states stored nothing but the attempt.

    ``parts``: [file, sheet] of every table that rows came from. ``backfill``: old years that nobody counts as late.
    """

    id = models.UUIDField(primary_key=True)
    agency = models.TextField()
    item = models.TextField()
    edition = models.TextField(default="")
    source_kind = models.TextField(default="")
    state = models.TextField(default="receiving")
    error_rule = models.TextField(default="")
    received_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    rulebook = models.TextField()
    counts = models.JSONField(default=dict)
    findings = models.JSONField(default=list)
    root = models.BinaryField(null=True)
    rows_document = models.TextField(default="")
    rows_digest = models.TextField(default="")
    parts = models.JSONField(default=list)
    backfill = models.BooleanField(default=False)
    receipt = models.TextField(null=True, unique=True)

    class Meta:
        db_table = "intake_batch"
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=STATES), name="intake_batch_state"),
            models.CheckConstraint(
                condition=~models.Q(state="done") | models.Q(receipt__isnull=False, finished_at__isnull=False),
                name="intake_batch_done_has_receipt",
            ),
        ]
        indexes = [models.Index(fields=["agency", "-received_at"], name="intake_batch_agency")]


class Row(models.Model):
    """The fate of one physical row that its version alone does not tell: whatever was not appended, or of which
    something was said. Of a person's row only its number and outcome stand here.
    """

    pk = models.CompositePrimaryKey("batch_id", "ordinal")
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="rows")
    ordinal = models.IntegerField()
    file = models.TextField(null=True)
    sheet = models.TextField(null=True)
    row = models.IntegerField()
    outcome = models.TextField()
    subject = models.CharField(max_length=18, null=True)
    key = models.BinaryField(null=True)
    n = models.IntegerField(null=True)
    findings = models.JSONField(default=list)

    class Meta:
        db_table = "intake_row"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(outcome__in=[o.value for o in Outcome]), name="intake_row_outcome"
            ),
            models.CheckConstraint(
                condition=~models.Q(outcome=Outcome.EXCLUDED_PERSON) | models.Q(subject__isnull=True, key__isnull=True),
                name="intake_row_person_empty",
            ),
        ]


class HeldRow(models.Model):
    """A row that waits: for the register, or for somebody's decision. It is no part of any file."""

    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="held")
    ordinal = models.IntegerField()
    item = models.TextField()
    edition = models.TextField()
    reason = models.TextField()
    code = models.CharField(max_length=18, null=True)
    old_codes = models.JSONField(default=list)
    name = models.TextField()
    body = models.CharField(max_length=18)
    values = models.JSONField()
    state = models.TextField(default="waiting")
    released_by = models.UUIDField(null=True)

    class Meta:
        db_table = "intake_held"
        constraints = [
            models.UniqueConstraint(fields=["batch", "ordinal"], name="intake_held_once"),
            models.CheckConstraint(condition=models.Q(state__in=["waiting", "released"]), name="intake_held_state"),
        ]
        indexes = [
            models.Index(fields=["code"], condition=models.Q(state="waiting"), name="intake_held_code"),
            models.Index(fields=["reason"], condition=models.Q(state="waiting"), name="intake_held_reason"),
        ]
