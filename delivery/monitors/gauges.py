"""Metrics that are no sums: what something stands at now, and what it stood at, as rows that are written on the way."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.timezone import now

from delivery.monitors.metrics import Metric
from delivery.monitors.models import Gauge
from delivery.monitors.sources import Subject, Value
from delivery.waiting import waiting_in
from destinations.models import Destination
from events.counters import HOUR, KEPT, MINUTE, remove_old

LATEST = 0  # the span of the row with the newest value
SPANS = (LATEST, MINUTE, HOUR)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
KEY = ["project", "metric", "subject", "span", "start"]


def note(metric: str, found: Mapping[Subject, float], moment: datetime | None = None) -> None:
    """Writes down what these subjects stand at. Safe to repeat; the last one within a minute or an hour stays."""
    at = moment or now()
    rows = [
        Gauge(project_id=one.project, metric=metric, subject=one.name, span=span, start=start_of(at, span), value=value)
        for one, value in sorted(found.items())
        for span in SPANS
        if span == LATEST or now() - at <= KEPT[span]
    ]
    Gauge.objects.bulk_create(rows, batch_size=500, update_conflicts=True, unique_fields=KEY, update_fields=["value"])


def start_of(moment: datetime, span: int) -> datetime:
    return datetime.fromtimestamp(int(moment.timestamp()) // span * span, UTC) if span else EPOCH


def current(metric: str, subjects: Iterable[Subject], moment: datetime) -> dict[Subject, Value]:
    """What they stand at now."""
    wanted = set(subjects)
    if metric == Metric.WAITING:
        return _waiting(wanted)
    if metric == Metric.PAUSED:
        return _silent(wanted, moment)
    return {subject: Value(number) for subject, number in _latest(metric, wanted).items()}


def before(metric: str, subjects: Iterable[Subject], at: datetime) -> dict[Subject, float]:
    """What they stood at then, or when that was last written before."""
    wanted = set(subjects)
    span = MINUTE if now() - at <= KEPT[MINUTE] else HOUR
    same = {name: OuterRef(name) for name in ("project", "metric", "subject")}
    older = Gauge.objects.filter(**same, span=span, start__lte=at).order_by("-start")
    known = _of(metric, wanted).filter(span=LATEST).annotate(then=Subquery(older.values("value")[:1]))
    found = {Subject(p, s): then for p, s, then in known.values_list("project_id", "subject", "then")}
    return {subject: then for subject, then in found.items() if then is not None and subject in wanted}


def at_starts(metric: str, subjects: Iterable[Subject], starts: Sequence[datetime]) -> dict[Subject, list[float]]:
    """The values of the hours that begin then, where they are known."""
    found: dict[Subject, list[float]] = {}
    rows = _of(metric, set(subjects)).filter(span=HOUR, start__in=starts).order_by("start")
    for project, subject, value in rows.values_list("project_id", "subject", "value"):
        found.setdefault(Subject(project, subject), []).append(value)
    return found


def history(metric: str, subject: Subject, since: datetime, span: int) -> dict[datetime, float]:
    rows = _of(metric, {subject}).filter(span=span, start__gte=since)
    return dict(rows.values_list("start", "value"))


def forget_old_gauges(moment: datetime) -> int:
    return remove_old(Gauge, moment)


def _of(metric: str, subjects: set[Subject]) -> QuerySet[Gauge]:
    projects, names = {one.project for one in subjects}, {one.name for one in subjects}
    return Gauge.objects.filter(project__in=projects, metric=metric, subject__in=names)


def _latest(metric: str, subjects: set[Subject]) -> dict[Subject, float]:
    rows = _of(metric, subjects).filter(span=LATEST).values_list("project_id", "subject", "value")
    return {Subject(project, name): value for project, name, value in rows if Subject(project, name) in subjects}


def _waiting(subjects: set[Subject]) -> dict[Subject, Value]:
    """Of a whole project, that of all its destinations together."""
    projects = {one.project for one in subjects}
    lanes = dict(Destination.objects.filter(project__in=projects).values_list("pk", "project_id"))
    found = dict.fromkeys(subjects, 0.0)
    for lane, waiting in waiting_in(_asked(lanes, subjects)).items():
        for subject in (Subject(lanes[lane], str(lane)), Subject(lanes[lane])):
            if subject in found:
                found[subject] += waiting.number
    return {subject: Value(number) for subject, number in found.items()}


def _asked(lanes: Mapping[int, int], subjects: set[Subject]) -> list[int]:
    return [pk for pk, project in lanes.items() if {Subject(project), Subject(project, str(pk))} & subjects]


def _silent(subjects: set[Subject], moment: datetime) -> dict[Subject, Value]:
    """For how many minutes a destination that is switched on has been paused or held; of any, the longest."""
    found = dict.fromkeys(subjects, Value(0.0))
    on = Destination.objects.filter(project__in={one.project for one in subjects}, enabled=True)
    for pk, project, *since in on.values_list("pk", "project_id", "paused_at", "lane_health__held_since"):
        began = min((one for one in since if one), default=None)
        minutes = (moment - began) / timedelta(minutes=1) if began else 0.0
        for subject, where in ((Subject(project, str(pk)), None), (Subject(project), pk)):
            if subject in found and minutes > (found[subject].number or 0):
                found[subject] = Value(minutes, where)
    return found
