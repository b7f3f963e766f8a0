"""The plan of a made-up city: who lives there and which files arrive, in order. Nothing is written here."""

from dataclasses import dataclass
from datetime import date
from random import Random

from xinheng.synth.agencies import Agency, agency_seeds, make_agencies
from xinheng.synth.desk import City, Desk
from xinheng.synth.files import add_ignored, fill
from xinheng.synth.later import news_form, old_file, register_news, resubmission
from xinheng.synth.layouts import LICENCE, PENALTY, REGISTRATION, Layout
from xinheng.synth.organisations import Registrar, make_governing, make_population, make_strangers
from xinheng.synth.randomness import stream
from xinheng.synth.records import Task, licence_draw, penalty_draw, share_out
from xinheng.synth.register import by_registrar, register_rows
from xinheng.synth.registrations import registrar_of
from xinheng.synth.rows import Form, Row, Submission

_STRANGERS = 40
_PENALTY_SHARE = 0.03
_LATER_SHARE = 0.02
_LATER_FILES = 8
_OLD_FILES = 3


@dataclass(frozen=True, slots=True)
class Plan:
    """The city and the files in the order in which they are sent."""

    city: City
    submissions: list[Submission]


def plan(*, seed: int, organisations: int, rows: int, today: date) -> Plan:
    """Plan a city of about so many organisations and rows; the 86 agencies are always there."""
    city = _city(seed, organisations, today)
    planner = _Planner(city, seed)
    register = planner.register()
    left = max(rows - sum(_counted(s) for s in register), 0)
    later = round(left * _LATER_SHARE)
    penalties = round(left * _PENALTY_SHARE)
    records = planner.records(left - later - penalties, penalties)
    return Plan(city, [*register, *records, *planner.later(records, register, later)])


def _city(seed: int, count: int, today: date) -> City:
    registrar = Registrar(stream(seed, "organisations"), today)
    seeds = agency_seeds()
    governing = make_governing(registrar, seeds)
    population = make_population(registrar, max(count - len(governing), 40))
    strangers = make_strangers(registrar, _STRANGERS)
    agencies = make_agencies(seeds, [one.code for one in governing], stream(seed, "agencies"))
    return City(today, agencies, [*governing, *population], strangers)


def _counted(submission: Submission) -> int:
    return sum(1 for row in submission.rows if row.outcome != "ignored")


class _Planner:
    """Plans file after file; numbers of files and of documents run through the whole city."""

    def __init__(self, city: City, seed: int) -> None:
        self.city = city
        self.seed = seed
        self._files = 0
        self._running: dict[tuple[str, str, int], int] = {}

    def register(self) -> list[Submission]:
        """The registers first, the staffing office with the agencies themselves on top."""
        submissions = []
        for code, organisations in by_registrar(self.city).items():
            agency = self.city.by_code[code]
            desk = self._desk(agency, REGISTRATION, self._register_form(agency))
            submissions.append(self._submission(desk, register_rows(desk, organisations)))
        return submissions

    def records(self, licences: int, penalties: int) -> list[Submission]:
        """Licences and penalties, agency by agency."""
        city, everyone = self.city, self.city.organisations
        population = everyone[len(city.agencies) :]
        rng = stream(self.seed, "records")
        draws = {
            "licence": licence_draw(everyone, stream(self.seed, "licence subjects")),
            "penalty": penalty_draw(population, stream(self.seed, "penalty subjects")),
        }
        orders = {
            "licence": share_out(Task("licence", licences, city.agencies, population), rng),
            "penalty": share_out(Task("penalty", penalties, city.agencies, population), rng),
        }
        submissions = []
        for agency in city.agencies:
            for layout in (LICENCE, PENALTY):
                if layout.item in agency.items:
                    desk = self._desk(agency, layout, agency.form)
                    rows = fill(desk, orders[layout.item][agency.code], draws[layout.item])
                    submissions.append(self._submission(desk, rows))
        return submissions

    def later(self, records: list[Submission], register: list[Submission], budget: int) -> list[Submission]:
        """Sent again, corrected, an old file after the correction, and at the end the register's news."""
        rng = stream(self.seed, "later")
        able = sorted(records, key=lambda s: -sum(row.is_clean for row in s.rows))[: 3 * _LATER_FILES]
        able = [s for s in able if any(row.is_clean for row in s.rows)]
        chosen = rng.sample(able, min(_LATER_FILES, len(able)))
        chosen.sort(key=lambda s: s.file)
        corrections = [resubmission(s, max(budget // (_LATER_FILES + 2), 3), rng) for s in chosen]
        old = [old_file(s, c) for s, c in zip(chosen[:_OLD_FILES], corrections, strict=False)]
        market = self.city.by_code[registrar_of(self.city.strangers[0], self.city.agencies).code]
        news = self._desk(market, REGISTRATION, news_form(market.form))
        news_rows = register_news(self.city, market, max(budget // 10, 5), rng)
        sent_again = [self._numbered(s) for s in (*corrections, *old)]
        return [*sent_again, self._submission(news, news_rows)]

    def _register_form(self, agency: Agency) -> Form:
        """The largest register comes as plain text, the staffing office's as a workbook."""
        kind = {"市监": "csv_utf8", "编办": "xlsx", "民政": "csv_gb18030"}.get(agency.sign, agency.form.kind)
        return Form(kind, agency.form.dates)

    def _desk(self, agency: Agency, layout: Layout, form: Form) -> Desk:
        return Desk(self.city, self._rng(agency, layout), agency, layout, form, self._running)

    def _rng(self, agency: Agency, layout: Layout) -> Random:
        return stream(self.seed, f"{layout.item} of {agency.code} as file {self._files}")

    def _submission(self, desk: Desk, rows: list[Row]) -> Submission:
        # A JSON file without rows would have no header either; such a month is sent as plain text.
        form = desk.form if rows else Form("csv_utf8")
        add_ignored(rows, [code for code, _ in desk.layout.columns], form.kind, desk.rng)
        return self._numbered(Submission("", desk.agency.code, desk.agency.name, desk.layout, form, rows))

    def _numbered(self, submission: Submission) -> Submission:
        self._files += 1
        stem = f"{self._files:03d}-{submission.item}-{submission.agency}"
        submission.file = f"files/{stem}{submission.form.suffix}"
        return submission
