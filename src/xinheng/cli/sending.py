"""Commands of those who send: admit an agency, submit a file."""

from argparse import Namespace
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xinheng.cli.installation import catch_up, opened, receiving
from xinheng.cli.output import conclude, show, table
from xinheng.core.context import Actor, Context
from xinheng.core.persons import mask_any
from xinheng.runtime.disk import file_errors
from xinheng.runtime.errors import RuntimeRefusal
from xinheng.runtime.folder import DataFolder

if TYPE_CHECKING:
    from xinheng.intake.receipts import Receipt, RowOutcome

SHOWN_FINDINGS = 20

COUNT_LABELS = {
    "rows": "行数", "accepted": "已入库", "updated": "已更新", "unchanged": "无变化", "duplicates": "重复",
    "held": "待核",
    "rejected": "退回", "excluded_persons": "自然人（未保存）", "ignored": "说明/合计/空行", "warned": "有提示",
}  # fmt: skip
SEVERITY_LABELS = {"error": "错误", "warning": "提示", "info": "说明"}


def agency_add(given: Namespace) -> None:
    """Admit an agency or change what it may send."""
    items = [item.strip() for item in given.items.split(",") if item.strip()] if given.items is not None else None
    bodies = [code.strip() for code in given.sends_for.split(",") if code.strip()]
    with opened(DataFolder(given.data)) as ctx:
        from xinheng.accounts.services import agency_add as add

        agency = add(ctx, code=given.code, name=given.name, items=items, sends_for=bodies)
        payload = {"code": agency.code, "name": agency.name, "items": items, "sends_for": bodies}
    rights = "全部事项 / every item" if items is None else ", ".join(items) or "无 / none"
    lines = table([("机构 / agency", f"{agency.code} {agency.name}"), ("可报 / items", rights),
                   ("可代报 / sends for", ", ".join(bodies) or "-")], indent=0)  # fmt: skip
    show(payload, lines, as_json=given.json)


def submit(given: Namespace) -> int:
    """One file through the gate; the receipt says what became of every row.

    Where the sender's own file cannot be given back, the receipt says so and stands all the same.
    """
    folder = DataFolder(given.data)
    _require_places(given)
    with opened(folder, actor=Actor("agency", mask_any(given.agency))) as ctx:
        from xinheng.intake.services import How
        from xinheng.intake.services import submit as send

        with receiving(folder) as store:
            receipt = send(
                ctx, source=Path(given.file), item=given.item, agency=given.agency, store=store,
                how=How(given.sheet, backfill=given.backfill, trial=given.dry_run),
            )  # fmt: skip
        receipt = receipt.written_down(rows=given.rows or given.annotated is not None)
        if not given.dry_run:
            catch_up(ctx)
        wrong = _give_back(ctx, given, receipt)
        return conclude(receipt_payload(receipt, rows=given.rows), receipt_lines(receipt), wrong, as_json=given.json)


def _require_places(given: Namespace) -> None:
    """What is to be written for the sender needs its place before the file is taken."""
    from xinheng.intake.returned.placing import require_place

    for out in filter(None, (given.annotated, given.findings)):
        with file_errors(Path(out)):
            require_place(Path(out), Path(given.file))


def _give_back(ctx: Context, given: Namespace, receipt: "Receipt") -> RuntimeRefusal | None:
    """The sender's own file with what was said of its rows, and all findings as a table; neither is kept by us."""
    try:
        if given.annotated or given.findings:
            _write_back(ctx, given, receipt)
    except RuntimeRefusal as refused:
        return refused
    return None


def _write_back(ctx: Context, given: Namespace, receipt: "Receipt") -> None:
    from xinheng.core.mapping.adapters import read_header
    from xinheng.intake.adapters import adapters_for
    from xinheng.intake.returned import Said, annotate, findings_csv

    item = ctx.rulebook.item(receipt.item, ctx.today)
    adapters = adapters_for(receipt.agency, item)

    def said() -> Iterator[Said]:
        for a in receipt.answers():
            yield Said(a.row, a.sheet, a.file, a.outcome.value, a.findings)

    if given.findings:
        whole = receipt.file_findings
        findings_csv(said(), Path(given.findings), rulebook=ctx.rulebook, item=item, file_findings=whole)
    if given.annotated:
        annotate(
            Path(given.file), said(), Path(given.annotated), rulebook=ctx.rulebook, item=item,
            find=lambda rows: read_header(rows, item, adapters, ctx.rulebook).header,
        )  # fmt: skip


def receipt_payload(receipt: "Receipt", *, rows: bool) -> dict[str, Any]:
    """The receipt as scripts read it; lists are written as they are read."""
    payload: dict[str, Any] = {
        "receipt": receipt.number,
        "batch": str(receipt.batch),
        "item": receipt.item,
        "agency": receipt.agency,
        "position": receipt.position,
        "received_at": receipt.received_at.isoformat(),
        "dry_run": receipt.number is None,
        "backfill": receipt.backfill,
        **receipt.counts,
        "findings": iter(receipt.all_findings()),
    }
    return payload | ({"outcomes": map(_row, receipt.all_rows())} if rows else {})


def _row(row: "RowOutcome") -> dict[str, Any]:
    return {
        "row": row.row,
        "sheet": row.sheet,
        "file": row.file,
        "outcome": row.outcome.value,
        "subject": row.subject,
        "record": row.record,
        "findings": list(row.findings),
    }


def receipt_lines(receipt: "Receipt") -> Iterator[str]:
    """The receipt as people read it."""
    number = receipt.number or "试报，未保存 / a trial, nothing was kept"
    yield from table(
        [("回执 / receipt", number), ("事项 / item", receipt.item), ("机构 / agency", receipt.agency)], indent=0
    )
    yield from table(
        (COUNT_LABELS[name], name, number) for name, number in receipt.counts.items() if number or name == "rows"
    )
    said = receipt.all_findings()
    yield from map(_finding_line, islice(said, SHOWN_FINDINGS))
    if next(said, None) is not None:
        yield "  … 其余用 --json 查看 / the rest with --json"


def _finding_line(said: Mapping[str, Any]) -> str:
    row = said["row"]
    place = "文件 / file" if row is None else f"第 {row} 行 / row {row}"
    where = " ".join(each for each in (said.get("file"), said.get("sheet"), place) if each)
    return (
        f"  {where} [{SEVERITY_LABELS[said['severity']]}] {said['rule']}: {said['message_zh']} / {said['message_en']}"
    )
