"""Tables of a made-up item's rows, and what is said of them."""

import struct
import zlib
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

from xinheng.core.cells import RawRow, RawSheet
from xinheng.core.rulebook.types import ItemEdition
from xinheng.core.validation.engine import judge
from xinheng.core.validation.gate import AgencyFacts, GateContext
from xinheng.core.validation.header import find_header, map_keys
from xinheng.intake.readers.source import open_source
from xinheng.intake.returned import Said
from xinheng.runtime.rulebook_files import load_rulebook

TODAY = date(2026, 11, 22)
RULEBOOK = load_rulebook()
ITEM = RULEBOOK.item("penalty", TODAY)
KNOWN: dict[str, Any] = {"rulebook": RULEBOOK, "item": ITEM}
SENDER = "11610802MB2A00011X"
HEADER = ("行政相对人名称", "统一社会信用代码", "行政处罚决定书文号")
ACCEPTED = "已接收 / Accepted"


def finding(field: str | None = "subject_code", zh: str = "代码长度不对", en: str = "wrong length") -> dict[str, Any]:
    """One finding as receipts hold it."""
    said = {"row": None, "field": field, "rule": "code.length", "severity": "error"}
    return said | {"message_zh": zh, "message_en": en, "value": "1"}


def wrong(row: int, *findings: dict[str, Any], sheet: str | None = None, file: str | None = None) -> Said:
    """A rejected row."""
    return Said(row, sheet, file, "rejected", findings or (finding(),))


def right(row: int, sheet: str | None = None, file: str | None = None) -> Said:
    """An accepted row of which nothing is said."""
    return Said(row, sheet, file, "accepted", ())


def judged(path: Path, item: ItemEdition = ITEM) -> list[Said]:
    """Every row of a file through the pure gate."""
    with open_source(path) as source:
        return [said for sheet in source.sheets for said in _sheet(sheet, item)]


def _sheet(sheet: RawSheet, item: ItemEdition) -> Iterator[Said]:
    rows = list(sheet.rows)
    header = None if rows and rows[0].keys is not None else find_header(rows[:40], item)
    keyed = header is None and any(row.keys for row in rows)
    gate = GateContext(item, RULEBOOK, TODAY, SENDER, {SENDER: AgencyFacts(SENDER, SENDER)})
    for row in rows:
        if header is None and not keyed:
            continue
        if header is not None and row.number <= header.last_row:
            continue
        yield _judged(sheet, row, judge(row, header or map_keys(row.keys or (), item), gate))


def _judged(sheet: RawSheet, row: RawRow, verdict: Any) -> Said:
    entries = [
        {"row": row.number, "field": each.field, "rule": each.rule, "severity": each.severity.value,
         "message_zh": each.message.zh, "message_en": each.message.en, "value": each.value}
        for each in verdict.findings
    ]  # fmt: skip
    return Said(row.number, sheet.name, sheet.file, verdict.outcome.value, tuple(entries))


def full_row(**changed: str) -> dict[str, str]:
    """A complete penalty by its catalogue headings, with changes by heading."""
    case = next(case for case in ITEM.cases if case.name == "a complete row")
    return {**case.row, **changed}


def picture() -> bytes:
    """A PNG of one red point."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0\xff\0\0")) + chunk(b"IEND", b"")
    )


Make = Callable[[Path], None]
