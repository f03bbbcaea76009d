"""A webhook receiver on this machine: records what it gets, and answers as it is told."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.local_server import Handler, serving

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
    with serving(_Handler, recording) as address:
        recording.url = f"{address}/hook"
        try:
            yield recording
        finally:
            recording.released.set()


class _Handler(Handler):
    part: Receiver

    def _answer(self) -> None:
        received = Received(self.command, self.path, dict(self.headers), self.body())
        status = self.part.take(received)
        if status is None:
            return self.say_nothing(self.part.released)
        return self.reply(status, self.part.answer)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _answer
