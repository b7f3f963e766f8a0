"""Tables of the gate: every attempt, every row's fate, and the rows that wait."""

from django.db import models

from xinheng.core.findings import Outcome
from xinheng.intake.adapter_models import Adapter as Adapter

STATES = ("receiving", "done", "tried", "refused", "interrupted")
HELD_STATES = ("waiting", "released", "rejected", "withdrawn")
DECISIONS = ("release", "reject", "rejudge")


class Batch(models.Model):
    """One attempt to submit a file. ``done`` carries the receipt; the other states stored nothing but the attempt.

    ``parts``: [file, sheet] of every table that rows came from.
    ``backfill``: records of old years, which nobody counts as late. ``headers``: what the columns of each kept table
    mean (kept_headers.py), by sheet; empty where the file names each cell differently.
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
    parts = models.JSONField(default=list, db_default=models.Value([], output_field=models.JSONField()))
    receipt = models.TextField(null=True, unique=True)
    backfill = models.BooleanField(default=False, db_default=False)
    headers = models.JSONField(default=dict, db_default=models.Value({}, output_field=models.JSONField()))

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
    """A row that waits: for the register, or for somebody's decision. It is no part of any file.

    ``released_by`` is the act that filed it; ``rejected`` and ``withdrawn`` rows have left the queue without a file.
    """

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
            models.CheckConstraint(condition=models.Q(state__in=HELD_STATES), name="intake_held_state"),
        ]
        indexes = [
            models.Index(fields=["code"], condition=models.Q(state="waiting"), name="intake_held_code"),
            models.Index(fields=["reason"], condition=models.Q(state="waiting"), name="intake_held_reason"),
        ]


class Withdrawal(models.Model):
    """One act by which an agency took back what it had sent: a batch, or a single record. ``note`` is for officers."""

    act = models.UUIDField(primary_key=True)
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="withdrawals")
    subject = models.CharField(max_length=18, null=True)
    key = models.BinaryField(null=True)
    agency = models.CharField(max_length=18)
    officer = models.TextField()
    reason = models.TextField()
    note = models.TextField()
    counts = models.JSONField()
    withdrawn_at = models.DateTimeField()
    seal = models.BinaryField()

    class Meta:
        db_table = "intake_withdrawal"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(subject__isnull=True, key__isnull=True)
                | models.Q(subject__isnull=False, key__isnull=False),
                name="intake_withdrawal_of_one_or_all",
            ),
        ]


class NilReturn(models.Model):
    """An agency's signed word that it had nothing of an item to report for a period (both days included)."""

    act = models.UUIDField(primary_key=True)
    receipt = models.TextField(unique=True)
    agency = models.CharField(max_length=18)
    officer = models.TextField()
    item = models.TextField()
    from_date = models.DateField()
    to_date = models.DateField()
    reported_at = models.DateTimeField()
    rulebook = models.TextField()
    seal = models.BinaryField()
    superseded_by = models.UUIDField(null=True)
    superseded_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "intake_nil_return"
        constraints = [
            models.CheckConstraint(condition=models.Q(from_date__lte=models.F("to_date")), name="intake_nil_forward"),
            models.CheckConstraint(
                condition=models.Q(superseded_by__isnull=True, superseded_at__isnull=True)
                | models.Q(superseded_by__isnull=False, superseded_at__isnull=False),
                name="intake_nil_superseded",
            ),
            models.UniqueConstraint(
                fields=["agency", "item", "from_date", "to_date"],
                condition=models.Q(superseded_by__isnull=True),
                name="intake_nil_once",
            ),
        ]


class Correction(models.Model):
    """One row put right by its sender: a record's (``n_before`` its version until then) or a rejected row's (0)."""

    act = models.UUIDField(primary_key=True)
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="corrections")
    ordinal = models.IntegerField()
    subject = models.CharField(max_length=18)
    key = models.BinaryField()
    n_before = models.IntegerField()
    fields = models.JSONField()
    agency = models.CharField(max_length=18)
    officer = models.TextField()
    reason = models.TextField()
    corrected_at = models.DateTimeField()
    seal = models.BinaryField()

    class Meta:
        db_table = "intake_correction"
        constraints = [
            models.UniqueConstraint(fields=["subject", "key", "n_before", "act"], name="intake_correction_once"),
            models.CheckConstraint(condition=models.Q(n_before__gte=0), name="intake_correction_numbered"),
            models.CheckConstraint(condition=~models.Q(reason=""), name="intake_correction_has_a_reason"),
        ]
        indexes = [models.Index(fields=["batch", "ordinal"], name="intake_correction_row")]


class Decision(models.Model):
    """What an officer decided about a row that waited. ``agency`` empty: an officer of the credit office."""

    act = models.UUIDField(primary_key=True)
    held = models.ForeignKey(HeldRow, on_delete=models.PROTECT, related_name="decisions")
    decision = models.TextField()
    officer = models.TextField()
    agency = models.TextField()
    reason = models.TextField()
    subject = models.CharField(max_length=18, null=True)
    decided_at = models.DateTimeField()
    seal = models.BinaryField()

    class Meta:
        db_table = "intake_decision"
        constraints = [
            models.CheckConstraint(condition=models.Q(decision__in=DECISIONS), name="intake_decision_kind"),
            models.CheckConstraint(
                condition=~models.Q(officer="") & ~models.Q(reason=""), name="intake_decision_by_somebody"
            ),
        ]
