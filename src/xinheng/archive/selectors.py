"""Reading the archive: organisations, their names and identifiers, records and versions, now and as of then."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection

from xinheng.archive.records import RecordId
from xinheng.core.identifiers.uscc import bucket_of
from xinheng.core.identity import RegisteredSubject
from xinheng.ledger.selectors import SIZE_KNOWN_AT, size_known_at


@dataclass(frozen=True, slots=True)
class OrganisationHead:
    """What the register says of an organisation now."""

    code: str
    name: str
    type: str
    status: str
    status_on: date | None
    successor: str | None
    region: str | None


@dataclass(frozen=True, slots=True)
class EventView:
    """Something that happened to an organisation."""

    kind: str
    on_date: date | None
    detail: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class VersionView:
    """One version of one record with its lineage: the act, its position in the ledger, and the row it came from."""

    id: RecordId
    n: int
    item: str
    edition: str
    body: str
    document_number: str | None
    effective_on: date | None
    act: UUID
    ordinal: int
    position: int
    recorded_at: datetime
    source_row: int
    source_part: str | None
    digest: bytes
    salt: bytes
    values: Mapping[str, str]
    withdrawn: "Withdrawn | None" = None


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """By which act, when and why (a code of the list ``withdrawal_reason``) a version was taken back."""

    act: UUID
    recorded_at: datetime
    reason: str


_COLUMNS = """
       v.subject, v.key, v.n, v.item, v.edition, v.body, v.document_number, v.effective_on, v.act, v.ordinal,
       e.position, e.recorded_at, v.source_row, v.source_part, v.digest, v.salt, v.content::text
"""
_JOINED = "FROM archive_version v JOIN ledger_entry e ON e.act = v.act"
_ENTRY_OF = "(SELECT {} FROM ledger_entry WHERE act = v.act)"
_VERSION = f"SELECT {_COLUMNS} {_JOINED}"
_FATE = ", we.act AS withdrawn_by, we.recorded_at AS withdrawn_at, w.reason"
_WITHDRAWN = """
  LEFT JOIN archive_withdrawal w ON w.bucket = v.bucket AND w.subject = v.subject AND w.key = v.key AND w.n = v.n
  LEFT JOIN ledger_entry we ON we.act = w.act
"""
_WITH_FATE = f"SELECT {_COLUMNS}{_FATE} {_JOINED} {_WITHDRAWN}"
SUCCESSIVE = "registration"
"""The item whose versions are states that follow each other; of all others a new version corrects the one before."""


_FILE = f"""
WITH known AS MATERIALIZED (SELECT {SIZE_KNOWN_AT} AS size)
SELECT * FROM (
    SELECT DISTINCT ON (v.key) {_COLUMNS}{_FATE} {_JOINED}
      CROSS JOIN known
      LEFT JOIN (archive_withdrawal w JOIN ledger_entry we ON we.act = w.act)
        ON w.bucket = %(bucket)s AND w.subject = %(code)s AND w.key = v.key AND w.n = v.n AND we.position < known.size
     WHERE v.bucket = %(bucket)s AND v.subject = %(code)s AND e.position < known.size
       AND (v.item <> '{SUCCESSIVE}' OR v.effective_on IS NULL OR v.effective_on <= %(day)s)
       AND (%(item)s::text IS NULL OR v.item = %(item)s)
     ORDER BY v.key DESC, v.n DESC) newest
 WHERE (effective_on IS NULL OR effective_on <= %(day)s) AND (%(all)s OR withdrawn_by IS NULL)
"""  # noqa: S608

_WITH_ENTRY = _COLUMNS.replace("e.position", _ENTRY_OF.format("position"))
_VERSIONS = f"""
SELECT {_WITH_ENTRY.replace("e.recorded_at", _ENTRY_OF.format("recorded_at"))},
       NULL, NULL, NULL,
       EXISTS (SELECT FROM archive_withdrawal WHERE bucket = %(bucket)s AND subject = %(code)s) AS some_withdrawn
  FROM archive_version v
 WHERE v.bucket = %(bucket)s AND v.subject = %(code)s
 ORDER BY v.key DESC, v.n DESC
"""  # noqa: S608
"""The same rows with everything older, for a file of which nothing was taken back. Joins would cost more to plan than
the whole answer takes.
"""


def organisation(code: str) -> OrganisationHead | None:
    """The head of one file, or None when the register does not know the code."""
    return organisations([code]).get(code)


def organisations(codes: Iterable[str]) -> dict[str, OrganisationHead]:
    """Heads of several files by code."""
    rows = _all(
        "SELECT code, name, type, status, status_on, successor, region FROM archive_organisation WHERE code = ANY(%s)",
        [list(codes)],
    )
    return {row[0]: OrganisationHead(*row) for row in rows}


def organisation_count() -> int:
    """How many organisations the register knows."""
    return int(_all("SELECT count(*) FROM archive_organisation", [])[0][0])


def known_codes(codes: Iterable[str]) -> frozenset[str]:
    """Which of these codes the register knows."""
    return frozenset(organisations(codes))


def registered(codes: Iterable[str]) -> dict[str, RegisteredSubject]:
    """What the gate compares a row's name with: current and former names by code."""
    wanted = list(codes)
    names: dict[str, list[str]] = {}
    for code, name in _all(
        "SELECT subject_id, name FROM archive_name WHERE subject_id = ANY(%s) AND kind = 'former' ORDER BY id", [wanted]
    ):
        names.setdefault(code, []).append(name)
    return {
        head.code: RegisteredSubject(head.code, head.name, tuple(names.get(head.code, ())), head.status)
        for head in organisations(wanted).values()
    }


