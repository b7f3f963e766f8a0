"""The keeper: parent of the server, there as long as somebody uses the database.

`python -m xinheng.runtime.keeper RUN_FOLDER SOCKET_FOLDER KEEPER_FD SERVER_FD UID GID CAPABILITY PROGRAM …`

It detaches itself and waits for whichever comes first: the last user is gone (the kernel then gives it the
users' lock, also after a kill -9), the server ends, or SIGTERM or SIGINT asks for a full stop. The
descriptors are locks taken by the starter and handed over: there is no moment in which nobody holds them.
"""

import contextlib
import fcntl
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

from xinheng.runtime.locks import USERS, open_lock
from xinheng.runtime.server_user import ServerUser

ENDED, LEFT, ASKED = signal.SIGCHLD, signal.SIGUSR1, (signal.SIGTERM, signal.SIGINT)
# Fast shutdown ends sessions and writes a checkpoint; what a harder end leaves is recovered at the next start.
# A server that recovers from a crash may not listen to the first step (PostgreSQL 18), so its patience is short.
STEPS = ((signal.SIGINT, 15), (signal.SIGQUIT, 20), (signal.SIGKILL, None))


def main(arguments: list[str]) -> None:
    run, socket_folder = Path(arguments[0]), Path(arguments[1])
    server_lock, uid, gid, capability = map(int, arguments[3:7])
    _detach()
    signal.signal(ENDED, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_BLOCK, {ENDED, LEFT, *ASKED})
    command = ServerUser(uid, gid, capability).command(arguments[7:], dies_with_us=signal.SIGINT)
    server = subprocess.Popen(  # noqa: S603 - our own command line
        command, stdin=subprocess.DEVNULL, pass_fds=(server_lock,)
    )
    # From here on the server and its children alone hold this lock: free means that none of them lives.
    os.close(server_lock)
    _keep(server, run)
    with contextlib.suppress(OSError):
        socket_folder.rmdir()
    # The watching thread is still waiting for its lock and would hold up an ordinary exit.
    os._exit(0)


def _detach() -> None:
    """Become a grandchild in a session of its own: no terminal ends us, and no starter has to bury us."""
    if os.fork():
        os._exit(0)
    os.setsid()
    os.chdir("/")


def _keep(server: subprocess.Popen[bytes], run: Path) -> None:
    users = open_lock(run / USERS)
    threading.Thread(target=_wait_for_last_user, args=(users,), daemon=True).start()
    received = signal.sigwait({ENDED, LEFT, *ASKED})
    if received == ENDED:
        _say("the server has ended")
        server.wait()
        return
    _say("the last user has left, stopping" if received == LEFT else "asked to stop")
    _stop(server)


def _wait_for_last_user(users: int) -> None:
    fcntl.flock(users, fcntl.LOCK_EX)
    os.kill(os.getpid(), LEFT)


def _stop(server: subprocess.Popen[bytes]) -> None:
    for step, patience in STEPS:
        server.send_signal(step)
        with contextlib.suppress(subprocess.TimeoutExpired):
            server.wait(patience)
            return


def _say(what: str) -> None:
    print(f"keeper: {what}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
