"""How each destination is doing, from the road's counters."""

from collections.abc import Iterable
from dataclasses import dataclass

from delivery.activity import DEGRADED, HEALTHY, Bucket, by_destination, total
from delivery.models import OPEN_STATES, Delivery, LaneHealth
from destinations.models import Destination

MOST_WAITING = 10_000
# The very words of the partial index deliveries_due_of_lane: SQLite uses it only for them, not for parameters.
OPEN_IN_SQL = "state IN ({})".format(", ".join(f"'{state.value}'" for state in OPEN_STATES))
FAILING_NOW = 70  # percent of attempts
WORST_FIRST = ("failing", "degraded", "healthy", "no data", "paused", "off")


@dataclass(frozen=True, slots=True)
class LaneSummary:
    """`delivered`, `failed` and `retrying` count deliveries created in the last 24 hours."""

    destination: Destination
    waiting: int
    delivered: int
    failed: int
    retrying: int
    level: int = 0  # percent of the last minutes' attempts that fail at least, as far as they were warned of
    held: bool = False

    @property
    def health(self) -> str:
        """One of WORST_FIRST. A delivery that has failed and is retried counts as not delivered."""
        if not self.destination.enabled:
            return "off"
        if self.destination.paused_at:
            return "paused"
        if self.held or self.level >= FAILING_NOW:
            return "failing"
        tried = self.delivered + self.failed + self.retrying
        if not tried:
            return "no data"
        share = self.delivered / tried
        return "healthy" if share >= HEALTHY and not self.level else "degraded" if share >= DEGRADED else "failing"

    @property
    def waiting_text(self) -> str:
        return f"{MOST_WAITING - 1:,}+" if self.waiting >= MOST_WAITING else f"{self.waiting:,}"

    @property
    def percent_delivered(self) -> str:
        tried = self.delivered + self.failed + self.retrying
        return f"{100 * self.delivered / tried:.1f} %" if tried else "–"


def lane_summaries(destinations: Iterable[Destination]) -> list[LaneSummary]:
    """Worst health first, then by name. One query for each destination and one for all."""
    lanes = list(destinations)
    buckets = by_destination(lane.pk for lane in lanes)
    found = [_summary(lane, buckets[lane.pk]) for lane in lanes]
    return sorted(found, key=worst_first)


def lane_summary(destination: Destination) -> LaneSummary:
    return _summary(destination, by_destination([destination.pk])[destination.pk])


def worst_first(lane: LaneSummary) -> tuple[int, str]:
    return WORST_FIRST.index(lane.health), lane.destination.name.lower()


def _summary(destination: Destination, buckets: list[Bucket]) -> LaneSummary:
    waiting = Delivery.objects.filter(destination=destination).extra(where=[OPEN_IN_SQL])  # noqa: S610 - our own words
    counts = total(buckets)
    health = LaneHealth.objects.filter(pk=destination.pk).first()
    return LaneSummary(
        destination,
        waiting[:MOST_WAITING].count(),
        delivered=counts.delivered,
        failed=counts.lost,
        retrying=counts.retrying,
        level=health.level if health else 0,
        held=bool(health and health.held_since),
    )
