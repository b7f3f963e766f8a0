"""Agency and organisations that a measured file speaks of, as the archive knows them before it comes."""

from uuid import UUID

from xinheng.bench.made.organisations import MadeOrganisations
from xinheng.bench.made.phrases import AGENCY_CODE, AGENCY_NAME
from xinheng.bench.scratch import Scratch

BLOCK = 2000
ACT = UUID("00000000-0000-5000-8000-00000000be5c")


def fill(scratch: Scratch, subjects: MadeOrganisations) -> None:
    """Admit the agency and register the organisations."""
    from xinheng.accounts.services import agency_add

    agency_add(scratch.ctx, code=AGENCY_CODE, name=AGENCY_NAME)
    for start in range(0, len(subjects), BLOCK):
        _register(subjects, start, min(start + BLOCK, len(subjects)))
    with scratch.connect() as owner:
        owner.execute("VACUUM ANALYZE")


def _register(subjects: MadeOrganisations, start: int, stop: int) -> None:
    from django.db import transaction

    from xinheng.archive.services import Registration, organisations_register

    rows = [
        Registration(
            ordinal=place, code=subjects.codes[place], name=subjects.names[place], type="enterprise", status="active",
            status_on=None, successor=None, region=subjects.codes[place][2:8], former_names=(), identifiers=(),
            events=(), free_search=True,
        )
        for place in range(start, stop)
    ]  # fmt: skip
    with transaction.atomic():
        organisations_register(act=ACT, registrations=rows)
