"""Agency and organisations that measured rows speak of, as the archive knows them before the rows come."""

from collections.abc import Callable, Iterator, Sequence

from django.db import connection, transaction

from xinheng.bench.made.organisations import MadeOrganisations
from xinheng.bench.made.phrases import AGENCY_CODE, AGENCY_NAME
from xinheng.bench.scratch import Scratch
from xinheng.core.identifiers.uscc import bucket_of, organisation_part
from xinheng.core.names import grams, search_form
from xinheng.runtime.script import simplify

ACT = "00000000-0000-5000-8000-00000000be5c"
TYPE, STATUS, CURRENT = "enterprise", "active", "current"

_ORGANISATIONS = "COPY archive_organisation (code, bucket, name, type, status, region, act) FROM STDIN"
_NAMES = "COPY archive_name (subject_id, name, form, kind, grams, free_search) FROM STDIN"
_IDENTIFIERS = "COPY archive_identifier (kind, value, subject_id, act) FROM STDIN"

Cells = tuple[object, ...]


def fill(scratch: Scratch, subjects: MadeOrganisations) -> None:
    """Admit the agency and register the organisations, by COPY: the tables hold what the register's rows leave."""
    # Its tables can be loaded only once Django knows where the database is.
    from xinheng.accounts.services import agency_add

    agency_add(scratch.ctx, code=AGENCY_CODE, name=AGENCY_NAME)
    with transaction.atomic():
        _copy(_ORGANISATIONS, subjects, _organisation)
        _copy(_NAMES, subjects, _name)
        _copy(_IDENTIFIERS, subjects, _identifier)
    settle(scratch, ["archive_organisation", "archive_name", "archive_identifier"])


def settle(scratch: Scratch, tables: Sequence[str]) -> None:
    """Let the server do now what it would do in the background while something is measured."""
    with scratch.connect() as owner:
        for table in tables:
            owner.execute(f"VACUUM ANALYZE {table}".encode())


def _copy(statement: str, subjects: MadeOrganisations, row: Callable[[str, str], Cells]) -> None:
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for cells in _rows(subjects, row):
            copy.write_row(cells)


def _rows(subjects: MadeOrganisations, row: Callable[[str, str], Cells]) -> Iterator[Cells]:
    return (row(code, name) for code, name in zip(subjects.codes, subjects.names, strict=True))


def _organisation(code: str, name: str) -> Cells:
    return (code, bucket_of(code), name, TYPE, STATUS, code[2:8], ACT)


def _name(code: str, name: str) -> Cells:
    form = search_form(name, simplify)
    return (code, name, form, CURRENT, list(grams(form)), True)


def _identifier(code: str, name: str) -> Cells:
    return ("organisation_code", organisation_part(code), code, ACT)
