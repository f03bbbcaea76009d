"""A webhook receiver on this machine: records what it gets, and answers as it is told."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

# From the number of the request (1, 2, ...) to the status of its answer; None: say nothing until the receiver ends.
Script = Callable[[int], int | None]


@dataclass(slots=True, frozen=True)
class Received:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    script: Script = lambda number: 200
    answer: bytes = b'{"ok": true}'
    requests: list[Received] = field(default_factory=list)
    released: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)
    url: str = ""

    def take(self, request: Received) -> int | None:
        with self.lock:
            self.requests.append(request)
            return self.script(len(self.requests))

    @property
    def bodies(self) -> list[bytes]:
        return [request.body for request in self.requests]


@contextmanager
def receiver(script: Script = lambda number: 200) -> Iterator[Receiver]:
    """A receiver that runs inside the block, on a port of its own."""
    recording = Receiver(script)
    server = _Server(("127.0.0.1", 0), _Handler)
    server.recording = recording
    recording.url = f"http://127.0.0.1:{server.server_address[1]}/hook"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield recording
    finally:
        recording.released.set()
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128
    recording: Receiver


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        recording = self.server.recording
        status = recording.take(Received(self.command, self.path, dict(self.headers), body))
        if status is None:
            recording.released.wait(30)
            self.close_connection = True
            return
        self.send_response(status)
        self.send_header("Content-Length", str(len(recording.answer)))
        self.end_headers()
        self.wfile.write(recording.answer)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _answer

    def log_message(self, *args: Any) -> None:
        pass
