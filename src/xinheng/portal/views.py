"""The portal's pages: a request becomes one call of a selector, its read-model becomes HTML."""

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from xinheng.core.context import Actor, Context
from xinheng.core.identifiers.uscc import is_individual_business
from xinheng.portal.hits import hit_line
from xinheng.portal.queries import LONGEST_QUERY, canonical_code, cursor_from, query_from
from xinheng.publication import selectors
from xinheng.publication.pages import OrganisationPage, RecordGroup, SearchPage, TombstonePage
from xinheng.runtime.context import make_context

LICENCE = "licence"
FIRST_RECORDS = 5
GONE = 410
PRIVATE = "private, no-store"


def visitor() -> Context:
    """The context of somebody who has not signed in."""
    return make_context(Actor("public", "anonymous"))


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The first page: one search, figures with the time of the data, the newest public records."""
    return render(request, "portal/home.html", {"page": selectors.home(visitor())})


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Results for ``?q=``; a query that is exactly one organisation's code goes straight to its file."""
    query = query_from(request.GET.get("q", ""))
    if not query.text or query.too_long:
        shown = {
            "query": query.text,
            "too_long": query.too_long,
            "sent": query.sent,
            "longest": LONGEST_QUERY,
        }
        return _private(render(request, "portal/search.html", shown))
    ctx = visitor()
    page = selectors.search(ctx, query.text, after=cursor_from(request.GET.get("after")))
    if page.go_to:
        return _private(redirect("portal:organisation", code=page.go_to))
    request.shown_query = _query(q=page.query)
    shown = {
        "query": page.query,
        "page": page,
        "hits": [hit_line(hit) for hit in page.hits],
        "next_url": _next_results(page),
        "checked_at": ctx.now,
    }
    return _private(render(request, "portal/search.html", shown))


def _next_results(page: SearchPage) -> str | None:
    return f"?{_query(q=page.query, after=page.next_page).urlencode()}" if page.next_page else None


@require_safe
def organisation(request: HttpRequest, code: str) -> HttpResponse:
    """The public file of one organisation; with ``?item=`` all its public records of one item, by pages."""
    canonical = canonical_code(code)
    if canonical is None:
        raise Http404
    if canonical != code:
        return _moved(request, canonical)
    item = request.GET.get("item") or None
    page = selectors.organisation(visitor(), code, item=item, after=cursor_from(request.GET.get("after")))
    if page is None:
        raise Http404
    response = _item_page(request, page, item) if item else _whole_file(request, page)
    return _uncrawled(response) if page.individual_business else response


def _moved(request: HttpRequest, code: str) -> HttpResponse:
    response = redirect("portal:organisation", code=code, permanent=True)
    query = request.GET.urlencode()
    response["Location"] += f"?{query}" if query else ""
    return response


def _whole_file(request: HttpRequest, page: OrganisationPage) -> HttpResponse:
    groups = [
        (group, group.records[:FIRST_RECORDS], group.total > FIRST_RECORDS, group.item == LICENCE)
        for group in page.groups
        if group.total
    ]
    return render(request, "portal/organisation.html", {"page": page, "groups": groups})


def _item_page(request: HttpRequest, page: OrganisationPage, item: str) -> HttpResponse:
    group = next((group for group in page.groups if group.item == item), None)
    if group is None:
        raise Http404
    shown = {
        "page": page,
        "group": group,
        "licence": group.item == LICENCE,
        "next_url": _next_records(group),
        "later": "after" in request.GET,
    }
    return render(request, "portal/organisation_item.html", shown)


def _next_records(group: RecordGroup) -> str | None:
    return f"?{_query(item=group.item, after=group.next_page).urlencode()}" if group.next_page else None


@require_safe
def record(request: HttpRequest, record_id: str) -> HttpResponse:
    """One public record with all its public fields, its basis, versions and source; 410 where it was withdrawn."""
    page = selectors.record(visitor(), record_id)
    if page is None:
        raise Http404
    if isinstance(page, TombstonePage):
        return _uncrawled(render(request, "portal/tombstone.html", {"page": page}, status=GONE))
    response = render(request, "portal/record.html", {"page": page})
    return _uncrawled(response) if is_individual_business(page.summary.subject) else response


@require_safe
def about(request: HttpRequest) -> HttpResponse:
    """What this is, what it is not, and where the data come from."""
    return render(request, "portal/about.html")


def _query(**parts: str) -> QueryDict:
    query = QueryDict(mutable=True)
    query.update(parts)
    return query


def _private(response: HttpResponse) -> HttpResponse:
    """What somebody looks for is kept nowhere on the way."""
    response["Cache-Control"] = PRIVATE
    return response


def _uncrawled(response: HttpResponse) -> HttpResponse:
    """An individual business is a person in fact: its page is found by code, not through search engines."""
    response["X-Robots-Tag"] = "noindex, noarchive"
    return response
