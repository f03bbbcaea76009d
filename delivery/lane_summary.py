"""How each destination is doing, from a bounded number of its newest deliveries."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count
from django.utils.timezone import now

from delivery.models import LOST_STATES, OPEN_STATES, Delivery, State
from destinations.models import Destination

LOOKED_AT = 1_000  # newest deliveries of a lane
MOST_WAITING = 10_000
HOURS = 24
# The very words of the partial index deliveries_due_of_lane: SQLite uses it only for them, not for parameters.
OPEN_IN_SQL = "state IN ({})".format(", ".join(f"'{state.value}'" for state in OPEN_STATES))
HEALTHY, DEGRADED = 0.97, 0.90  # least shares delivered
WORST_FIRST = ("failing", "degraded", "healthy", "no data", "paused", "off")


@dataclass(frozen=True, slots=True)
class LaneSummary:
    """`delivered`, `failed` and `retrying` count deliveries created in the last 24 hours, among the newest 1,000."""

    destination: Destination
    waiting: int
    delivered: int
    failed: int
    retrying: int

    @property
    def health(self) -> str:
        """One of WORST_FIRST. A delivery that has failed and is retried counts as not delivered."""
        if not self.destination.enabled:
            return "off"
        if self.destination.paused_at:
            return "paused"
        tried = self.delivered + self.failed + self.retrying
        if not tried:
            return "no data"
        share = self.delivered / tried
        return "healthy" if share >= HEALTHY else "degraded" if share >= DEGRADED else "failing"

    @property
    def waiting_text(self) -> str:
        return f"{MOST_WAITING - 1:,}+" if self.waiting >= MOST_WAITING else f"{self.waiting:,}"

    @property
    def is_bounded(self) -> bool:
        """Whether there was more in 24 hours than was looked at."""
        return self.delivered + self.failed + self.retrying + self.waiting >= LOOKED_AT

    @property
    def percent_delivered(self) -> str:
        tried = self.delivered + self.failed + self.retrying
        return f"{100 * self.delivered / tried:.1f} %" if tried else "–"


def lane_summaries(destinations: Iterable[Destination]) -> list[LaneSummary]:
    """Worst health first, then by name. Two queries for each destination, whatever the size of the table."""
    found = [lane_summary(destination) for destination in destinations]
    return sorted(found, key=lambda lane: (WORST_FIRST.index(lane.health), lane.destination.name.lower()))


def lane_summary(destination: Destination) -> LaneSummary:
    lane = Delivery.objects.filter(destination=destination)
    newest = lane.order_by("-pk").values("pk")[:LOOKED_AT]
    recent = Delivery.objects.filter(pk__in=newest, created_at__gte=now() - timedelta(hours=HOURS))
    counts = dict(recent.values_list("state").annotate(Count("pk")))
    waiting = lane.extra(where=[OPEN_IN_SQL])[:MOST_WAITING].count()  # noqa: S610 - our own words
    lost = sum(counts.get(state, 0) for state in LOST_STATES)
    return LaneSummary(destination, waiting, counts.get(State.DELIVERED, 0), lost, counts.get(State.RETRYING, 0))
