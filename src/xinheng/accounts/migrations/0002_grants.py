"""Who may touch the tables of this room."""

from django.db import migrations

GRANT = """
SELECT xh_grant('SELECT, INSERT, UPDATE, DELETE', 'accounts_agency, accounts_agency_item, accounts_sends_for', 'xinheng_app');
SELECT xh_grant('USAGE', 'ALL SEQUENCES IN SCHEMA public', 'xinheng_app');
SELECT xh_grant('SELECT', 'accounts_agency, accounts_agency_item, accounts_sends_for', 'xinheng_web');
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_tables"), ("ledger", "0002_append_only")]
    operations = [migrations.RunSQL(GRANT)]
