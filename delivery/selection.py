"""Which deliveries are to be sent again: what a replay looks for, counts and walks over, oldest first.

The walk goes up the ids in windows, state by state along an index's own order, so that neither a long log nor a rare
match makes a step long.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from time import monotonic
from typing import Any
from uuid import UUID

from django.db.models import Count, Max, Q, QuerySet

from delivery.log import in_batch, in_state
from delivery.message_ids import BATCH_PREFIX
from delivery.models import LOST_STATES, REPEATABLE_STATES, Delivery, State
from destinations.models import Destination
from events.models import Event, Project
from events.query import is_number
from events.time_bounds import first_since

MOST_PICKED = 500
COUNT_WINDOW = 20_000  # rows of one query
COUNT_SECONDS = 0.8
NO_ANSWER = "none"


@dataclass(frozen=True, slots=True)
class Selection:
    """`since` and `until` bound when deliveries were made; `ended_since` when they failed, which takes in those that
    are still retried. `who`: an event's UUID, the id of a delivery, batch, user or device. `answer`: "2xx" ... "5xx"
    or "none". `picked`: ids; everything else is to hold as well. Without `destination` it is about those that are
    switched on."""

    project: int
    destination: int | None = None
    states: tuple[str, ...] = LOST_STATES
    event_type: str = ""
    who: str = ""
    answer: str = ""
    error: str = ""
    since: datetime | None = None
    until: datetime | None = None
    ended_since: datetime | None = None
    picked: tuple[int, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Without what is not set."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: _plain(value) for name, value in values.items() if value not in (None, "", ())}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Selection":
        given = dict(stored)
        for name in ("since", "until", "ended_since"):
            if name in given:
                given[name] = datetime.fromisoformat(given[name])
        for name in ("states", "picked"):
            if name in given:
                given[name] = tuple(given[name])
        return cls(**given)

    def first_id(self) -> int:
        """No delivery with a lower id matches."""
        if self.picked:
            return min(self.picked)
        return first_since(_of_project(self.project), "created_at", self.since) if self.since else 0

    def last_id(self) -> int:
        """The newest delivery there is now."""
        return _of_project(self.project).aggregate(last=Max("pk"))["last"] or 0


@dataclass(frozen=True, slots=True)
class Counted:
    """`number` match at least; all of them have been counted if `is_exact`."""

    number: int
    is_exact: bool

    @property
    def words(self) -> str:
        return f"{self.number:,}" if self.is_exact else f"more than {self.number:,}"


def count(selection: Selection, seconds: float = COUNT_SECONDS) -> Counted:
    """Counts for so long at most."""
    number, until = 0, monotonic() + seconds
    sieve, last = _sieve(selection), selection.last_id()
    for walk in _walks(selection):
        after = selection.first_id() - 1
        while True:
            if monotonic() > until:
                return Counted(number, is_exact=False)
            window = walk.filter(pk__gt=after, pk__lte=last).order_by("pk").values("pk")[:COUNT_WINDOW]
            seen = window.aggregate(end=Max("pk"), rows=Count("pk"))
            number += Delivery.objects.filter(sieve, pk__in=window).count() if sieve else seen["rows"]
            if seen["rows"] < COUNT_WINDOW:
                break
            after = seen["end"]
    return Counted(number, is_exact=True)


def next_ids(selection: Selection, after: int, last: int, most: int) -> tuple[list[int], int]:
    """The matching ones of the next `most` ids above `after`, and where to go on: `last` if there are no more."""
    window = sorted(pk for walk in _walks(selection) for pk in _ids(walk, after, last, most))[:most]
    if not window:
        return [], last
    sieve = _sieve(selection)
    found = Delivery.objects.filter(pk__in=window)
    ids = list(found.filter(sieve).order_by("pk").values_list("pk", flat=True)) if sieve else window
    return ids, window[-1] if len(window) == most else last


def newest(selection: Selection, most: int, looked_at: int) -> Iterator[Delivery]:
    """The newest matching deliveries with their events, among the newest `looked_at` of each state."""
    ids = [
        pk
        for walk in _walks(selection)
        for pk in walk.filter(pk__gte=selection.first_id()).order_by("-pk").values_list("pk", flat=True)[:looked_at]
    ]
    found = Delivery.objects.filter(_sieve(selection), pk__in=ids).select_related("event", "destination")
    return found.order_by("-pk")[:most].iterator(chunk_size=50)


def _ids(walk: "QuerySet[Delivery]", after: int, last: int, most: int) -> "QuerySet[Delivery, int]":
    return walk.filter(pk__gt=after, pk__lte=last).order_by("pk").values_list("pk", flat=True)[:most]


def _walks(selection: Selection) -> list["QuerySet[Delivery]"]:
    """One for each state, in the words of the index that keeps its order."""
    rows = _of_project(selection.project)
    if selection.destination:
        rows = rows.filter(destination=selection.destination)
    else:
        rows = rows.filter(destination__in=Destination.objects.filter(project=selection.project, enabled=True))
    if selection.picked:
        rows = rows.filter(pk__in=selection.picked)
    wanted = [state for state in REPEATABLE_STATES if state in selection.states]
    return [rows.filter(state=s) if s == State.DELIVERED else in_state(rows, s) for s in wanted]


def _sieve(selection: Selection) -> Q:
    """What no index answers."""
    sieve = Q()
    if selection.since:
        sieve &= Q(created_at__gte=selection.since)
    if selection.until:
        sieve &= Q(created_at__lt=selection.until)
    if selection.ended_since:
        sieve &= Q(finished_at__gte=selection.ended_since) | Q(state=State.RETRYING)
    if selection.event_type:
        sieve &= Q(event__event_type=selection.event_type)
    if selection.error:
        sieve &= Q(last_error__icontains=selection.error)
    return sieve & _of_whom(selection) & _answered(selection.answer)


def _of_whom(selection: Selection) -> Q:
    if not selection.who:
        return Q()
    if selection.who.startswith(BATCH_PREFIX):
        together = Q(pk__in=in_batch(selection.who))
        return together | Q(event__user_id=selection.who) | Q(event__device_id=selection.who)
    try:
        events = Event.objects.filter(project=selection.project, uuid=UUID(selection.who)).values("pk")
    except ValueError:
        who = selection.who
        of_user = Q(event__user_id=who) | Q(event__device_id=who)
        return of_user | Q(pk=int(who)) if is_number(who) else of_user
    return Q(event__in=events)


def _answered(answer: str) -> Q:
    if answer == NO_ANSWER:
        return Q(last_status=None) & ~Q(last_error="")
    if answer[:1] in ("2", "3", "4", "5"):
        return Q(last_status__gte=int(answer[0]) * 100, last_status__lt=int(answer[0]) * 100 + 100)
    return Q()


def _of_project(project: int | Project) -> "QuerySet[Delivery]":
    return Delivery.objects.filter(project=project)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return [str(v) if isinstance(v, str) else v for v in value] if isinstance(value, tuple) else value
