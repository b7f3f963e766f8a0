"""What is copied into an archive is what the gate would have written of the same rows."""

from pathlib import Path

import pytest
from django.db import connection, transaction

from tests.bench.conftest import TODAY
from xinheng.bench import register
from xinheng.bench.archive_rows import Load, load
from xinheng.bench.made.files import write
from xinheng.bench.made.organisations import MadeOrganisations
from xinheng.bench.made.phrases import AGENCY_CODE
from xinheng.bench.made.rows import Order
from xinheng.bench.scratch import Scratch
from xinheng.core.context import Context
from xinheng.documents.store import DocumentStore
from xinheng.intake.services import submit

pytestmark = pytest.mark.django_db
ROWS = 60

_COMPARED = """
SELECT encode(key, 'hex'), bucket, subject, n, item, edition, body, document_number, effective_on, content::text
  FROM archive_version ORDER BY 1
"""
_UNTRUE = """
SELECT count(*) FROM archive_version
 WHERE digest <> xh_record_digest(salt, item, edition, subject, %s, content) AND item = %s
"""


@pytest.fixture
def scratch(ctx: Context, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Scratch:
    """The tests' own database in the place of a scratch installation's."""
    monkeypatch.setattr(register, "settle", lambda scratch, tables: None)
    return Scratch(ctx, tmp_path, "", "", "")


def versions() -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(_COMPARED)
        return cursor.fetchall()


@pytest.mark.parametrize("narrow", [False, True])
def test_loaded_versions_are_those_of_the_gate(
    scratch: Scratch, subjects: MadeOrganisations, store: DocumentStore, tmp_path: Path, narrow: bool
) -> None:
    register.fill(scratch, subjects)
    with transaction.atomic():
        load(scratch, Load(2 * ROWS, subjects, seed=3, narrow=narrow))
        loaded = versions()
        transaction.set_rollback(True)
    for item in ("penalty", "licence"):
        file = write(Order(item, ROWS, subjects, TODAY, seed=3, narrow=narrow), tmp_path, bad=0)
        receipt = submit(scratch.ctx, source=file.path, item=item, agency=AGENCY_CODE, store=store)
        assert receipt.counts["accepted"] == ROWS
    assert len(loaded) == 2 * ROWS
    assert loaded == versions()


def test_digests_of_loaded_versions_are_true(scratch: Scratch, subjects: MadeOrganisations) -> None:
    register.fill(scratch, subjects)
    load(scratch, Load(2 * ROWS, subjects, seed=3))
    for item in ("penalty", "licence"):
        names = [field.id for field in scratch.ctx.rulebook.item(item, TODAY).fields]
        with connection.cursor() as cursor:
            cursor.execute(_UNTRUE, [names, item])
            assert cursor.fetchone() == (0,)


def test_every_loaded_version_has_its_act_in_the_ledger(scratch: Scratch, subjects: MadeOrganisations) -> None:
    register.fill(scratch, subjects)
    load(scratch, Load(2 * ROWS, subjects, seed=3))
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM archive_version v JOIN ledger_entry e USING (act)")
        assert cursor.fetchone() == (2 * ROWS,)


def test_registered_organisations_are_those_of_the_service(scratch: Scratch, subjects: MadeOrganisations) -> None:
    from uuid import UUID

    from xinheng.archive.services import Registration, organisations_register
    from xinheng.core.identifiers.uscc import organisation_part

    def tables() -> list[list[tuple]]:
        asked = (
            "SELECT * FROM archive_organisation ORDER BY code",
            "SELECT subject_id, name, form, kind, grams, free_search FROM archive_name ORDER BY 1",
            "SELECT kind, value, subject_id, act, overruled_by FROM archive_identifier ORDER BY 3",
        )
        found = []
        for statement in asked:
            with connection.cursor() as cursor:
                cursor.execute(statement)
                found.append(cursor.fetchall())
        return found

    with transaction.atomic():
        register.fill(scratch, subjects)
        copied = tables()
        transaction.set_rollback(True)
    rows = [
        Registration(
            ordinal=0, code=code, name=name, type="enterprise", status="active", status_on=None, successor=None,
            region=code[2:8], former_names=(), identifiers=(("organisation_code", organisation_part(code)),), events=(),
            free_search=True,
        )
        for code, name in zip(subjects.codes, subjects.names, strict=True)
    ]  # fmt: skip
    organisations_register(act=UUID(register.ACT), registrations=rows)
    assert copied == tables()
    assert len(copied[0]) == len(subjects)
