"""Writing what the register says of organisations. Versions themselves are appended by `appending`."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import connection

from xinheng.core.identifiers.uscc import bucket_of
from xinheng.core.names import grams, search_form
from xinheng.runtime.script import simplify


@dataclass(frozen=True, slots=True)
class FileEvent:
    """Something the register reports of an organisation, dated by law (``on_date`` None: the register gives no day)."""

    kind: str
    on_date: date | None
    detail: dict[str, str]


@dataclass(frozen=True, slots=True)
class Registration:
    """One accepted row of the register.

    ``free_search`` False: the organisation is found by code or full name only (individual businesses).
    ``identifiers`` are (kind, value) pairs of old codes.
    """

    ordinal: int
    code: str
    name: str
    type: str
    status: str
    status_on: date | None
    successor: str | None
    region: str | None
    former_names: tuple[str, ...]
    identifiers: tuple[tuple[str, str], ...]
    events: tuple[FileEvent, ...]
    free_search: bool


_ORGANISATION = """
INSERT INTO archive_organisation (code, bucket, name, type, status, status_on, successor, region, act)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (code) DO UPDATE SET name = excluded.name, type = excluded.type, status = excluded.status,
    status_on = excluded.status_on, successor = excluded.successor, region = excluded.region, act = excluded.act
"""
_RETIRE_NAME = "UPDATE archive_name SET kind = 'former' WHERE subject_id = %s AND kind = 'current' AND form <> %s"
_CURRENT_NAME = """
INSERT INTO archive_name (subject_id, name, form, kind, grams, free_search) VALUES (%s, %s, %s, 'current', %s, %s)
ON CONFLICT (subject_id, form) DO UPDATE SET kind = 'current', name = excluded.name
"""
_FORMER_NAME = """
INSERT INTO archive_name (subject_id, name, form, kind, grams, free_search) VALUES (%s, %s, %s, 'former', %s, %s)
ON CONFLICT (subject_id, form) DO NOTHING
"""
_IDENTIFIER = """
INSERT INTO archive_identifier (kind, value, subject_id, act) VALUES (%s, %s, %s, %s)
ON CONFLICT (kind, value, subject_id) DO NOTHING
"""
# A row of the register repeats what it once reported (a successor, a former code): that is one event.
_EVENT = """
INSERT INTO archive_event (subject_id, kind, on_date, detail, act, ordinal)
SELECT r.subject, r.kind, r.on_date, r.detail::jsonb, r.act, r.ordinal
  FROM (VALUES (%s, %s, %s::date, %s, %s::uuid, %s)) AS r(subject, kind, on_date, detail, act, ordinal)
 WHERE NOT EXISTS (SELECT FROM archive_event e
                    WHERE e.subject_id = r.subject AND e.kind = r.kind AND e.detail = r.detail::jsonb
                      AND e.on_date IS NOT DISTINCT FROM r.on_date)
ON CONFLICT (act, ordinal, kind) DO NOTHING
"""


def organisations_register(*, act: UUID, registrations: Sequence[Registration]) -> None:
    """Bring the heads of the files up to what these rows say, in the caller's transaction.

    A new name makes the standing one a former name; nothing else that was known is taken away.
    """
    ordered = sorted(registrations, key=lambda registration: registration.code)
    _run(_ORGANISATION, ((r.code, bucket_of(r.code), r.name, r.type, r.status, r.status_on, r.successor, r.region, act)
                         for r in ordered))  # fmt: skip
    _run(_RETIRE_NAME, ((r.code, search_form(r.name, simplify)) for r in ordered))
    _run(_CURRENT_NAME, (_name_row(r, r.name) for r in ordered))
    _run(_FORMER_NAME, (_name_row(r, name) for r in ordered for name in r.former_names))
    _run(_IDENTIFIER, ((kind, value, r.code, act) for r in ordered for kind, value in r.identifiers))
    _run(_EVENT, (_event_row(act, r, event) for r in ordered for event in r.events))


_OVERRULE = """
UPDATE archive_identifier i SET overruled_by = %(act)s
  FROM unnest(%(kinds)s::text[], %(values)s::text[]) AS w(kind, value)
 WHERE i.kind = w.kind AND i.value = w.value AND i.subject_id <> %(subject)s AND i.overruled_by IS NULL
   AND EXISTS (SELECT FROM archive_identifier o
                WHERE o.kind = i.kind AND o.value = i.value AND o.subject_id = %(subject)s AND o.overruled_by IS NULL)
"""


def old_codes_settle(*, act: UUID, codes: Sequence[tuple[str, str]], subject: str) -> int:
    """Decide that these old codes are the organisation's: other claims are overruled, never removed; how many were.

    A code that the organisation does not claim stays as it is. A later claim by another organisation contests it again.
    """
    asked = {"act": act, "subject": subject, "kinds": [k for k, _ in codes], "values": [v for _, v in codes]}
    with connection.cursor() as cursor:
        cursor.execute(_OVERRULE, asked)
        return int(cursor.rowcount)


def _name_row(registration: Registration, name: str) -> tuple[object, ...]:
    form = search_form(name, simplify)
    return (registration.code, name, form, list(grams(form)), registration.free_search)


def _event_row(act: UUID, registration: Registration, event: FileEvent) -> tuple[object, ...]:
    detail = json.dumps(event.detail, ensure_ascii=False)
    return (registration.code, event.kind, event.on_date, detail, act, registration.ordinal)


def _run(statement: str, rows: Iterable[tuple[object, ...]]) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(statement, list(rows))
