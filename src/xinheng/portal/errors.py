"""Pages for what went wrong, in both languages, made without the database."""

import logging
import secrets

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import get_language_from_path, override

from xinheng.portal.languages import CHINESE, ENGLISH

RETRY_SECONDS = 30

log = logging.getLogger("xinheng.portal")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: the request itself cannot be understood. Nothing of it is repeated on the page."""
    return _page(request, "400", 400)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404, with the ways that lead on. The text of the page does not repeat what was asked for."""
    return _page(request, "404", 404)


def broken(request: HttpRequest) -> HttpResponse:
    """500, with a number that the log also carries."""
    incident = secrets.token_hex(4)
    log.error("Incident %s", incident)
    return _page(request, "500", 500, {"incident": incident})


def unavailable(request: HttpRequest) -> HttpResponse:
    """503: the database is away for the moment."""
    response = _page(request, "503", 503)
    response.headers["Retry-After"] = str(RETRY_SECONDS)
    return response


def _page(request: HttpRequest, name: str, status: int, more: dict[str, str] | None = None) -> HttpResponse:
    # The address decides the language: an error may come before the language of the request was set.
    english = get_language_from_path(request.path_info) == ENGLISH.code
    with override(ENGLISH.code if english else CHINESE.code):
        request.shown_query = QueryDict()
        return render(request, f"portal/{name}.html", more, status=status)
