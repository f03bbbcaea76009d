"""The receiver of the fault runs, a process of its own: five addresses, each answering as it is told at the moment.

`python -m tests.faults.sink PORT FILE`. A line of FILE per request, written before its answer: arrival (epoch s),
seconds since the event was sent, address, number of the event, and the answer's name. POST /behave/ADDRESS/NAME makes
an address answer otherwise from now on; GET /ready says "ok".
"""

import argparse
import asyncio
import os
import re
import socket
import struct
import time
from collections.abc import Callable

NUMBER, SENT = re.compile(rb'"number": ?(\d+)'), re.compile(rb'"sent": ?(\d+\.\d+)')
LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)
LATENCY = 0.05  # seconds: a receiver in the same country, so that something is always under way
HUGE = 100 * 1024 * 1024  # bytes
PIECE = b"x" * 65536
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
DOWN = b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 4\r\n\r\ndown"
LONG = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n"


class Sink(asyncio.Protocol):
    file = 0
    behaviour: dict[str, str] = {}
    requests = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport, self.buffer, self.left, self.paused = transport, b"", 0, False
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def connection_lost(self, error: Exception | None) -> None:
        self.transport = None

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        while True:
            head, separator, rest = self.buffer.partition(b"\r\n\r\n")
            found = LENGTH.search(head)
            length = int(found[1]) if found else 0
            if not separator or len(rest) < length:
                return
            body, self.buffer = rest[:length], rest[length:]
            self._take(head.split(b" ", 2)[1].decode(), body)

    def _take(self, path: str, body: bytes) -> None:
        if path.startswith("/behave/"):
            _, _, address, name = path.split("/")
            Sink.behaviour[address] = name
            self._write(OK)
        elif path == "/ready":
            self._write(OK)
        else:
            self._answer(path.strip("/"), body)

    def _answer(self, address: str, body: bytes) -> None:
        name = Sink.behaviour.get(address, "ok")
        if name == "flap":
            Sink.requests += 1
            name = "ok" if Sink.requests % 2 else "down"
        arrived = time.time()
        sent, number = SENT.search(body), NUMBER.search(body)
        line = f"{arrived:.4f} {arrived - float(sent[1]):.4f} {address} {int(number[1])} {name}\n"
        os.write(Sink.file, line.encode())
        answers: dict[str, Callable[[], None]] = {
            "ok": lambda: self._write(OK), "down": lambda: self._write(DOWN), "hang": lambda: None,
            "reset": self._reset, "drip": self._drip, "huge": self._huge,
        }  # fmt: skip
        asyncio.get_running_loop().call_later(LATENCY, answers[name])

    def _write(self, data: bytes) -> None:
        if self.transport and not self.transport.is_closing():
            self.transport.write(data)

    def _reset(self) -> None:
        """Half of an answer, then the connection is torn down instead of closed."""
        self._write(LONG % 1000 + b"x" * 500)
        if self.transport:
            raw = self.transport.get_extra_info("socket")
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.transport.abort()

    def _drip(self) -> None:
        self._write(LONG % 1000)
        self._drip_on()

    def _drip_on(self) -> None:
        if self.transport:
            self._write(b"x")
            asyncio.get_running_loop().call_later(1.0, self._drip_on)

    def _huge(self) -> None:
        self._write(LONG % HUGE)
        self.left = HUGE
        self.resume_writing()

    def pause_writing(self) -> None:
        self.paused = True

    def resume_writing(self) -> None:
        """As much as the connection takes, never all of it in memory."""
        self.paused = False
        while self.left and not self.paused and self.transport and not self.transport.is_closing():
            piece = min(self.left, len(PIECE))
            self.left -= piece
            self.transport.write(PIECE[:piece])


async def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int)
    parser.add_argument("file")
    options = parser.parse_args()
    Sink.file = os.open(options.file, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    server = await asyncio.get_running_loop().create_server(Sink, "127.0.0.1", options.port, backlog=1024)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
