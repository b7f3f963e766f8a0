"""What a visitor typed, made safe to hand on. Nothing here is ever logged."""

import re
import unicodedata
from dataclasses import dataclass

LONGEST_QUERY = 100
LONGEST_CURSOR = 512
CODE = re.compile(r"[0-9A-Z]{18}")


@dataclass(frozen=True, slots=True)
class Query:
    """``text`` to search for, at most 100 characters; ``sent`` is how many there were."""

    text: str
    sent: int

    @property
    def too_long(self) -> bool:
        """More was typed than any name or number is long."""
        return self.sent > LONGEST_QUERY


def query_from(raw: str) -> Query:
    """Drop control characters and outer blanks, keep the first 100 characters."""
    text = "".join(" " if unicodedata.category(char) in {"Cc", "Cs"} else char for char in raw).strip()
    return Query(text[:LONGEST_QUERY], len(text))


def cursor_from(raw: str | None) -> str | None:
    """A page's cursor as it was handed out, or None."""
    printable = raw is not None and raw.isprintable() and 0 < len(raw) <= LONGEST_CURSOR
    return raw if printable else None


def canonical_code(raw: str) -> str | None:
    """The one spelling of a code in addresses: half width, capitals, nothing around it; None: no code."""
    code = unicodedata.normalize("NFKC", raw).strip().upper()
    return code if CODE.fullmatch(code) else None
