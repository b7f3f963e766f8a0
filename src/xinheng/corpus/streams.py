"""The streams of the corpus: which columns each has, where they come from, and in which order its rows lie.

Every column has a wire form, the text in which PostgreSQL sends it and in which both sides are compared.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa

from xinheng.archive.selectors import SUCCESSIVE

BUCKETS = 64
"""Subjects fall into as many buckets as the archive has partitions."""


@dataclass(frozen=True, slots=True)
class Kind:
    """How a column is stored, how PostgreSQL spells its wire form and how DuckDB spells it again."""

    name: str
    stored: pa.DataType
    sent: pa.DataType
    postgres: str = "{}"
    duckdb: str = "{}::VARCHAR"


TEXT = Kind("VARCHAR", pa.string(), pa.string(), duckdb="{}")
SHORT = Kind("SMALLINT", pa.int16(), pa.int16())
INTEGER = Kind("INTEGER", pa.int32(), pa.int32())
LONG = Kind("BIGINT", pa.int64(), pa.int64())
DAY = Kind("DATE", pa.date32(), pa.date32())
# UTC without a zone: DuckDB needs an extension for instants with one.
INSTANT = Kind(
    "TIMESTAMP",
    pa.timestamp("us"),
    pa.int64(),
    postgres="(extract(epoch FROM {}) * 1000000)::bigint",
    duckdb="epoch_us({})::VARCHAR",
)
BYTES_16 = Kind("BLOB", pa.binary(16), pa.string(), postgres="encode({}, 'hex')", duckdb="lower(hex({}))")
BYTES_32 = Kind("BLOB", pa.binary(32), pa.string(), postgres="encode({}, 'hex')", duckdb="lower(hex({}))")


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name in the corpus, its kind, and the expression over the archive's tables."""

    name: str
    kind: Kind
    source: str

    @property
    def sent(self) -> str:
        """The wire form in PostgreSQL."""
        return self.kind.postgres.format(self.source)

    @property
    def told(self) -> str:
        """The same text in DuckDB, from the stored column."""
        return self.kind.duckdb.format(self.name)


@dataclass(frozen=True, slots=True)
class Stream:
    """One kind of rows. ``tables`` is the FROM clause; ``order`` names its key within a bucket, subject first.

    ``followed`` are the rows that some acts brought (``acts``, ``after`` < position <= ``upto``), ``standing``
    all rows that belong to the corpus at position ``upto``.
    """

    name: str
    columns: tuple[Column, ...]
    order: tuple[str, ...]
    tables: str
    followed: str
    standing: str

    @property
    def schema(self) -> pa.Schema:
        """The schema of its part files."""
        return pa.schema([(column.name, column.kind.stored) for column in self.columns])

    @property
    def compared(self) -> tuple[Column, ...]:
        """Columns in which archive and corpus must agree: all, but not when a state was looked at."""
        looked = ("position", "recorded_at") if self.name == "organisation" else ()
        return tuple(column for column in self.columns if column.name not in looked)

    @property
    def names(self) -> tuple[str, ...]:
        """Its columns' names."""
        return tuple(column.name for column in self.columns)

    def source(self, name: str) -> str:
        """The expression over the archive's tables behind one column."""
        return next(column.source for column in self.columns if column.name == name)

    @property
    def sorting(self) -> str:
        """Its order in PostgreSQL, bucket first; codes compare by bytes whatever the database's language."""
        subject, *rest = self.order
        return ", ".join(
            [self.source("bucket"), f'{self.source(subject)} COLLATE "C"', *(self.source(name) for name in rest)]
        )


def hashed_bucket(code: str) -> str:
    """The bucket of a code in SQL, where the table does not hold it."""
    return f"(get_byte(sha256(convert_to({code}, 'UTF8')), 0) / 4)::smallint"


_NUMBERED = (Column("position", LONG, "e.position"), Column("recorded_at", INSTANT, "e.recorded_at"))
_RANGE = "e.position > %(after)s AND e.position <= %(upto)s"

VERSION = Stream(
    "version",
    (
        Column("bucket", SHORT, "v.bucket"),
        Column("subject", TEXT, "v.subject"),
        Column("key", BYTES_16, "v.key"),
        Column("n", INTEGER, "v.n"),
        Column("item", TEXT, "v.item"),
        Column("edition", TEXT, "v.edition"),
        Column("body", TEXT, "v.body"),
        Column("document_number", TEXT, "v.document_number"),
        Column("effective_on", DAY, "v.effective_on"),
        Column("act", TEXT, "v.act"),
        Column("ordinal", INTEGER, "v.ordinal"),
        Column("source_row", INTEGER, "v.source_row"),
        Column("source_part", TEXT, "v.source_part"),
        Column("digest", BYTES_32, "v.digest"),
        Column("content", TEXT, "v.content"),
        *_NUMBERED,
    ),
    order=("subject", "key", "n"),
    tables="archive_version v JOIN ledger_entry e ON e.act = v.act",
    followed=f"v.act = ANY(%(acts)s) AND {_RANGE}",
    standing="e.position <= %(upto)s",
)
"""Every version of every record, without its salt."""

