"""The notices: one row a record, in the archive's 64 buckets, rebuilt from the archive whenever the rulebook changes."""

from django.db import migrations

TABLE = """
CREATE TABLE publication_notice (
    bucket          smallint NOT NULL,
    subject         varchar(18) NOT NULL,
    key             bytea NOT NULL,
    n               integer NOT NULL,
    item            text NOT NULL,
    decision        text NOT NULL,
    severity        text,
    regime          text NOT NULL,
    rule            text,
    public_from     date,
    public_until    date,
    repair_from     date,
    decided_on      date NOT NULL,
    document_number text,
    rulebook        text NOT NULL,
    act             uuid NOT NULL,
    PRIMARY KEY (bucket, subject, key),
    CONSTRAINT notice_bucket CHECK (bucket = get_byte(sha256(convert_to(subject, 'UTF8')), 0) / 4),
    CONSTRAINT notice_decision CHECK (decision IN ('published', 'withheld', 'office')),
    CONSTRAINT notice_published_has_start CHECK (decision <> 'published' OR public_from IS NOT NULL),
    CONSTRAINT notice_period_forward CHECK (public_until IS NULL OR public_until >= public_from)
) PARTITION BY RANGE (bucket);

DO $$
BEGIN
    FOR b IN 0..63 LOOP
        EXECUTE format('CREATE TABLE publication_notice_%s PARTITION OF publication_notice FOR VALUES FROM (%s) TO (%s)',
                       lpad(b::text, 2, '0'), b, b + 1);
    END LOOP;
END $$;

CREATE INDEX notice_of_subject ON publication_notice (subject, item, decided_on DESC, key) WHERE decision = 'published';
CREATE INDEX notice_newest ON publication_notice (decided_on DESC, subject, key)
    WHERE decision = 'published' AND item <> 'registration';
CREATE INDEX notice_document ON publication_notice (document_number) WHERE decision = 'published';
"""

GRANT = """
SELECT xh_grant('SELECT, INSERT, UPDATE', 'publication_notice', 'xinheng_app');
SELECT xh_grant('SELECT', 'publication_notice', 'xinheng_web');
"""


class Migration(migrations.Migration):
    dependencies = [("publication", "0001_tables"), ("ledger", "0002_append_only")]
    operations = [migrations.RunSQL(TABLE), migrations.RunSQL(GRANT)]
