"""Commands of those who send: admit an agency, submit a file."""

from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xinheng.cli.installation import catch_up, opened
from xinheng.cli.output import show
from xinheng.core.context import Actor
from xinheng.documents.store import DocumentStore
from xinheng.runtime.errors import RuntimeRefusal
from xinheng.runtime.folder import DataFolder

if TYPE_CHECKING:
    from xinheng.intake.receipts import Receipt, RowOutcome

SHOWN_FINDINGS = 20


def agency_add(given: Namespace) -> None:
    """Admit an agency or change what it may send."""
    items = [item.strip() for item in given.items.split(",") if item.strip()] if given.items is not None else None
    bodies = [code.strip() for code in given.sends_for.split(",") if code.strip()]
    with opened(DataFolder(given.data)) as ctx:
        from xinheng.accounts.services import agency_add as add

        agency = add(ctx, code=given.code, name=given.name, items=items, sends_for=bodies)
        payload = {"code": agency.code, "name": agency.name, "items": items, "sends_for": bodies}
    show(payload, [f"{payload['code']}  {payload['name']}"], as_json=given.json)


def submit(given: Namespace) -> None:
    """One file through the gate; the receipt says what became of every row."""
    source = Path(given.file)
    if not source.exists():
        raise RuntimeRefusal("file.missing", f"文件不存在:{source}", f"there is no such file: {source}")
    folder = DataFolder(given.data)
    with opened(folder, actor=Actor("agency", given.agency)) as ctx:
        from xinheng.intake.services import submit as send

        store = DocumentStore(folder.documents)
        receipt = send(ctx, source=source, item=given.item, agency=given.agency, store=store, sheet=given.sheet)
        catch_up(ctx)
    show(receipt_payload(receipt, rows=given.rows), receipt_lines(receipt), as_json=given.json)


def receipt_payload(receipt: "Receipt", *, rows: bool) -> dict[str, Any]:
    """The receipt as scripts read it."""
    payload: dict[str, Any] = {
        "receipt": receipt.number,
        "batch": str(receipt.batch),
        "item": receipt.item,
        "agency": receipt.agency,
        "position": receipt.position,
        "received_at": receipt.received_at.isoformat(),
        **receipt.counts,
        "findings": list(receipt.findings),
    }
    return payload | ({"outcomes": [_row(row) for row in receipt.rows]} if rows else {})


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


def receipt_lines(receipt: "Receipt") -> list[str]:
    """The receipt as people read it."""
    counts = "  ".join(f"{name} {number}" for name, number in receipt.counts.items() if number)
    lines = [f"回执 {receipt.number}  {receipt.item}  {receipt.agency}", f"  {counts}"]
    for said in receipt.findings[:SHOWN_FINDINGS]:
        place = f"第 {said['row']} 行" if said["row"] else "文件"
        lines.append(f"  {place} [{said['severity']}] {said['rule']}: {said['message_zh']} / {said['message_en']}")
    rest = len(receipt.findings) - SHOWN_FINDINGS
    return [*lines, f"  … 另有 {rest} 条,用 --json 查看全部"] if rest > 0 else lines
