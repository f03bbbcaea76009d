"""What a filter, perhaps a draft, would have let pass of a project's last 24 hours."""

import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.timezone import now

from destinations.filters import Filter
from destinations.transformations.wanting import Wanting
from events.models import Event, Project
from events.time_bounds import first_since

HOURS = 24
MOST_EVENTS = 10_000
# A page waits for this, also while a costly regular expression is being typed.
MOST_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class TypeEffect:
    event_type: str
    events: int
    passing: int


@dataclass(frozen=True, slots=True)
class Effect:
    """Counts of the events that were looked at, newest first. `since`: the oldest looked at where there were too many
    to see them all (`complete` False), otherwise the beginning of the 24 hours. `types`: the most frequent first."""

    events: int
    passing: int
    since: datetime
    complete: bool
    types: tuple[TypeEffect, ...]


def effect(project: Project, compiled: Filter | Wanting) -> Effect:
    """`compiled`: a filter, or one behind a transformation.

    At most the newest 10,000 events of the last 24 hours, and about a second of looking."""
    since = now() - timedelta(hours=HOURS)
    seen: Counter[str] = Counter()
    passing: Counter[str] = Counter()
    end = time.monotonic() + MOST_SECONDS
    oldest, complete = since, True
    for received_at, topic, event_type, *data in _newest(project, since, compiled.needs_data):
        if time.monotonic() > end or seen.total() == MOST_EVENTS:
            complete = False
            break
        oldest = received_at
        seen[event_type] += 1
        passing[event_type] += compiled.refusal(topic, event_type, *(data or [{"event_type": event_type}])) is None
    types = tuple(TypeEffect(name, count, passing[name]) for name, count in seen.most_common())
    return Effect(seen.total(), passing.total(), since if complete else oldest, complete, types)


def _newest(project: Project, since: datetime, with_data: bool) -> Iterable[tuple[Any, ...]]:
    rows = Event.objects.filter(project=project)
    fields = ("received_at", "topic", "event_type", *(("data",) if with_data else ()))
    rows = rows.filter(pk__gte=first_since(rows, "received_at", since), received_at__gte=since).order_by("-pk")
    return rows.values_list(*fields)[: MOST_EVENTS + 1].iterator(chunk_size=1_000)
