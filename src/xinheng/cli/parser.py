"""The commands and their options. Names are stable: people script against them."""

import argparse
from collections.abc import Callable
from typing import Any, NoReturn

from xinheng import __version__
from xinheng.cli import batches, benchmarks, city, corpus, exporting, life, look, mapping, rules, sending, templates
from xinheng.runtime.errors import RuntimeRefusal

LONGEST_PAGE = 1000
Commands = Any  # argparse's sub-parser collection has no public type


class Parser(argparse.ArgumentParser):
    """Wrong usage is a refusal like any other: exit 2, one clear line, JSON where it was asked for."""

    def __init__(self, **named: Any) -> None:
        super().__init__(**{**named, "allow_abbrev": False})

    def error(self, message: str) -> NoReturn:
        raise RuntimeRefusal(
            "usage.wrong",
            f"命令用法不对：{message}。运行 {self.prog} --help 查看用法。",
            f"wrong usage: {message}. See {self.prog} --help.",
        )


def build_parser() -> argparse.ArgumentParser:
    """Every command that is built, and none that is not."""
    parser = Parser(
        prog="xinheng", description="Xinheng (信衡): public credit files of organisations / 公共信用信息平台"
    )
    parser.add_argument("--version", action="version", version=f"xinheng {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND", parser_class=Parser)
    _life(commands)
    _sending(commands)
    _templates(commands)
    _mapping(commands)
    _following_up(commands)
    _holds(commands)
    _looking(commands)
    _rules(commands)
    _corpus(commands)
    _bench(commands)
    return parser


def _life(commands: Commands) -> None:
    _command(commands, "init", life.init, "make or complete an installation / 初始化")
    serve = _command(commands, "serve", life.serve, "serve the public pages / 启动网站")
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--port", type=int, default=8000)
    _command(commands, "doctor", life.doctor, "check an installation / 体检")
    demo = _command(commands, "demo", city.demo, "load a made-up city and serve it / 演示城市")
    demo.add_argument("--host", default="127.0.0.1")
    demo.add_argument("--port", type=int, default=8000)
    demo.add_argument("--no-serve", action="store_true", help="stop after loading / 只装载，不启动网站")
    _city_size(demo)
    synth = _command(commands, "synth", city.synth, "write a made-up city's files / 生成虚构城市的报送文件", data=False)
    synth.add_argument("--out", required=True, metavar="DIR")
    synth.add_argument("--today", metavar="DATE", help="the city's last day (default: today) / 城市的最后一天")
    _city_size(synth)


def _sending(commands: Commands) -> None:
    agency_commands = _group(commands, "agency", "who may submit what / 报送机构")
    add = _command(agency_commands, "add", sending.agency_add, "admit an agency / 登记报送机构")
    add.add_argument("code", metavar="CODE")
    add.add_argument("name", metavar="NAME")
    add.add_argument("--items", help="catalogue items, comma separated; without: every item / 可报事项，逗号分隔")
    add.add_argument(
        "--sends-for", default="", metavar="CODES", help="bodies whose decisions it may send / 可代报的机关代码"
    )
    submit = _command(commands, "submit", sending.submit, "one file through the gate / 报送一个文件")
    submit.add_argument("file", metavar="FILE")
    submit.add_argument("--item", required=True, metavar="ITEM")
    submit.add_argument("--agency", required=True, metavar="CODE")
    submit.add_argument("--rows", action="store_true", help="the outcome of every row / 逐行结果")
    submit.add_argument("--sheet", metavar="NAME", help="only this sheet / 只读此工作表")
    submit.add_argument("--dry-run", action="store_true", help="judge everything, keep nothing / 试报，不保存")
    submit.add_argument("--backfill", action="store_true", help="old years, not counted as late / 补报历史数据")
    submit.add_argument("--annotated", metavar="OUT", help="the own file with the answers in it / 带校验结果的原文件")
    submit.add_argument("--findings", metavar="OUT.csv", help="all findings as a table / 校验结果清单")


