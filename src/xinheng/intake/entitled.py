"""Who may change what was sent: its sender, whoever sends for the sender, and the body whose decision it is."""

from collections.abc import Mapping
from uuid import UUID

from xinheng.accounts.selectors import AgencyView, agencies
from xinheng.core.context import Context
from xinheng.core.persons import mask_any
from xinheng.core.rulebook.types import UnknownItem
from xinheng.core.text import drop_controls
from xinheng.intake.models import Batch
from xinheng.intake.refusals import refusal
from xinheng.runtime.errors import RuntimeRefusal

LONGEST_TEXT = 500
LONGEST_OFFICER = 40


def acting_agency(ctx: Context, code: str, known: Mapping[str, AgencyView] | None = None) -> AgencyView:
    """The admitted agency of that code. Raises RuntimeRefusal ``agency.unknown``."""
    found = (agencies() if known is None else known).get(code.strip().upper())
    if found is None:
        raise refusal(ctx.rulebook, "agency.unknown", code)
    return found


def require_item(ctx: Context, acting: AgencyView, item: str) -> None:
    """Refuse an item that is not in the catalogue or that the agency may not send."""
    try:
        ctx.rulebook.item(item, ctx.today)
    except UnknownItem as unknown:
        raise refusal(ctx.rulebook, "item.unknown", item, known=", ".join(unknown.known)) from None
    if not acting.may_submit(item):
        raise refusal(ctx.rulebook, "agency.item_not_allowed", item, agency=acting.code)


def require_sender(acting: AgencyView, sender: str, *, body: str | None = None) -> None:
    """Refuse whoever has no say over what ``sender`` sent; ``body`` decided the record, where it is a single one."""
    own = acting.code == sender or sender in acting.sends_for
    if own or (body is not None and body == acting.code and body in _bodies(sender)):
        return
    raise RuntimeRefusal(
        "agency.not_the_sender",
        f"该数据由 {sender} 报送，{acting.code} 无权变更。只有报送机构、其代报机构或作出决定的机关可以办理。",
        f"{sender} sent this, and {acting.code} has no say over it: only the sender, whoever sends for it, or the body "
        "that decided may change it.",
    )


def _bodies(sender: str) -> frozenset[str]:
    known = agencies()
    return known[sender].sends_for if sender in known else frozenset()


def batch_named(text: str) -> UUID:
    """The accepted batch of that receipt number or id. Raises RuntimeRefusal ``batch.unknown``."""
    wanted = text.strip()
    found = Batch.objects.filter(state="done", receipt=wanted.upper()).values_list("id", flat=True).first()
    if found is None and (named := _uuid(wanted)) is not None:
        found = Batch.objects.filter(state="done", id=named).values_list("id", flat=True).first()
    if found is None:
        shown = mask_any(wanted)[:LONGEST_OFFICER]
        raise RuntimeRefusal(
            "batch.unknown",
            f"没有这个批次：{shown}。请填写回执编号或批次编号（xinheng batches 可查看）。",
            f"no such batch: {shown}. Give a receipt number or the batch's id; xinheng batches lists them.",
        )
    return found


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def spoken(text: str) -> str:
    """What an officer wrote, as it may be kept: numbers of persons masked, no controls, no longer than 500
    characters."""
    return mask_any(drop_controls(text)[0]).strip()[:LONGEST_TEXT]


def named_officer(text: str) -> str:
    """How an officer is named in what is kept for officers; never part of the ledger or of a page."""
    return mask_any(drop_controls(text)[0]).strip()[:LONGEST_OFFICER]


def required_words(text: str) -> str:
    """A reason that was given. Raises RuntimeRefusal ``reason.missing``."""
    said = spoken(text)
    if not said:
        raise RuntimeRefusal(
            "reason.missing", "请说明原因；原因将与本次操作一并留存。", "Say why: the reason is kept with the act."
        )
    return said
