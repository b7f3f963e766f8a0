"""Changing who may submit what."""

from collections.abc import Sequence
from uuid import uuid4

from django.db import transaction

from xinheng.accounts.models import Agency, AgencyItem, SendsFor
from xinheng.core.context import Context
from xinheng.core.identifiers.uscc import judge_uscc
from xinheng.core.text import fold
from xinheng.ledger.services import append
from xinheng.runtime.errors import RuntimeRefusal

AGENCY_ADDED = "agency:settings:added"


@transaction.atomic
def agency_add(
    ctx: Context, *, code: str, name: str, items: Sequence[str] | None = None, sends_for: Sequence[str] = ()
) -> Agency:
    """Admit an agency, or change its name, items and the bodies it sends for; the same call twice changes nothing.

    ``items`` None: every item. Raises RuntimeRefusal for a wrong code, an unknown item or an unknown body.
    """
    judged = judge_uscc(code, ctx.rulebook.uscc)
    if judged.kind != "uscc" or judged.verdict == "reject" or judged.normalised is None:
        raise RuntimeRefusal("agency.code", f"机构代码不是有效的统一社会信用代码:{code}", f"not a unified social credit code: {code}")
    if not fold(name):
        raise RuntimeRefusal("agency.name", "请填写机构名称", "the agency's name is empty")
    unknown = sorted(set(items or ()) - set(ctx.rulebook.items))
    if unknown:
        known = ", ".join(ctx.rulebook.items)
        raise RuntimeRefusal(
            "item.unknown",
            f"没有这个目录事项:{', '.join(unknown)};可用:{known}",
            f"no catalogue item {', '.join(unknown)}; items are: {known}",
        )
    agency, _ = Agency.objects.update_or_create(
        code=judged.normalised,
        defaults={"name": fold(name), "all_items": items is None},
        create_defaults={"name": fold(name), "all_items": items is None, "added_at": ctx.now},
    )
    _set_items(agency, items)
    bodies = _set_bodies(agency, sends_for)
    append(
        ctx,
        kind=AGENCY_ADDED,
        act=uuid4(),
        payload={"agency": agency.code, "items": sorted(items) if items is not None else ["*"], "sends_for": bodies},
    )
    return agency


def _set_items(agency: Agency, items: Sequence[str] | None) -> None:
    AgencyItem.objects.filter(agency=agency).delete()
    AgencyItem.objects.bulk_create(AgencyItem(agency=agency, item=item) for item in sorted(set(items or ())))


def _set_bodies(agency: Agency, codes: Sequence[str]) -> list[str]:
    wanted = sorted({code.strip().upper() for code in codes} - {agency.code})
    known = set(Agency.objects.filter(code__in=wanted).values_list("code", flat=True))
    missing = [code for code in wanted if code not in known]
    if missing:
        raise RuntimeRefusal(
            "agency.unknown",
            f"代报的机构尚未登记:{', '.join(missing)};请先用 agency add 登记",
            f"bodies to send for are not known yet: {', '.join(missing)}; add them first with agency add",
        )
    SendsFor.objects.filter(agency=agency).delete()
    SendsFor.objects.bulk_create(SendsFor(agency=agency, body_id=code) for code in wanted)
    return wanted