def subjects_by_old_code(pairs: Iterable[tuple[str, str]]) -> dict[tuple[str, str], tuple[str, ...]]:
    """Which organisations claim an old code: usually one, none when unknown, several when contested."""
    wanted = list(pairs)
    rows = _all(
        "SELECT i.kind, i.value, array_agg(i.subject_id ORDER BY i.subject_id) FROM archive_identifier i"
        " JOIN unnest(%s::text[], %s::text[]) AS w(kind, value) ON w.kind = i.kind AND w.value = i.value"
        " WHERE i.overruled_by IS NULL GROUP BY i.kind, i.value",
        [[kind for kind, _ in wanted], [value for _, value in wanted]],
    )
    return {(kind, value): tuple(subjects) for kind, value, subjects in rows}


def former_names(code: str) -> tuple[str, ...]:
    """Names that the organisation bore before."""
    rows = _all("SELECT name FROM archive_name WHERE subject_id = %s AND kind = 'former' ORDER BY id", [code])
    return tuple(name for (name,) in rows)


def events(code: str) -> tuple[EventView, ...]:
    """What happened to the organisation, oldest first."""
    rows = _all("SELECT kind, on_date, detail FROM archive_event WHERE subject_id = %s ORDER BY id", [code])
    return tuple(
        EventView(kind, day, json.loads(detail) if isinstance(detail, str) else detail) for kind, day, detail in rows
    )


def versions(record: RecordId) -> tuple[VersionView, ...]:
    """Every version of a record, first to last, each with its withdrawal if it was taken back."""
    rows = _all(f"{_WITH_FATE} WHERE v.bucket = %s AND v.subject = %s AND v.key = %s ORDER BY v.n", _place(record))
    return tuple(_version(row) for row in rows)


def current(record: RecordId) -> VersionView | None:
    """The newest version of a record; ``withdrawn`` says whether it was taken back."""
    rows = _all(
        f"{_WITH_FATE} WHERE v.bucket = %s AND v.subject = %s AND v.key = %s ORDER BY v.n DESC LIMIT 1", _place(record)
    )
    return _version(rows[0]) if rows else None


def versions_of_act(act: UUID, *, after: int = -1, limit: int = 5000) -> tuple[VersionView, ...]:
    """The versions that one act appended, by row, a page at a time."""
    rows = _all(f"{_VERSION} WHERE v.act = %s AND v.ordinal > %s ORDER BY v.ordinal LIMIT %s", [act, after, limit])
    return tuple(_version(row) for row in rows)


def numbered_versions(wanted: Mapping[RecordId, int]) -> dict[RecordId, VersionView]:
    """One version of each of several records: the one whose number is asked for."""
    rows = _all(
        f"{_VERSION} JOIN unnest(%s::smallint[], %s::text[], %s::bytea[], %s::integer[]) AS w(bucket, subject, key, n)"
        " ON v.bucket = w.bucket AND v.subject = w.subject AND v.key = w.key AND v.n = w.n",
        [[r.bucket for r in wanted], [r.subject for r in wanted], [r.key for r in wanted], list(wanted.values())],
    )
    return {version.id: version for version in map(_version, rows)}


def file_as_of(
    code: str, *, as_of: date, known_at: datetime, item: str | None = None, with_withdrawn: bool = False
) -> tuple[VersionView, ...]:
    """The records of an organisation that held on ``as_of``, as the archive knew them at ``known_at``.

    Of each record the newest version known by then counts, and it holds when its own day is not after ``as_of``: a
    correction replaces what it corrects. The register's versions follow each other in time instead (a new name holds
    from its day on), so there the newest counts whose day had come. Versions without a day of their own always hold.
    A record whose newest version was taken back by then does not hold; ``with_withdrawn`` shows it all the same.
    """
    asked = {"bucket": bucket_of(code), "code": code, "known_at": known_at, "day": as_of, "item": item}
    versions = _all(_VERSIONS, asked)
    some_withdrawn = bool(versions and versions[0][-1])
    rows = _all(_FILE, asked | {"all": with_withdrawn}) if some_withdrawn else _newest(versions, asked)
    return tuple(sorted((_version(row) for row in rows), key=lambda version: (version.item, version.id.key)))


def _newest(versions: Sequence[tuple], asked: Mapping[str, Any]) -> list[tuple]:
    """What `_FILE` finds, from all versions of a file with the newest of each record first."""
    newest: dict[bytes, tuple] = {}
    for version in _known(versions, asked["known_at"]):
        key, item, effective_on = version[1], version[3], version[7]
        comes_later = effective_on is not None and effective_on > asked["day"]
        if asked["item"] in (None, item) and not (item == SUCCESSIVE and comes_later):
            newest.setdefault(bytes(key), version[:-1])
    return [version for version in newest.values() if version[7] is None or version[7] <= asked["day"]]


def _known(versions: Sequence[tuple], known_at: datetime) -> Iterator[tuple]:
    """Those that stood in the ledger by then. An entry of a later stamp may still stand before one of an earlier: only
    then the ledger is asked.
    """
    entered = [version for version in versions if version[10] is not None]
    if all(version[11] <= known_at for version in entered):
        yield from entered
    else:
        size = size_known_at(known_at)
        yield from (version for version in entered if version[10] < size)


def _place(record: RecordId) -> list[object]:
    return [record.bucket, record.subject, record.key]


def _version(row: tuple) -> VersionView:
    return VersionView(
        RecordId(row[0], bytes(row[1])),
        *row[2:14],
        digest=bytes(row[14]),
        salt=bytes(row[15]),
        values=json.loads(row[16]),
        withdrawn=Withdrawn(*row[17:]) if any(row[17:]) else None,
    )


def _all(sql: str, parameters: Sequence[object] | Mapping[str, object]) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall()
