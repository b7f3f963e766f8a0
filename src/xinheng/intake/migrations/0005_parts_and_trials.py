"""Batches know the tables they came from and may be trials; rows are no longer sought by record."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("intake", "0004_adapters")]

    operations = [
        migrations.RemoveIndex(model_name="row", name="intake_row_record"),
        migrations.RemoveConstraint(model_name="batch", name="intake_batch_state"),
        migrations.AddConstraint(
            model_name="batch",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ("receiving", "done", "tried", "refused", "interrupted"))),
                name="intake_batch_state",
            ),
        ),
        migrations.AddField(
            model_name="batch",
            name="parts",
            field=models.JSONField(db_default=models.Value([], output_field=models.JSONField()), default=list),
        ),
    ]
