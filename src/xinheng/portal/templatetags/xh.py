"""Filters and tags of the templates: language, dates, figures, icons. They decide nothing."""

from datetime import date, datetime

from django import template
from django.templatetags.static import static
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from xinheng.core.context import LEGAL_ZONE
from xinheng.core.values import Bilingual
from xinheng.portal.languages import ENGLISH, language_of

register = template.Library()

LONG_VALUE = 46
NARROW_CHARS = 0x2E80
MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]


def _english() -> bool:
    return language_of(get_language()) is ENGLISH


@register.filter
def bilingual(text: Bilingual | None) -> str:
    """The text in the page's language. Chinese that has no English is marked as Chinese."""
    if text is None:
        return ""
    if not _english():
        return text.zh
    return zh(text.en) if _has_han(text.en) else text.en


@register.filter
def zh(text: str) -> str:
    """An official Chinese text: marked with its language on an English page."""
    if not _english() or not _has_han(text):
        return text
    return format_html('<span lang="zh-Hans">{}</span>', text)


def _has_han(text: str) -> bool:
    return any("㐀" <= char <= "鿿" or ord(char) >= 0x20000 for char in text)


@register.filter
def day(value: date | None) -> str:
    """A day inside a sentence or a fact, as a ``<time>``."""
    return _time(value.isoformat(), day_text(value)) if value else ""


@register.filter
def day_text(value: date) -> str:
    """A day in plain words: 2026 年 11 月 22 日, 22 November 2026."""
    if _english():
        return f"{value.day} {MONTHS[value.month - 1]} {value.year}"
    return f"{value.year} 年 {value.month} 月 {value.day} 日"


@register.filter
def iso(value: date | None) -> str:
    """A day inside a table: 2026-11-22."""
    return _time(value.isoformat(), value.isoformat()) if value else ""


@register.filter
def moment(value: datetime | None) -> str:
    """A day and time in the zone of the law."""
    if value is None:
        return ""
    local = value.astimezone(LEGAL_ZONE)
    separator = ", " if _english() else " "
    return _time(local.isoformat(timespec="minutes"), f"{day_text(local)}{separator}{local:%H:%M}")


def _time(machine: str, human: str) -> SafeString:
    return format_html('<time datetime="{}">{}</time>', machine, human)


@register.filter
def figure(value: int) -> str:
    """A whole number with separators: 40,128."""
    return f"{value:,}"


@register.filter
def is_long(text: Bilingual) -> bool:
    """Too wide to stand beside other facts; a Han character is as wide as two Latin letters."""
    shown = text.en if _english() else text.zh
    return sum(2 if ord(char) > NARROW_CHARS else 1 for char in shown) > LONG_VALUE


@register.filter
def percent_of(share: int) -> str:
    """A share in per mille as a percentage without decimals."""
    return f"{round(share / 10)}"


@register.simple_tag
def icon(name: str) -> SafeString:
    """One drawing of the sprite, for the eye only: the word always stands beside it."""
    return format_html(
        '<svg class="xh-icon" aria-hidden="true"><use href="{}#{}"></use></svg>', static("icons.svg"), name
    )


@register.simple_tag
def marked(parts: tuple[tuple[str, bool], ...]) -> SafeString:
    """A text cut in pieces, those that matched in ``<mark>``."""
    pieces = (format_html("<mark>{}</mark>", piece) if matched else escape(piece) for piece, matched in parts)
    html = format_html_join("", "{}", ((piece,) for piece in pieces))
    return format_html('<span lang="zh-Hans">{}</span>', html) if _english() else html
