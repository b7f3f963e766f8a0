"""What every page's frame needs."""

from django.conf import settings
from django.http import HttpRequest, QueryDict
from django.utils.translation import get_language

from xinheng.core.persons import mask_any
from xinheng.portal.languages import LANGUAGES, language_of, other_than, own_path, path_in


def page_frame(request: HttpRequest) -> dict[str, object]:
    """Language, its pair, the text size and the addresses that switch them, all on the same page."""
    language = language_of(get_language())
    other = other_than(language)
    # A view may say what of the query its page repeats; a masked number stays masked in the links, too.
    # On a page that does not exist the path itself may be such a number: then the switch leads to the first page.
    path, query = own_path(request), getattr(request, "shown_query", request.GET).copy()
    path = path if mask_any(path) == path else "/"
    query.pop("scale", None)
    scale = getattr(request, "text_scale", "normal")
    match = request.resolver_match
    return {
        "language": language,
        "other_language": other,
        "other_language_url": with_query(path_in(path, other), query),
        "alternates": alternates(request, path, query) if match else (),
        "scale": scale,
        "scale_url": scale_url(query, "normal" if scale == "large" else "large"),
        "here": match.url_name if match else "",
        "demo": settings.XINHENG_DEMO,
    }


def alternates(request: HttpRequest, path: str, query: QueryDict) -> tuple[tuple[str, str], ...]:
    """(language tag, full address) of this page in each language, for search engines."""
    pairs = ((one.tag, with_query(path_in(path, one), query)) for one in LANGUAGES)
    return tuple((tag, request.build_absolute_uri(address)) for tag, address in pairs)


def with_query(path: str, query: QueryDict) -> str:
    """The path with the request's own query, so that a switch keeps the search."""
    return f"{path}?{query.urlencode()}" if query else path


def scale_url(query: QueryDict, scale: str) -> str:
    """This page with the other text size; relative, hence on this site."""
    changed = query.copy()
    changed["scale"] = scale
    return f"?{changed.urlencode()}"
