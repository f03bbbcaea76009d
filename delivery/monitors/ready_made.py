"""Monitors to add by one click."""

from dataclasses import dataclass
from typing import Any

from delivery.monitors.conditions import Condition
from delivery.monitors.metrics import HOUR, MINUTE, Metric


@dataclass(frozen=True, slots=True)
class ReadyMade:
    slug: str
    icon: str
    says: str
    specification: dict[str, Any]

    @property
    def name(self) -> str:
        return str(self.specification["name"])


READY_MADE = (
    ReadyMade(
        "failing",
        "triangle-alert",
        "Less than 90 % of a destination’s deliveries arrived in the last hour.",
        {"name": "Failing destination", "metric": Metric.SUCCESS.value, "condition": Condition.BELOW.value,
         "threshold": 90, "window": HOUR},
    ),
    ReadyMade(
        "paused",
        "pause",
        "A destination that is switched on has sent nothing for 30 minutes, because it is paused or held.",
        {"name": "Paused destination", "metric": Metric.PAUSED.value, "condition": Condition.ABOVE.value,
         "threshold": 30, "window": MINUTE},
    ),
    ReadyMade(
        "backlog",
        "layers",
        "Twice as many deliveries wait as an hour before, and more than 40.",
        {"name": "Growing backlog", "metric": Metric.WAITING.value, "condition": Condition.RISES.value,
         "threshold": 100, "window": HOUR},
    ),
    ReadyMade(
        "silence",
        "volume-x",
        "No event at all has come in for an hour.",
        {"name": "No events at all", "metric": Metric.EVENTS.value, "condition": Condition.BELOW.value,
         "threshold": 1, "window": HOUR},
    ),
)  # fmt: skip