def _templates(commands: Commands) -> None:
    help_text = "a workbook to be filled in / 填报模板"
    template = _command(commands, "template", templates.template, help_text, data=False)
    template.add_argument("item", metavar="ITEM")
    template.add_argument("--edition", metavar="E", help="this edition (default: in force today) / 指定版本")
    template.add_argument("--out", required=True, metavar="F.xlsx")


def _mapping(commands: Commands) -> None:
    group = _group(commands, "mapping", "headings the catalogue does not know / 列名映射")
    propose = _command(group, "propose", mapping.propose, "a field for each column of a file / 建议各列对应的字段")
    confirm = _command(group, "confirm", mapping.confirm, "remember how these headings are read / 确认列名映射")
    for each in (propose, confirm):
        each.add_argument("file", metavar="FILE")
        each.add_argument("--item", required=True, metavar="ITEM")
        each.add_argument("--agency", required=True, metavar="CODE")
        each.add_argument("--sheet", metavar="NAME", help="this sheet / 此工作表")
        each.add_argument("--headings", metavar="ROWS", help="their rows: 3, 3-4; 0: none / 表头行号，没有写 0")
    officer = {"dest": "officer", "required": True, "metavar": "NAME", "help": "who decides / 确认人"}
    confirm.add_argument("--as", **officer)
    pairs = {"nargs": "+", "action": "extend"}
    confirm.add_argument("--set", **pairs, metavar="HEADING=FIELD", help="read it as this field / 指定字段")
    confirm.add_argument("--ignore", **pairs, metavar="HEADING", help="do not read it; *: all open ones / 不读取")
    confirm.add_argument("--unit", **pairs, metavar="HEADING=UNIT", help="unit of an amount / 金额单位")
    confirm.add_argument("--constant", **pairs, metavar="FIELD=VALUE", help="the same in every row / 固定值")
    listed = _command(group, "list", mapping.list_all, "every version / 查看全部版本")
    listed.add_argument("--agency", metavar="CODE")
    listed.add_argument("--item", metavar="ITEM")
    revoke = _command(group, "revoke", mapping.revoke, "take one back / 撤回")
    revoke.add_argument("id", metavar="ID")
    revoke.add_argument("--as", **officer)


def _following_up(commands: Commands) -> None:
    withdraw = _command(commands, "withdraw", batches.withdraw, "take back what was sent / 撤回已报送的内容")
    what = withdraw.add_mutually_exclusive_group(required=True)
    what.add_argument("--batch", metavar="RECEIPT", help="a whole batch, by receipt or id / 整个批次")
    what.add_argument("--record", metavar="ID", help="one record / 一条记录")
    withdraw.add_argument("--reason", required=True, metavar="CODE", help="codes/withdrawal_reason.yml / 撤回原因")
    withdraw.add_argument("--note", default="", metavar="TEXT", help="for officers only / 内部说明")
    nil = _command(commands, "nil", batches.nil, "nothing to report for a period / 零报告")
    nil.add_argument("item", metavar="ITEM")
    nil.add_argument("--from", dest="from_date", required=True, metavar="DATE")
    nil.add_argument("--to", dest="to_date", required=True, metavar="DATE")
    correct = _command(commands, "correct", batches.correct, "put one record or row right / 单条更正")
    correct.add_argument("record", metavar="RECORD", nargs="?")
    correct.add_argument("--batch", metavar="RECEIPT", help="of a rejected row / 被退回的行所在批次")
    correct.add_argument("--row", type=int, metavar="N", help="the rejected row / 被退回的行")
    correct.add_argument("--sheet", metavar="NAME", help="its sheet where there are several / 所在工作表")
    correct.add_argument("--set", required=True, nargs="+", action="extend", metavar="FIELD=VALUE")
    correct.add_argument("--reason", required=True, metavar="TEXT", help="why / 更正原因")
    for each in (withdraw, nil, correct):
        each.add_argument("--agency", required=True, metavar="CODE")
        each.add_argument("--officer", default="", metavar="NAME", help="who acts / 经办人")
    sent = _command(commands, "batches", batches.batches, "what was sent and taken / 查看批次")
    way = _command(commands, "lineage", batches.lineage, "where a record came from / 记录的来源")
    way.add_argument("record", metavar="RECORD", help="a record, or a batch by receipt or id / 记录或批次")
    sent.add_argument("--agency", metavar="CODE")
    for each in (sent, way):
        each.add_argument("--after", default="", metavar="PLACE", help="the next page / 下一页")
        each.add_argument("--limit", type=_page_size, default=50, metavar="N")


