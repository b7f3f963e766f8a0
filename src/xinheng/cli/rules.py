"""Commands that need no installation: identifiers, working days, the rulebook itself."""

from argparse import Namespace
from datetime import date
from pathlib import Path
from typing import Any

from xinheng.cli.output import conclude, show, table
from xinheng.core.calendars import CalendarError, Count, DayReason, Term
from xinheng.core.context import LEGAL_ZONE
from xinheng.core.dates import read_date
from xinheng.core.identifiers.check import check
from xinheng.core.identifiers.judgement import Judgement, Reason
from xinheng.core.identifiers.messages import sentence
from xinheng.core.values import Bilingual
from xinheng.runtime.clock import now
from xinheng.runtime.errors import RuntimeRefusal
from xinheng.runtime.rulebook_files import load_rulebook


def code_check(given: Namespace) -> None:
    """Judge each code; a value of a person's shape is never repeated."""
    tables = load_rulebook().uscc
    today = now().astimezone(LEGAL_ZONE).date()
    judged = [check(code, tables, today) for code in given.codes]
    show([_judgement(each) for each in judged], _judgement_lines(judged), as_json=given.json)


def _judgement(judged: Judgement) -> dict[str, Any]:
    return {
        "input": judged.input,
        "normalised": judged.normalised,
        "kind": judged.kind.value if judged.kind else None,
        "verdict": judged.verdict.value,
        "reasons": [_reason(reason) for reason in judged.reasons],
    }


def _reason(reason: Reason) -> dict[str, Any]:
    said = sentence(reason)
    given = {"rule": reason.rule, "severity": reason.severity.value, "message_zh": said.zh, "message_en": said.en}
    return {**reason.detail, **given}


def _judgement_lines(judged: list[Judgement]) -> list[str]:
    lines = []
    for each in judged:
        kind = each.kind.value if each.kind else "-"
        lines += table([(each.verdict.value, each.normalised or each.input or '""', kind)], indent=0)
        lines += [f"    {said.zh} / {said.en}" for said in map(sentence, each.reasons)]
    return lines


def days_add(given: Namespace) -> None:
    """The last day of a term of N working days after DATE, with every skipped day explained."""
    start = read_day(given.date)
    try:
        term = load_rulebook().calendar.add(start, given.days)
    except CalendarError as error:
        raise RuntimeRefusal(error.rule, error.message.zh, error.message.en) from None
    payload = {"start": term.start, "days": term.days, "due": term.due, **_explained(term)}
    show(payload, [f"{term.start} + {term.days} → {term.due}", *_explanation(term)], as_json=given.json)


def days_between(given: Namespace) -> None:
    """How many working days lie after A up to and including B."""
    start, end = read_day(given.start), read_day(given.end)
    try:
        count = load_rulebook().calendar.between(start, end)
    except CalendarError as error:
        raise RuntimeRefusal(error.rule, error.message.zh, error.message.en) from None
    payload = {"start": start, "end": end, "days": count.days, **_explained(count)}
    heading = f"{start} → {end}: {count.days} 个工作日 / working days"
    show(payload, [heading, *_explanation(count)], as_json=given.json)


def _explained(found: Term | Count) -> dict[str, Any]:
    return {
        "provisional": found.provisional,
        "skipped": [_skipped(reason) for reason in found.skipped],
        "notice": _both(found.notice) if found.notice else None,
    }


def _both(text: Bilingual) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}


def _skipped(reason: DayReason) -> dict[str, Any]:
    return {"date": reason.day, "rule": reason.rule, **_both(reason.label), "notice": reason.notice}


def _explanation(found: Term | Count) -> list[str]:
    """Each skipped day with its reason; what makes the answer provisional."""
    skipped = table((reason.day, f"{reason.label.zh} / {reason.label.en}") for reason in found.skipped)
    notice = [f"  暂定 / provisional: {found.notice.zh} / {found.notice.en}"] if found.notice else []
    return [*skipped, *notice]


def read_day(text: str) -> date:
    """A date as people write it. Raises RuntimeRefusal for anything else."""
    reading = read_date(text, end_date=False, latest=None)
    if reading.value is None:
        raise RuntimeRefusal(
            "date.unreadable",
            f"无法识别的日期：{text}；请写成 2026-11-22",
            f"not a date: {text}; write it as 2026-11-22",
        )
    return reading.value


def rulebook_check(given: Namespace) -> int:
    """Check a rulebook: schemas, types, laws and worked cases. Exit 2 when something is wrong."""
    from xinheng.core.validation.engine import judge_case
    from xinheng.runtime.rulebook_check import check_rulebook

    report = check_rulebook(Path(given.dir) if given.dir else None, judge_case)
    problems = [
        {"file": problem.file, "path": problem.path, "message_zh": problem.message_zh, "message_en": problem.message_en}
        for problem in report.problems
    ]
    facts = {"digest": report.digest, "files": report.files, "cases": report.cases}
    lines = [*map(str, report.problems), *table(facts.items(), indent=0)]
    number = len(problems)
    wrong = RuntimeRefusal("rulebook.problems", f"规则库有 {number} 处错误", f"{number} mistakes in the rulebook")
    payload = {"ok": not problems, **facts, "problems": problems}
    return conclude(payload, lines, wrong if problems else None, as_json=given.json)


def rulebook_page(given: Namespace) -> None:
    """The catalogue as a Markdown page: items, fields, column names, who may see them."""
    from xinheng.core.rulebook.page import catalogue_page
    from xinheng.runtime.rulebook_files import load_rulebook

    page = catalogue_page(load_rulebook(Path(given.dir) if given.dir else None))
    show({"page": page}, page.splitlines(), as_json=given.json)
