"""Is the process alive, can it serve, what may crawlers read."""

from django.db import Error, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

# Result pages stay out of search engines: what people look for is nobody's business.
ROBOTS = "User-agent: *\nDisallow: /search/\nDisallow: /en/search/\nDisallow: /*?scale=\n"


@require_safe
@never_cache
def healthz(request: HttpRequest) -> JsonResponse:
    """200 while the process answers at all."""
    return JsonResponse({"status": "ok"})


@require_safe
@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """200 when the database answers, 503 with ``{"status": "unavailable"}`` when it does not."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        return JsonResponse({"status": "unavailable", "database": "away"}, status=503)
    return JsonResponse({"status": "ok", "database": "ok"})


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """What crawlers are asked to leave alone."""
    return HttpResponse(ROBOTS, content_type="text/plain; charset=utf-8")
