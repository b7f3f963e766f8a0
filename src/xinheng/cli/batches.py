"""Commands about what was sent: take it back, put it right, decide what waits, and follow where it came from."""

from argparse import Namespace
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

from xinheng.cli.installation import catch_up, opened
from xinheng.cli.output import conclude, show, table
from xinheng.cli.rules import read_day
from xinheng.core.context import LEGAL_ZONE, Actor
from xinheng.core.persons import mask_any
from xinheng.runtime.errors import RuntimeRefusal
from xinheng.runtime.folder import DataFolder

if TYPE_CHECKING:
    from xinheng.archive.records import RecordId
    from xinheng.intake.corrections import Corrected
    from xinheng.intake.hold_queue import HoldLine
    from xinheng.intake.lineage import Step

OFFICE = Actor("office", "credit-office")
WAY_LABELS = {
    "submission": "报送 / submitted", "release": "待核后入档 / released", "decision": "经决定入档 / decided",
    "correction": "单条更正 / corrected", "other": "-",
}  # fmt: skip


def withdraw(given: Namespace) -> None:
    """Take back a batch or one record."""
    with opened(DataFolder(given.data), actor=_agency(given)) as ctx:
        from xinheng.intake.entitled import batch_named
        from xinheng.intake.withdrawals import Said, batch_withdraw, record_withdraw

        said = Said(given.reason, given.note, given.officer)
        if given.record:
            done = record_withdraw(ctx, record=_record(given.record), agency=given.agency, said=said)
        else:
            done = batch_withdraw(ctx, batch=batch_named(given.batch), agency=given.agency, said=said)
        catch_up(ctx)
    payload = {**asdict(done), "record": str(done.record) if done.record else None}
    told = [
        ("已撤回 / withdrawn", done.records), ("已被取代，保留 / replaced since, kept", done.superseded),
        ("停止待核 / no longer waiting", done.held), ("账本位置 / ledger", done.position),
    ]  # fmt: skip
    lines = table(told, indent=0)
    show(payload, lines, as_json=given.json)


def nil(given: Namespace) -> None:
    """Sign that there was nothing of an item to report for a period."""
    start, end = read_day(given.from_date), read_day(given.to_date)
    with opened(DataFolder(given.data), actor=_agency(given)) as ctx:
        from xinheng.intake.nil_returns import nil_return_file

        done = nil_return_file(
            ctx, agency=given.agency, item=given.item, from_date=start, to_date=end, officer=given.officer
        )
    lines = table([("零报告回执 / nil return", done.receipt), ("事项 / item", done.item),
                   ("期间 / period", f"{done.from_date} – {done.to_date}")], indent=0)  # fmt: skip
    show(asdict(done), lines, as_json=given.json)


def correct(given: Namespace) -> int:
    """Put one record, or one rejected row of a batch, right. Exit 2 where the gate does not take it."""
    _require_one_row(given)
    folder = DataFolder(given.data)
    with opened(folder, actor=_agency(given)) as ctx:
        from xinheng.documents.store import DocumentStore
        from xinheng.intake.corrections import Told, record_correct, row_correct
        from xinheng.intake.entitled import batch_named

        told = Told(_changes(given.set), given.reason, given.officer)
        if given.record:
            done = record_correct(ctx, record=_record(given.record), agency=given.agency, told=told)
        else:
            done = row_correct(
                ctx, batch=batch_named(given.batch), row=given.row, agency=given.agency, told=told,
                store=DocumentStore(folder.documents), sheet=given.sheet,
            )  # fmt: skip
        catch_up(ctx)
    payload = {**asdict(done), "record": str(done.record) if done.record else None}
    return conclude(payload, _corrected_lines(done), _refused(done), as_json=given.json)


def _require_one_row(given: Namespace) -> None:
    if bool(given.record) == bool(given.batch and given.row is not None):
        raise RuntimeRefusal(
            "usage.wrong",
            "请给出一条记录的编号，或用 --batch 和 --row 指明一个被退回的行。",
            "Name one record, or one rejected row by --batch and --row.",
        )


