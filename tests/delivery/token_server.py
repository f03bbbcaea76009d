"""A token endpoint on this machine: counts who asks, and answers as it is told."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl

# From the number of the request (1, 2, ...) to status and answer; None: say nothing until the server ends.
Answers = Callable[[int], "tuple[int, Any] | None"]


@dataclass
class TokenServer:
    answers: Answers
    url: str = ""
    asked: list[dict[str, str]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    released: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)


def tokens(**more: Any) -> Answers:
    """token-1, token-2, ..."""
    return lambda number: (200, {"access_token": f"token-{number}-abcdefgh", "token_type": "Bearer"} | more)


@contextmanager
def token_server(answers: Answers | None = None) -> Iterator[TokenServer]:
    recording = TokenServer(answers or tokens(expires_in=3600))
    server = _Server(("127.0.0.1", 0), _Handler)
    server.recording = recording
    recording.url = f"http://127.0.0.1:{server.server_address[1]}/token"
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
    recording: TokenServer


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_POST(self) -> None:
        form = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        recording = self.server.recording
        with recording.lock:
            recording.asked.append(dict(parse_qsl(form)))
            recording.headers.append(dict(self.headers))
            answer = recording.answers(len(recording.asked))
        if answer is None:
            recording.released.wait(30)
            self.close_connection = True
            return
        status, content = answer
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        self.send_response(status)
        if 300 <= status < 400:
            self.send_header("Location", "https://elsewhere.example/token")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: Any) -> None:
        pass
