"""Characters that look different and mean the same: width, blanks, dashes, invisible ones.

Deliberately narrower than Unicode NFKC, which also turns ``10²`` into ``102`` and ``①`` into ``1``.
"""

import re
import unicodedata

_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0xFFE5: 0xA5, 0x3000: 0x20}
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−﹘﹣⁃"), "-")
_BLANK_LOOKING = dict.fromkeys(map(ord, "\u115f\u1160\u2800\u3164\uffa0"), " ")
_PRINTABLE_YET_UNSEEN = re.compile("[\u115f\u1160\u2800\u3164\uffa0\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_VARIATION_SELECTORS = (range(0xFE00, 0xFE10), range(0xE0100, 0xE01F0))


def fold_width(text: str) -> str:
    """Full-width ASCII, the full-width yen sign and the ideographic blank in their narrow form."""
    return text.translate(_WIDTH)


def fold_dashes(text: str) -> str:
    """Every hyphen, dash and minus sign as ``-``; expects folded width."""
    return text.translate(_DASHES)


def drop_invisible(text: str) -> str:
    """The text without format and control characters (zero width, BOM, soft hyphen, NUL …).

    Line breaks and tabs stay: they separate. Characters that only look like a blank become one.
    """
    if text.isprintable() and not _PRINTABLE_YET_UNSEEN.search(text):
        return text
    return "".join(char for char in text.translate(_BLANK_LOOKING) if not _is_invisible(char))


def drop_blanks(text: str) -> str:
    """The text without any white space."""
    return "".join(text.split())


def plain(text: str) -> str:
    """Narrow and visible, dashes as ``-``, no white space around, no spreadsheet's leading apostrophe."""
    return fold_dashes(fold_width(drop_invisible(text))).strip().lstrip("'").strip()


def _is_invisible(char: str) -> bool:
    if char in "\n\r\t\v\f":
        return False
    if unicodedata.category(char) in ("Cc", "Cf"):
        return True
    return any(ord(char) in selectors for selectors in _VARIATION_SELECTORS)
