"""The one search box: a code goes straight to its file, a decision number to its records, anything else is a name."""

import re
from collections.abc import Iterator

from xinheng.archive import selectors as archive
from xinheng.archive.search import PAGE, NameHit, names_matching
from xinheng.core.context import Context
from xinheng.core.disclosure import disclosure_of
from xinheng.core.document_numbers import normalise_document_number
from xinheng.core.identifiers.check import check
from xinheng.core.identifiers.cleaning import clean
from xinheng.core.identifiers.messages import sentence
from xinheng.core.identifiers.uscc import is_individual_business
from xinheng.core.names import locate
from xinheng.core.persons import mask_any
from xinheng.core.rulebook.types import Disclosure, FieldKind
from xinheng.core.text import drop_controls
from xinheng.core.values import Bilingual, Severity
from xinheng.publication.lines import lines, summaries
from xinheng.publication.pages import Hit, RecordSummary, SearchPage
from xinheng.publication.wording import status_tone, term_label
from xinheng.runtime.script import simplify

RECORDS = 25
REGISTER = "registration"
LONGEST = 200
"""No name and no number is longer; more characters only cost time."""

_PLACE = re.compile(r"([0-2])-([0-9]{1,5})-([0-9A-HJ-NP-RTUW-Y]{18})")

NOTHING = Bilingual(
    "没有名称或代码与此相符的组织。请核对代码，或换用名称中的一部分再查；个体工商户请输入完整字号名称或代码。",
    "No organisation has a name or code like this. Check the code, or try a part of the name; an individual business "
    "is found by its code or its full trade name only.",
)


def find(ctx: Context, text: str, after: str | None) -> SearchPage:
    """Search for ``text``; ``after`` is the ``next_page`` of the page before. A person's number is masked before
    anything else."""
    given = drop_controls(text)[0].strip()[:LONGEST]
    query = mask_any(given)
    if not query:
        return SearchPage("", None, (), (), None, None)
    code = _file_of(ctx, given)
    if code:
        return SearchPage(query, code, (), (), None, None)
    found = names_matching(query, after=_read_place(after), limit=PAGE + 1)
    records = () if after else _by_document_number(ctx, query)
    hits = tuple(_hit(ctx, query, hit) for hit in found[:PAGE])
    next_page = _write_place(found[PAGE - 1]) if len(found) > PAGE else None
    nothing = None if hits or records else NOTHING
    return SearchPage(query, None, hits, records, _hint(ctx, given) or nothing, next_page)


def _file_of(ctx: Context, given: str) -> str | None:
    """The one file that a code leads to: its own, or by an old code that the public may see of that organisation.

    What the register knows counts as a code, whatever its shape; what it does not know is never shown back.
    """
    code = clean(given, ctx.rulebook.uscc).text
    if not code or not code.isascii():
        return None
    if archive.organisation(code):
        return code
    claimed = archive.subjects_by_old_code([(kind, code) for kind in (*_old_kinds(ctx), "former_code")])
    owners = {
        subject for (kind, _), subjects in claimed.items() for subject in subjects if _may_lead(ctx, kind, subject)
    }
    return owners.pop() if len(owners) == 1 else None


def _old_kinds(ctx: Context) -> Iterator[str]:
    for field in ctx.rulebook.item(REGISTER, ctx.today).fields:
        if field.kind is FieldKind.OLD_CODE:
            yield field.old_code or field.id


def _may_lead(ctx: Context, kind: str, subject: str) -> bool:
    """Whether the public may learn whose old code this is: only where it may see that code in the file."""
    individual = is_individual_business(subject)
    fields = ctx.rulebook.item(REGISTER, ctx.today).fields
    field = next(each for each in fields if kind in (each.old_code, each.id))
    return disclosure_of(field, individual=individual) is Disclosure.PUBLIC


def _hint(ctx: Context, given: str) -> Bilingual | None:
    """Why a text that looks like a code is none."""
    judged = check(given, ctx.rulebook.uscc, ctx.today)
    shaped = judged.kind is not None or "code.person_number" in judged.rules
    errors = [reason for reason in judged.reasons if reason.severity is Severity.ERROR]
    return sentence(errors[0]) if shaped and errors else None


def _by_document_number(ctx: Context, query: str) -> tuple[RecordSummary, ...]:
    number = normalise_document_number(query)
    if not any(character.isdigit() for character in number):
        return ()
    found = lines(
        "document_number = %(number)s",
        "ORDER BY decided_on DESC, subject, key LIMIT %(limit)s",
        {"today": ctx.today, "number": number, "limit": RECORDS},
    )
    return summaries(ctx, found)


def _hit(ctx: Context, query: str, hit: NameHit) -> Hit:
    return Hit(
        code=hit.code,
        name=hit.current_name,
        marked=marked_parts(hit.name, query),
        matched_by="former" if hit.kind == "former" else "name",
        type_label=term_label(ctx, "subject_type", hit.type),
        status_label=term_label(ctx, "registration_status", hit.status),
        status_tone=status_tone(hit.status),
    )


def marked_parts(name: str, query: str) -> tuple[tuple[str, bool], ...]:
    """The name cut into (piece, matched) where it holds the query in search form; one unmarked piece where it does
    not."""
    place = locate(query, name, simplify)
    if place is None:
        return ((name, False),)
    start, end = place
    cut = ((name[:start], False), (name[start:end], True), (name[end:], False))
    return tuple(part for part in cut if part[0])


def _write_place(hit: NameHit) -> str:
    rank, length, code = hit.place
    return f"{rank}-{length}-{code}"


def _read_place(text: str | None) -> tuple[int, int, str] | None:
    """What `_write_place` wrote, or None for anything else."""
    match = _PLACE.fullmatch(text or "")
    return (int(match[1]), int(match[2]), match[3]) if match else None