def _corrected_lines(done: "Corrected") -> list[str]:
    head = table([("结果 / outcome", done.outcome.value), ("字段 / fields", ", ".join(done.fields) or "-"),
                  ("记录 / record", done.record or "-"), ("版本 / version", done.n or "-")], indent=0)  # fmt: skip
    said = [f"  {each['rule']}: {each['message_zh']} / {each['message_en']}" for each in done.findings]
    return [*head, *said]


def _refused(done: "Corrected") -> RuntimeRefusal | None:
    if done.act is not None or done.outcome.value == "unchanged":
        return None
    rules = ", ".join(dict.fromkeys(said["rule"] for said in done.findings))
    return RuntimeRefusal(
        "correction.refused",
        f"更正后的内容未被接收（{rules}），没有保存任何内容。",
        f"The gate does not take the corrected row ({rules}); nothing was stored.",
    )


def _changes(pairs: Sequence[str]) -> dict[str, str]:
    changes: dict[str, str] = {}
    for pair in pairs:
        field, sign, value = pair.partition("=")
        if not sign or not field.strip():
            raise RuntimeRefusal("usage.wrong", "--set 须写成 字段=值。", "--set is written as field=value.")
        changes[field.strip()] = value
    return changes


def holds_list(given: Namespace) -> None:
    """The rows that wait, oldest first."""
    with opened(DataFolder(given.data)) as ctx:
        from xinheng.intake.hold_queue import hold_queue

        agency = given.agency.strip().upper() if given.agency else None
        page = hold_queue(ctx, owner=given.owner, agency=agency, after=given.after, limit=given.limit)
    lines = [each for line in page.lines for each in _hold_lines(line)] or ["没有待核的行 / nothing waits"]
    more = [f"… --after {page.next_after}"] if page.next_after else []
    payload = {"holds": [asdict(line) for line in page.lines], "next": page.next_after}
    show(payload, [*lines, *more], as_json=given.json)


def _hold_lines(line: "HoldLine") -> list[str]:
    owner = {"sender": "报送机构 / sender", "office": "信用主管部门 / office"}[line.owner]
    first = f"{line.id}  {line.item}  {line.reason}  {owner}  {_minute(line.since)}"
    second = f"   {line.receipt}  {line.agency}  {line.code or '-'}  {line.name}"
    options = [f"   候选 / candidates: {', '.join(line.candidates)}"] if line.candidates else []
    return [first, second, *options]


def holds_decide(given: Namespace) -> None:
    """Settle one row that waits."""
    actor = _agency(given) if given.agency else OFFICE
    with opened(DataFolder(given.data), actor=actor) as ctx:
        from xinheng.intake.holds import Ruling, hold_decide

        ruling = Ruling(given.decision, given.officer, given.reason, given.subject, given.agency)
        done = hold_decide(ctx, hold=given.id, ruling=ruling)
        catch_up(ctx)
    payload = {**asdict(done), "record": str(done.record) if done.record else None}
    lines = table([("决定 / decision", done.decision), ("现状 / state", done.state), ("原因 / reason", done.reason),
                   ("记录 / record", done.record or "-"), ("账本位置 / ledger", done.position)], indent=0)  # fmt: skip
    show(payload, lines, as_json=given.json)


def lineage(given: Namespace) -> None:
    """Where each version of a record came from, or which records a batch became."""
    from xinheng.archive.records import read_record_id

    record = read_record_id(given.record)
    if record is None:
        return _forward(given)
    with opened(DataFolder(given.data)):
        from xinheng.intake.lineage import lineage as way_of
        from xinheng.intake.withdrawals import unknown_record

        found = way_of(record)
    if found is None:
        raise unknown_record(record)
    payload = {"record": str(record), "item": found.item, "versions": [asdict(step) for step in found.steps]}
    show(payload, [line for step in found.steps for line in _step_lines(step)], as_json=given.json)
    return None


