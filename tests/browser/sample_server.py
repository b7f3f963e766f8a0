"""The portal over made-up read-models, as a process of its own: no database, everything else as in earnest.

``python -m tests.browser.sample_server`` prints its address and serves until its standard input is closed.
"""

import sys
import threading
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest

from tests.doors.portal_samples import serve_samples


class ThreadedServer(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class Silent(WSGIRequestHandler):
    def log_message(self, *_: object) -> None:
        """Requests are nobody's business, and the pipe would fill."""


def main() -> None:
    from xinheng.config.wsgi import application

    serve_samples(pytest.MonkeyPatch())
    server = make_server("127.0.0.1", 0, application, server_class=ThreadedServer, handler_class=Silent)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(f"http://127.0.0.1:{server.server_port}", flush=True)
    sys.stdin.read()
    server.shutdown()


if __name__ == "__main__":
    main()
