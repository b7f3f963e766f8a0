"""What the corpus refuses, in both languages: always with what to do next."""

from pathlib import Path

from xinheng.runtime.errors import RuntimeRefusal


def not_built(folder: Path) -> RuntimeRefusal:
    """Nobody has built it yet."""
    return RuntimeRefusal(
        "corpus.not_built",
        f"{folder} 中还没有语料库。请先运行 xinheng corpus build。",
        f"There is no corpus in {folder} yet. Run xinheng corpus build first.",
    )


def manifest_damaged(path: Path) -> RuntimeRefusal:
    """The manifest cannot be read or is not what was written."""
    return RuntimeRefusal(
        "corpus.manifest_damaged",
        f"语料库清单 {path} 已损坏或被改动。档案本身不受影响；请运行 xinheng corpus rebuild 重新生成。",
        f"The corpus manifest {path} is damaged or was changed. The archive itself is not affected: "
        "run xinheng corpus rebuild.",
    )


def other_schema(path: Path, found: object) -> RuntimeRefusal:
    """The corpus was written by another version of the program."""
    return RuntimeRefusal(
        "corpus.other_schema",
        f"语料库 {path.parent} 的格式版本为 {found}，与程序不一致。请运行 xinheng corpus rebuild 重新生成。",
        f"The corpus in {path.parent} has schema {found}, which this program does not read. "
        "Run xinheng corpus rebuild.",
    )


def part_missing(name: str) -> RuntimeRefusal:
    """A part file that the manifest names is not there."""
    return RuntimeRefusal(
        "corpus.part_missing",
        f"语料库缺少文件 {name}，不能继续读取。请运行 xinheng corpus rebuild 重新生成。",
        f"The corpus lacks its file {name} and is not read. Run xinheng corpus rebuild.",
    )


def part_damaged(name: str) -> RuntimeRefusal:
    """A part file is not what was written."""
    return RuntimeRefusal(
        "corpus.part_damaged",
        f"语料库文件 {name} 与清单记录不一致（被截断或改动），不能继续读取。"
        "请检查磁盘，再运行 xinheng corpus rebuild。",
        f"The corpus file {name} is not what the manifest says (cut short or changed) and is not read. "
        "Check the disk, then run xinheng corpus rebuild.",
    )


def other_history(position: int) -> RuntimeRefusal:
    """The corpus was grown from another ledger, or from one that has been put back since."""
    return RuntimeRefusal(
        "corpus.other_history",
        f"语料库记到总账第 {position} 条，但该条与数据库中的不一致（数据库可能已恢复到较早的状态）。"
        "请运行 xinheng corpus rebuild 重新生成。",
        f"The corpus ends at ledger entry {position}, which is not the entry that the database holds there "
        "(it may have been restored to an earlier state). Run xinheng corpus rebuild.",
    )


def beyond(asked: int, position: int) -> RuntimeRefusal:
    """Asked for a state that the corpus has not reached."""
    return RuntimeRefusal(
        "corpus.beyond",
        f"所求的总账位置 {asked} 超出语料库的进度 {position}。请先运行 xinheng corpus build。",
        f"Ledger position {asked} lies beyond the corpus, which ends at {position}. Run xinheng corpus build first.",
    )


def engine_failed(folder: Path) -> RuntimeRefusal:
    """The column engine ran out of room in memory or on disk."""
    return RuntimeRefusal(
        "corpus.no_room",
        f"处理 {folder} 时内存或临时空间不足；已完成的部分不受影响。请清理空间后重试。",
        f"Memory or temporary space ran out while working on {folder}; what was finished stands. "
        "Free some space and repeat.",
    )
