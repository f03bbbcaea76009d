"""How far the road is behind: events that wait to be routed, and how overdue lanes are. By index, no row is scanned."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.utils.timezone import now

from delivery.log import in_state
from delivery.models import OPEN_STATES, Delivery, LaneHealth
from delivery.waiting import Waiting, waiting_in
from destinations.models import Destination
from events.models import Event, Outbox

AT_ONCE = 1_000  # destinations that one query asks about
MOST_UNROUTED = 10_000
SHOWN = ("name", "enabled", "paused_at", "project__slug")


@dataclass(frozen=True, slots=True)
class LaneLag:
    """`seconds`: since when the first of what waits could have been sent. `flows`: whether anything is sent at all."""

    destination: Destination
    waiting: Waiting
    seconds: float
    flows: bool


def lanes_behind() -> list[LaneLag]:
    """All lanes in which something waits, the longest queue first."""
    moment, found = now(), []
    keys = list(Destination.objects.order_by("pk").values_list("pk", flat=True))
    for first in range(0, len(keys), AT_ONCE):
        waiting = {pk: number for pk, number in waiting_in(keys[first : first + AT_ONCE]).items() if number}
        found += [_lag(lane, waiting[lane.pk], moment) for lane in _with_first_due(list(waiting))]
    return sorted(found, key=lambda lane: (-lane.waiting.number, lane.destination.pk))


def unrouted() -> tuple[int, float]:
    """(events that no destination was looked for yet, at most `MOST_UNROUTED`; seconds that the oldest has waited)."""
    ids = list(Outbox.objects.order_by("event_id").values_list("event_id", flat=True)[:MOST_UNROUTED])
    oldest = Event.objects.filter(pk=ids[0]).values_list("received_at", flat=True).first() if ids else None
    return len(ids), max(0.0, (now() - oldest).total_seconds()) if oldest else 0.0


def _with_first_due(destinations: list[int]) -> QuerySet[Destination]:
    of_lane = Delivery.objects.filter(destination=OuterRef("pk")).order_by("next_attempt_at")
    first = {f"due_{s.value}": Subquery(in_state(of_lane, s).values("next_attempt_at")[:1]) for s in OPEN_STATES}
    held = LaneHealth.objects.filter(destination=OuterRef("pk"), held_since__isnull=False)
    lanes = Destination.objects.filter(pk__in=destinations).select_related("project").only(*SHOWN)
    return lanes.annotate(is_held=Exists(held), **first)


def _lag(lane: Destination, waiting: Waiting, moment: datetime) -> LaneLag:
    due = [at for state in OPEN_STATES if (at := getattr(lane, f"due_{state.value}"))]
    seconds = max(0.0, (moment - min(due)).total_seconds()) if due else 0.0
    flows = lane.enabled and lane.paused_at is None and not lane.is_held  # type: ignore[attr-defined]
    return LaneLag(lane, waiting, seconds, flows)
