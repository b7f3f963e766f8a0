"""Agencies: who may submit what, and for whom."""

from django.db import models

CODE_SHAPE = r"^[0-9A-HJ-NP-RTUW-Y]{18}$"


class Agency(models.Model):
    """A body that submits, named by its unified code. ``all_items``: it may submit every catalogue item."""

    code = models.CharField(max_length=18, primary_key=True)
    name = models.TextField()
    all_items = models.BooleanField(default=True)
    added_at = models.DateTimeField()

    class Meta:
        db_table = "accounts_agency"
        constraints = [
            models.CheckConstraint(condition=models.Q(code__regex=CODE_SHAPE), name="agency_code_shape"),
            models.CheckConstraint(condition=~models.Q(name=""), name="agency_has_a_name"),
        ]


class AgencyItem(models.Model):
    """One catalogue item that an agency may submit (only where it may not submit all)."""

    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="items")
    item = models.TextField()

    class Meta:
        db_table = "accounts_agency_item"
        constraints = [models.UniqueConstraint(fields=["agency", "item"], name="agency_item_once")]


class SendsFor(models.Model):
    """An agency that may send the decisions of another body (a county bureau's system run by the city)."""

    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="sends_for")
    body = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="sent_by")

    class Meta:
        db_table = "accounts_sends_for"
        constraints = [
            models.UniqueConstraint(fields=["agency", "body"], name="sends_for_once"),
            models.CheckConstraint(condition=~models.Q(agency=models.F("body")), name="sends_for_another"),
        ]