SALT = Stream(
    "salt",
    (
        Column("bucket", SHORT, "v.bucket"),
        Column("subject", TEXT, "v.subject"),
        Column("key", BYTES_16, "v.key"),
        Column("n", INTEGER, "v.n"),
        Column("salt", BYTES_16, "v.salt"),
        Column("position", LONG, "e.position"),
    ),
    order=VERSION.order,
    tables=VERSION.tables,
    followed=VERSION.followed,
    standing=VERSION.standing,
)
"""The salts, apart from what they hide: who reads versions never meets them, a replay takes both."""

EVENT = Stream(
    "event",
    (
        Column("bucket", SHORT, hashed_bucket("v.subject_id")),
        Column("subject", TEXT, "v.subject_id"),
        Column("id", LONG, "v.id"),
        Column("kind", TEXT, "v.kind"),
        Column("on_date", DAY, "v.on_date"),
        Column("detail", TEXT, "v.detail"),
        Column("act", TEXT, "v.act"),
        Column("ordinal", INTEGER, "v.ordinal"),
        *_NUMBERED,
    ),
    order=("subject", "id"),
    tables="archive_event v JOIN ledger_entry e ON e.act = v.act",
    followed=VERSION.followed,
    standing=VERSION.standing,
)
"""What happened to organisations."""

WITHDRAWAL = Stream(
    "withdrawal",
    (
        Column("bucket", SHORT, "v.bucket"),
        Column("subject", TEXT, "v.subject"),
        Column("key", BYTES_16, "v.key"),
        Column("n", INTEGER, "v.n"),
        Column("reason", TEXT, "v.reason"),
        Column("act", TEXT, "v.act"),
        Column("ordinal", INTEGER, "v.ordinal"),
        *_NUMBERED,
    ),
    order=VERSION.order,
    tables="archive_withdrawal v JOIN ledger_entry e ON e.act = v.act",
    followed=VERSION.followed,
    standing=VERSION.standing,
)
"""Versions that their senders took back."""

_SEEN = "(SELECT max(position) FROM ledger_entry)"
_NAMES = (
    "(SELECT jsonb_agg(jsonb_build_object('name', a.name, 'form', a.form, 'kind', a.kind,"
    " 'free_search', a.free_search) ORDER BY a.id) FROM archive_name a WHERE a.subject_id = o.code)"
)
_IDENTIFIERS = (
    "(SELECT jsonb_agg(jsonb_build_object('kind', i.kind, 'value', i.value, 'act', i.act,"
    " 'overruled_by', i.overruled_by) ORDER BY i.id)"
    " FROM archive_identifier i WHERE i.subject_id = o.code)"
)
REGISTERED_SINCE = (
    "SELECT v.subject FROM archive_version v JOIN ledger_entry e ON e.act = v.act"  # noqa: S608
    f" WHERE v.item = '{SUCCESSIVE}' AND e.position > %(after)s"
    " UNION SELECT i.subject_id FROM archive_identifier i JOIN ledger_entry e ON e.act = i.overruled_by"
    " WHERE i.overruled_by IS NOT NULL AND e.position > %(after)s"
)
"""Organisations whose heads may have changed after a position, in SQL: the register spoke of them, or a claim to an
old code was decided."""

ORGANISATION = Stream(
    "organisation",
    (
        Column("bucket", SHORT, "o.bucket"),
        Column("subject", TEXT, "o.code"),
        Column("position", LONG, _SEEN),
        Column("recorded_at", INSTANT, "(SELECT max(recorded_at) FROM ledger_entry)"),
        Column("name", TEXT, "o.name"),
        Column("type", TEXT, "o.type"),
        Column("status", TEXT, "o.status"),
        Column("status_on", DAY, "o.status_on"),
        Column("successor", TEXT, "o.successor"),
        Column("region", TEXT, "o.region"),
        Column("act", TEXT, "o.act"),
        Column("names", TEXT, _NAMES),
        Column("identifiers", TEXT, _IDENTIFIERS),
    ),
    order=("subject", "position"),
    tables="archive_organisation o",
    followed=f"o.code IN ({REGISTERED_SINCE})",
    standing="o.code <> ALL (%(changed)s)",
)
"""The register's head of a file with its names and old codes, each time the register spoke of it.

One statement reads heads and the ledger's length together, so a row is the state at exactly ``position``.
"""

APPENDED: Sequence[Stream] = (VERSION, SALT, WITHDRAWAL, EVENT)
"""Streams whose rows belong to one act for ever; the organisations' heads are states instead."""

STREAMS: dict[str, Stream] = {stream.name: stream for stream in (*APPENDED, ORGANISATION)}
