"""One record in full: public fields, basis, period, versions and where it came from."""

from collections.abc import Iterator, Mapping
from datetime import date

from xinheng.accounts.selectors import agencies
from xinheng.archive import selectors as archive
from xinheng.archive.records import RecordId
from xinheng.archive.selectors import VersionView
from xinheng.core.calendars import CalendarNotCovered
from xinheng.core.context import LEGAL_ZONE, Context
from xinheng.core.disclosure import VisibleField, public_fields
from xinheng.core.identifiers.uscc import bucket_of, is_individual_business
from xinheng.core.values import Bilingual
from xinheng.publication.lines import Line, lines, summaries
from xinheng.publication.pages import RecordPage, RecordSummary, TombstonePage, VersionLine
from xinheng.publication.source import Source
from xinheng.publication.tombstone import tombstone
from xinheng.publication.wording import basis, fact, label

LINKED = 5

_THIS = "bucket = %(bucket)s AND subject = %(subject)s AND key = %(key)s"
_BESIDE = "bucket = %(bucket)s AND subject = %(subject)s AND key <> %(key)s AND item <> %(register)s"


def record_page(ctx: Context, record: RecordId) -> RecordPage | TombstonePage | None:
    """The page of one record, what stays of it where it was withdrawn, or None when it is not public today."""
    parameters = {"today": ctx.today, "bucket": bucket_of(record.subject), "subject": record.subject, "key": record.key}
    found = lines(_THIS, "", parameters)
    if not found:
        return tombstone(ctx, record)
    versions = archive.versions(record)[: found[0].n]
    newest = versions[-1]
    edition = ctx.rulebook.edition(newest.item, newest.edition)
    source = Source(versions)
    sender = source.agency(newest)
    known = agencies()
    return RecordPage(
        summary=summaries(ctx, found)[0],
        facts=tuple(fact(ctx, visible, newest.values) for visible in _visible(ctx, newest)),
        basis=basis(ctx, edition.law + (edition.term.law if edition.term else ())),
        versions=tuple(_version_lines(ctx, versions, source)),
        source_agency=known[sender].name if sender in known else sender,
        source_agency_code=sender,
        source_row=newest.source_row,
        source_sheet=newest.source_part,
        edition=newest.edition,
        digest=newest.digest.hex(),
        reported_on=source.reported_at(versions[0]).astimezone(LEGAL_ZONE).date(),
        reported_in_time=_in_time(ctx, versions[0], newest, source),
        linked=_linked(ctx, found[0], parameters),
        as_of=ctx.now,
        receipt=source.receipt(newest),
        received_at=source.reported_at(newest),
        source_class=label(ctx, f"source_class.{ctx.rulebook.heads[newest.item].source_class.value}"),
    )


def _in_time(ctx: Context, first: VersionView, newest: VersionView, source: Source) -> bool | None:
    """Whether the record was reported within its term; None where it has none, or where old years were caught up on."""
    due = due_day(ctx, newest)
    if due is None or source.backfill(first):
        return None
    return source.reported_at(first).astimezone(LEGAL_ZONE).date() <= due


def due_day(ctx: Context, version: VersionView) -> date | None:
    """Until when the record had to be reported, or None where the item has no term or the calendar does not reach
    back."""
    term = ctx.rulebook.edition(version.item, version.edition).term
    start = version.values.get(term.from_field) if term else None
    if term is None or not start:
        return None
    try:
        return ctx.rulebook.calendar.add(date.fromisoformat(start), term.working_days).due
    except CalendarNotCovered:
        return None


def _visible(ctx: Context, version: VersionView) -> tuple[VisibleField, ...]:
    edition = ctx.rulebook.edition(version.item, version.edition)
    individual = is_individual_business(version.id.subject)
    return public_fields(edition, version.values, individual=individual)


def _version_lines(ctx: Context, versions: tuple[VersionView, ...], source: Source) -> Iterator[VersionLine]:
    """Newest first, each with the public fields that it changed against the one before."""
    for place in range(len(versions) - 1, -1, -1):
        version = versions[place]
        before = _values(ctx, versions[place - 1]) if place else {}
        gone = version.withdrawn.recorded_at.astimezone(LEGAL_ZONE).date() if version.withdrawn else None
        yield VersionLine(
            number=version.n,
            recorded_at=version.recorded_at,
            current=place == len(versions) - 1,
            changed=_changed(_visible(ctx, version), before) if place else (),
            batch=source.batch(version),
            position=version.position,
            corrected=source.corrected(version),
            withdrawn_on=gone,
        )


def _values(ctx: Context, version: VersionView) -> Mapping[str, str]:
    return {visible.field.id: visible.value for visible in _visible(ctx, version)}


def _changed(now: tuple[VisibleField, ...], before: Mapping[str, str]) -> tuple[Bilingual, ...]:
    return tuple(visible.field.label for visible in now if before.get(visible.field.id) != visible.value)


def _linked(ctx: Context, line: Line, parameters: Mapping[str, object]) -> tuple[RecordSummary, ...]:
    """Other public records of the same organisation, of the other kinds: a licence beside its holder's penalties."""
    condition = f"{_BESIDE} AND item <> %(item)s"
    beside = {**parameters, "register": "registration", "item": line.item, "limit": LINKED}
    return summaries(ctx, lines(condition, "ORDER BY decided_on DESC, key LIMIT %(limit)s", beside))
