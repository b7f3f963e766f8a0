"""Versions stay whole in their place: content of two to eight kilobytes is not moved out of line row by row."""

from django.db import migrations

# A partitioned table has no storage of its own: each partition is told.
INLINE = """
DO $$
BEGIN
    FOR b IN 0..63 LOOP
        EXECUTE format('ALTER TABLE archive_version_%s SET (toast_tuple_target = 8160)', lpad(b::text, 2, '0'));
    END LOOP;
END $$;
CREATE INDEX archive_identifier_overruled ON archive_identifier (overruled_by) WHERE overruled_by IS NOT NULL;
"""


class Migration(migrations.Migration):
    dependencies = [("archive", "0003_withdrawals")]
    operations = [migrations.RunSQL(INLINE)]
