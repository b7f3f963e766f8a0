"""Small frozen values that every floor speaks in."""

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Bilingual:
    """One text in Chinese and in English."""

    zh: str
    en: str

    def format(self, **parts: object) -> "Bilingual":
        """The same text with its ``{placeholders}`` filled in both languages."""
        return Bilingual(self.zh.format(**parts), self.en.format(**parts))


class Severity(StrEnum):
    """How much a finding weighs: an error refuses the row, a warning or an info does not."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"
