"""A Redis that is not there, or that says nothing: what the hub does without its answers."""

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest
from django_rq.settings import QUEUES

from events import hub_redis

NOWHERE = 1  # a port where nothing listens


def redis_at(monkeypatch: pytest.MonkeyPatch, port: int = NOWHERE) -> None:
    for queue in QUEUES.values():
        monkeypatch.setitem(queue, "URL", f"redis://127.0.0.1:{port}")


@contextmanager
def mute_redis(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], int]]:
    """Takes connections and answers nothing, as one does that is stopped. Gives how many there have been; whoever
    was left without an answer does not ask again."""
    taken: list[socket.socket] = []

    def asked() -> int:
        with suppress(BlockingIOError):
            while True:
                taken.append(server.accept()[0])
        return len(taken)

    with socket.create_server(("127.0.0.1", 0)) as server, monkeypatch.context() as patch:
        server.setblocking(False)
        patch.setattr(hub_redis, "REST", 600.0)
        redis_at(patch, server.getsockname()[1])
        yield asked
        for one in taken:
            one.close()
