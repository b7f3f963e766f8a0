"""What the rulebook says of a version's publication, and the same for many without deciding like cases again."""

from datetime import date
from functools import lru_cache

import polars as pl

from xinheng.archive.selectors import VersionView
from xinheng.core.context import LEGAL_ZONE, Context
from xinheng.core.retention import Publication, PublicDecision, decide, fields_read
from xinheng.core.rulebook.types import Rulebook

UNDECIDED = Publication(PublicDecision.OFFICE, "", None, None, None, None, None, ())
"""The answer where no regime was in force."""

ANSWER = {
    "item": pl.String, "decision": pl.String, "severity": pl.String, "regime": pl.String, "rule": pl.String,
    "public_from": pl.Date, "public_until": pl.Date, "repair_from": pl.Date, "decided_on": pl.Date,
}  # fmt: skip
"""The columns of a notice that item, day and the fields read decide."""

REMEMBERED = 50_000
"""How many different cases are remembered: a batch's penalties of some years."""

Answer = tuple[object, ...]


class Answers:
    """A rulebook's answers, each case decided once: cases are alike in item, day and the fields the regimes read."""

    def __init__(self, rulebook: Rulebook) -> None:
        self._rulebook = rulebook
        self._fields: dict[str, tuple[str, ...]] = {}
        self._decided = lru_cache(REMEMBERED)(self._decide)

    def of(self, version: VersionView) -> Answer:
        """The answer for one version, in the order of ``ANSWER``."""
        values = version.values
        fields = self._fields.get(version.item)
        if fields is None:
            fields = self._learn(version.item)
        return self._decided(version.item, decision_day(version), tuple([values.get(field) for field in fields]))

    def _learn(self, item: str) -> tuple[str, ...]:
        read = [fields_read(regime) for regime in self._rulebook.publication if regime.item == item]
        return self._fields.setdefault(item, tuple(sorted(frozenset().union(*read))))

    def _decide(self, item: str, day: date, read: tuple[str | None, ...]) -> Answer:
        values = {field: text for field, text in zip(self._fields[item], read, strict=True) if text is not None}
        regime = self._rulebook.regime(item, day)
        told = decide(regime, values, day) if regime else UNDECIDED
        return (
            item, told.decision.value, told.severity, told.regime, told.rule, told.start, told.until,
            told.repair_from, day,
        )  # fmt: skip


def publication_of(ctx: Context, version: VersionView) -> Publication | None:
    """What the rulebook says of one version, by the regime in force on its decision day."""
    day = decision_day(version)
    regime = ctx.rulebook.regime(version.item, day)
    return decide(regime, version.values, day) if regime else None


def decision_day(version: VersionView) -> date:
    """The day every period counts from: the decision's own, or the day of recording where the item has none."""
    return version.effective_on or version.recorded_at.astimezone(LEGAL_ZONE).date()
