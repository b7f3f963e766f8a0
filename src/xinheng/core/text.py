"""Text as it really arrives: width, invisible characters, controls, and text that a program might execute."""

import re
import unicodedata
from decimal import Decimal

from xinheng.core.cells import Cell, Uncalculated

# Unicode categories Cf and Cc (without the white ones), variation selectors and blank fillers: nothing is
# seen of them.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u034f\u0600-\u0605\u061c\u06dd\u070f\u115f\u1160\u17b4\u17b5"
    "\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb"
    "\U0001d173-\U0001d17a\U000e0000-\U000e01ef]"
)
# A blank that is no white space to Unicode.
_BRAILLE_BLANK = "\u2800"
_LINE_BREAK = re.compile("\r\n?|\x85")
# Lone surrogates come out of JSON escapes and no database can store them.
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_PRIVATE_USE = re.compile("[\ue000-\uf8ff\U000f0000-\U000ffffd\U00100000-\U0010fffd]")
# What UTF-8 read as GBK, or GBK's own filler, leaves behind.
_MOJIBAKE = re.compile("锟斤拷|烫烫烫|屯屯屯|ï»¿|鈥|銆�")

_FORMULA_START = "=+-@\t\r＝＋－＠"
_LONGEST_WHOLE = 40
_PLAIN_NUMBER = re.compile(r"[+-]?(?=[,. ]*\d)[\d,. ]+(E[+-]?\d+)?%?", re.IGNORECASE)
_SCRIPT = re.compile(
    r"<\s*/?\s*(script|iframe|object|embed|svg|img|link|meta|style|base|form)\b|(java|vb)script\s*:|data:text/html"
    r"|\bon(error|load|click|dblclick|focus\w*|blur|change|submit|input|toggle|begin|mouse\w+|key\w+|pointer\w+|"
    r"animation\w+|wheel|drag\w*|drop|paste|copy|resize|scroll)\s*=|\$\{\s*jndi:",
    re.IGNORECASE,
)
_QUERY = re.compile(
    r"['\"]\s*(or|and)\s+['\"(]?\s*\w+['\")]?\s*(=|<|>|like\b|is\b)|\bunion\s+(all\s+)?select\b"
    r"|;\s*(drop|delete|insert|update|alter|truncate|create|exec|execute|shutdown|grant)\b"
    r"|\bdrop\s+(table|database|schema)\b|\b(pg_sleep|sleep|benchmark)\s*\(|\bwaitfor\s+delay\b|\bxp_cmdshell\b"
    r"|'\s*(;|\))*\s*--",
    re.IGNORECASE,
)


def fold(text: str) -> str:
    """One comparable form: Unicode NFKC, no invisible or control characters, runs of blanks (tab and line
    break too)
    one space, none at the ends. Folding twice changes nothing more."""
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    visible = _INVISIBLE.sub("", text)
    if not unicodedata.is_normalized("NFKC", visible):
        visible = _INVISIBLE.sub("", unicodedata.normalize("NFKC", visible))
    return _single_blanks(visible)


def _single_blanks(text: str) -> str:
    return " ".join(text.replace(_BRAILLE_BLANK, " ").split())


def tidy(text: str) -> str:
    """The same writing without invisible characters and superfluous blanks; width and script stay as
    written.
    """
    return _single_blanks(_INVISIBLE.sub("", text))


def remove_invisible(text: str) -> str:
    """The text without characters of which nothing is seen; blanks, tabs and line breaks stay."""
    if text.isascii() and text.isprintable():
        return text
    return _INVISIBLE.sub("", text)


def remove_blanks(text: str) -> str:
    """The text without any blank, tab or line break."""
    return "".join(text.replace(_BRAILLE_BLANK, "").split())


def is_blank(text: str) -> bool:
    """Whether nothing but blanks, tabs and line breaks stands in the text, or nothing at all."""
    return not text.replace(_BRAILLE_BLANK, "").strip()


def drop_controls(text: str) -> tuple[str, bool]:
    """The text without control characters (NUL too) and lone surrogates, and whether any were dropped.

    Tabs and line breaks stay; a carriage return becomes the line break that it means, which is no loss.
    """
    if text.isprintable():
        return text, False
    lines = _LINE_BREAK.sub("\n", text)
    kept = _CONTROL.sub("", lines)
    return kept, kept != lines


def visible_problems(text: str) -> tuple[str, ...]:
    """Signs that a text was damaged before it came: ``replacement_character``, ``private_use``,
    ``mojibake``.
    """
    problems = (
        ("replacement_character", "\ufffd" in text),
        ("private_use", _PRIVATE_USE.search(text) is not None),
        ("mojibake", _MOJIBAKE.search(text) is not None),
    )
    return tuple(code for code, found in problems if found)


def looks_active(text: str) -> str | None:
    """Whether a program that opens the text could run it: ``formula``, ``script``, ``query`` or ``None``.

    A plain number with a sign and a cell of dashes alone are data. Sources: OWASP on CSV, script and SQL
    injection.
    """
    if _starts_formula(text):
        return "formula"
    folded = fold(text)
    if _SCRIPT.search(folded):
        return "script"
    return "query" if _QUERY.search(folded) else None


def _starts_formula(text: str) -> bool:
    visible = _INVISIBLE.sub("", text)
    folded = fold(visible)
    if not folded.strip("-+=@ ") or _PLAIN_NUMBER.fullmatch(folded):
        return False
    return visible[0] in _FORMULA_START or folded[0] in _FORMULA_START


def cell_text(value: Cell) -> str:
    """What a cell says as text: whole numbers without point or exponent, empty and uncalculated cells as
    ``""``.
    """
    if value is None or isinstance(value, Uncalculated):
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else str(value)
    if isinstance(value, Decimal):
        whole = value.is_finite() and value.adjusted() < _LONGEST_WHOLE and value == value.to_integral_value()
        return str(int(value)) if whole else str(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(Decimal(value))  # str() of an int refuses more than a few thousand digits
    return str(value)
