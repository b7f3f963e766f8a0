"""Tables of the archive. Versions are only ever added; names, identifiers and organisations are what the versions
add up to."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models.functions import Length


class Version(models.Model):
    """One version of one record, partitioned by ``bucket`` (see migration 0001 for the table itself).

    The identity of a record is version 1 of its key. ``content`` holds the filled fields as canonical JSON text;
    ``digest`` is SHA-256 over salt and length-prefixed fields in catalogue order (core/canonical.py).
    ``act`` and ``ordinal`` say by which act it came and as which of its rows; ``source_row`` and ``source_part``
    (sheet or file
    inside an archive) where it stood in what the agency sent.
    """

    pk = models.CompositePrimaryKey("bucket", "subject", "key", "n")
    bucket = models.SmallIntegerField()
    subject = models.CharField(max_length=18)
    key = models.BinaryField()
    n = models.IntegerField()
    item = models.TextField()
    edition = models.TextField()
    body = models.CharField(max_length=18)
    document_number = models.TextField(null=True)
    effective_on = models.DateField(null=True)
    act = models.UUIDField()
    ordinal = models.IntegerField()
    source_row = models.IntegerField()
    source_part = models.TextField(null=True)
    salt = models.BinaryField()
    digest = models.BinaryField()
    content = models.JSONField()

    class Meta:
        managed = False
        db_table = "archive_version"


class Withdrawal(models.Model):
    """A version that its sender took back. Version and row stay as they were; the record stands no longer until a later
    version of it comes. Append-only, in the order of the ledger by ``act``."""

    pk = models.CompositePrimaryKey("bucket", "subject", "key", "n")
    bucket = models.SmallIntegerField()
    subject = models.CharField(max_length=18)
    key = models.BinaryField()
    n = models.IntegerField()
    act = models.UUIDField()
    ordinal = models.IntegerField()
    reason = models.TextField()

    class Meta:
        db_table = "archive_withdrawal"
        constraints = [
            models.UniqueConstraint(fields=["act", "ordinal"], name="archive_withdrawal_act"),
            models.CheckConstraint(condition=models.Q(n__gte=1), name="archive_withdrawal_numbered"),
            models.CheckConstraint(condition=models.Q(reason__regex=r"^[a-z_]+$"), name="archive_withdrawal_reason"),
        ]


class Organisation(models.Model):
    """What the register says of one organisation now: the head of its file."""

    code = models.CharField(max_length=18, primary_key=True)
    bucket = models.SmallIntegerField()
    name = models.TextField()
    type = models.TextField()
    status = models.TextField()
    status_on = models.DateField(null=True)
    successor = models.CharField(max_length=18, null=True)
    region = models.CharField(max_length=6, null=True)
    act = models.UUIDField()

    class Meta:
        db_table = "archive_organisation"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(code__regex=r"^[0-9A-HJ-NP-RTUW-Y]{18}$"), name="organisation_code_shape"
            ),
            models.CheckConstraint(condition=~models.Q(name=""), name="organisation_has_a_name"),
            models.CheckConstraint(condition=models.Q(bucket__range=(0, 63)), name="organisation_bucket_range"),
        ]


class Name(models.Model):
    """One name, current or former, in the form that search compares; ``grams`` are its one- and two-character
    pieces."""

    subject = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="names")
    name = models.TextField()
    form = models.TextField()
    kind = models.TextField(choices=[("current", "current"), ("former", "former")])
    grams = ArrayField(models.TextField())
    free_search = models.BooleanField(default=True)

    class Meta:
        db_table = "archive_name"
        constraints = [
            models.UniqueConstraint(fields=["subject", "form"], name="archive_name_once"),
            models.UniqueConstraint(
                fields=["subject"], condition=models.Q(kind="current"), name="archive_name_one_current"
            ),
            models.CheckConstraint(condition=models.Q(kind__in=["current", "former"]), name="archive_name_kind"),
        ]
        indexes = [
            GinIndex(fields=["grams"], name="archive_name_grams"),
            models.Index(fields=["form"], name="archive_name_form", opclasses=["text_pattern_ops"]),
            models.Index(
                Length("form"), "subject", name="archive_name_by_length", condition=models.Q(free_search=True)
            ),
        ]


class Identifier(models.Model):
    """An old code that leads to an organisation. Two organisations may claim one: then it resolves to neither, until a
    decision overrules a claim (``overruled_by``: its act)."""

    kind = models.TextField()
    value = models.TextField()
    subject = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="identifiers")
    act = models.UUIDField()
    overruled_by = models.UUIDField(null=True)

    class Meta:
        db_table = "archive_identifier"
        constraints = [
            models.UniqueConstraint(fields=["kind", "value", "subject"], name="archive_identifier_once"),
            models.CheckConstraint(condition=~models.Q(value=""), name="archive_identifier_filled"),
        ]


class Event(models.Model):
    """Something that happened to an organisation: registered, renamed, merged, code_changed, deregistered, …"""

    subject = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="events")
    kind = models.TextField()
    on_date = models.DateField(null=True)
    detail = models.JSONField()
    act = models.UUIDField()
    ordinal = models.IntegerField()

    class Meta:
        db_table = "archive_event"
        constraints = [
            models.UniqueConstraint(fields=["act", "ordinal", "kind"], name="archive_event_once"),
        ]
        indexes = [models.Index(fields=["subject", "id"], name="archive_event_subject")]
