"""Somebody who edits while the sync runs: a proxy before both CRMs that lets people in between.

Every request of the sync goes through it unchanged. Before some of them, by dice, somebody edits a
record through the public API. Not before a write itself: between its last look and its write no
client of either CRM can know of an edit, since neither API has a conditional write of many records.
"""

import http.client
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

WRITES = re.compile(
    r"^(PATCH|PUT|DELETE) |/batch/(update|upsert|create|archive)|POST .*/composite/?$"
)
HOP = {"transfer-encoding", "connection", "content-length", "keep-alive"}


@contextmanager
def meddled(url: str, meddle: Callable[[], None]) -> Iterator[str]:
    """The address of a proxy before `url`; `meddle` is called before every request that reads."""
    upstream, lock = urlsplit(url).netloc, threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _pass_on(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            if not WRITES.search(f"{self.command} {self.path.split('?')[0]}"):
                with lock:
                    meddle()
            far = http.client.HTTPConnection(upstream, timeout=60)
            far.request(self.command, self.path, body, dict(self.headers))
            answer = far.getresponse()
            told = answer.read()
            self.send_response_only(answer.status, answer.reason)
            for name, value in answer.getheaders():
                if name.lower() not in HOP:
                    self.send_header(name, value)
            self.send_header("content-length", str(len(told)))
            self.end_headers()
            self.wfile.write(told)
            far.close()

        do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = _pass_on  # noqa: N815

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)
