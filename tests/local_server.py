"""HTTP servers of tests, on this machine: what all of them have in common."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128
    part: Any


class Handler(BaseHTTPRequestHandler):
    """`part`: what the test looks at, and tells what to answer."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    @property
    def part(self) -> Any:
        return self.server.part

    def body(self) -> bytes:
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def reply(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def say_nothing(self, until: threading.Event) -> None:
        until.wait(30)
        self.close_connection = True

    def log_message(self, *args: Any) -> None:
        pass


@contextmanager
def serving(handler: type[Handler], part: Any) -> Iterator[str]:
    """Answers inside the block; the address, without a slash at its end."""
    server = _Server(("127.0.0.1", 0), handler)
    server.part = part
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
