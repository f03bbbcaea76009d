"""The events of a project, newest first, a page at a time by id. A page looks at so many rows at most: a rare match is
found over several pages, none of which takes long."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from events.models import Event, Project
from events.time_bounds import first_since

LOOKED_AT = 5_000


@dataclass(frozen=True, slots=True)
class Criteria:
    """`user_id` and `device_id` exactly; times are those of receipt."""

    event_type: str = ""
    topic: str = ""
    user_id: str = ""
    device_id: str = ""
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """`older`: the id to go on below; None where nothing follows."""

    rows: list[Event]
    older: int | None


def page(project: Project, criteria: Criteria, before: int | None, most: int) -> Page:
    walk = Event.objects.filter(project=project).order_by("-pk")
    if before:
        walk = walk.filter(pk__lt=before)
    if criteria.user_id:  # has an index of its own
        walk = walk.filter(user_id=criteria.user_id)
    if criteria.since:
        walk = walk.filter(pk__gte=first_since(Event.objects.all(), "received_at", criteria.since))
    sieve = _sieve(criteria)
    if not sieve:
        rows = list(walk[: most + 1])
        return Page(rows[:most], rows[most - 1].pk if len(rows) > most else None)
    end = walk.values_list("pk", flat=True)[LOOKED_AT - 1 : LOOKED_AT].first()
    rows = list(Event.objects.filter(sieve, pk__in=walk.values("pk")[:LOOKED_AT]).order_by("-pk")[: most + 1])
    return Page(rows[:most], rows[most - 1].pk if len(rows) > most else end)


def _sieve(criteria: Criteria) -> Q:
    sieve = Q()
    for name in ("event_type", "topic", "device_id"):
        if value := getattr(criteria, name):
            sieve &= Q(**{name: value})
    if criteria.since:
        sieve &= Q(received_at__gte=criteria.since)
    return sieve & Q(received_at__lt=criteria.until) if criteria.until else sieve
