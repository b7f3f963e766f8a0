"""Confirmed mappings of headings: only ever added to."""

from django.db import migrations, models

APPEND_ONLY = """
CREATE TRIGGER intake_adapter_append_only BEFORE UPDATE OR DELETE ON intake_adapter
    FOR EACH ROW EXECUTE FUNCTION xh_refuse_change();
CREATE TRIGGER intake_adapter_no_truncate BEFORE TRUNCATE ON intake_adapter
    FOR EACH STATEMENT EXECUTE FUNCTION xh_refuse_change();
SELECT xh_grant('SELECT, INSERT', 'intake_adapter', 'xinheng_app');
"""


class Migration(migrations.Migration):
    dependencies = [("intake", "0003_withdrawals_and_decisions"), ("ledger", "0002_append_only")]

    operations = [
        migrations.CreateModel(
            name="Adapter",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("agency", models.CharField(max_length=18)),
                ("item", models.TextField()),
                ("edition", models.TextField()),
                ("signature", models.CharField(max_length=64)),
                ("version", models.IntegerField()),
                ("state", models.TextField()),
                ("columns", models.JSONField()),
                ("depth", models.SmallIntegerField()),
                ("keyed", models.BooleanField()),
                ("constants", models.JSONField()),
                ("officer", models.TextField()),
                ("decided_at", models.DateTimeField()),
                ("rulebook", models.TextField()),
            ],
            options={
                "db_table": "intake_adapter",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("agency", "item", "edition", "signature", "version"), name="intake_adapter_version"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ("confirmed", "revoked"))), name="intake_adapter_state"
                    ),
                    models.CheckConstraint(condition=models.Q(("version__gte", 1)), name="intake_adapter_numbered"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("agency__regex", "^[0-9A-HJ-NP-RTUW-Y]{18}$"), ("signature__regex", "^[0-9a-f]{64}$")
                        ),
                        name="intake_adapter_shape",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("depth__gte", 0), ("depth__lte", 3)), name="intake_adapter_depth"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("officer", ""), _negated=True), name="intake_adapter_officer"
                    ),
                ],
            },
        ),
        migrations.RunSQL(APPEND_ONLY),
    ]
