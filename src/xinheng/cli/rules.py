"""Commands that need no installation: identifiers, working days, the rulebook itself."""

from argparse import Namespace
from datetime import date
from pathlib import Path
from typing import Any

from xinheng.cli.output import show
from xinheng.core.calendars import CalendarNotCovered, DayReason, Term
from xinheng.core.context import LEGAL_ZONE
from xinheng.core.dates import read_date
from xinheng.core.identifiers.check import check
from xinheng.core.identifiers.judgement import Judgement
from xinheng.runtime.clock import now
from xinheng.runtime.errors import RuntimeRefusal
from xinheng.runtime.rulebook_files import load_rulebook


def code_check(given: Namespace) -> None:
    """Judge each code; a value of a person's shape is never repeated."""
    tables = load_rulebook().uscc
    today = now().astimezone(LEGAL_ZONE).date()
    judged = [check(code, tables, today) for code in given.codes]
    lines = [f"{each.verdict.value:7}{each.normalised}  {', '.join(each.rules)}" for each in judged]
    show([_judgement(each) for each in judged], lines, as_json=given.json)


def _judgement(judged: Judgement) -> dict[str, Any]:
    return {
        "input": judged.input,
        "normalised": judged.normalised,
        "kind": judged.kind.value if judged.kind else None,
        "verdict": judged.verdict.value,
        "reasons": [{"rule": reason.rule, "severity": reason.severity.value, **reason.detail} for reason in judged.reasons],
    }


def days_add(given: Namespace) -> None:
    """The last day of a term of N working days after DATE, with every skipped day explained."""
    start = _day(given.date)
    if given.days < 0:
        raise RuntimeRefusal("days.negative", f"天数不能为负:{given.days}", f"the number of days is negative: {given.days}")
    try:
        term = load_rulebook().calendar.add(start, given.days)
    except CalendarNotCovered as error:
        raise _not_covered(error) from None
    show(_term(term), _term_lines(term), as_json=given.json)


def days_between(given: Namespace) -> None:
    """How many working days lie after A up to and including B."""
    start, end = _day(given.start), _day(given.end)
    if end < start:
        raise RuntimeRefusal(
            "days.backwards", f"止日 {end} 早于起日 {start},请对调", f"the end {end} is before the start {start}; swap them"
        )
    try:
        count = load_rulebook().calendar.between(start, end)
    except CalendarNotCovered as error:
        raise _not_covered(error) from None
    payload = {
        "start": start, "end": end, "days": count.days, "provisional": count.provisional,
        "skipped": [_skipped(reason) for reason in count.skipped], "notice": _notice(count.notice),
    }  # fmt: skip
    show(payload, [f"{start} → {end}: {count.days}" + (" (暂定 provisional)" if count.provisional else "")], as_json=given.json)


def _term(term: Term) -> dict[str, Any]:
    return {
        "start": term.start,
        "days": term.days,
        "due": term.due,
        "provisional": term.provisional,
        "skipped": [_skipped(reason) for reason in term.skipped],
        "notice": _notice(term.notice),
    }


def _notice(notice: object) -> Any:
    zh, en = getattr(notice, "zh", None), getattr(notice, "en", None)
    return {"zh": zh, "en": en} if zh and en else notice


def _skipped(reason: DayReason) -> dict[str, Any]:
    return {"date": reason.day, "rule": reason.rule, "zh": reason.label.zh, "en": reason.label.en, "notice": reason.notice}


def _term_lines(term: Term) -> list[str]:
    skipped = [f"  {reason.day}  {reason.label.zh} / {reason.label.en}" for reason in term.skipped]
    mark = " (暂定 provisional)" if term.provisional else ""
    return [f"{term.start} + {term.days} → {term.due}{mark}", *skipped]


def _day(text: str) -> date:
    reading = read_date(text, end_date=False, latest=None)
    if reading.value is None:
        raise RuntimeRefusal(
            "date.unreadable", f"无法识别的日期:{text};请写成 2026-11-22", f"not a date: {text}; write it as 2026-11-22"
        )
    return reading.value


def _not_covered(error: CalendarNotCovered) -> RuntimeRefusal:
    return RuntimeRefusal("calendar.not_covered", str(getattr(error, "zh", error)), str(getattr(error, "en", error)))


def rulebook_check(given: Namespace) -> int:
    """Check a rulebook: schemas, types, laws and worked cases. Exit 2 when something is wrong."""
    from xinheng.core.validation.engine import judge_case
    from xinheng.runtime.rulebook_check import check_rulebook

    folder = Path(given.dir) if given.dir else None
    report = check_rulebook(folder, run_case=judge_case)
    problems = [
        {"file": problem.file, "path": problem.path, "message_zh": problem.message_zh, "message_en": problem.message_en}
        for problem in report.problems
    ]
    payload = {"ok": not problems, "digest": report.digest, "files": report.files, "cases": report.cases, "problems": problems}
    lines = [f"{p['file']}: {p['path']}: {p['message_zh']} / {p['message_en']}" for p in problems]
    summary = f"{report.files} files, {report.cases} worked cases, {len(problems)} problems; digest {report.digest}"
    show(payload, [*lines, summary], as_json=given.json)
    return 2 if problems else 0