def _step_lines(step: "Step") -> list[str]:
    place = " ".join(part for part in (step.file, step.sheet) if part)
    where = f"{place} 第 {step.row} 行 / row {step.row}".strip()
    rows = [
        (f"v{step.n}", WAY_LABELS[step.way], _minute(step.recorded_at)),
        ("", "机构 / agency", step.agency),
        ("", "回执 / receipt", step.receipt or "-"),
        ("", "批次 / batch", step.batch or "-"),
        ("", "位置 / place", where),
        ("", "目录版本 / edition", f"{step.edition}  {step.rulebook[:16]}"),
        ("", "账本 / ledger", step.position),
    ]
    told = (
        [("", "说明 / told", "; ".join(f"{name}: {value}" for name, value in step.told.items()))] if step.told else []
    )
    gone = [("", "已撤回 / withdrawn", _withdrawn(step.withdrawn))] if step.withdrawn else []
    return table([*rows, *told, *gone], indent=0)


def _withdrawn(said: Mapping[str, Any]) -> str:
    return f"{_minute(said['at'])}  {said['by']}  {said['reason']}"


def _forward(given: Namespace) -> None:
    with opened(DataFolder(given.data)):
        from xinheng.intake.entitled import batch_named
        from xinheng.intake.lineage import batch_records

        batch = batch_named(given.record)
        found = batch_records(batch, after=given.after, limit=given.limit + 1)
    page, more = found[: given.limit], len(found) > given.limit
    records = [{**asdict(each), "record": str(each.record)} for each in page]
    payload = {"batch": batch, "records": records, "next": page[-1].at if more else None}
    lines = table(
        (each.row, each.sheet or "", str(each.record), f"v{each.n}", "已撤回 / withdrawn" if each.withdrawn else "")
        for each in page
    )
    show(payload, [*lines, *([f"… --after {page[-1].at}"] if more else [])], as_json=given.json)


def batches(given: Namespace) -> None:
    """What was sent and taken, newest first, with the nil returns beside it."""
    agency = given.agency.strip().upper() if given.agency else None
    with opened(DataFolder(given.data)):
        from xinheng.intake.nil_returns import nil_returns
        from xinheng.intake.selectors import batches as sent

        page, following = sent(agency=agency, after=given.after, limit=given.limit)
        nothing = nil_returns(agency=agency, limit=given.limit) if not given.after else ()
    payload = {
        "batches": [asdict(view) for view in page], "nil_returns": [asdict(view) for view in nothing],
        "next": following,
    }  # fmt: skip
    lines = table(
        (view.receipt, view.item, view.agency, view.counts["rows"], _minute(view.received_at),
         "补录 / backfill" if view.backfill else "", f"待核 / waiting {view.waiting}" if view.waiting else "",
         f"已撤回 / withdrawn {view.withdrawn_reason}" if view.withdrawn_at else "")
        for view in page
    )  # fmt: skip
    nils = table(
        (view.receipt, view.item, view.agency, "零报告 / nil", f"{view.from_date} – {view.to_date}",
         "已被后来的报送取代 / superseded" if view.superseded_by else "")
        for view in nothing
    )  # fmt: skip
    more = [f"… --after {following}"] if following else []
    show(payload, [*lines, *nils, *more] or ["没有批次 / no batches"], as_json=given.json)


def _agency(given: Namespace) -> Actor:
    return Actor("agency", mask_any(given.agency.strip().upper())[:40])


def _record(text: str) -> "RecordId":
    from xinheng.archive.records import read_record_id

    found = read_record_id(text.strip())
    if found is None:
        raise RuntimeRefusal(
            "record.unreadable",
            "记录编号应为 18 位代码、连接号和 32 位编号，见回执或 xinheng show。",
            "A record is named by its organisation's code, a dash and 32 characters: see the receipt or xinheng show.",
        )
    return found


def _minute(moment: datetime) -> str:
    return moment.astimezone(LEGAL_ZONE).strftime("%Y-%m-%d %H:%M")
