"""What waits in each lane of a project, and since when."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min

from delivery.lane_summary import MOST_WAITING, OPEN_IN_SQL
from delivery.models import Delivery
from destinations.models import Destination
from events.models import Project


@dataclass(frozen=True, slots=True)
class WaitingLane:
    """`waiting` deliveries, MOST_WAITING at most; `oldest` is when the first of them was created."""

    destination: Destination
    waiting: int
    oldest: datetime | None

    @property
    def waiting_text(self) -> str:
        return f"{MOST_WAITING - 1:,}+" if self.waiting >= MOST_WAITING else f"{self.waiting:,}"


def waiting_lanes(project: Project) -> list[WaitingLane]:
    """The longest queue first, then by name. One query for each destination, over a bounded part of an index."""
    lanes = [_lane(destination) for destination in project.destinations.defer("template")]
    return sorted(lanes, key=lambda lane: (-lane.waiting, lane.destination.name.lower()))


def _lane(destination: Destination) -> WaitingLane:
    waiting = Delivery.objects.filter(destination=destination).extra(where=[OPEN_IN_SQL])  # noqa: S610 - our own words
    first = waiting.order_by("state", "next_attempt_at")[:MOST_WAITING]  # the index's own order: new ones, then retries
    found = first.aggregate(waiting=Count("pk"), oldest=Min("created_at"))
    return WaitingLane(destination, **found)
