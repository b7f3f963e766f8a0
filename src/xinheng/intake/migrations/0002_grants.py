"""Who may touch the tables of this room: the public door may not at all."""

from django.db import migrations

GRANT = """
SELECT xh_grant('SELECT, INSERT, UPDATE', 'intake_batch, intake_row, intake_held', 'xinheng_app');
SELECT xh_grant('USAGE', 'ALL SEQUENCES IN SCHEMA public', 'xinheng_app');
"""


class Migration(migrations.Migration):
    dependencies = [("intake", "0001_tables"), ("ledger", "0002_append_only")]
    operations = [migrations.RunSQL(GRANT)]
