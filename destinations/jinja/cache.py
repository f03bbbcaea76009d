"""Compiled templates by content, within a bound on the source they hold."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

Value = TypeVar("Value")


class SourceCache(Generic[Value]):
    """Least recently used entries go once the sources together pass `characters`. Safe between threads."""

    def __init__(self, characters: int) -> None:
        self._capacity = characters
        self._held = 0
        self._entries: OrderedDict[tuple[str, Hashable], Value] = OrderedDict()
        self._lock = Lock()

    def get(self, source: str, variant: Hashable, make: Callable[[], Value]) -> Value:
        """The entry for a source and variant, made outside the lock when there is none."""
        key = (source, variant)
        with self._lock:
            found = self._entries.get(key)
            if found is not None:
                self._entries.move_to_end(key)
                return found
        made = make()
        with self._lock:
            if key not in self._entries:
                self._entries[key] = made
                self._held += len(source) + 1
            while self._held > self._capacity and len(self._entries) > 1:
                (dropped, _), _ = self._entries.popitem(last=False)
                self._held -= len(dropped) + 1
        return made

    def __len__(self) -> int:
        return len(self._entries)
