"""Metrics that are sums of counters: those of many subjects over one stretch of time, by one query."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import QuerySet, Sum

from delivery.activity import STATES, Counts
from delivery.answer_times import COLUMNS as TIMES
from delivery.models import LaneCount
from delivery.monitors.metrics import LEAST_AMONG_ANY, Metric
from events.models import EventCount, TypeRate

AT_ONCE = 500  # subjects in a query


class Subject(NamedTuple):
    """`name`: an event type, a destination's id or a cohort's public id; "": the project, or any destination of it."""

    project: int
    name: str = ""


class Value(NamedTuple):
    """`where`: the destination that it is of, where any was asked for."""

    number: float | None
    where: int | None = None


@dataclass(frozen=True, slots=True)
class Frame:
    """Rows of `span` seconds that begin at `since` or later and before `until` (None: up to now)."""

    since: datetime
    until: datetime | None
    span: int


Part = tuple[int, Counter[str]]  # of one destination, or 0 for what is no destination's


def values(metric: str, subjects: Iterable[Subject], frame: Frame) -> dict[Subject, Value]:
    """Of every subject."""
    wanted = set(subjects)
    parts: dict[Subject, list[Part]] = {}
    for subject, _, part in _parts(metric, wanted, frame, by_start=False):
        parts.setdefault(subject, []).append(part)
    return {subject: combined(metric, subject, parts.get(subject, ())) for subject in wanted}


def rows(metric: str, subjects: Iterable[Subject], frame: Frame) -> dict[Subject, dict[datetime, list[Part]]]:
    """What the counters hold for each start; a subject or a start without rows is left out."""
    found: dict[Subject, dict[datetime, list[Part]]] = {}
    for subject, start, part in _parts(metric, set(subjects), frame, by_start=True):
        found.setdefault(subject, {}).setdefault(start, []).append(part)
    return found


def at_starts(
    metric: str, subjects: Iterable[Subject], starts: Sequence[datetime], span: int
) -> dict[Subject, list[float]]:
    """The value of each row that begins then, as far back as there are any; one that is missing since is nothing."""
    wanted = set(subjects)
    frame = Frame(min(starts), max(starts), span)
    found: dict[Subject, dict[datetime, list[Part]]] = {}
    for subject, start, part in _parts(metric, wanted, frame, by_start=True, starts=starts):
        found.setdefault(subject, {}).setdefault(start, []).append(part)
    known = {}
    for subject, by_start in found.items():
        past = [start for start in starts if start >= min(by_start)]
        numbers = [combined(metric, subject, by_start.get(start, ())).number for start in past]
        known[subject] = [number for number in numbers if number is not None]
    return known


def combined(metric: str, subject: Subject, parts: Sequence[Part]) -> Value:
    """Of sums, the metric. Of any destination, the worst one that has enough to say."""
    if metric not in (Metric.SUCCESS, Metric.P95):
        return Value(sum(max(0, number) for _, counts in parts for number in counts.values()))
    worst = max if metric == Metric.P95 else min
    least = 1 if subject.name else LEAST_AMONG_ANY
    found = [(number, lane) for lane, counts in parts if (number := _of_lane(metric, counts, least)) is not None]
    if not found:
        return Value(None)
    number, lane = worst(found)
    return Value(number, None if subject.name else lane)


def _of_lane(metric: str, sums: Counter[str], least: int) -> float | None:
    counts = Counts(sums)
    if metric == Metric.P95:
        return counts.answer_time(95) if sum(sums.values()) >= least else None
    return None if counts.success is None or counts.tried < least else 100 * counts.success


def _parts(
    metric: str, subjects: set[Subject], frame: Frame, *, by_start: bool, starts: Sequence[datetime] = ()
) -> Iterator[tuple[Subject, Any, Part]]:
    for some in _kinds(metric, subjects):
        for first in range(0, len(some), AT_ONCE):
            yield from _asked(metric, some[first : first + AT_ONCE], frame, by_start=by_start, starts=starts)


def _kinds(metric: str, subjects: set[Subject]) -> list[list[Subject]]:
    """Those with a name and those without are asked for in different ways."""
    return [sorted(one for one in subjects if bool(one.name) is named) for named in (True, False)]


def _asked(
    metric: str, subjects: list[Subject], frame: Frame, *, by_start: bool, starts: Sequence[datetime]
) -> Iterator[tuple[Subject, Any, Part]]:
    if not subjects:
        return
    rows_, columns, keys = _source(metric, subjects)
    rows_ = rows_.filter(span=frame.span, start__gte=frame.since)
    if starts:
        rows_ = rows_.filter(start__in=starts)
    elif frame.until:
        rows_ = rows_.filter(start__lt=frame.until)
    grouped = [*keys, *(["start"] if by_start else [])]
    known = set(subjects)
    for row in rows_.order_by().values_list(*grouped).annotate(*(Sum(column) for column in columns)):
        project, name = row[0], str(row[1]) if len(keys) == 2 else ""
        numbers = Counter(dict(zip(columns, row[len(grouped) :], strict=True)))
        is_lane = metric in (Metric.SUCCESS, Metric.P95)
        subject = Subject(project, name if name and not (is_lane and not subjects[0].name) else "")
        if subject in known:
            yield subject, row[len(keys)] if by_start else None, (int(name) if is_lane else 0, numbers)


def _source(metric: str, subjects: list[Subject]) -> tuple["QuerySet[Any]", tuple[str, ...], tuple[str, ...]]:
    """(rows, the columns that matter, the keys: project and name)."""
    projects, names = {one.project for one in subjects}, {one.name for one in subjects}
    if metric in (Metric.SUCCESS, Metric.P95):
        of_lanes = {"destination__in": [int(name) for name in names]} if "" not in names else {}
        lanes = LaneCount.objects.filter(destination__project__in=projects, destination__removed_at=None, **of_lanes)
        return lanes, TIMES if metric == Metric.P95 else STATES, ("destination__project_id", "destination_id")
    if metric == Metric.EVENTS and "" not in names:
        types = TypeRate.objects.filter(project__in=projects, event_type__in=names)
        return types, ("received",), ("project_id", "event_type")
    column = "refused" if metric == Metric.REFUSED else "received"
    return EventCount.objects.filter(project__in=projects), (column,), ("project_id",)
