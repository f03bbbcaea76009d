"""A monitor's metric over time as a chart, with the bounds outside of which it fires."""

from datetime import timedelta

from delivery.line_plots import LinePlot, Reading, lines
from delivery.models import Monitor
from delivery.monitors.backtest import Past, Point
from delivery.monitors.metrics import HOUR, TRAITS, Metric, written
from delivery.plots import Series


def plot_of(monitor: Monitor, past: Past) -> LinePlot | None:
    """None where there is not a single value to draw."""
    points = past.points
    if all(point.verdict.value is None for point in points):
        return None
    has_high = any(point.verdict.high is not None for point in points)
    has_low = any(point.verdict.low is not None for point in points)
    series = [Series(Metric(monitor.metric).label, "accent")]
    series += [Series("Fires above", "bad")] if has_high else []
    series += [Series("Fires below", "warn")] if has_low else []
    label = "%a %H:%M" if past.step == HOUR else "%H:%M"
    readings = [Reading(f"{one.at:{label}}", _numbers(one, high=has_high, low=has_low)) for one in points]
    step = timedelta(seconds=past.step)
    return lines(
        "Up to (UTC)",
        series,
        readings,
        _sentence(monitor, past),
        measure=TRAITS[monitor.metric].measure,
        label_every=24 if past.step == HOUR else 30,
        edges=[*(one.at - step for one in points), points[-1].at],
    )


def _numbers(point: Point, *, high: bool, low: bool) -> list[float | None]:
    verdict = point.verdict
    return [
        verdict.value,
        *([None if verdict.high is None else max(0, verdict.high)] if high else []),
        *([None if verdict.low is None else max(0, verdict.low)] if low else []),
    ]


def _sentence(monitor: Monitor, past: Past) -> str:
    found = [one.verdict.value for one in past.points if one.verdict.value is not None]
    low, high = written(monitor.metric, min(found)), written(monitor.metric, max(found))
    when = "7 days" if past.step == HOUR else "3 hours"
    return f"{Metric(monitor.metric).label} in the last {when}: from {low} to {high}."
