"""The command line: one door of the public surface. Commands translate; services decide."""

import os
import sys
from collections.abc import Sequence

DONE = 0
REFUSED = 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command. 0: done; 2: refused or failed, with one clear line; never a traceback."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    as_json = "--json" in given
    try:
        return _run(given)
    except BrokenPipeError:
        _silence_stdout()
        return DONE
    except KeyboardInterrupt as stopped:
        return _refused(stopped, as_json=as_json)
    except Exception as error:
        if os.environ.get("XINHENG_TRACEBACK"):
            raise
        return _refused(error, as_json=as_json)


def _run(given: Sequence[str]) -> int:
    # Everything else is imported here, where Ctrl-C and a broken installation already end in one clear line.
    from xinheng.cli.output import speak_plainly
    from xinheng.cli.parser import build_parser

    speak_plainly(as_json="--json" in given)
    chosen = build_parser().parse_args(given)
    return int(chosen.run(chosen) or DONE)


def _refused(error: BaseException, *, as_json: bool) -> int:
    from xinheng.cli.failures import explain
    from xinheng.cli.output import OutputLost, refuse

    try:
        refuse(explain(error), as_json=as_json and not isinstance(error, OutputLost))
    except OSError:
        _silence_stdout()
    if isinstance(error, OutputLost):
        _silence_stdout()
    return REFUSED


def _silence_stdout() -> None:
    """Nobody reads any more (a closed pipe, a full disk): nothing more to say, not even at exit."""
    if sys.stdout is not None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
