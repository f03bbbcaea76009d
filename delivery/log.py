"""The delivery log: which deliveries, newest first, a page at a time by key. Its cost does not grow with the table.

Ids rise with time, so "newest first" is an index's own order and a page begins where the one before ended. What no
index answers (an event's type, the text of an error) is looked for window by window until the time for it is up; the
page then says how far back that was, and the reader decides whether to go on.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import reduce
from operator import or_
from time import monotonic
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet

from delivery.message_ids import BATCH_PREFIX
from delivery.models import LOST_STATES, OPEN_STATES, Attempt, Delivery, State
from events.models import Event, Project
from events.query import is_number
from events.time_bounds import first_since

ROWS = 25
WINDOW = 5_000  # rows looked at in one go
SEARCH_SECONDS = 0.06  # no further window is begun after so long
MOST_EVENTS_OF_USER = 3_000  # a user with more is met often enough on the way
# What one chooses in the state filter, and the states it stands for.
STATE_CHOICES: dict[str, tuple[State, ...]] = {
    "waiting": OPEN_STATES,
    "undelivered": LOST_STATES,
    **{state.value: (state,) for state in State},
}
# Any other answer than 2xx leaves a delivery in one of these, and so does an error.
AFTER_A_FAILURE = (State.RETRYING, *LOST_STATES)
NO_ANSWER = "none"
ANSWERS = ("2xx", "3xx", "4xx", "5xx", NO_ANSWER)


@dataclass(frozen=True, slots=True)
class Criteria:
    """What to look for. `who`: an event's UUID, the id of a delivery, batch, user or device, exactly. `answer`: one of
    ANSWERS, of the last attempt. `error`: a part of the last error's line, in any case."""

    destination: int | None = None
    state: str = ""  # one of STATE_CHOICES
    event_type: str = ""
    who: str = ""
    answer: str = ""
    error: str = ""
    since: datetime | None = None
    until: datetime | None = None

    def __bool__(self) -> bool:
        return self != Criteria()


@dataclass(slots=True)
class Page:
    """A page of the log. `newer` and `older` are the ids to go on from; None where nothing follows.

    `searched_to` is set where the search stopped at its bound: the time of the oldest row looked at, and `searched`
    how many were.
    """

    rows: list[Delivery]
    newer: int | None = None
    older: int | None = None
    searched_to: datetime | None = None
    searched: int = 0

    @property
    def searched_words(self) -> str:
        return f"{self.searched:,} deliveries"


@dataclass(slots=True)
class _Found:
    """`end`: (id, created at) of the last row looked at, where the search stopped before it had found enough."""

    rows: list[Delivery]
    end: tuple[int, datetime] | None = None
    searched: int = 0


def page(
    project: Project, criteria: Criteria, *, before: int | None = None, after: int | None = None, rows: int = ROWS
) -> Page:
    """The newest matching deliveries; those older than the id `before`, or the next newer than the id `after`."""
    if after is not None:
        return _newer_page(project, criteria, after, rows)
    found = _search(project, criteria, Q(pk__lt=before) if before else Q(), "-pk", rows + 1)
    shown = Page(found.rows[:rows], newer=found.rows[0].pk if found.rows and before else None)
    if len(found.rows) > rows:
        shown.older = shown.rows[-1].pk
    elif found.end is not None:
        shown.older, shown.searched_to = found.end
        shown.searched = found.searched
    return shown


def _newer_page(project: Project, criteria: Criteria, after: int, rows: int) -> Page:
    found = _search(project, criteria, Q(pk__gt=after), "pk", rows + 1)
    more = len(found.rows) > rows
    if not more and found.end is None:  # the newest end is reached: show a full first page
        return page(project, criteria, rows=rows)
    shown = found.rows[:rows][::-1]
    newest = shown[0].pk if more else found.end[0] if found.end else None
    return Page(shown, newer=newest, older=shown[-1].pk if shown else after + 1)


# -- searching -------------------------------------------------------------------------------------------------------
def _search(project: Project, criteria: Criteria, key: Q, order: str, most: int) -> _Found:
    walks, sieve = _walks_and_sieve(project, criteria)
    walks = [walk.filter(key).order_by(order) for walk in walks]
    if not sieve:
        return _Found(_first_of_each(walks, order, most))
    return _sift(walks, sieve, order, most)


def _sift(walks: list[QuerySet[Delivery]], sieve: Q, order: str, most: int) -> _Found:
    """Up to `most` of the walks' rows that pass the sieve, a window at a time until the time is up."""
    searched, passing, until = 0, [], monotonic() + SEARCH_SECONDS
    while True:
        end = _end_of_window(walks, order)
        passing += _passing(walks, sieve, order, end)
        searched += WINDOW
        if len(passing) >= most or end is None or monotonic() >= until:
            break
        walks = [walk.filter(_beyond(end[0], order)) for walk in walks]
    rows = list(_with_names(Delivery.objects.filter(pk__in=passing[:most]).order_by(order)))
    return _Found(rows, None if len(passing) >= most else end, searched)


def _passing(walks: list[QuerySet[Delivery]], sieve: Q, order: str, end: tuple[int, datetime] | None) -> list[int]:
    """The ids, in order, of those in the window that pass. The window is a query within, with its own limit: whatever
    the planner believes of the sieve, it looks at no more rows."""
    found: list[int] = []
    for walk in walks:
        found += Delivery.objects.filter(sieve, pk__in=walk.values("pk")[:WINDOW]).values_list("pk", flat=True)
    backwards = order == "-pk"
    if end:
        found = [pk for pk in found if (pk >= end[0] if backwards else pk <= end[0])]
    return sorted(found, reverse=backwards)