def _holds(commands: Commands) -> None:
    group = _group(commands, "holds", "rows that wait / 待核的行")
    listed = _command(group, "list", batches.holds_list, "the queue, oldest first / 待核队列")
    listed.add_argument("--owner", choices=("sender", "office"), help="who settles it / 处理方")
    listed.add_argument("--agency", metavar="CODE", help="of this sender / 报送机构")
    listed.add_argument("--after", type=int, default=0, metavar="ID", help="the next page / 下一页")
    listed.add_argument("--limit", type=_page_size, default=50, metavar="N")
    decide = _command(group, "decide", batches.holds_decide, "settle one row / 作出决定")
    decide.add_argument("id", type=int, metavar="ID")
    decide.add_argument("--decision", required=True, choices=("release", "reject", "rejudge"))
    decide.add_argument("--subject", metavar="CODE", help="the organisation, among the candidates / 所属主体")
    decide.add_argument("--officer", required=True, metavar="NAME", help="who decides / 经办人")
    decide.add_argument("--reason", required=True, metavar="TEXT", help="why / 理由")
    decide.add_argument("--agency", metavar="CODE", help="the sender decides; without: the office / 报送机构自行决定")


def _looking(commands: Commands) -> None:
    show = _command(commands, "show", look.show, "an organisation's file / 查看一个组织的档案")
    show.add_argument("code", metavar="CODE")
    show.add_argument("--as-of", metavar="DATE", help="as it held on that day / 截至该日有效")
    show.add_argument("--known-at", metavar="INSTANT", help="as it was known then (ISO 8601) / 该时刻已知")
    search = _command(commands, "search", look.search, "find organisations / 查找组织")
    search.add_argument("text", metavar="TEXT", nargs="+")
    export = _command(commands, "export", exporting.export, "records for the level above / 向上级平台导出")
    export.add_argument("--item", required=True, metavar="ITEM")
    export.add_argument("--format", required=True, choices=exporting.FORMATS, help="the standard / 数据标准")
    export.add_argument("--out", required=True, metavar="FILE", help=".csv or .xlsx / 扩展名 .csv 或 .xlsx")
    export.add_argument("--from", dest="since", metavar="DATE", help="taken in since / 接收日期起")
    export.add_argument("--to", dest="until", metavar="DATE", help="taken in until / 接收日期止")


def _rules(commands: Commands) -> None:
    code_commands = _group(commands, "code", "identifiers / 代码")
    check = _command(code_commands, "check", rules.code_check, "judge codes / 校验代码", data=False)
    check.add_argument("codes", metavar="CODE", nargs="+")
    day_commands = _group(commands, "days", "working days / 工作日")
    add = _command(day_commands, "add", rules.days_add, "the last day of a term / 期限届满日", data=False)
    add.add_argument("date", metavar="DATE")
    add.add_argument("days", metavar="N", type=int)
    between = _command(
        day_commands, "between", rules.days_between, "working days after A up to B / 两日之间的工作日", data=False
    )
    between.add_argument("start", metavar="A")
    between.add_argument("end", metavar="B")
    rule_commands = _group(commands, "rulebook", "the law as data / 规则库")
    checked = _command(rule_commands, "check", rules.rulebook_check, "check a rulebook / 校验规则库", data=False)
    checked.add_argument("dir", metavar="DIR", nargs="?")
    told = _command(rule_commands, "page", rules.rulebook_page, "the catalogue as a page / 目录页面", data=False)
    told.add_argument("dir", metavar="DIR", nargs="?")


