"""Public notices as rows of a list: read with the day, put into words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection

from xinheng.accounts.selectors import agencies
from xinheng.archive import selectors as archive
from xinheng.archive.records import RecordId
from xinheng.archive.selectors import OrganisationHead, VersionView
from xinheng.core.context import Context
from xinheng.core.disclosure import public_fields
from xinheng.core.identifiers.uscc import is_individual_business
from xinheng.core.rulebook.publication_types import EVERY_CLASS
from xinheng.core.values import Bilingual
from xinheng.publication.pages import PublicPeriod, RecordSummary
from xinheng.publication.wording import basis, end_day, label

COLUMNS = "subject, key, n, item, severity, regime, public_from, public_until, repair_from, decided_on"
PUBLIC = "decision = 'published' AND public_from <= %(today)s AND (public_until IS NULL OR public_until >= %(today)s)"

_SOON = 30
_PER_MILLE = 1000


@dataclass(frozen=True, slots=True)
class Line:
    """One public notice as stored."""

    id: RecordId
    n: int
    item: str
    severity: str | None
    regime: str
    public_from: date
    public_until: date | None
    repair_from: date | None
    decided_on: date


def lines(condition: str, order: str, parameters: Mapping[str, object]) -> tuple[Line, ...]:
    """Notices that are public on ``parameters['today']`` and meet the condition; SQL parts are constants of this
    room."""
    sql = f"SELECT {COLUMNS} FROM publication_notice WHERE {PUBLIC} AND {condition} {order}"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        rows = cursor.fetchall()
    return tuple(Line(RecordId(row[0], bytes(row[1])), *row[2:]) for row in rows)


def count(condition: str, parameters: Mapping[str, object]) -> int:
    """How many notices are public on the day and meet the condition."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM publication_notice WHERE {PUBLIC} AND {condition}", parameters)  # noqa: S608
        return int(cursor.fetchone()[0])


def totals(parameters: Mapping[str, object]) -> dict[str, int]:
    """How many notices of one organisation are public on the day, by item; items without any are left out."""
    sql = (
        f"SELECT item, count(*) FROM publication_notice WHERE {PUBLIC}"  # noqa: S608
        " AND bucket = %(bucket)s AND subject = %(subject)s GROUP BY item"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return dict(cursor.fetchall())


def summaries(ctx: Context, found: Sequence[Line]) -> tuple[RecordSummary, ...]:
    """Lines in words, each by the version that was decided upon. A fixed number of queries, however many lines."""
    versions = archive.numbered_versions({line.id: line.n for line in found})
    heads = archive.organisations({line.id.subject for line in found})
    bodies = {code: agency.name for code, agency in agencies().items()}
    return tuple(summary(ctx, line, versions[line.id], heads.get(line.id.subject), bodies) for line in found)


def summary(
    ctx: Context, line: Line, version: VersionView, head: OrganisationHead | None, bodies: Mapping[str, str]
) -> RecordSummary:
    """One line in words; only fields that the public may see are used."""
    edition = ctx.rulebook.edition(version.item, version.edition)
    individual = is_individual_business(version.id.subject)
    shown = {
        visible.field.id: visible.value for visible in public_fields(edition, version.values, individual=individual)
    }
    valid_to = end_day(shown.get("valid_to"))
    state, tone = _state(ctx, shown, valid_to)
    return RecordSummary(
        id=str(line.id),
        item=version.item,
        item_label=label(ctx, f"item.{version.item}"),
        subject=version.id.subject,
        subject_name=head.name if head else version.id.subject,
        title=shown.get(edition.title_field, "") or shown.get(edition.document_number or "", ""),
        document_number=shown.get(edition.document_number or "", ""),
        body_name=shown.get("body_name") or bodies.get(version.body, version.body),
        decided_on=line.decided_on,
        content=shown.get("content", "")[:200],
        severity=label(ctx, f"severity_class.{line.severity}") if line.severity else None,
        state=state,
        state_label=_state_label(ctx, state, valid_to),
        state_tone=tone,
        valid_to=valid_to,
        period=period(ctx, line),
    )


def period(ctx: Context, line: Line) -> PublicPeriod:
    """From when to when the record is public, and when repair becomes possible."""
    regime = ctx.rulebook.regime(line.item, line.decided_on)
    terms = regime.terms if regime else ()
    law = next((term.law for term in terms if term.severity_class == (line.severity or EVERY_CLASS)), ()) + (
        regime.law if regime else ()
    )
    until = line.public_until
    return PublicPeriod(
        start=line.public_from,
        until=until,
        repair_from=line.repair_from,
        days_left=(until - ctx.today).days if until else None,
        share=_share(line.public_from, until, ctx.today) or 0,
        repair_share=_share(line.public_from, until, line.repair_from),
        basis=basis(ctx, law),
    )


def _share(start: date, until: date | None, day: date | None) -> int | None:
    """How far ``day`` lies between start and the day after ``until``, in per mille."""
    if until is None or day is None:
        return None
    whole = (until - start).days + 1
    return max(0, min(_PER_MILLE, _PER_MILLE * (day - start).days // whole))


def _state(ctx: Context, shown: Mapping[str, str], valid_to: date | None) -> tuple[str, str]:
    if shown.get("status") in ("invalid", "revoked", "cancelled"):
        return "invalid", "mute"
    if "valid_to" not in shown:
        return "published", "info"
    if valid_to and valid_to < ctx.today:
        return "expired", "mute"
    if valid_to and (valid_to - ctx.today).days <= _SOON:
        return "expiring", "warn"
    return "valid", "ok"


_STATE_LABELS = {
    "invalid": Bilingual("已失效", "No longer valid"),
    "published": Bilingual("公示中", "On public display"),
    "expired": Bilingual("已到期", "Expired"),
    "valid": Bilingual("有效", "Valid"),
}


def _state_label(ctx: Context, state: str, valid_to: date | None) -> Bilingual:
    if state == "expiring" and valid_to:
        left = (valid_to - ctx.today).days
        return (
            Bilingual(f"{left} 天后到期", f"Expires in {left} days") if left else Bilingual("今天到期", "Expires today")
        )
    return _STATE_LABELS[state]
