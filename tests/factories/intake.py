"""Files as agencies send them, and their way through the gate."""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.factories.accounts import BUREAU, BUREAU_NAME, REGISTRAR, REGISTRAR_NAME
from xinheng.core.context import Context
from xinheng.documents.store import DocumentStore
from xinheng.intake.receipts import Receipt
from xinheng.intake.release import ReleaseFollower
from xinheng.intake.services import submit
from xinheng.ledger.followers import run_followers
from xinheng.publication.followers import PublicationFollower

Row = Mapping[str, str]

CODE = "行政相对人代码_1（统一社会信用代码）"
DOCUMENT = "行政处罚决定书文号"


def registration(code: str, name: str, **changes: str) -> Row:
    """A row of the register."""
    return {
        "统一社会信用代码": code, "企业名称": name, "法定代表人": "", "住所": "", "成立日期": "2019-05-20",
        "登记状态": "存续", "状态日期": "", "登记机关": REGISTRAR_NAME, "登记机关统一社会信用代码": REGISTRAR,
        "曾用名": "", "变更日期": "", "组织机构代码": "", "工商注册号": "", "原统一社会信用代码": "",
        "承继主体统一社会信用代码": "",
    } | changes  # fmt: skip


def penalty(code: str, name: str, number: str = "示应急罚〔2026〕1号", **changes: str) -> Row:
    """A penalty of the general class: a fine of 20,000 yuan."""
    return {
        "行政相对人名称": name, "行政相对人类别": "法人及非法人组织", CODE: code, "工商注册号": "",
        "组织机构代码": "", "法定代表人": "", "法定代表人证件类型": "", "法定代表人证件号码": "",
        "证件类型": "", "证件号码": "",
        DOCUMENT: number, "违法行为类型": "未按规定培训", "违法事实": "未按规定进行安全培训",
        "处罚依据": "《中华人民共和国安全生产法》第九十七条", "处罚类别": "罚款", "处罚内容": "罚款20000元",
        "罚款金额（万元）": "2", "没收违法所得、没收非法财物的金额（万元）": "", "暂扣或吊销证照名称及编号": "",
        "处罚决定日期": "2026-11-09", "处罚有效期": "2099-12-31", "公示截止期": "",
        "处罚机关": BUREAU_NAME, "处罚机关统一社会信用代码": BUREAU,
        "数据来源单位": BUREAU_NAME, "数据来源单位统一社会信用代码": BUREAU, "备注": "",
    } | changes  # fmt: skip


def licence(code: str, name: str, number: str = "示应急许〔2026〕1号", **changes: str) -> Row:
    """A licence until 2031."""
    return {
        "行政相对人名称": name, "行政相对人类别": "法人及非法人组织", CODE: code,
        "行政许可决定文书名称": "准予经营许可决定书", "行政许可决定文书号": number, "许可类别": "普通",
        "许可证书名称": "经营许可证", "许可编号": f"XK{number}", "许可内容": "危险化学品经营",
        "许可决定日期": "2026-11-10", "有效期自": "2026-11-10", "有效期至": "2031-11-09",
        "许可机关": BUREAU_NAME, "许可机关统一社会信用代码": BUREAU, "当前状态": "1",
        "数据来源单位": BUREAU_NAME, "数据来源单位统一社会信用代码": BUREAU, "备注": "",
    } | changes  # fmt: skip


def csv_file(path: Path, rows: Sequence[Row]) -> Path:
    """The rows as a spreadsheet program saves them."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def catch_up(ctx: Context) -> int:
    """Let every follower read the ledger to its end, as the commands do after their work."""
    return run_followers(ctx, [ReleaseFollower(), PublicationFollower()])


class Gate:
    """The gate of one test: its context, its documents, its folder for files."""

    def __init__(self, ctx: Context, store: DocumentStore, folder: Path) -> None:
        self.ctx, self.store, self.folder = ctx, store, folder
        self.sent = 0

    def send(self, item: str, *rows: Row, agency: str | None = None, ctx: Context | None = None) -> Receipt:
        """Send rows as one file; followers stay where they are."""
        self.sent += 1
        source = csv_file(self.folder / f"{self.sent:03d}-{item}.csv", rows)
        sender = agency or (REGISTRAR if item == "registration" else BUREAU)
        return submit(ctx or self.ctx, source=source, item=item, agency=sender, store=self.store)

    def register(self, code: str, name: str, **changes: str) -> Receipt:
        """Send one row of the register."""
        return self.send("registration", registration(code, name, **changes))

    def publish(self, item: str, *rows: Row, ctx: Context | None = None) -> Receipt:
        """Send rows and let the followers catch up."""
        receipt = self.send(item, *rows, ctx=ctx)
        catch_up(ctx or self.ctx)
        return receipt
