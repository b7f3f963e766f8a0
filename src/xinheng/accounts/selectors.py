"""Reading who may submit what."""

from dataclasses import dataclass

from django.db.models import Prefetch

from xinheng.accounts.models import Agency, SendsFor


@dataclass(frozen=True, slots=True)
class AgencyView:
    """An agency with its rights; ``items`` None means every item."""

    code: str
    name: str
    items: frozenset[str] | None
    sends_for: frozenset[str]

    def may_submit(self, item: str) -> bool:
        """Whether the agency's rights cover the catalogue item."""
        return self.items is None or item in self.items


def agencies() -> dict[str, AgencyView]:
    """Every agency by code; a city has some ninety, so they are read at once."""
    found = Agency.objects.prefetch_related(
        "items", Prefetch("sends_for", SendsFor.objects.only("agency_id", "body_id"))
    )
    return {agency.code: _view(agency) for agency in found}


def agency(code: str) -> AgencyView | None:
    """One agency, or None."""
    found = Agency.objects.filter(code=code.strip().upper()).prefetch_related("items", "sends_for").first()
    return _view(found) if found else None


def agency_count() -> int:
    """How many agencies may submit."""
    return Agency.objects.count()


def _view(agency: Agency) -> AgencyView:
    items = None if agency.all_items else frozenset(entry.item for entry in agency.items.all())
    return AgencyView(agency.code, agency.name, items, frozenset(entry.body_id for entry in agency.sends_for.all()))
