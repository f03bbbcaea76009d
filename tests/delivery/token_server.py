"""A token endpoint on this machine: counts who asks, and answers as it is told."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from tests.local_server import Handler, serving

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
    with serving(_Handler, recording) as address:
        recording.url = f"{address}/token"
        try:
            yield recording
        finally:
            recording.released.set()


class _Handler(Handler):
    part: TokenServer

    def do_POST(self) -> None:
        form = self.body().decode()
        with self.part.lock:
            self.part.asked.append(dict(parse_qsl(form)))
            self.part.headers.append(dict(self.headers))
            answer = self.part.answers(len(self.part.asked))
        if answer is None:
            return self.say_nothing(self.part.released)
        status, content = answer
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        away = {"Location": "https://elsewhere.example/token"} if 300 <= status < 400 else {}
        return self.reply(status, body, **away)
