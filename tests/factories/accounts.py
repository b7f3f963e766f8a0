"""Agencies that may submit."""

from collections.abc import Sequence

from tests.factories import codes
from xinheng.accounts.services import agency_add
from xinheng.core.context import Context

REGISTRAR = codes.government(1)
BUREAU = codes.government(2)
REGISTRAR_NAME = "示例市市场监督管理局"
BUREAU_NAME = "示例市应急管理局"


def agency(
    ctx: Context,
    code: str,
    name: str = "示例市某局",
    *,
    items: Sequence[str] | None = None,
    sends_for: Sequence[str] = (),
) -> str:
    """Admit an agency; returns its code."""
    return agency_add(ctx, code=code, name=name, items=items, sends_for=sends_for).code


def usual_agencies(ctx: Context) -> None:
    """The registrar, and a bureau that decides."""
    agency(ctx, REGISTRAR, REGISTRAR_NAME)
    agency(ctx, BUREAU, BUREAU_NAME)
