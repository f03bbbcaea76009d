"""Where ingest speaks with the database: in a few threads, which keep their connections, while many requests wait.

A request that waits for its commit costs a thread then, and no connection. A process that has begun no such threads
does the work where it comes up.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from threading import local
from typing import TypeVar

from django.db import connection

T = TypeVar("T")

_threads: ThreadPoolExecutor | None = None
_here = local()


def begin(threads: int) -> None:
    """Called once by a process that serves requests. `threads`: as many connections may be open."""
    global _threads
    _threads = ThreadPoolExecutor(threads, "storing", initializer=_mark)


def do(work: Callable[[], T]) -> T:
    """Returns and raises what `work` does. A transaction that is open already goes on in its own thread."""
    if _threads is None or hasattr(_here, "is_storing") or connection.in_atomic_block:
        return work()
    return _threads.submit(copy_context().run, _do, work).result()


def _do(work: Callable[[], T]) -> T:
    connection.close_if_unusable_or_obsolete()  # as Django does before each request, in the request's thread
    return work()


def _mark() -> None:
    _here.is_storing = True
