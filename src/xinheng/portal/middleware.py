"""What every answer carries: security headers, cache rules, text size; a page for a lost database."""

import logging
from collections.abc import Callable

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.cache import patch_cache_control, patch_vary_headers

from xinheng.portal.errors import unavailable
from xinheng.portal.languages import own_path

Handler = Callable[[HttpRequest], HttpResponse]

POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "img-src 'self' data:",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
PERMISSIONS = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"
FRESH_SECONDS = 60
SCALE_COOKIE = "xh_scale"
SCALES = ("normal", "large")
YEAR_SECONDS = 365 * 24 * 3600

log = logging.getLogger("xinheng.portal")


def security_headers(get_response: Handler) -> Handler:
    """No script, no frame, nothing from elsewhere; errors are never stored, other pages for a minute."""

    def handle(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        if response.status_code >= 400:
            response.headers["Cache-Control"] = "no-store"
        elif not response.has_header("Cache-Control"):
            patch_cache_control(response, public=True, max_age=FRESH_SECONDS)
        return response

    return handle


def text_scale(get_response: Handler) -> Handler:
    """``?scale=large`` on any page remembers the text size in a cookie and comes back to the same page.

    The way back is this request's own path, so it can never lead to another site.
    """

    def handle(request: HttpRequest) -> HttpResponse:
        asked = request.GET.get("scale")
        if asked in SCALES and request.method == "GET":
            return _remember(request, asked)
        kept = request.COOKIES.get(SCALE_COOKIE)
        request.text_scale = kept if kept in SCALES else "normal"
        response = get_response(request)
        if response.headers.get("Content-Type", "").startswith("text/html"):
            patch_vary_headers(response, ["Cookie"])
        return response

    return handle


def _remember(request: HttpRequest, scale: str) -> HttpResponse:
    rest = request.GET.copy()
    del rest["scale"]
    query = f"?{rest.urlencode()}" if rest else ""
    response = HttpResponseRedirect(own_path(request) + query)
    response.headers["Cache-Control"] = "no-store"
    response.set_cookie(
        SCALE_COOKIE, scale, max_age=YEAR_SECONDS, secure=request.is_secure(), httponly=True, samesite="Lax"
    )
    return response


class DatabaseAway:
    """Turns a lost database into a page that says so in plain words."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Nothing to do on the way in or out."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Answer 503 when the database cannot be reached; every other error goes on."""
        if not isinstance(error, OperationalError | InterfaceError):
            return None
        log.error("The database cannot be reached (%s)", type(error).__name__)
        return unavailable(request)
