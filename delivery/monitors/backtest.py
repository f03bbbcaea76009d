"""What a monitor would have seen lately: its metric over time, where its bounds lay, and when it would have fired."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from delivery.models import Monitor
from delivery.monitors import gauges, sources
from delivery.monitors.conditions import WEEKS, Condition, Reading, Verdict, judge
from delivery.monitors.metrics import DAY, HOUR, MINUTE, TRAITS, Metric
from delivery.monitors.readings import subject_of
from delivery.monitors.sources import Frame, Part, Subject
from delivery.monitors.users import PER_DAY

SHORT, LONG = timedelta(hours=3), timedelta(days=7)  # minutes are kept for three hours


@dataclass(frozen=True, slots=True)
class Point:
    """`at`: when the window ended that it is of."""

    at: datetime
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Past:
    """`step`: seconds between two points. `fired`: how often it would have begun to fire, told once per cool-down."""

    points: list[Point]
    step: int
    fired: int

    @property
    def words(self) -> str:
        """`last week`, `the last 3 hours`"""
        return "last week" if self.step == HOUR else "in the last 3 hours"


def look_back(monitor: Monitor, moment: datetime) -> Past:
    """From what counters and gauges hold; two queries at most."""
    step = MINUTE if monitor.window < HOUR and monitor.condition != Condition.BAND else HOUR
    points = list(_points(monitor, moment, step))
    return Past(points, step, _count(monitor, points))


def _points(monitor: Monitor, moment: datetime, step: int) -> Iterator[Point]:
    span = timedelta(seconds=step)
    last = gauges.start_of(moment, step)
    count = int((SHORT if step == MINUTE else LONG) / span)
    ends = [last - span * back for back in range(count - 1, -1, -1)]
    series = _series(monitor, ends[0], last, step)
    length = timedelta(seconds=monitor.window)
    for end in ends:
        past = []
        if monitor.condition == Condition.BAND:
            earlier = (series.at(end - timedelta(days=days)) for days in range(7 * WEEKS, 0, -1))
            past = [number for number in earlier if number is not None]
        reading = Reading(series.at(end), before=series.at(end - length), past=past)
        yield Point(end, judge(monitor.condition, monitor.threshold, reading, TRAITS[monitor.metric]))


def _count(monitor: Monitor, points: list[Point]) -> int:
    fired, firing, told_at = 0, False, None
    for point in points:
        if point.verdict.fires is None:
            continue
        if point.verdict.fires and not firing:
            if told_at is None or point.at - told_at >= timedelta(seconds=monitor.cooldown):
                fired, told_at, firing = fired + 1, point.at, True
        elif not point.verdict.fires:
            firing = False
    return fired


class _Sums:
    """A counted metric: the parts of a window are added up before the metric is made of them."""

    def __init__(self, metric: str, subject: Subject, window: int, step: int, rows: dict[datetime, list[Part]]) -> None:
        self.metric, self.subject, self.rows = metric, subject, rows
        self.window, self.step = timedelta(seconds=window), timedelta(seconds=step)
        self.first = min(rows, default=None)
        self._known: dict[datetime, float | None] = {}

    def at(self, end: datetime) -> float | None:
        if end not in self._known:
            self._known[end] = self._at(end)
        return self._known[end]

    def _at(self, end: datetime) -> float | None:
        if self.first is None or end <= self.first:
            return None  # nothing was counted yet
        parts: dict[int, Counter[str]] = {}
        start = end - self.window
        while start < end:
            for where, counts in self.rows.get(start, ()):
                parts.setdefault(where, Counter()).update(counts)
            start += self.step
        return sources.combined(self.metric, self.subject, list(parts.items())).number


class _Gauges:
    """`carried`: a value holds until the next one (a cohort is computed now and then)."""

    def __init__(self, values: dict[datetime, float], step: int, *, carried: bool) -> None:
        self.values, self.step, self.carried = values, timedelta(seconds=step), carried

    def at(self, end: datetime) -> float | None:
        start = end - self.step
        if start in self.values or not self.carried:
            return self.values.get(start)
        earlier = [one for one in self.values if one <= start]
        return self.values[max(earlier)] if earlier else None


def _series(monitor: Monitor, first: datetime, last: datetime, step: int) -> _Sums | _Gauges:
    metric, subject = monitor.metric, subject_of(monitor)
    further = timedelta(days=7 * WEEKS) if monitor.condition == Condition.BAND else timedelta()
    since = first - timedelta(seconds=2 * monitor.window) - further
    if TRAITS[metric].is_gauge or metric == Metric.USERS:
        if metric == Metric.USERS and monitor.window == DAY:
            subject = Subject(subject.project, PER_DAY)
        values = gauges.history(metric, subject, since, step)
        return _Gauges(values, step, carried=metric == Metric.COHORT)
    rows = sources.rows(metric, [subject], Frame(since, last, step)).get(subject, {})
    return _Sums(metric, subject, monitor.window, step, rows)
