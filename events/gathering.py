"""Small requests that come in side by side share a transaction: each would cost the database as much as all together.

The first one is stored at once. What comes meanwhile waits for it to be committed, and goes together then; so nothing
waits for a time that somebody chose, and a single request is as quick as ever.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from threading import Event as Signal
from threading import Lock
from typing import TYPE_CHECKING

from events import storing
from events.database_faults import PASSING
from events.models import Project

if TYPE_CHECKING:
    from events.accept import Accepted, Incoming

MOST_GATHERED = 500  # events


@dataclass(slots=True, eq=False)
class Part:
    """One request's events and what became of them: the result, the error, or, with neither, its turn to store."""

    incoming: Sequence["Incoming"]
    received_at: datetime
    result: "Accepted | None" = None
    error: BaseException | None = None
    woken: Signal = field(default_factory=Signal)

    @property
    def is_done(self) -> bool:
        return self.result is not None or self.error is not None


# Stores all parts in one transaction and answers in their order.
Store = Callable[[Project, Sequence[Part]], list["Accepted"]]


class Gathering:
    """The requests of one process, by project. In each project one thread at a time stores, for itself and others."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = Lock()
        # A project is in here while one of its threads stores.
        self._waiting: dict[int, list[Part]] = {}

    def accept(self, project: Project, part: Part) -> "Accepted":
        """Returns once the part's events are committed. Raises what its own events raise."""
        if not self._may_begin(project.pk, part):
            part.woken.wait()
        if not part.is_done:
            storing.do(partial(self._lead, project, part))
        if part.error is not None:
            raise part.error
        assert part.result is not None
        return part.result

    def _may_begin(self, project: int, part: Part) -> bool:
        with self._lock:
            if project in self._waiting:
                self._waiting[project].append(part)
                return False
            self._waiting[project] = []
            return True

    def _lead(self, project: Project, own: Part) -> None:
        parts = [own, *self._take(project.pk, MOST_GATHERED - len(own.incoming))]
        try:
            self._store_parts(project, parts)
        finally:
            self._hand_over(project.pk)
            for part in parts:
                part.woken.set()

    def _take(self, project: int, room: int) -> list[Part]:
        with self._lock:
            waiting, taken = self._waiting[project], []
            while waiting and len(waiting[0].incoming) <= room:
                room -= len(waiting[0].incoming)
                taken.append(waiting.pop(0))
            return taken

    def _store_parts(self, project: Project, parts: list[Part]) -> None:
        try:
            for part, result in zip(parts, self._store(project, parts), strict=True):
                part.result = result
        except BaseException as error:
            if len(parts) == 1 or isinstance(error, PASSING):
                for part in parts:
                    part.error = error
            else:
                for part in parts:  # one request's mistake is not the others'
                    self._store_parts(project, [part])

    def _hand_over(self, project: int) -> None:
        """The one that has waited longest stores next, in its own thread."""
        with self._lock:
            if waiting := self._waiting[project]:
                waiting.pop(0).woken.set()
            else:
                del self._waiting[project]
