"""The two languages of the portal and the address of a page in each."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.encoding import escape_uri_path
from django.utils.http import escape_leading_slashes


@dataclass(frozen=True, slots=True)
class Language:
    """``code`` is Django's name, ``tag`` that of documents; ``prefix`` leads addresses; ``name`` is read."""

    code: str
    tag: str
    prefix: str
    name: str


CHINESE = Language("zh-hans", "zh-Hans", "", "中文")
ENGLISH = Language("en", "en", "/en", "English")
LANGUAGES = (CHINESE, ENGLISH)


def language_of(code: str | None) -> Language:
    """The portal's language for Django's active one; Chinese unless it is English."""
    return ENGLISH if (code or "").lower().startswith("en") else CHINESE


def other_than(language: Language) -> Language:
    """The language that the switch leads to."""
    return CHINESE if language is ENGLISH else ENGLISH


def own_path(request: HttpRequest) -> str:
    """The request's own path as a link may carry it: quoted, and never able to name another site."""
    return escape_leading_slashes(escape_uri_path(request.path))


def path_in(path: str, language: Language) -> str:
    """The same page's path in ``language``: ``/org/X/`` and ``/en/org/X/`` are a pair."""
    bare = path.removeprefix(ENGLISH.prefix) if path == "/en" or path.startswith("/en/") else path
    return f"{language.prefix}{bare or '/'}"
