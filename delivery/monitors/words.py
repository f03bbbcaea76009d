"""Monitors and what they found, in words. (pure but for names)"""

from collections.abc import Mapping

from delivery.monitors.conditions import Condition, Verdict
from delivery.monitors.metrics import HOUR, MINUTE, TRAITS, WINDOWS, Metric, written
from delivery.monitors.models import Monitor


def in_words(monitor: Monitor, names: Mapping[str, str] | None = None) -> str:
    """`Events received (Order Placed) per hour, below 10 events`. `names`: of cohorts, by public id."""
    return f"{metric_words(monitor, names)}, {condition_words(monitor)}"


def metric_words(monitor: Monitor, names: Mapping[str, str] | None = None) -> str:
    traits, label = TRAITS[monitor.metric], Metric(monitor.metric).label
    about = {
        "type": monitor.event_type,
        "cohort": (names or {}).get(monitor.cohort, monitor.cohort),
    }.get(traits.of, "")
    if traits.of in ("lane", "lane now"):
        others = "all destinations" if monitor.metric == Metric.WAITING else "any destination"
        about = monitor.destination.name if monitor.destination else others
    over = "" if traits.is_gauge else f" per {WINDOWS[monitor.window]}"
    return f"{label}{f' ({about})' if about else ''}{over}"


def condition_words(monitor: Monitor) -> str:
    number = monitor.threshold
    if monitor.condition in (Condition.ABOVE, Condition.BELOW):
        return f"{monitor.condition} {written(monitor.metric, number)}"
    if monitor.condition == Condition.BAND:
        return f"outside the {number:g} % band of the same hour of other days"
    return f"{monitor.condition} by more than {number:g} % against the {WINDOWS[monitor.window]} before"


def found_words(monitor: Monitor, verdict: Verdict, where: str = "") -> str:
    """`12 events, below 20 events.`"""
    value = written(monitor.metric, verdict.value)
    about = f" ({where})" if where else ""
    if verdict.low is not None and verdict.value is not None and verdict.value < verdict.low:
        return f"{value}{about}, below {written(monitor.metric, verdict.low)}."
    if verdict.high is not None and verdict.value is not None and verdict.value > verdict.high:
        return f"{value}{about}, above {written(monitor.metric, verdict.high)}."
    return f"{value}{about}."


def seconds_words(seconds: int) -> str:
    """`5 minutes`, `1 hour`"""
    if seconds % HOUR == 0:
        count, unit = seconds // HOUR, "hour"
    else:
        count, unit = seconds // MINUTE, "minute"
    return f"{count} {unit}{'' if count == 1 else 's'}"
