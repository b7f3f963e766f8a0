"""What comes later: rows sent again, corrections, an old file after a correction, news of the register."""

from dataclasses import replace
from random import Random

from xinheng.synth.agencies import Agency
from xinheng.synth.desk import City
from xinheng.synth.organisations import Organisation
from xinheng.synth.registrations import registering_body, registration_row
from xinheng.synth.rows import Form, Row, Submission


def resubmission(first: Submission, count: int, rng: Random) -> Submission:
    """Some clean rows of an earlier file again, a third of them corrected."""
    clean = [row for row in first.rows if row.is_clean]
    chosen = rng.sample(clean, min(count, len(clean)))
    column = first.layout.part("text")
    rows = []
    for place, row in enumerate(chosen):
        again = _again(row, "unchanged", "resent")
        if place % 3 == 0:
            again = _again(row, "updated", "corrected")
            again.values[column] = f"{row.values[column]}（已更正）"
        rows.append(again)
    return replace(first, rows=rows)


def old_file(first: Submission, corrected: Submission) -> Submission:
    """The corrected rows once more as they stood at first: an old file never undoes a correction."""
    keys = {_key(row, corrected) for row in corrected.rows if row.outcome == "updated"}
    rows = [_again(row, "unchanged", "superseded") for row in first.rows if row.is_clean and _key(row, first) in keys]
    for row in rows:
        row.warned = True
    return replace(first, rows=rows)


def _again(row: Row, outcome: str, kind: str) -> Row:
    again = row.copy()
    again.outcome, again.kind = outcome, kind
    return again


def _key(row: Row, submission: Submission) -> tuple[object, ...]:
    part = submission.layout.part
    return (*(row.values[part(p)] for p in ("body_code", "document", "code")), row.values.get("XK_XKBH"))


def register_news(city: City, sender: Agency, count: int, rng: Random) -> list[Row]:
    """Unchanged entries, deregistrations, renamings, and strangers who have now been registered."""
    known = [o for o in city.organisations if o.prefix == "91" and o.status == "存续" and not o.former_name]
    rows: list[Row] = []
    for place, one in enumerate(rng.sample(known, min(count, len(known)))):
        rows.append(_news(one, place, city, sender))
    rows += [_registered(one, "accepted", "", city, sender) for one in city.strangers[:3]]
    return rows


def _news(one: Organisation, place: int, city: City, sender: Agency) -> Row:
    if place % 5 == 0:
        gone = replace(one, status="注销", status_date=city.today)
        return _registered(gone, "updated", "corrected", city, sender)
    if place % 5 == 1:
        renamed = replace(one, name=one.name.replace("明澜", "新明澜", 1), former_name=one.name)
        if renamed.name != one.name:
            return _registered(renamed, "updated", "corrected", city, sender)
    return _registered(one, "unchanged", "resent", city, sender)


def _registered(one: Organisation, outcome: str, kind: str, city: City, sender: Agency) -> Row:
    row = registration_row(one, registering_body(one, sender, city.agencies))
    row.outcome, row.kind = outcome, kind
    return row


def news_form(form: Form) -> Form:
    """The register's later files come as JSON: same content, other clothes."""
    return Form("json", form.dates)
