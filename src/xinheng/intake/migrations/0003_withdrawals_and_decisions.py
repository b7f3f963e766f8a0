"""What follows a batch: withdrawals, nil returns, corrections of single rows, decisions about rows that wait."""

import django.db.models.deletion
from django.db import migrations, models

APPEND_ONLY = """
DO $$
DECLARE told text;
BEGIN
    FOREACH told IN ARRAY ARRAY['intake_withdrawal', 'intake_correction', 'intake_decision'] LOOP
        EXECUTE format('CREATE TRIGGER %1$s_append_only BEFORE UPDATE OR DELETE ON %1$s'
                       ' FOR EACH ROW EXECUTE FUNCTION xh_refuse_change()', told);
        EXECUTE format('CREATE TRIGGER %1$s_no_truncate BEFORE TRUNCATE ON %1$s'
                       ' FOR EACH STATEMENT EXECUTE FUNCTION xh_refuse_change()', told);
    END LOOP;
END $$;
SELECT xh_grant('SELECT, INSERT', 'intake_withdrawal, intake_correction, intake_decision', 'xinheng_app');
SELECT xh_grant('SELECT, INSERT, UPDATE', 'intake_nil_return', 'xinheng_app');
"""


class Migration(migrations.Migration):
    dependencies = [
        ("intake", "0002_grants"),
        ("ledger", "0002_append_only"),
    ]

    operations = [
        migrations.CreateModel(
            name="Correction",
            fields=[
                ("act", models.UUIDField(primary_key=True, serialize=False)),
                ("ordinal", models.IntegerField()),
                ("subject", models.CharField(max_length=18)),
                ("key", models.BinaryField()),
                ("n_before", models.IntegerField()),
                ("fields", models.JSONField()),
                ("agency", models.CharField(max_length=18)),
                ("officer", models.TextField()),
                ("reason", models.TextField()),
                ("corrected_at", models.DateTimeField()),
                ("seal", models.BinaryField()),
            ],
            options={
                "db_table": "intake_correction",
            },
        ),
        migrations.CreateModel(
            name="Decision",
            fields=[
                ("act", models.UUIDField(primary_key=True, serialize=False)),
                ("decision", models.TextField()),
                ("officer", models.TextField()),
                ("agency", models.TextField()),
                ("reason", models.TextField()),
                ("subject", models.CharField(max_length=18, null=True)),
                ("decided_at", models.DateTimeField()),
                ("seal", models.BinaryField()),
            ],
            options={
                "db_table": "intake_decision",
            },
        ),
        migrations.CreateModel(
            name="NilReturn",
            fields=[
                ("act", models.UUIDField(primary_key=True, serialize=False)),
                ("receipt", models.TextField(unique=True)),
                ("agency", models.CharField(max_length=18)),
                ("officer", models.TextField()),
                ("item", models.TextField()),
                ("from_date", models.DateField()),
                ("to_date", models.DateField()),
                ("reported_at", models.DateTimeField()),
                ("rulebook", models.TextField()),
                ("seal", models.BinaryField()),
                ("superseded_by", models.UUIDField(null=True)),
                ("superseded_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "intake_nil_return",
            },
        ),
        migrations.CreateModel(
            name="Withdrawal",
            fields=[
                ("act", models.UUIDField(primary_key=True, serialize=False)),
                ("subject", models.CharField(max_length=18, null=True)),
                ("key", models.BinaryField(null=True)),
                ("agency", models.CharField(max_length=18)),
                ("officer", models.TextField()),
                ("reason", models.TextField()),
                ("note", models.TextField()),
                ("counts", models.JSONField()),
                ("withdrawn_at", models.DateTimeField()),
                ("seal", models.BinaryField()),
            ],
            options={
                "db_table": "intake_withdrawal",
            },
        ),
        migrations.RemoveConstraint(
            model_name="heldrow",
            name="intake_held_state",
        ),
        migrations.AddField(
            model_name="batch",
            name="backfill",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="batch",
            name="headers",
            field=models.JSONField(db_default=models.Value({}, output_field=models.JSONField()), default=dict),
        ),
        migrations.AddConstraint(
            model_name="heldrow",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ("waiting", "released", "rejected", "withdrawn"))),
                name="intake_held_state",
            ),
        ),
        migrations.AddField(
            model_name="correction",
            name="batch",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="corrections", to="intake.batch"
            ),
        ),
        migrations.AddField(
            model_name="decision",
            name="held",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="decisions", to="intake.heldrow"
            ),
        ),
        migrations.AddConstraint(
            model_name="nilreturn",
            constraint=models.CheckConstraint(
                condition=models.Q(("from_date__lte", models.F("to_date"))), name="intake_nil_forward"
            ),
        ),
        migrations.AddConstraint(
            model_name="nilreturn",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("superseded_at__isnull", True), ("superseded_by__isnull", True)),
                    models.Q(("superseded_at__isnull", False), ("superseded_by__isnull", False)),
                    _connector="OR",
                ),
                name="intake_nil_superseded",
            ),
        ),
        migrations.AddConstraint(
            model_name="nilreturn",
            constraint=models.UniqueConstraint(
                condition=models.Q(("superseded_by__isnull", True)),
                fields=("agency", "item", "from_date", "to_date"),
                name="intake_nil_once",
            ),
        ),
        migrations.AddField(
            model_name="withdrawal",
            name="batch",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="withdrawals", to="intake.batch"
            ),
        ),
        migrations.AddIndex(
            model_name="correction",
            index=models.Index(fields=["batch", "ordinal"], name="intake_correction_row"),
        ),
        migrations.AddConstraint(
            model_name="correction",
            constraint=models.UniqueConstraint(
                fields=("subject", "key", "n_before", "act"), name="intake_correction_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="correction",
            constraint=models.CheckConstraint(
                condition=models.Q(("n_before__gte", 0)), name="intake_correction_numbered"
            ),
        ),
        migrations.AddConstraint(
            model_name="correction",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="intake_correction_has_a_reason"
            ),
        ),
        migrations.AddConstraint(
            model_name="decision",
            constraint=models.CheckConstraint(
                condition=models.Q(("decision__in", ("release", "reject", "rejudge"))), name="intake_decision_kind"
            ),
        ),
        migrations.AddConstraint(
            model_name="decision",
            constraint=models.CheckConstraint(
                condition=models.Q(models.Q(("officer", ""), _negated=True), models.Q(("reason", ""), _negated=True)),
                name="intake_decision_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="withdrawal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("key__isnull", True), ("subject__isnull", True)),
                    models.Q(("key__isnull", False), ("subject__isnull", False)),
                    _connector="OR",
                ),
                name="intake_withdrawal_of_one_or_all",
            ),
        ),
        migrations.RunSQL(APPEND_ONLY),
    ]
