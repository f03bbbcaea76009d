"""How many events came in, of which types: counted as they leave the outbox, which each does once and many together.

Not as they are stored: web threads by the dozen would then wait for each other's commits at one project's row.
"""

import logging
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from functools import partial

from django.db import DatabaseError
from django.db.models import Sum

from events import storing
from events.counters import HOUR, MINUTE, Kept, Tally, add_up
from events.models import Event, EventCount, Outbox, Project, TypeCount, TypeRate

log = logging.getLogger(__name__)

LONGEST_TYPE = 255  # characters; longer ones are counted without their names
MOST_IN_OUTBOX = 1_000
# Types are many: their hours are kept for four weeks to compare with, and some days.
TYPES_KEPT: Kept = {MINUTE: timedelta(hours=3), HOUR: timedelta(days=32)}


def count_received(events: Iterable[tuple[int, str, datetime]], moment: datetime) -> None:
    """Adds events (project id, type, received when) to the counters; the last statements of a transaction."""
    tally, rates = Tally(EventCount, "project_id"), Tally(TypeRate, "project_id", "event_type", kept=TYPES_KEPT)
    types: Counter[tuple[int, date, str]] = Counter()
    for (project, event_type, received_at), count in Counter(events).items():
        tally.add(project, received_at, "received", count)
        if len(event_type) <= LONGEST_TYPE:
            types[project, received_at.astimezone(UTC).date(), event_type] += count
            rates.add((project, event_type), received_at, "received", count)
    tally.write(moment)
    rates.write(moment)
    add_up(TypeCount, ("project_id", "day", "event_type"), {key: {"received": n} for key, n in types.items()})


def count_duplicates(project: Project, count: int, moment: datetime) -> None:
    tally = Tally(EventCount, "project_id")
    tally.add(project.pk, moment, "duplicates", count)
    tally.write(moment)


def count_refused(project: Project, moment: datetime, count: int = 1) -> None:
    """Requests that were refused. Never raises: the sender is to learn why, whatever the database does."""
    tally = Tally(EventCount, "project_id")
    tally.add(project.pk, moment, "refused", count)
    try:
        storing.do(partial(tally.write, moment))
    except DatabaseError as error:
        log.warning("A refused request was not counted (%s)", error)


def received(project: Project, since: datetime, until: datetime | None = None, span: int = HOUR) -> int:
    """Events received in the minutes or hours (`span`) that began at `since` or later, and before `until`."""
    rows = EventCount.objects.filter(project=project, span=span, start__gte=since)
    if until:
        return rows.filter(start__lt=until).aggregate(sum=Sum("received", default=0))["sum"]
    waiting = sum(at >= since for _, at in in_outbox(project))
    return waiting + rows.aggregate(sum=Sum("received", default=0))["sum"]


def in_outbox(project: Project) -> list[tuple[str, datetime]]:
    """(type, received when) of the newest events that are not counted yet: with workers at work, hardly any."""
    newest = Outbox.objects.order_by("-event_id").values("event_id")[:MOST_IN_OUTBOX]
    return list(Event.objects.filter(pk__in=newest, project=project).values_list("event_type", "received_at"))
