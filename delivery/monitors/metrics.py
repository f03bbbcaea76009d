"""What can be watched. (pure)"""

from dataclasses import dataclass

from django.db import models

MINUTE, HOUR, DAY = 60, 3_600, 86_400
# Seconds -> how it is called after "per" and "in the last".
WINDOWS = {MINUTE: "minute", 5 * MINUTE: "5 minutes", 15 * MINUTE: "15 minutes", HOUR: "hour", DAY: "day"}


class Metric(models.TextChoices):
    EVENTS = "events", "Events received"
    USERS = "users", "Distinct users"
    SUCCESS = "success", "Share of deliveries that arrived"
    P95 = "p95", "Answer time, 95th percentile"
    WAITING = "waiting", "Deliveries that wait"
    PAUSED = "paused", "Time that a destination sends nothing"
    COHORT = "cohort", "Users in a cohort"
    REFUSED = "refused", "Refused requests"


@dataclass(frozen=True, slots=True)
class Traits:
    """`measure`: what stands behind a number. `windows`: seconds that it can be watched over. `counts`: whether it is a
    number of things, which vary by chance as such numbers do. `of`: what it is about, beside the project. `rises_from`:
    a rise is measured from as many at least, so that one from nothing is seen, and one from 1 to 3 is none."""

    measure: str
    windows: tuple[int, ...] = tuple(WINDOWS)
    counts: bool = True
    of: str = ""
    rises_from: int = 0

    @property
    def is_gauge(self) -> bool:
        """What something stands at now, whatever the window: that only says how far back a change is compared."""
        return self.of in ("lane now", "cohort")


TRAITS: dict[str, Traits] = {
    Metric.EVENTS: Traits("events", of="type"),
    Metric.USERS: Traits("users", (HOUR, DAY)),
    Metric.SUCCESS: Traits("%", counts=False, of="lane"),
    Metric.P95: Traits("ms", counts=False, of="lane"),
    Metric.WAITING: Traits("deliveries", of="lane now", rises_from=20),
    Metric.PAUSED: Traits("min", counts=False, of="lane now"),
    Metric.COHORT: Traits("users", (HOUR, DAY), of="cohort"),
    Metric.REFUSED: Traits("requests"),
}
# With fewer deliveries or answers than this in a window, one destination among all says nothing.
LEAST_AMONG_ANY = 20


ONE = {"events": "event", "users": "user", "deliveries": "delivery", "requests": "request"}


def written(metric: str, number: float | None) -> str:
    """`1,204 events`, `1 event`, `97.3 %`"""
    if number is None:
        return "–"
    digits = f"{number:,.1f}" if number != round(number) and abs(number) < 1_000 else f"{number:,.0f}"
    measure = TRAITS[metric].measure
    return f"{digits} {ONE.get(measure, measure) if digits == '1' else measure}"
