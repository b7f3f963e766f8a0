"""The versions: one append-only table in 64 partitions, with the digest that Python and SQL compute alike."""

from django.db import migrations

TABLE = """
CREATE TABLE archive_version (
    bucket          smallint NOT NULL,
    subject         varchar(18) NOT NULL,
    key             bytea NOT NULL,
    n               integer NOT NULL,
    item            text NOT NULL,
    edition         text NOT NULL,
    body            varchar(18) NOT NULL,
    document_number text,
    effective_on    date,
    act             uuid NOT NULL,
    ordinal         integer NOT NULL,
    source_row      integer NOT NULL,
    source_part     text,
    salt            bytea NOT NULL,
    digest          bytea NOT NULL,
    content         json NOT NULL,
    PRIMARY KEY (bucket, subject, key, n),
    CONSTRAINT archive_version_bucket CHECK (bucket = get_byte(sha256(convert_to(subject, 'UTF8')), 0) / 4),
    CONSTRAINT archive_version_subject_shape CHECK (subject ~ '^[0-9A-HJ-NP-RTUW-Y]{18}$'),
    CONSTRAINT archive_version_key_length CHECK (octet_length(key) = 16),
    CONSTRAINT archive_version_numbered_from_one CHECK (n >= 1),
    CONSTRAINT archive_version_salted CHECK (octet_length(salt) = 16 AND octet_length(digest) = 32)
) PARTITION BY RANGE (bucket);

DO $$
BEGIN
    FOR b IN 0..63 LOOP
        EXECUTE format('CREATE TABLE archive_version_%s PARTITION OF archive_version FOR VALUES FROM (%s) TO (%s)',
                       lpad(b::text, 2, '0'), b, b + 1);
    END LOOP;
END $$;

CREATE INDEX archive_version_act ON archive_version (act, ordinal);
"""

# A row trigger on the whole table reaches its partitions; TRUNCATE does not, so each partition refuses it for itself.
APPEND_ONLY = """
CREATE TRIGGER archive_version_append_only BEFORE UPDATE OR DELETE ON archive_version
    FOR EACH ROW EXECUTE FUNCTION xh_refuse_change();
CREATE TRIGGER archive_version_no_truncate BEFORE TRUNCATE ON archive_version
    FOR EACH STATEMENT EXECUTE FUNCTION xh_refuse_change();
CREATE TRIGGER archive_event_append_only BEFORE UPDATE OR DELETE ON archive_event
    FOR EACH ROW EXECUTE FUNCTION xh_refuse_change();
CREATE TRIGGER archive_event_no_truncate BEFORE TRUNCATE ON archive_event
    FOR EACH STATEMENT EXECUTE FUNCTION xh_refuse_change();
DO $$
BEGIN
    FOR b IN 0..63 LOOP
        EXECUTE format('CREATE TRIGGER archive_version_no_truncate BEFORE TRUNCATE ON archive_version_%s'
                       ' FOR EACH STATEMENT EXECUTE FUNCTION xh_refuse_change()', lpad(b::text, 2, '0'));
    END LOOP;
END $$;
"""

DIGEST = """
CREATE FUNCTION xh_lp(part bytea) RETURNS bytea LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS
$$ SELECT int4send(octet_length(part)) || part $$;

CREATE FUNCTION xh_record_digest(salt bytea, item text, edition text, subject text, fields text[], content json)
RETURNS bytea LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT sha256(
        salt || xh_lp(convert_to(item, 'UTF8')) || xh_lp(convert_to(edition, 'UTF8')) || xh_lp(convert_to(subject, 'UTF8'))
        || coalesce((
            SELECT string_agg(xh_lp(convert_to(f, 'UTF8')) || xh_lp(convert_to(content ->> f, 'UTF8')), ''::bytea ORDER BY o)
              FROM unnest(fields) WITH ORDINALITY AS u(f, o)
             WHERE content ->> f IS NOT NULL
        ), ''::bytea))
$$;
"""

GRANT = """
SELECT xh_grant('SELECT, INSERT', 'archive_version, archive_event', 'xinheng_app');
SELECT xh_grant('SELECT, INSERT, UPDATE', 'archive_organisation, archive_name, archive_identifier', 'xinheng_app');
SELECT xh_grant('USAGE', 'ALL SEQUENCES IN SCHEMA public', 'xinheng_app');
SELECT xh_grant('SELECT', 'archive_version, archive_event, archive_organisation, archive_name, archive_identifier', 'xinheng_web');
"""


class Migration(migrations.Migration):
    dependencies = [("archive", "0001_tables"), ("ledger", "0002_append_only")]
    operations = [migrations.RunSQL(statements) for statements in (TABLE, APPEND_ONLY, DIGEST, GRANT)]
