"""Filing a few rows as one act: the same stage and the same comparison as a batch of a million."""

import json
from collections.abc import Sequence
from uuid import UUID

from django.db import IntegrityError, OperationalError, transaction

from xinheng.archive import staging
from xinheng.archive.services import organisations_register
from xinheng.archive.staging import Fate, StagedRow
from xinheng.core.findings import Outcome
from xinheng.core.identity import Event
from xinheng.core.rulebook.types import ItemEdition
from xinheng.intake.judging import REGISTER
from xinheng.intake.staged import RegisterRow, registration

APPENDED = (Outcome.ACCEPTED, Outcome.UPDATED)
RETRIES = 8


def rows_file(*, act: UUID, edition: ItemEdition, rows: Sequence[StagedRow]) -> list[Fate]:
    """Stage, compare and append rows in the caller's transaction; what became of each."""
    staging.open_stage()
    staging.stage(rows)
    staging.mark_repeats()
    _append(act, edition)
    fates = list(staging.fates())
    if edition.id == REGISTER:
        told = [registration(edition, row) for row in map(_register_row, fates) if row is not None]
        organisations_register(act=act, registrations=told)
    return fates


def _append(act: UUID, edition: ItemEdition) -> None:
    """Append; where another process wrote the same keys in between, compare again."""
    for attempt in range(RETRIES):
        try:
            with transaction.atomic():
                staging.compare_and_append(act=act, item=edition.id, edition=edition.edition)
                return
        except (IntegrityError, OperationalError) as clash:
            if attempt == RETRIES - 1 or getattr(clash.__cause__, "sqlstate", None) not in ("23505", "40P01"):
                raise


def _register_row(fate: Fate) -> RegisterRow | None:
    if fate.outcome not in APPENDED or not fate.subject or not fate.content:
        return None
    events = [Event(kind, detail) for kind, detail in fate.extra["events"]]
    return RegisterRow(fate.ordinal, fate.subject, json.loads(fate.content), events)
