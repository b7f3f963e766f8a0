"""Commands of the corpus: build, compact, check, rebuild."""

from argparse import Namespace
from dataclasses import asdict
from typing import TYPE_CHECKING

from xinheng.cli.installation import opened
from xinheng.cli.output import conclude, show, table
from xinheng.runtime.errors import RuntimeRefusal
from xinheng.runtime.folder import DataFolder

if TYPE_CHECKING:
    from xinheng.corpus.services import CorpusReport


def build(given: Namespace) -> None:
    """Let the corpus read the ledger to its end."""
    folder = DataFolder(given.data)
    with opened(folder):
        from xinheng.corpus.services import corpus_build

        report = corpus_build(folder)
    _show(report, given)


def compact(given: Namespace) -> None:
    """One sorted part a bucket."""
    folder = DataFolder(given.data)
    with opened(folder):
        from xinheng.corpus.services import corpus_compact

        report = corpus_compact(folder)
    _show(report, given)


def rebuild(given: Namespace) -> None:
    """The corpus anew from the archive."""
    folder = DataFolder(given.data)
    with opened(folder):
        from xinheng.corpus.services import corpus_rebuild

        report = corpus_rebuild(folder)
    _show(report, given)


def check(given: Namespace) -> int:
    """Every file, every row, and each bucket against the archive. Exit 2 when something is wrong."""
    folder = DataFolder(given.data)
    with opened(folder):
        from xinheng.corpus.examination import corpus_check

        found = corpus_check(folder)
    payload = {"ok": not found.problems, **asdict(found)}
    lines = table(
        [("位置 / position", found.position), ("落后 / behind", found.behind), ("文件 / parts", found.parts),
         ("行 / rows", found.rows), ("根 / root", found.root or "-")], indent=0
    )  # fmt: skip
    said = [f"  {each.rule}: {each.place}: {each.detail}" for each in found.problems]
    return conclude(payload, [*lines, *said], _wrong(len(found.problems)), as_json=given.json)


def _wrong(problems: int) -> RuntimeRefusal | None:
    if not problems:
        return None
    return RuntimeRefusal(
        "corpus.problems",
        f"语料库有 {problems} 处异常，详见上文。档案本身不受影响；请运行 xinheng corpus rebuild 重新生成。",
        f"{problems} things are wrong with the corpus, see above. The archive itself is not affected: "
        "run xinheng corpus rebuild.",
    )


def _show(report: "CorpusReport", given: Namespace) -> None:
    lines = table(
        [("位置 / position", report.position), ("新读条目 / entries read", report.read),
         ("文件 / parts", report.parts), ("字节 / bytes", report.bytes),
         *((f"行 / rows: {name}", rows) for name, rows in report.rows.items())], indent=0
    )  # fmt: skip
    show(asdict(report), lines, as_json=given.json)
