"""Withdrawals of versions, and claims to old codes that were overruled by a decision.

A withdrawal names a version that stands in an append-only table and is read from it in the same statement, so no foreign
key looks each one up again.
"""

from django.db import migrations, models

APPEND_ONLY = """
CREATE TRIGGER archive_withdrawal_append_only BEFORE UPDATE OR DELETE ON archive_withdrawal
    FOR EACH ROW EXECUTE FUNCTION xh_refuse_change();
CREATE TRIGGER archive_withdrawal_no_truncate BEFORE TRUNCATE ON archive_withdrawal
    FOR EACH STATEMENT EXECUTE FUNCTION xh_refuse_change();
ALTER TABLE archive_withdrawal ADD CONSTRAINT archive_withdrawal_bucket
    CHECK (bucket = get_byte(sha256(convert_to(subject, 'UTF8')), 0) / 4);
ALTER TABLE archive_withdrawal ADD CONSTRAINT archive_withdrawal_key_length CHECK (octet_length(key) = 16);
SELECT xh_grant('SELECT, INSERT', 'archive_withdrawal', 'xinheng_app');
SELECT xh_grant('SELECT', 'archive_withdrawal', 'xinheng_web');
"""


class Migration(migrations.Migration):
    dependencies = [("archive", "0002_versions"), ("ledger", "0002_append_only")]
    operations = [
        migrations.CreateModel(
            name="Withdrawal",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "bucket", "subject", "key", "n", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("bucket", models.SmallIntegerField()),
                ("subject", models.CharField(max_length=18)),
                ("key", models.BinaryField()),
                ("n", models.IntegerField()),
                ("act", models.UUIDField()),
                ("ordinal", models.IntegerField()),
                ("reason", models.TextField()),
            ],
            options={
                "db_table": "archive_withdrawal",
                "constraints": [
                    models.UniqueConstraint(fields=("act", "ordinal"), name="archive_withdrawal_act"),
                    models.CheckConstraint(condition=models.Q(("n__gte", 1)), name="archive_withdrawal_numbered"),
                    models.CheckConstraint(
                        condition=models.Q(("reason__regex", "^[a-z_]+$")), name="archive_withdrawal_reason"
                    ),
                ],
            },
        ),
        migrations.AddField(model_name="identifier", name="overruled_by", field=models.UUIDField(null=True)),
        migrations.RunSQL(APPEND_ONLY),
    ]
