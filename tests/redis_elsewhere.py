"""A Redis that is not there, or that says nothing: what the hub does without its answers."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django_rq.settings import QUEUES

NOWHERE = 1  # a port where nothing listens


def redis_at(monkeypatch: pytest.MonkeyPatch, port: int = NOWHERE) -> None:
    for queue in QUEUES.values():
        monkeypatch.setitem(queue, "URL", f"redis://127.0.0.1:{port}")


@contextmanager
def mute_redis(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Takes connections and answers nothing, as one does that is stopped."""
    with socket.create_server(("127.0.0.1", 0)) as server, monkeypatch.context() as patch:
        redis_at(patch, server.getsockname()[1])
        yield
