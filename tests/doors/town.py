"""A small town: organisations, agencies and the rows they send; its codes come from the made-up city's arithmetic."""

import csv
import io
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from xinheng.synth.codes import NOBODYS_AREA, outer_check, person_check, unified_code

REGION = "610802"


def organisation_code(number: int, prefix: str = "91") -> str:
    """The code of the town's ``number``-th organisation; ``prefix``: authority and category (92: a shop)."""
    return unified_code(prefix, REGION, f"MA7T{number:04d}")


def person_number(serial: int, born: date = date(1987, 6, 5)) -> str:
    """The shape of an identity number, of nobody; no unified code."""
    for number in range(serial, 1000):
        first17 = f"{NOBODYS_AREA}{born:%Y%m%d}{number:03d}"
        if person_check(first17) != outer_check(first17):
            return first17 + person_check(first17)
    raise ValueError(serial)


AGENCY = unified_code("11", REGION, "MA9B0001")
AGENCY_NAME = "云台区市场监督管理局"
REGISTRAR = unified_code("11", REGION, "MA9B0002")
REGISTRAR_NAME = "云台区行政审批服务局"

REGISTER_COLUMNS = {
    "code": "统一社会信用代码", "name": "主体名称", "representative": "法定代表人", "status": "登记状态",
    "founded": "成立日期", "former": "曾用名", "old": "工商注册号",
}  # fmt: skip
PENALTY_COLUMNS = {
    "name": "行政相对人名称", "category": "行政相对人类别", "code": "统一社会信用代码", "representative": "法定代表人",
    "papers": "证件号码", "document": "行政处罚决定书文号", "violation": "违法行为类型", "facts": "违法事实",
    "basis": "处罚依据", "kinds": "处罚类别", "content": "处罚内容", "fine": "罚款金额（万元）",
    "decided": "处罚决定日期", "until": "处罚有效期", "body": "处罚机关", "body_code": "处罚机关统一社会信用代码",
    "source": "数据来源单位", "source_code": "数据来源单位统一社会信用代码",
}  # fmt: skip

Row = dict[str, str]


def registered(number: int, name: str, **changes: str) -> Row:
    """One row of the register."""
    row = {"code": organisation_code(number), "name": name, "representative": "", "status": "存续"}
    return {**row, "founded": "2019-03-04", "former": "", "old": "", **changes}


def penalty(number: int, name: str, document: str, **changes: str) -> Row:
    """One decision on the town's ``number``-th organisation."""
    row = {
        "name": name, "category": "法人及非法人组织", "code": organisation_code(number), "representative": "",
        "papers": "", "document": document, "violation": "虚假宣传", "facts": "在店内张贴与实际不符的宣传单",
        "basis": "《中华人民共和国反不正当竞争法》第二十条", "kinds": "罚款", "content": "罚款人民币五万元",
        "fine": "5", "decided": "2026-06-01", "until": "2027-06-01", "body": AGENCY_NAME, "body_code": AGENCY,
        "source": AGENCY_NAME, "source_code": AGENCY,
    }  # fmt: skip
    assert changes.keys() <= row.keys(), changes
    return {**row, **changes}


def table(columns: dict[str, str], rows: Sequence[Row]) -> list[list[str]]:
    """Header and rows as cells."""
    return [list(columns.values()), *([row[name] for name in columns] for row in rows)]


def write_csv(path: Path, cells: Sequence[Sequence[str]], encoding: str = "utf-8-sig") -> Path:
    """Cells as a CSV file; path is returned."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(cells)
    path.write_bytes(text.getvalue().encode(encoding))
    return path


def register_file(path: Path, rows: Sequence[Row], encoding: str = "utf-8-sig") -> Path:
    return write_csv(path, table(REGISTER_COLUMNS, rows), encoding)


def penalty_file(path: Path, rows: Sequence[Row], encoding: str = "utf-8-sig") -> Path:
    return write_csv(path, table(PENALTY_COLUMNS, rows), encoding)
