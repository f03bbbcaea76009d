"""What the metrics of many monitors come to now: each question is asked once, for all that have it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from delivery.monitors import gauges, sources, users
from delivery.monitors.conditions import COMPARED, WEEKS, Condition, Reading
from delivery.monitors.metrics import DAY, HOUR, MINUTE, TRAITS, Metric
from delivery.monitors.models import Monitor
from delivery.monitors.sources import Frame, Subject, Value
from events.models import Event, Outbox

# Events are stored a moment after the time that they bear.
STORED_WITHIN = timedelta(seconds=2)


def settled(moment: datetime) -> datetime:
    """Up to when all that came in is counted: counting is done as events leave the outbox."""
    oldest = Outbox.objects.order_by("event_id").values("event_id")[:1]
    waiting = Event.objects.filter(pk__in=oldest).values_list("received_at", flat=True).first()
    return min(moment, waiting or moment) - STORED_WITHIN


def subject_of(monitor: Monitor) -> Subject:
    name = {"type": monitor.event_type, "cohort": monitor.cohort}.get(TRAITS[monitor.metric].of, "")
    return Subject(monitor.project_id, str(monitor.destination_id) if monitor.destination_id else name)


def readings(monitors: Iterable[Monitor], moment: datetime) -> dict[int, Reading]:
    """By monitor's id."""
    found = list(monitors)
    asked = _Asked(moment, settled(moment))
    plans = {monitor.pk: _plan(monitor, asked) for monitor in found}
    return {monitor.pk: plans[monitor.pk].reading(subject_of(monitor)) for monitor in found}


@dataclass(slots=True)
class _Question:
    """`ask` answers for all subjects at once, when the first of them wants to know."""

    ask: object
    subjects: set[Subject] = field(default_factory=set)
    answers: dict[Subject, object] | None = None

    def of(self, subject: Subject) -> object:
        if self.answers is None:
            self.answers = self.ask(self.subjects)  # type: ignore[operator]
        return self.answers.get(subject)


class _Asked:
    def __init__(self, moment: datetime, counted_to: datetime) -> None:
        self.moment, self.counted_to = moment, counted_to
        self._questions: dict[tuple[object, ...], _Question] = {}

    def __call__(self, subject: Subject, ask: object, *key: object) -> _Question:
        question = self._questions.setdefault(key, _Question(ask))
        question.subjects.add(subject)
        return question


@dataclass(slots=True)
class _Plan:
    value: _Question
    running: _Question | None = None
    before: _Question | None = None
    past: _Question | None = None

    def reading(self, subject: Subject) -> Reading:
        value, before = _value(self.value.of(subject)), self.before.of(subject) if self.before else None
        past = self.past.of(subject) if self.past else ()
        running = _value(self.running.of(subject)).number if self.running else None
        return Reading(value.number, running, _value(before).number, tuple(past or ()), value.where)  # type: ignore[arg-type]


def _value(answer: object) -> Value:
    return answer if isinstance(answer, Value) else Value(answer)  # type: ignore[arg-type]


def _plan(monitor: Monitor, asked: _Asked) -> _Plan:
    metric, subject = monitor.metric, subject_of(monitor)
    if TRAITS[metric].is_gauge:
        return _gauge_plan(monitor, asked, subject)
    if metric == Metric.USERS:
        return _users_plan(monitor, asked, subject)
    band = monitor.condition == Condition.BAND
    span = HOUR if band or monitor.window == DAY else MINUTE
    until = gauges.start_of(asked.counted_to, span)
    length = timedelta(seconds=monitor.window)

    def over(since: datetime, to: datetime | None) -> _Question:
        frame = Frame(since, to, span)
        return asked(subject, lambda subjects: sources.values(metric, subjects, frame), metric, frame)

    plan = _Plan(over(until - length, until))
    if metric not in (Metric.SUCCESS, Metric.P95) and not band:
        plan.running = over(until - length + timedelta(seconds=span), None)
    if monitor.condition in COMPARED:
        plan.before = over(until - 2 * length, until - length)
    if band:
        starts = past_starts(until - length)
        plan.past = asked(
            subject, lambda subjects: sources.at_starts(metric, subjects, starts, HOUR), metric, "past", starts[0]
        )
    return plan


def _gauge_plan(monitor: Monitor, asked: _Asked, subject: Subject) -> _Plan:
    metric, moment = monitor.metric, asked.moment
    plan = _Plan(asked(subject, lambda subjects: gauges.current(metric, subjects, moment), metric))
    if monitor.condition in COMPARED:
        at = moment - timedelta(seconds=monitor.window)
        plan.before = asked(subject, lambda subjects: gauges.before(metric, subjects, at), metric, "before", at)
    return _with_past(plan, monitor, asked, subject, gauges.start_of(moment, HOUR))


def _users_plan(monitor: Monitor, asked: _Asked, subject: Subject) -> _Plan:
    until, length = gauges.start_of(asked.counted_to, HOUR), timedelta(seconds=monitor.window)

    def over(since: datetime, to: datetime | None) -> _Question:
        def ask(subjects: set[Subject]) -> dict[Subject, object]:
            found = users.users({one.project for one in subjects}, since, to)
            return {one: found.get(one.project) for one in subjects}

        return asked(subject, ask, Metric.USERS, since, to)

    plan = _Plan(over(until - length, until))
    if monitor.condition != Condition.BAND:
        plan.running = over(until - length + timedelta(seconds=HOUR), None)
    if monitor.condition in COMPARED:
        plan.before = over(until - 2 * length, until - length)
    return _with_past(plan, monitor, asked, subject, until - timedelta(seconds=HOUR))


def _with_past(plan: _Plan, monitor: Monitor, asked: _Asked, subject: Subject, hour: datetime) -> _Plan:
    """Of gauges: what they stood at in that hour of other days."""
    if monitor.condition == Condition.BAND:
        starts = past_starts(hour)
        metric = monitor.metric
        plan.past = asked(
            subject, lambda subjects: gauges.at_starts(metric, subjects, starts), metric, "past", starts[0]
        )
    return plan


def past_starts(hour: datetime) -> list[datetime]:
    """That hour of the days before, the oldest first."""
    return [hour.astimezone(UTC) - timedelta(days=days) for days in range(7 * WEEKS, 0, -1)]
