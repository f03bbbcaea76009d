"""The delivery log: which deliveries, newest first, a page at a time by key. Its cost does not grow with the table.

Ids rise with time, so "newest first" is an index's own order and a page begins where the one before ended. What no
index answers (an event's type, its user) is looked for among a bounded number of rows; the page then says how far
back that was, and the reader decides whether to go on.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import reduce
from operator import or_
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from delivery.models import LOST_STATES, OPEN_STATES, Delivery, State
from events.models import Event, Project
from events.time_bounds import first_since

ROWS = 25
MOST_SCANNED = 20_000
# What one chooses in the state filter, and the states it stands for.
STATE_CHOICES: dict[str, tuple[State, ...]] = {
    "waiting": OPEN_STATES,
    "undelivered": LOST_STATES,
    **{state.value: (state,) for state in State},
}


@dataclass(frozen=True, slots=True)
class Criteria:
    """What to look for. `who`: an event's UUID, or a user or device id, exactly."""

    destination: int | None = None
    state: str = ""  # one of STATE_CHOICES
    event_type: str = ""
    who: str = ""
    since: datetime | None = None
    until: datetime | None = None

    def __bool__(self) -> bool:
        return self != Criteria()


@dataclass(slots=True)
class Page:
    """A page of the log. `newer` and `older` are the ids to go on from; None where nothing follows.

    `searched_to` is set where the search stopped at its bound: the time of the oldest row looked at.
    """

    rows: list[Delivery]
    newer: int | None = None
    older: int | None = None
    searched_to: datetime | None = None


def page(
    project: Project, criteria: Criteria, *, before: int | None = None, after: int | None = None, rows: int = ROWS
) -> Page:
    """The newest matching deliveries; those older than the id `before`, or the next newer than the id `after`."""
    if after is not None:
        return _newer_page(project, criteria, after, rows)
    found, end = _search(project, criteria, Q(pk__lt=before) if before else Q(), "-pk", rows + 1)
    shown = Page(found[:rows], newer=found[0].pk if found and before else None)
    if len(found) > rows:
        shown.older = shown.rows[-1].pk
    elif end is not None:
        shown.older, shown.searched_to = end.pk, end.created_at
    return shown


def _newer_page(project: Project, criteria: Criteria, after: int, rows: int) -> Page:
    found, end = _search(project, criteria, Q(pk__gt=after), "pk", rows + 1)
    if len(found) <= rows and end is None:  # the newest end is reached: show a full first page
        return page(project, criteria, rows=rows)
    shown = found[:rows][::-1]
    newest = shown[0].pk if len(found) > rows else end.pk if end else None
    return Page(shown, newer=newest, older=shown[-1].pk if shown else after + 1)


def _search(
    project: Project, criteria: Criteria, key: Q, order: str, most: int
) -> tuple[list[Delivery], Delivery | None]:
    """Up to `most` matching deliveries, and the last row looked at if the bound was met before finding them all."""
    walks, sifted = _walks_and_sieve(project, criteria)
    walks = [walk.filter(key).order_by(order) for walk in walks]
    if not sifted:
        return _first_of_each(walks, order, most), None
    (walk,) = walks
    window = walk.values("pk")[:MOST_SCANNED]
    found = list(_with_names(Delivery.objects.filter(sifted, pk__in=window).order_by(order))[:most])
    if len(found) >= most:
        return found, None
    return found, walk.only("created_at")[MOST_SCANNED - 1 : MOST_SCANNED].first()


def _first_of_each(walks: list[QuerySet[Delivery]], order: str, most: int) -> list[Delivery]:
    """An index keeps one order per state, so several states are walked one by one and merged."""
    if len(walks) == 1:
        return list(_with_names(walks[0])[:most])
    any_of = reduce(or_, (Q(pk__in=walk.values("pk")[:most]) for walk in walks))
    return list(_with_names(Delivery.objects.filter(any_of).order_by(order))[:most])


def _walks_and_sieve(project: Project, criteria: Criteria) -> tuple[list[QuerySet[Delivery]], Q]:
    """The criteria that an index answers in order, and those that are checked row by row on the way (one walk then)."""
    walk, sifted = _within(Delivery.objects.filter(project=project), criteria), Q()
    event_uuid = _uuid(criteria.who)
    if event_uuid:
        events = Event.objects.filter(project=project, uuid=event_uuid).values_list("pk", flat=True)[:10]
        walk = walk.filter(event__in=list(events))
    elif criteria.who:
        sifted &= Q(event__user_id=criteria.who) | Q(event__device_id=criteria.who)
    if criteria.event_type:
        sifted &= Q(event__event_type=criteria.event_type)
    if criteria.destination:
        walk = walk.filter(destination=criteria.destination)
    states = STATE_CHOICES.get(criteria.state, ())
    if not states:
        return [walk], sifted
    if State.DELIVERED in states or criteria.destination or sifted:
        return [walk], sifted & Q(state__in=states)
    undelivered = walk.exclude(state=State.DELIVERED)  # the words of the partial index
    return [undelivered.filter(state=state) for state in states], sifted


def _within(walked: QuerySet[Delivery], criteria: Criteria) -> QuerySet[Delivery]:
    """The time range as a range of ids, so that the walk ends there, and exactly."""
    if criteria.since:
        walked = walked.filter(pk__gte=_first_since(criteria.since), created_at__gte=criteria.since)
    if criteria.until:
        end = _first_since(criteria.until + timedelta(minutes=2))
        walked = walked.filter(pk__lt=end, created_at__lt=criteria.until)
    return walked


def _first_since(moment: datetime) -> int:
    return first_since(Delivery.objects.all(), "created_at", moment)


def _with_names(deliveries: QuerySet[Delivery]) -> QuerySet[Delivery]:
    """With what a row of the list shows, and without the events' wide data."""
    return deliveries.select_related("event", "destination").defer(
        "event__data", "event__notes", "destination__template", "destination__filter"
    )


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def from_query(query: Any, moment: datetime) -> Criteria:
    """Criteria from a page's GET parameters, given as cleaned form data. `range` is in hours back from `moment`."""
    hours = query.get("range")
    criteria = Criteria(
        destination=query.get("destination") or None,
        state=query.get("state") or "",
        event_type=query.get("type") or "",
        who=query.get("q") or "",
    )
    return replace(criteria, since=moment - timedelta(hours=int(hours))) if hours else criteria
