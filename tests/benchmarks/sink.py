"""A receiver as cheap as Python allows: answers at once (or late, or badly) and notes ids in bodies and their arrival.

Run as a process: `python -m tests.benchmarks.sink PORT [--latency-ms N] [--status N]`. GET /count tells how many came;
GET /summary tells all of it, {"count", "first", "last" (epoch s), "ids": {id: times}, "waits": [seconds from "sent" to
arrival]}; POST /reset forgets it.
"""

import argparse
import asyncio
import json
import re
import time

ID = re.compile(rb'"id": ?(\d+)')
SENT = re.compile(rb'"sent": ?(\d+\.\d+)')
LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)


class Record:
    def __init__(self) -> None:
        self.ids: dict[int, int] = {}
        self.waits: list[float] = []
        self.first = self.last = 0.0

    def take(self, body: bytes) -> None:
        self.last = time.time()
        self.first = self.first or self.last
        for found in ID.findall(body):
            number = int(found)
            self.ids[number] = self.ids.get(number, 0) + 1
        self.waits += [self.last - float(sent) for sent in SENT.findall(body)]

    def summary(self) -> bytes:
        return json.dumps(
            {"count": len(self.waits), "first": self.first, "last": self.last, "ids": self.ids, "waits": self.waits}
        ).encode()


class Sink(asyncio.Protocol):
    record = Record()
    latency = 0.0
    answer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport, self.buffer = transport, b""

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        while True:
            head, separator, rest = self.buffer.partition(b"\r\n\r\n")
            if not separator:
                return
            found = LENGTH.search(head)
            length = int(found[1]) if found else 0
            if len(rest) < length:
                return
            body, self.buffer = rest[:length], rest[length:]
            self._answer(head, body)

    def _answer(self, head: bytes, body: bytes) -> None:
        if head.startswith(b"GET /count"):
            self._tell(b"%d" % len(Sink.record.waits))
        elif head.startswith(b"GET /summary"):
            self._tell(Sink.record.summary())
        elif head.startswith(b"POST /reset"):
            Sink.record = Record()
            self.transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        else:
            Sink.record.take(body)
            if self.latency:
                asyncio.get_running_loop().call_later(self.latency, self._send)
            else:
                self._send()

    def _tell(self, text: bytes) -> None:
        self.transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(text), text))

    def _send(self) -> None:
        if not self.transport.is_closing():
            self.transport.write(self.answer)


async def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int)
    parser.add_argument("--latency-ms", type=float, default=0)
    parser.add_argument("--status", type=int, default=200)
    options = parser.parse_args()
    Sink.latency = options.latency_ms / 1000
    Sink.answer = b"HTTP/1.1 %d Answer\r\nContent-Length: 2\r\n\r\nok" % options.status
    server = await asyncio.get_running_loop().create_server(Sink, "127.0.0.1", options.port, backlog=1024)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
