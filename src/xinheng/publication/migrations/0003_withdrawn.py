"""A notice may be withdrawn: its record was taken back, and its page says so for as long as it would have been public."""

from django.db import migrations

ALLOW = """
ALTER TABLE publication_notice DROP CONSTRAINT notice_decision;
ALTER TABLE publication_notice ADD CONSTRAINT notice_decision
    CHECK (decision IN ('published', 'withheld', 'office', 'withdrawn'));
"""


class Migration(migrations.Migration):
    dependencies = [("publication", "0002_notices"), ("archive", "0003_withdrawals")]
    operations = [migrations.RunSQL(ALLOW)]