def _corpus(commands: Commands) -> None:
    corpus_commands = _group(commands, "corpus", "the archive as Parquet / 语料库")
    _command(corpus_commands, "build", corpus.build, "follow the ledger to its end / 跟随账本至最新")
    _command(corpus_commands, "compact", corpus.compact, "one sorted part a bucket / 压实")
    _command(corpus_commands, "check", corpus.check, "compare with the archive / 与档案核对")
    _command(corpus_commands, "rebuild", corpus.rebuild, "build it anew from the archive / 重新生成")


def _bench(commands: Commands) -> None:
    group = _group(commands, "bench", "measure on a scratch installation / 基准测试")
    intake = _measure(group, "intake", benchmarks.intake, "files through the gate, beside COPY / 报送（对照 COPY）")
    _rows(intake, rows=100_000)
    intake.add_argument("--into", type=int, default=0, metavar="N", help="also into an archive of N rows / 已有 N 行")
    intake.add_argument("--ready", action="store_true", help="sorted as the archive is / 按库内顺序")
    intake.add_argument("--profile", action="store_true", help="where the time goes (slower) / 耗时分布")
    peer = _measure(group, "frictionless", benchmarks.frictionless, "beside frictionless / 与 frictionless 对比")
    _rows(peer, rows=100_000)
    lookup = _measure(group, "lookup", benchmarks.lookup, "files by code, beside SELECT / 按代码查档（对照 SELECT）")
    lookup.add_argument("--records", type=int, default=1_000_000, metavar="N")
    growth = _measure(group, "growth", benchmarks.growth, "an archive grown in steps / 逐步增长的档案库")
    growth.add_argument("--steps", default="0.25,0.5,1", metavar="MILLIONS", help="records after each / 每步记录数")
    for each in (lookup, growth):
        each.add_argument("--lookups", type=int, default=2_000)
        each.add_argument("--organisations", type=int, help="default: one for 20 records / 默认每 20 条记录一个")
    for each in (intake, peer):
        each.add_argument("--rounds", type=int, default=3)
    for each in (intake, lookup, growth):
        each.add_argument("--narrow", action="store_true", help="short rows / 短行")


def _rows(parser: argparse.ArgumentParser, *, rows: int) -> None:
    parser.add_argument("--rows", type=int, default=rows)
    parser.add_argument("--bad", type=float, default=5, metavar="PERCENT", help="faulty rows / 问题行比例")
    parser.add_argument("--organisations", type=int, default=30_000)


def _measure(
    group: Commands, name: str, run: Callable[[argparse.Namespace], int | None], help_text: str
) -> argparse.ArgumentParser:
    parser = _command(group, name, run, help_text, data=False)
    parser.add_argument("--seed", type=int, default=20261122)
    parser.add_argument("--scratch", metavar="DIR", help="where the scratch installation is made / 临时目录")
    return parser


def _page_size(text: str) -> int:
    number = int(text) if text.isascii() and text.isdigit() else 0
    if not 1 <= number <= LONGEST_PAGE:
        raise argparse.ArgumentTypeError(f"1 – {LONGEST_PAGE}")
    return number


def _group(commands: Commands, name: str, help_text: str) -> Commands:
    group = commands.add_parser(name, help=help_text, description=help_text)
    return group.add_subparsers(dest=f"{name}_command", required=True, metavar="COMMAND", parser_class=Parser)


def _command(
    commands: Commands, name: str, run: Callable[[argparse.Namespace], int | None], help_text: str, *, data: bool = True
) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(name, help=help_text, description=help_text)
    parser.set_defaults(run=run)
    parser.add_argument("--json", action="store_true", help="one JSON value on stdout / 输出 JSON")
    hidden = "the installation's folder (else $XINHENG_DATA, else ./data) / 数据目录"
    parser.add_argument("--data", metavar="DIR", help=hidden if data else argparse.SUPPRESS)
    return parser


def _city_size(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--seed", type=int, default=20261122)
    parser.add_argument("--organisations", type=int, default=3000)
    parser.add_argument("--rows", type=int, default=40000)
