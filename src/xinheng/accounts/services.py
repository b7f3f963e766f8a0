"""Changing who may submit what."""

from collections.abc import Sequence
from uuid import uuid4

from django.db import connection, transaction

from xinheng.accounts.models import Agency, AgencyItem, SendsFor
from xinheng.accounts.selectors import AgencyView
from xinheng.accounts.selectors import agency as agency_view
from xinheng.core.context import Context
from xinheng.core.identifiers.uscc import judge_uscc
from xinheng.core.persons import mask_any
from xinheng.core.text import fold
from xinheng.ledger.services import append
from xinheng.runtime.errors import RuntimeRefusal

AGENCY_ADDED = "agency:settings:added"
AGENCY_LOCK = 0x58_48_41_47
"""Advisory lock class of agencies ("XHAG")."""


@transaction.atomic
def agency_add(
    ctx: Context, *, code: str, name: str, items: Sequence[str] | None = None, sends_for: Sequence[str] = ()
) -> Agency:
    """Admit an agency, or change its name, items and the bodies it sends for; the same call twice changes nothing.

    ``items`` None: every item. Raises RuntimeRefusal for a wrong code, an unknown item or an unknown body.
    """
    judged = judge_uscc(code, ctx.rulebook.uscc)
    if not judged.usable:
        shown = mask_any(code)
        raise RuntimeRefusal(
            "agency.code", f"机构代码不是有效的统一社会信用代码：{shown}", f"not a unified social credit code: {shown}"
        )
    if not fold(name):
        raise RuntimeRefusal("agency.name", "请填写机构名称", "the agency's name is empty")
    unknown = sorted(set(items or ()) - set(ctx.rulebook.items))
    if unknown:
        known = ", ".join(ctx.rulebook.items)
        raise RuntimeRefusal(
            "item.unknown",
            f"没有这个目录事项：{', '.join(unknown)}；可用：{known}",
            f"no catalogue item {', '.join(unknown)}; items are: {known}",
        )
    bodies = _known_bodies(judged.normalised, sends_for)
    wanted = AgencyView(judged.normalised, fold(name), None if items is None else frozenset(items), frozenset(bodies))
    _lock(judged.normalised)
    if agency_view(judged.normalised) == wanted:
        return Agency.objects.get(code=judged.normalised)
    return _write(ctx, wanted)


def _lock(code: str) -> None:
    """One change of an agency at a time; there may be no row yet to lock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [AGENCY_LOCK, code])


def _write(ctx: Context, wanted: AgencyView) -> Agency:
    told = {"name": wanted.name, "all_items": wanted.items is None}
    agency, _ = Agency.objects.update_or_create(
        code=wanted.code, defaults=told, create_defaults=told | {"added_at": ctx.now}
    )
    items = sorted(wanted.items or ())
    AgencyItem.objects.filter(agency=agency).delete()
    AgencyItem.objects.bulk_create(AgencyItem(agency=agency, item=item) for item in items)
    bodies = sorted(wanted.sends_for)
    SendsFor.objects.filter(agency=agency).delete()
    SendsFor.objects.bulk_create(SendsFor(agency=agency, body_id=code) for code in bodies)
    payload = {"agency": agency.code, "items": ["*"] if wanted.items is None else items, "sends_for": bodies}
    append(ctx, kind=AGENCY_ADDED, act=uuid4(), payload=payload)
    return agency


def _known_bodies(agency: str, codes: Sequence[str]) -> list[str]:
    wanted = sorted({code.strip().upper() for code in codes} - {agency})
    known = set(Agency.objects.filter(code__in=wanted).values_list("code", flat=True))
    missing = [code for code in wanted if code not in known]
    if missing:
        raise RuntimeRefusal(
            "agency.unknown",
            f"代报的机构尚未登记：{', '.join(missing)}；请先用 agency add 登记",
            f"bodies to send for are not known yet: {', '.join(missing)}; add them first with agency add",
        )
    return wanted
