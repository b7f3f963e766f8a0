"""The command line: one door of the public surface. Commands translate; services decide."""

import contextlib
import os
import sys
from collections.abc import Sequence

from xinheng.cli.output import refuse
from xinheng.cli.parser import build_parser
from xinheng.runtime.disk import FULL
from xinheng.runtime.errors import RuntimeRefusal

DONE = 0
REFUSED = 2
INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command. 0: done; 2: refused or failed, with one clear line; never a traceback."""
    given = build_parser().parse_args(arguments)
    try:
        return int(given.run(given) or DONE)
    except RuntimeRefusal as refused:
        refuse(refused, as_json=given.json)
        return REFUSED
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        _silence_stdout()
        return DONE
    except Exception as error:
        if os.environ.get("XINHENG_TRACEBACK"):
            raise
        refuse(_unexpected(error), as_json=given.json)
        return REFUSED


def _unexpected(error: Exception) -> RuntimeRefusal:
    """A fault of ours, said without what it was about: values of a file never reach the screen this way."""
    if isinstance(error, OSError) and error.errno in FULL:
        return RuntimeRefusal(
            "disk.full",
            "磁盘空间不足;没有任何内容被保存。请清理空间后重试。",
            "The disk is full; nothing was stored. Free some space and repeat.",
        )
    kind = type(error).__name__
    return RuntimeRefusal(
        "internal.fault",
        f"程序内部错误({kind});本次操作没有保存任何内容。设置 XINHENG_TRACEBACK=1 再次运行可得到详细信息。",
        f"A fault inside the program ({kind}); nothing of this act was stored. "
        "Run it again with XINHENG_TRACEBACK=1 to see where.",
    )


def _silence_stdout() -> None:
    """The reader has gone (a closed pipe): nothing more to say, not even at exit."""
    with contextlib.suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