def _end_of_window(walks: list[QuerySet[Delivery]], order: str) -> tuple[int, datetime] | None:
    """The last row of the walks' next window: where the first of them has its fill. None if no walk has that many."""
    last = (walk.values_list("pk", "created_at")[WINDOW - 1 : WINDOW].first() for walk in walks)
    ends = [end for end in last if end]
    if not ends:
        return None
    return max(ends) if order == "-pk" else min(ends)


def _beyond(pk: int, order: str) -> Q:
    return Q(pk__lt=pk) if order == "-pk" else Q(pk__gt=pk)


def _first_of_each(walks: list[QuerySet[Delivery]], order: str, most: int) -> list[Delivery]:
    """An index keeps one order per state, so several states are walked one by one and merged."""
    if len(walks) == 1:
        return list(_with_names(walks[0])[:most])
    any_of = reduce(or_, (Q(pk__in=walk.values("pk")[:most]) for walk in walks))
    return list(_with_names(Delivery.objects.filter(any_of).order_by(order))[:most])


# -- what an index answers, and what not -----------------------------------------------------------------------------
def _walks_and_sieve(project: Project, criteria: Criteria) -> tuple[list[QuerySet[Delivery]], Q]:
    """Walks along an index in the order of ids, and what is checked row by row on the way."""
    everything = _within(Delivery.objects.filter(project=project), criteria)
    walk, sieve = _of_whom(project, criteria.who, everything)
    is_short = bool(criteria.who) and not sieve
    sieve &= _sieve(criteria)
    if criteria.destination:
        walk = walk.filter(destination=criteria.destination)
    states = _states(criteria)
    if states is None:
        return ([walk.filter(sieve)], Q()) if is_short else ([walk], sieve)
    if is_short:
        return [walk.filter(sieve, state__in=states)], Q()
    if State.DELIVERED in states:
        return [walk], sieve & Q(state__in=states)
    if not states:
        return [walk.none()], Q()
    return [in_state(walk, state) for state in states], sieve


def in_state(walk: QuerySet[Delivery], state: State) -> QuerySet[Delivery]:
    """SQLite takes a partial index only where its very words stand in the query. PostgreSQL sees by itself that it
    fits, and would count the further words as a further condition that hardly a row meets."""
    if connection.vendor == "sqlite":
        walk = walk.exclude(state=State.DELIVERED)
    return walk.filter(state=state)


def _of_whom(project: Project, who: str, walk: QuerySet[Delivery]) -> tuple[QuerySet[Delivery], Q]:
    if not who:
        return walk, Q()
    if uuid := _uuid(who):
        of_uuid = Event.objects.filter(project=project, uuid=uuid).values_list("pk", flat=True)[:10]
        return walk.filter(event__in=list(of_uuid)), Q()
    if who.startswith(BATCH_PREFIX) and (together := list(in_batch(who))):
        return walk.filter(pk__in=together), Q()
    of_user = Event.objects.filter(project=project, user_id=who).order_by("-pk").values_list("pk", flat=True)
    events = list(of_user[:MOST_EVENTS_OF_USER])
    if is_number(who) and walk.filter(pk=int(who)).exists():
        return walk.filter(Q(pk=int(who)) | Q(event__in=events[:100])), Q()
    if 0 < len(events) < MOST_EVENTS_OF_USER:
        return walk.filter(event__in=events), Q()
    return walk, Q(event__user_id=who) | Q(event__device_id=who)


def in_batch(batch: str) -> "QuerySet[Attempt, int]":
    """The ids of deliveries that shared a request of this id."""
    return Attempt.objects.filter(batch=batch).values_list("delivery_id", flat=True)


def _sieve(criteria: Criteria) -> Q:
    sieve = Q()
    if criteria.event_type:
        sieve &= Q(event__event_type=criteria.event_type)
    if criteria.answer == NO_ANSWER:
        sieve &= Q(last_status=None) & ~Q(last_error="")
    elif criteria.answer:
        first = int(criteria.answer[0]) * 100
        sieve &= Q(last_status__gte=first, last_status__lt=first + 100)
    if criteria.error:
        sieve &= Q(last_error__icontains=criteria.error)
    return sieve


def _states(criteria: Criteria) -> tuple[State, ...] | None:
    """The states that can match; None for any."""
    chosen = STATE_CHOICES.get(criteria.state)
    if criteria.error or criteria.answer not in ("", "2xx"):
        return tuple(state for state in AFTER_A_FAILURE if chosen is None or state in chosen)
    return chosen


def _within(walked: QuerySet[Delivery], criteria: Criteria) -> QuerySet[Delivery]:
    """The time range as a range of ids, so that the walk ends there, and exactly."""
    rows = walked
    if criteria.since:
        walked = walked.filter(pk__gte=first_since(rows, "created_at", criteria.since), created_at__gte=criteria.since)
    if criteria.until:
        end = first_since(rows, "created_at", criteria.until + timedelta(minutes=2))
        walked = walked.filter(pk__lt=end, created_at__lt=criteria.until)
    return walked


def _with_names(deliveries: QuerySet[Delivery]) -> QuerySet[Delivery]:
    """With what a row of the list shows, and without the events' wide data."""
    return deliveries.select_related("event", "destination__lane_health").defer(
        "event__data", "event__message", "event__notes", "destination__template", "destination__filter"
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
        answer=query.get("answer") or "",
        error=query.get("error") or "",
    )
    return replace(criteria, since=moment - timedelta(hours=int(hours))) if hours else criteria
