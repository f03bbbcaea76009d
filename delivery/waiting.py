"""What waits in lanes, and since when: a few queries for any number of them, over a bounded part of an index."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import OuterRef, QuerySet, Subquery

from delivery.log import in_state
from delivery.models import OPEN_STATES, Delivery, LaneHealth
from destinations.models import Destination
from events.models import Project

# What lists show of a destination; its template, filter and other settings are wide.
SHOWN = ("project", "name", "method", "url", "enabled", "paused_at")
MOST_WAITING = 10_000  # of one lane
MOST_COUNTED = 200_000  # of all lanes together
# The very words of the partial index deliveries_due_of_lane: SQLite uses it only for them, not for parameters.
OPEN_IN_SQL = "state IN ({})".format(", ".join(f"'{state.value}'" for state in OPEN_STATES))


@dataclass(frozen=True, slots=True)
class Waiting:
    """`number` deliveries are open; counting ended at `most`."""

    number: int = 0
    most: int = MOST_WAITING

    def __bool__(self) -> bool:
        return bool(self.number)

    def __str__(self) -> str:
        return f"{self.most - 1:,}+" if self.number >= self.most else f"{self.number:,}"


@dataclass(frozen=True, slots=True)
class WaitingLane:
    """`oldest`: when the first of what waits was created. `held`: nothing is sent but probes."""

    destination: Destination
    waiting: Waiting
    oldest: datetime | None
    held: bool = False


def waiting_in(destinations: Sequence[int]) -> dict[int, Waiting]:
    """Destination id -> how many of its deliveries are open; each of them has one. One query."""
    if not destinations:
        return {}
    most = max(1, min(MOST_WAITING, MOST_COUNTED // len(destinations)))
    deliveries, lanes = Delivery._meta.db_table, Destination._meta.db_table
    places = ", ".join(["%s"] * len(destinations))
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT d.id, (SELECT COUNT(*) FROM (
                    SELECT 1 FROM {deliveries} WHERE destination_id = d.id AND {OPEN_IN_SQL} LIMIT {most}
                ) AS open) FROM {lanes} AS d WHERE d.id IN ({places})""",
            list(destinations),
        )
        return {pk: Waiting(number, most) for pk, number in cursor.fetchall()}


def waiting_lanes(project: Project) -> list[WaitingLane]:
    """The longest queue first, then by name."""
    destinations = list(_with_oldest(project))
    waiting = waiting_in([destination.pk for destination in destinations])
    held_lanes = LaneHealth.objects.filter(destination__project=project, held_since__isnull=False)
    held = set(held_lanes.values_list("pk", flat=True))
    lanes = [WaitingLane(d, waiting[d.pk], _oldest(d), d.pk in held) for d in destinations]
    return sorted(lanes, key=lambda lane: (-lane.waiting.number, lane.destination.name.lower()))


def _with_oldest(project: Project) -> QuerySet[Destination]:
    """Ids rise with time: the first id of each state is its oldest delivery."""
    of_lane = Delivery.objects.filter(destination=OuterRef("pk")).order_by("pk")
    first = {f"first_{s.value}": Subquery(in_state(of_lane, s).values("created_at")[:1]) for s in OPEN_STATES}
    return project.destinations.only(*SHOWN).annotate(**first)


def _oldest(destination: Destination) -> datetime | None:
    moments = (getattr(destination, f"first_{state.value}") for state in OPEN_STATES)
    return min((moment for moment in moments if moment), default=None)
