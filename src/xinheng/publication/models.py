"""What the public may see of each record: the answer of the rulebook, kept so that lists and counts are one index
away."""

from django.db import models


class Notice(models.Model):
    """The publication of one record, partitioned by ``bucket`` (see migration 0001).

    ``decision``: ``published``, ``withheld`` (the law says not), ``office`` (no rule decides: an officer must) or
    ``withdrawn`` (the sender took it back; the days stay those it would have been public on). Days are legal
    days; whether a published notice is public *today* is asked with the day, so an end needs no job to take effect.
    """

    pk = models.CompositePrimaryKey("bucket", "subject", "key")
    bucket = models.SmallIntegerField()
    subject = models.CharField(max_length=18)
    key = models.BinaryField()
    n = models.IntegerField()
    item = models.TextField()
    decision = models.TextField()
    severity = models.TextField(null=True)
    regime = models.TextField()
    rule = models.TextField(null=True)
    public_from = models.DateField(null=True)
    public_until = models.DateField(null=True)
    repair_from = models.DateField(null=True)
    decided_on = models.DateField()
    document_number = models.TextField(null=True)
    rulebook = models.TextField()
    act = models.UUIDField()

    class Meta:
        managed = False
        db_table = "publication_notice"
