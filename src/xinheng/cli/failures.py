"""What went wrong, as the one refusal that a user reads. Values of a file never reach the screen this way."""

import errno
import os
from pathlib import Path

from xinheng.core.rulebook.problems import RulebookError
from xinheng.runtime.disk import FULL, MEGABYTE, NOT_WRITABLE, disk_full, nearest_existing, translate
from xinheng.runtime.errors import RuntimeRefusal

SCARCE = 50 * MEGABYTE
"""With less room than this a database that stops has run out of it: it writes its log in pieces of 16 MB."""

DISK_FULL, NOT_ALLOWED = "53100", ("42501", "28000", "28P01")


def explain(error: BaseException) -> RuntimeRefusal:
    """The refusal that an exception means to a user."""
    if isinstance(error, RuntimeRefusal):
        return error
    if isinstance(error, KeyboardInterrupt):
        return _interrupted()
    if isinstance(error, RulebookError):
        return _rulebook(error)
    if isinstance(error, OSError) and error.errno in (*FULL, errno.EFBIG):
        return _no_room(error)
    if isinstance(error, OSError) and error.filename and error.errno in (*NOT_WRITABLE, errno.EIO):
        return translate(error, Path(os.fsdecode(error.filename)))
    return _fault(error)


def database_trouble(folder: Path, error: BaseException) -> RuntimeRefusal:
    """Why the database could not go on: no room, no rights, or gone."""
    state = getattr(error.__cause__ or error, "sqlstate", None) or getattr(error, "sqlstate", None)
    if state == DISK_FULL or _free(folder) < SCARCE:
        return disk_full(folder)
    if state in NOT_ALLOWED:
        return RuntimeRefusal(
            "database.not_allowed",
            "数据库账户的权限不足。请使用能够建表和创建角色的账户，并先运行 xinheng init。",
            "The database account lacks rights. Use one that may create tables and roles, and run xinheng init first.",
        )
    return RuntimeRefusal(
        "database.unavailable",
        "与数据库的连接中断；未完成的操作没有保存任何内容。请重新运行该命令，同一内容不会重复入库。",
        "The database went away; nothing of an unfinished act was stored. Run the command again: nothing is doubled.",
    )


def _free(folder: Path) -> int:
    import shutil

    return shutil.disk_usage(nearest_existing(folder)).free


def _interrupted() -> RuntimeRefusal:
    return RuntimeRefusal(
        "command.interrupted",
        "命令被中断；未完成的操作没有保存任何内容。",
        "The command was interrupted; nothing of an unfinished act was stored.",
    )


def _no_room(error: OSError) -> RuntimeRefusal:
    reason = error.strerror
    return RuntimeRefusal(
        "disk.full",
        f"磁盘空间不足或超出配额（{reason}）；未完成的操作没有保存任何内容。请清理空间后重试。",
        f"The disk is full or a quota is used up ({reason}); nothing of an unfinished act was stored. "
        "Free some space and repeat.",
    )


def _rulebook(error: RulebookError) -> RuntimeRefusal:
    first, more = error.problems[0], len(error.problems) - 1
    place = f"{first.file}: {first.path}" if first.path else first.file
    return RuntimeRefusal(
        "rulebook.unusable",
        f"规则库不可用：{place}：{first.message_zh}（另有 {more} 处）。请运行 xinheng rulebook check 查看全部。",
        f"The rulebook cannot be used: {place}: {first.message_en} (and {more} more). See xinheng rulebook check.",
    )


def _fault(error: BaseException) -> RuntimeRefusal:
    kind = type(error).__name__
    return RuntimeRefusal(
        "internal.fault",
        f"程序内部错误（{kind}）；未完成的操作没有保存任何内容。设置 XINHENG_TRACEBACK=1 再次运行可看到出错位置。",
        f"A fault inside the program ({kind}); nothing of an unfinished act was stored. "
        "Run it again with XINHENG_TRACEBACK=1 to see where.",
    )
