"""Reading what is public today. Every page, and later every channel, asks here and nowhere else."""

import re
from datetime import date

from xinheng.accounts.selectors import agency_count
from xinheng.archive import selectors as archive
from xinheng.archive.records import read_record_id
from xinheng.archive.selectors import EventView, OrganisationHead
from xinheng.core.context import Context
from xinheng.core.disclosure import public_fields
from xinheng.core.identifiers.uscc import bucket_of, is_individual_business
from xinheng.core.rulebook.types import Publicity
from xinheng.core.values import Bilingual
from xinheng.ledger.selectors import head
from xinheng.publication.finding import find
from xinheng.publication.lines import Line, count, lines, summaries, totals
from xinheng.publication.pages import (
    EventLine,
    Fact,
    HomePage,
    OrganisationPage,
    RecordGroup,
    RecordPage,
    SearchPage,
    TombstonePage,
)
from xinheng.publication.record_page import record_page
from xinheng.publication.wording import fact, label, same, status_tone, term_label

REGISTER = "registration"
PAGE = 25
LATEST = 8

_NEWEST = "ORDER BY decided_on DESC, subject, key LIMIT %(limit)s"
_OF_ITEM = "bucket = %(bucket)s AND subject = %(subject)s AND item = %(item)s"
_OF_STATE = ("deregistered", "revoked", "status_changed")
_CURSOR = re.compile(r"([0-9]{8})-([0-9a-f]{32})")
_AFTER = "(decided_on < %(day)s OR (decided_on = %(day)s AND key > %(key)s))"


def home(ctx: Context) -> HomePage:
    """Figures and the newest public records."""
    parameters = {"today": ctx.today, "register": REGISTER, "limit": LATEST}
    return HomePage(
        organisations=archive.organisation_count(),
        public_records=count("item <> %(register)s", parameters),
        agencies=agency_count(),
        last_submission_at=head().recorded_at,
        latest=summaries(ctx, lines("item <> %(register)s", _NEWEST, parameters)),
        as_of=ctx.now,
    )


def search(ctx: Context, text: str, after: str | None = None) -> SearchPage:
    """Answer of the one search box: by code, old code, decision number, or part of a name."""
    return find(ctx, text, after)


def organisation(ctx: Context, code: str, item: str | None = None, after: str | None = None) -> OrganisationPage | None:
    """The public file of one organisation; ``item`` and ``after`` page through one kind of record."""
    found = archive.organisation(code)
    if found is None:
        return None
    return OrganisationPage(
        code=found.code,
        name=found.name,
        type_label=term_label(ctx, "subject_type", found.type),
        status_label=term_label(ctx, "registration_status", found.status),
        status_tone=status_tone(found.status),
        former_names=archive.former_names(code),
        facts=_registered_facts(ctx, found),
        groups=_groups(ctx, code, item, after),
        events=_events(ctx, code),
        individual_business=is_individual_business(code),
        successor=found.successor,
        as_of=ctx.now,
        sources=agency_count(),
    )


def record(ctx: Context, record_id: str) -> RecordPage | TombstonePage | None:
    """One public record, or what stays of one that was withdrawn; None for one that is not public today, just as for
    one that never was."""
    wanted = read_record_id(record_id)
    return record_page(ctx, wanted) if wanted else None


def _registered_facts(ctx: Context, found: OrganisationHead) -> tuple[Fact, ...]:
    """The public fields of the register's own record, without those that the page's head already shows."""
    of_register = {"today": ctx.today, "bucket": bucket_of(found.code), "subject": found.code, "item": REGISTER}
    noted = lines(_OF_ITEM, "ORDER BY decided_on DESC, key LIMIT 1", of_register)
    version = next(iter(archive.numbered_versions({line.id: line.n for line in noted}).values()), None)
    if version is None:
        return ()
    edition = ctx.rulebook.edition(REGISTER, version.edition)
    individual = is_individual_business(found.code)
    shown = public_fields(edition, version.values, individual=individual)
    in_head = {edition.subject_code, edition.subject_name, "status", "subject_type", "former_names"}
    return tuple(fact(ctx, visible, version.values) for visible in shown if visible.field.id not in in_head)


def _groups(ctx: Context, code: str, item: str | None, after: str | None) -> tuple[RecordGroup, ...]:
    """One group for each item that the public may see; ``item``: that one alone, by pages."""
    heads = ctx.rulebook.heads.values()
    open_ = [head.id for head in heads if head.publication is Publicity.BY_RULE and head.id != REGISTER]
    wanted = [each for each in open_ if item in (None, each)]
    many = totals({"today": ctx.today, "bucket": bucket_of(code), "subject": code})
    pages = {each: _page(ctx, code, each, after if item else None) for each in wanted if each in many}
    shown = [line for page in pages.values() for line in page[:PAGE]]
    words = dict(zip((line.id for line in shown), summaries(ctx, shown), strict=True))
    return tuple(
        RecordGroup(
            item=each,
            label=label(ctx, f"item.{each}"),
            total=many.get(each, 0),
            records=tuple(words[line.id] for line in pages.get(each, ())[:PAGE]),
            next_page=write_cursor(pages[each][PAGE - 1]) if len(pages.get(each, ())) > PAGE else None,
        )
        for each in wanted
    )


def _page(ctx: Context, code: str, item: str, after: str | None) -> tuple[Line, ...]:
    """The lines of one page of one item, and one more where there is a next page."""
    parameters: dict[str, object] = {
        "today": ctx.today, "bucket": bucket_of(code), "subject": code, "item": item, "limit": PAGE + 1,
    }  # fmt: skip
    condition = _OF_ITEM
    start = read_cursor(after)
    if start:
        condition = f"{_OF_ITEM} AND {_AFTER}"
        parameters |= {"day": start[0], "key": start[1]}
    return lines(condition, "ORDER BY decided_on DESC, key LIMIT %(limit)s", parameters)


def write_cursor(line: Line) -> str:
    """Where the next page begins: after this line."""
    return f"{line.decided_on:%Y%m%d}-{line.id.key.hex()}"


def read_cursor(text: str | None) -> tuple[date, bytes] | None:
    """What `write_cursor` wrote, or None for anything else."""
    match = _CURSOR.fullmatch(text or "")
    if match is None:
        return None
    try:
        return date.fromisoformat(match[1]), bytes.fromhex(match[2])
    except ValueError:
        return None


def _events(ctx: Context, code: str) -> tuple[EventLine, ...]:
    return tuple(
        EventLine(event.on_date, label(ctx, f"event.{event.kind}"), _detail(ctx, event))
        for event in archive.events(code)
    )


def _detail(ctx: Context, event: EventView) -> Bilingual:
    """From what to what: names and codes as they are, states in the register's words."""
    told = [event.detail[key] for key in ("from", "to", "successor") if event.detail.get(key)]
    if event.kind in _OF_STATE:
        words = [term_label(ctx, "registration_status", state) for state in told]
    else:
        words = [same(text) for text in told]
    return Bilingual(" → ".join(word.zh for word in words), " → ".join(word.en for word in words))
