"""The one search box: a code goes straight to its file, a decision number to its records, anything else is a name."""

from xinheng.archive import selectors as archive
from xinheng.archive.search import PAGE, NameHit, names_matching
from xinheng.core.context import Context
from xinheng.core.document_numbers import normalise_document_number
from xinheng.core.identifiers.check import check
from xinheng.core.names import search_form
from xinheng.core.values import Bilingual
from xinheng.publication.lines import lines, summaries
from xinheng.publication.pages import Hit, RecordSummary, SearchPage
from xinheng.publication.wording import term_label
from xinheng.runtime.script import simplify

RECORDS = 25
TONES = {"active": "ok", "revoked": "warn"}

OLD_KINDS = {"org_code": "organisation_code", "registration_number": "registration_number"}

NOTHING = Bilingual(
    "没有名称或代码与此相符的组织。请核对代码,或换用名称中的一部分再查;个体工商户请输入完整字号名称或代码。",
    "No organisation has a name or code like this. Check the code, or try a part of the name; an individual business is found by "
    "its code or its full trade name only.",
)


def find(ctx: Context, text: str, after: str | None) -> SearchPage:
    """Search for ``text``; ``after`` is the ``next_page`` of the page before."""
    query = text.strip()
    if not query:
        return SearchPage("", None, (), (), None, None)
    code, hint = _as_code(ctx, query)
    if code:
        return SearchPage(query, code, (), (), None, None)
    found = names_matching(query, after=_read_place(after), limit=PAGE + 1)
    records = () if after else _by_document_number(ctx, query)
    hits = tuple(_hit(ctx, query, hit) for hit in found[:PAGE])
    next_page = _write_place(found[PAGE - 1]) if len(found) > PAGE else None
    nothing = None if hits or records else NOTHING
    return SearchPage(query, None, hits, records, hint or nothing, next_page)


def _as_code(ctx: Context, query: str) -> tuple[str | None, Bilingual | None]:
    """The file that a code leads to, or why a text that looks like a code leads nowhere."""
    judged = check(query, ctx.rulebook.uscc)
    if judged.kind is None or judged.normalised is None:
        return None, None
    if judged.kind == "uscc" and archive.organisation(judged.normalised):
        return judged.normalised, None
    owners = archive.subjects_by_old_code([(OLD_KINDS.get(judged.kind, ""), judged.normalised)])
    claims = next(iter(owners.values()), ())
    if len(claims) == 1:
        return claims[0], None
    first = next((reason.rule for reason in judged.reasons if reason.rule in ctx.rulebook.findings), None)
    if judged.verdict == "reject" and first:
        return None, ctx.rulebook.findings[first].message
    return None, None


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
        status_tone=TONES.get(hit.status, "mute"),
    )


def marked_parts(name: str, query: str) -> tuple[tuple[str, bool], ...]:
    """The name cut into (piece, matched) where it holds the query in search form; one unmarked piece where it does not."""
    pieces = [search_form(character, simplify) for character in name]
    wanted = search_form(query, simplify)
    start = "".join(pieces).find(wanted) if wanted else -1
    if start < 0:
        return ((name, False),)
    ends: list[int] = []
    for piece in pieces:
        ends.append((ends[-1] if ends else 0) + len(piece))
    first = next(place for place, end in enumerate(ends) if end > start)
    last = next(place for place, end in enumerate(ends) if end >= start + len(wanted))
    cut = ((name[:first], False), (name[first : last + 1], True), (name[last + 1 :], False))
    return tuple(part for part in cut if part[0])


def _write_place(hit: NameHit) -> str:
    rank, length, code = hit.place
    return f"{rank}-{length}-{code}"


def _read_place(text: str | None) -> tuple[int, int, str] | None:
    """What `_write_place` wrote, or None for anything else."""
    parts = (text or "").split("-")
    if len(parts) != 3 or not all(part.isascii() and part.isdigit() and len(part) < 6 for part in parts[:2]):
        return None
    return int(parts[0]), int(parts[1]), parts[2][:18]
