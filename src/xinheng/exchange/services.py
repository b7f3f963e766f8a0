"""Sending records to others, as the rulebook's formats say."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from uuid import uuid4

from django.db import transaction

from xinheng.core.context import Context
from xinheng.core.exporting import Exported, cells, is_exported
from xinheng.core.rulebook.types import ExportFormat, ExportLayout
from xinheng.exchange.events import RECORDS_EXPORTED
from xinheng.exchange.files import beside, digest_of, ending_of, write
from xinheng.exchange.selectors import Outgoing, records_in_force
from xinheng.ledger.selectors import head
from xinheng.ledger.services import append
from xinheng.runtime.errors import RuntimeRefusal

NATIONAL_2018 = "national-2018"


@dataclass(frozen=True, slots=True)
class ExportReport:
    """What went out: ``edition`` of the standard, rows under the header, the file and its SHA-256.

    ``position``: the file tells the archive as its ledger's first ``position`` entries made it.
    """

    item: str
    format: str
    edition: str
    rows: int
    file: Path
    digest: str
    position: int


def national_2018(
    ctx: Context, *, item: str, out: Path, since: date | None = None, until: date | None = None
) -> ExportReport:
    """Write licences or penalties in force in the columns of the national standard of 2018, as .csv or .xlsx.

    ``since`` and ``until``: only what was taken in on these legal days, both included. Withdrawn records and decisions
    that were annulled do not go out. The export is an act of its own in the ledger; where it fails, no file is left.
    Raises RuntimeRefusal for an item without such columns, days in the wrong order, another ending, or a file that
    stands there already.
    """
    form = ctx.rulebook.exports[NATIONAL_2018]
    layout = _layout(form, item)
    if since and until and until < since:
        raise RuntimeRefusal("export.days", f"结束日期 {until} 早于开始日期 {since}", f"{until} lies before {since}")
    ending, size = ending_of(out), head().size
    rows = _rows(ctx, form, layout, records_in_force(item, size=size, since=since, until=until))
    with beside(out) as place, transaction.atomic():
        count = write(place, ending, [column.code for column in layout.columns], rows, created=ctx.now)
        report = ExportReport(item, form.id, layout.edition, count, out, digest_of(place), size)
        _note(ctx, report, since, until)
    return report


def _layout(form: ExportFormat, item: str) -> ExportLayout:
    layout = form.items.get(item)
    if layout is None:
        known = ", ".join(form.items)
        raise RuntimeRefusal(
            "export.item",
            f"{form.id} 没有事项“{item}”；可用：{known}",
            f"{form.id} has no item {item!r}; items: {known}",
        )
    return layout


def _rows(
    ctx: Context, form: ExportFormat, layout: ExportLayout, records: Iterable[Outgoing]
) -> Iterator[tuple[str, ...]]:
    for record in records:
        if is_exported(layout, record.values):
            edition = ctx.rulebook.edition(layout.item, record.edition)
            yield cells(form, layout, Exported(record.subject, edition, record.values), ctx.rulebook)


def _note(ctx: Context, report: ExportReport, since: date | None, until: date | None) -> None:
    payload = {
        "item": report.item, "format": report.format, "edition": report.edition, "rows": report.rows,
        "digest": report.digest, "size": report.position,
        "from": since.isoformat() if since else None, "to": until.isoformat() if until else None,
    }  # fmt: skip
    append(ctx, kind=RECORDS_EXPORTED, act=uuid4(), payload=payload)
