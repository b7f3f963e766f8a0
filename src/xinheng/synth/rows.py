"""What stands in the files before it is written: cells, rows with their expected outcome, submissions."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from xinheng.synth.layouts import Layout


@dataclass(frozen=True, slots=True)
class Formula:
    """A spreadsheet formula that was saved without a result."""

    text: str


Value = str | date | Decimal | Formula
"""Empty is ``""``. Dates and amounts stay native until the file's own way of writing is known."""


@dataclass(slots=True)
class Row:
    """One physical row after the header, and what must become of it.

    ``warned`` is None where the rules leave open whether a warning appears. ``keep`` cuts the line after so
    many cells, ``beyond`` adds cells to the right of the header, ``raw`` replaces the line.
    """

    values: dict[str, Value]
    outcome: str = "accepted"
    kind: str = ""
    subject: str | None = None
    warned: bool | None = False
    beyond: tuple[str, ...] = ()
    keep: int | None = None
    raw: str | None = None

    def copy(self) -> "Row":
        return Row(dict(self.values), subject=self.subject, warned=self.warned)

    @property
    def is_clean(self) -> bool:
        return self.outcome == "accepted" and not self.kind and self.warned is False


@dataclass(slots=True)
class Submission:
    """One file that one agency sends."""

    file: str
    agency: str
    agency_name: str
    layout: Layout
    form: "Form"
    rows: list[Row] = field(default_factory=list)

    @property
    def item(self) -> str:
        return self.layout.item


@dataclass(frozen=True, slots=True)
class Form:
    """How an agency writes its files: kind of file, spelling of dates, field codes or Chinese headers."""

    kind: str
    dates: str = "%Y-%m-%d"
    headers: str = "names"

    @property
    def is_delimited(self) -> bool:
        return self.kind in DELIMITED

    @property
    def suffix(self) -> str:
        return {"tsv": ".tsv", "tsv_utf16": ".txt", "xlsx": ".xlsx", "json": ".json", "jsonl": ".jsonl"}.get(
            self.kind, ".csv"
        )


DELIMITED = frozenset({"csv_utf8", "csv_gb18030", "semicolon", "tsv", "tsv_utf16"})
