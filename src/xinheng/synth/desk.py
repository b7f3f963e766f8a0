"""Where an agency writes its decisions: whom it may decide for, and numbers that are given once."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from xinheng.synth.agencies import Agency
from xinheng.synth.layouts import Layout
from xinheng.synth.organisations import Organisation
from xinheng.synth.rows import Form, Row


@dataclass(slots=True)
class City:
    """Everyone in it, and the strangers whose codes are valid but not yet registered."""

    today: date
    agencies: list[Agency]
    organisations: list[Organisation]
    strangers: list[Organisation]
    by_code: dict[str, Agency] = field(init=False)

    def __post_init__(self) -> None:
        self.by_code = {agency.code: agency for agency in self.agencies}


@dataclass(slots=True)
class Desk:
    """One agency at work on one of its files."""

    city: City
    rng: Random
    agency: Agency
    layout: Layout
    form: Form
    running: dict[tuple[str, str, int], int]

    @property
    def today(self) -> date:
        return self.city.today

    def decision_date(self, organisation: Organisation) -> date:
        """Mostly the last year, some older, a few older than three years; never before the founding."""
        days = self.rng.choices(
            (self.rng.randrange(1, 360), self.rng.randrange(370, 1090), self.rng.randrange(1100, 2500)),
            (70, 20, 10),
        )[0]
        return max(self.today - timedelta(days=days), organisation.founded)

    def deciding_body(self) -> Agency:
        """Itself, and in a fifth of the cases a body that it sends for."""
        if self.agency.sends_for and self.rng.random() < 0.2:
            return self.city.by_code[self.rng.choice(self.agency.sends_for)]
        return self.agency

    def document_number(self, body: Agency, decided: date) -> str:
        """The body's next number of the year; no other file uses it."""
        what = "罚" if self.layout.item == "penalty" else "许"
        place = (body.code, what, decided.year)
        self.running[place] = self.running.get(place, 0) + 1
        return body.document_number(what, decided.year, self.running[place])

    def row(self, organisation: Organisation, values: dict[str, object]) -> Row:
        """A row with the columns that every decision has, in the layout's order."""
        part = self.layout.part
        known = {
            part("name"): organisation.name,
            part("category"): organisation.category,
            part("code"): organisation.code,
            part("source"): self.agency.name,
            part("source_code"): self.agency.code,
            **values,
        }
        ordered = {code: known.get(code, "") for code, _ in self.layout.columns}
        return Row(ordered, subject=organisation.code, warned=organisation.warns)  # type: ignore[arg-type]


def add_years(day: date, years: int) -> date:
    """The same day years later; the 29th of February becomes the 28th."""
    return day.replace(year=day.year + years, day=min(day.day, 28) if day.month == 2 else day.day)
