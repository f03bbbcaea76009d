"""Distinct users, for projects with a monitor that asks for them: a HyperLogLog in Redis for each hour.

The router adds the users of a batch with one command for each project and hour, nothing where nobody asks. The
estimate is within about one percent. Finished hours are written down as gauges. Should Redis lose its memory, the key
that says since when users are counted is lost too: what began before says nothing then, and no false alarm is raised.
"""

import logging
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from time import monotonic

from django.db.models.functions import Coalesce
from redis.exceptions import RedisError

from delivery.monitors.gauges import note
from delivery.monitors.metrics import Metric
from delivery.monitors.models import Monitor
from delivery.monitors.sources import Subject
from events.counters import HOUR
from events.hub_redis import hub_redis
from events.models import Event
from events.restrictions import Restrictions

log = logging.getLogger(__name__)

KEPT = timedelta(hours=50)  # two days to compare, and what is under way
ASKED_EVERY = 10.0  # seconds between two looks at which projects are watched
PER_DAY = "day"  # the subject of what was counted over 24 hours

_watched: tuple[float, frozenset[int]] = (0.0, frozenset())


def count_users(events: Iterable[tuple[int, int, str, datetime, str, Restrictions | None]]) -> None:
    """Of events that were routed, as the router reads them. Repeated, it counts nobody twice. Does not raise where
    Redis is away."""
    watched = _projects()
    if not watched:
        return
    found = {pk: (project, at) for pk, project, _, at, *_ in events if project in watched}
    if not found:
        return
    people: dict[tuple[int, int], set[str]] = {}
    who = Event.objects.filter(pk__in=found).values_list("pk", Coalesce("user_id", "device_id"))
    for pk, person in who:
        project, at = found[pk]
        if person:
            people.setdefault((project, int(at.timestamp()) // HOUR), set()).add(person)
    try:
        with hub_redis().pipeline(transaction=False) as pipe:
            for (project, hour), names in people.items():
                pipe.set(_since(project), datetime.now(UTC).timestamp(), nx=True)
                pipe.pfadd(_key(project, hour), *names)
                pipe.expire(_key(project, hour), KEPT)
            pipe.execute()
    except RedisError as error:
        log.warning("Redis did not count users (%s)", error)


def users(projects: Iterable[int], since: datetime, until: datetime | None) -> dict[int, float]:
    """How many distinct users each project had in the hours from `since` on, before `until` (None: up to now). A
    project that was not counted all the time is left out."""
    first = int(since.timestamp()) // HOUR
    last = int((until or datetime.now(UTC) + timedelta(seconds=HOUR)).timestamp()) // HOUR
    wanted = list(projects)
    try:
        with hub_redis().pipeline(transaction=False) as pipe:
            for project in wanted:
                pipe.get(_since(project))
                pipe.pfcount(*(_key(project, hour) for hour in range(first, max(last, first + 1))))
            answers = pipe.execute()
    except RedisError as error:
        log.warning("Redis did not say how many users there were (%s)", error)
        return {}
    counted = zip(wanted, answers[::2], answers[1::2], strict=True)
    return {project: float(n) for project, began, n in counted if began and float(began) <= since.timestamp()}


def write_down(projects: Iterable[int], hour: datetime) -> None:
    """The hour that ended at `hour`, and the 24 hours up to then, as gauges."""
    wanted = list(projects)
    for name, hours in (("", 1), (PER_DAY, 24)):
        found = users(wanted, hour - timedelta(hours=hours), hour)
        note(Metric.USERS, {Subject(pk, name): n for pk, n in found.items()}, hour - timedelta(seconds=HOUR))


def begin(project: int) -> None:
    """From now on its users are counted: hours that begin later are whole."""
    global _watched
    _watched = (0.0, frozenset())
    try:
        hub_redis().set(_since(project), datetime.now(UTC).timestamp(), nx=True)
    except RedisError as error:
        log.warning("Redis did not take down since when users are counted (%s)", error)


def _projects() -> frozenset[int]:
    global _watched
    if monotonic() - _watched[0] > ASKED_EVERY or not _watched[0]:
        found = Monitor.objects.filter(metric=Metric.USERS, enabled=True).values_list("project_id", flat=True)
        _watched = (monotonic(), frozenset(found))
    return _watched[1]


def _key(project: int, hour: int) -> str:
    return f"streamhub:users:{project}:{hour}"


def _since(project: int) -> str:
    return f"streamhub:users:{project}:since"
