"""About how many deliveries match: added up from the road's counters, which takes as long for a million as for ten."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from math import floor, log10

from django.db.models import Sum
from django.utils.timezone import now

from delivery.log import STATE_CHOICES, Criteria
from delivery.models import LaneCount, State
from events.counters import HOUR, MINUTE
from events.models import Project

BY_MINUTE = timedelta(hours=2)  # a shorter range is added up from minutes
SHORT = 100  # from here on a number is rounded, and said to be
# Of the states with a column; what is in none of them is queued.
COUNTED = tuple(state.value for state in State if state != State.QUEUED)


def estimate(project: Project, criteria: Criteria, at: datetime | None = None) -> int | None:
    """Matching deliveries that the project keeps, to the hour or minute at the ends of the time range; None where no
    counter tells (an event's type, its user, the answer)."""
    if criteria.event_type or criteria.who or criteria.answer or criteria.error:
        return None
    moment = at or now()
    kept_since = moment - timedelta(days=project.keep_deliveries)
    since = max(criteria.since or kept_since, kept_since)
    span = MINUTE if moment - since < BY_MINUTE else HOUR
    rows = LaneCount.objects.filter(destination__project=project, span=span)
    rows = rows.filter(start__gt=since - timedelta(seconds=span))
    if criteria.until:
        rows = rows.filter(start__lt=criteria.until)
    if criteria.destination:
        rows = rows.filter(destination=criteria.destination)
    sums = rows.aggregate(**{name: Sum(name, default=0) for name in ("created", *COUNTED)})
    return max(0, _of_states(sums, STATE_CHOICES.get(criteria.state, tuple(State))))


def _of_states(sums: dict[str, int], states: Iterable[State]) -> int:
    queued = sums["created"] - sum(sums[name] for name in COUNTED)
    return sum(queued if state == State.QUEUED else sums[state.value] for state in states)


def about(project: Project, criteria: Criteria) -> str:
    """The estimate for a page: "12,000", or nothing where there is none."""
    count = estimate(project, criteria)
    return in_words(count) if count else ""


def in_words(count: int) -> str:
    """12,345 -> "12,000": two digits that count, and no pretence of more."""
    if count < SHORT:
        return f"{count}"
    unit = 10 ** (floor(log10(count)) - 1)
    return f"{round(count / unit) * unit:,}"
