"""History is only ever added to: triggers refuse change for everybody, grants do so for the two working roles."""

from django.db import migrations

REFUSE = """
CREATE FUNCTION xh_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER ledger_entry_append_only BEFORE UPDATE OR DELETE ON ledger_entry
    FOR EACH ROW EXECUTE FUNCTION xh_refuse_change();
CREATE TRIGGER ledger_entry_no_truncate BEFORE TRUNCATE ON ledger_entry
    FOR EACH STATEMENT EXECUTE FUNCTION xh_refuse_change();
"""

GRANT = """
CREATE FUNCTION xh_grant(rights text, relation text, role text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = role) THEN
        EXECUTE format('GRANT %s ON %s TO %I', rights, relation, role);
    END IF;
END $$;
SELECT xh_grant('SELECT, INSERT', 'ledger_entry', 'xinheng_app');
SELECT xh_grant('SELECT, INSERT, UPDATE', 'ledger_cursor', 'xinheng_app');
SELECT xh_grant('SELECT', 'ledger_entry', 'xinheng_web');
SELECT xh_grant('SELECT', 'ledger_cursor', 'xinheng_web');
SELECT xh_grant('SELECT', 'django_migrations', 'xinheng_app');
SELECT xh_grant('SELECT', 'django_migrations', 'xinheng_web');
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_tables")]
    operations = [migrations.RunSQL(REFUSE), migrations.RunSQL(GRANT)]
