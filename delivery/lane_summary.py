"""How each destination is doing, from the road's counters."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from delivery.activity import DEGRADED, HEALTHY, Counts, totals
from delivery.models import LaneHealth
from delivery.waiting import Waiting, waiting_in
from destinations.models import Destination

FAILING_NOW = 70  # percent of attempts
WORST_FIRST = ("held", "failing", "degraded", "healthy", "no data", "paused", "off")


@dataclass(frozen=True, slots=True)
class LaneSummary:
    """`delivered`, `failed` and `retrying` count deliveries created in the last 24 hours."""

    destination: Destination
    waiting: Waiting
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
        if self.held:
            return "held"
        if self.level >= FAILING_NOW:
            return "failing"
        tried = self.delivered + self.failed + self.retrying
        if not tried:
            return "no data"
        share = self.delivered / tried
        return "healthy" if share >= HEALTHY and not self.level else "degraded" if share >= DEGRADED else "failing"

    @property
    def is_in_trouble(self) -> bool:
        return self.health in ("held", "failing")

    @property
    def percent_delivered(self) -> str:
        tried = self.delivered + self.failed + self.retrying
        return f"{100 * self.delivered / tried:.1f} %" if tried else "–"


def lane_summaries(destinations: Iterable[Destination], first: int = 0, most: int | None = None) -> list[LaneSummary]:
    """Worst health first, then by name; up to `most` of them from the place `first` (0: the worst) on. Three queries,
    whatever their number."""
    lanes = sorted(without_waiting(destinations), key=worst_first)[first:][:most]
    waiting = waiting_in([lane.destination.pk for lane in lanes])
    return [replace(lane, waiting=waiting.get(lane.destination.pk, Waiting())) for lane in lanes]


def lane_summary(destination: Destination) -> LaneSummary:
    return lane_summaries([destination])[0]


def without_waiting(destinations: Iterable[Destination]) -> list[LaneSummary]:
    """The same in the order given, and without counting what waits. Two queries."""
    lanes = list(destinations)
    keys = [lane.pk for lane in lanes]
    counts, health = totals(keys), {row.pk: row for row in LaneHealth.objects.filter(pk__in=keys)}
    return [_summary(lane, counts.get(lane.pk, Counts()), health.get(lane.pk)) for lane in lanes]


def worst_first(lane: LaneSummary) -> tuple[int, str]:
    return WORST_FIRST.index(lane.health), lane.destination.name.lower()


def _summary(destination: Destination, counts: Counts, health: LaneHealth | None) -> LaneSummary:
    return LaneSummary(
        destination,
        Waiting(),
        delivered=counts.delivered,
        failed=counts.lost,
        retrying=counts.retrying,
        level=health.level if health else 0,
        held=bool(health and health.held_since),
    )
