"""Every monitor judged anew: all questions are asked once, and only what changed is written."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q

from delivery.models import Alert, Monitor
from delivery.monitors import gauges, users
from delivery.monitors.alerts import raise_alert
from delivery.monitors.conditions import Reading, Verdict, judge
from delivery.monitors.metrics import HOUR, MINUTE, TRAITS, Metric
from delivery.monitors.readings import readings, settled, subject_of
from delivery.monitors.words import condition_words, found_words
from destinations.models import Destination

State = Monitor.State
Kind = Alert.Kind


def evaluate(moment: datetime) -> int:
    """Judges every monitor that is switched on. Returns how many alerts that raised."""
    monitors = list(watched())
    if not monitors:
        return 0
    found = readings(monitors, moment)
    names = _names(found.values())
    return sum(_judge(monitor, found[monitor.pk], names, moment) for monitor in monitors)


def watched() -> Iterable[Monitor]:
    present = Q(destination=None) | Q(destination__removed_at=None)
    on = Monitor.objects.filter(present, enabled=True, project__removed_at=None)
    return on.select_related("project", "destination").order_by("pk")


def write_gauges_down(moment: datetime) -> None:
    """What monitors look at and counters do not hold, for charts and comparisons: once a minute is often enough."""
    monitors = list(watched())
    for metric in (Metric.WAITING, Metric.PAUSED):
        subjects = {subject_of(monitor) for monitor in monitors if monitor.metric == metric}
        if subjects:
            found = gauges.current(metric, subjects, moment)
            gauges.note(metric, {subject: value.number or 0.0 for subject, value in found.items()}, moment)
    if projects := {monitor.project_id for monitor in monitors if monitor.metric == Metric.USERS}:
        users.write_down(projects, gauges.start_of(settled(moment), HOUR))


def minute_of(moment: datetime) -> datetime:
    return gauges.start_of(moment, MINUTE)


def _names(found: Iterable[Reading]) -> Mapping[int, str]:
    """Of the destinations that were the worst of any."""
    places = {reading.where for reading in found if reading.where}
    return dict(Destination.objects.filter(pk__in=places).values_list("pk", "name")) if places else {}


def _judge(monitor: Monitor, reading: Reading, names: Mapping[int, str], moment: datetime) -> int:
    verdict = judge(monitor.condition, monitor.threshold, reading, TRAITS[monitor.metric])
    state = _state(monitor, verdict)
    changes: dict[str, Any] = {"value": verdict.value} if verdict.value != monitor.value else {}
    if state != monitor.state:
        changes |= {"state": state, "state_since": moment}
    kind = _alert_kind(monitor, state, moment)
    if kind:
        changes |= {"told": kind == Kind.FIRED} | ({"alerted_at": moment} if kind == Kind.FIRED else {})
    elif state == State.OK and monitor.told:
        changes["told"] = False
    if not changes:
        return 0
    where = names.get(reading.where or 0, "")
    with transaction.atomic():
        # Of two workers that judge at the same time, one moves the state on, and only that one tells.
        mine = Monitor.objects.filter(pk=monitor.pk, state=monitor.state, told=monitor.told)
        if mine.update(**changes) and kind and (kind == Kind.FIRED or monitor.tells_recovery):
            raise_alert(_alert(monitor, kind, verdict, where, reading.where, moment), monitor.channels.all())
            return 1
    return 0


def _state(monitor: Monitor, verdict: Verdict) -> str:
    """Without data, what fires goes on firing: silence is no recovery."""
    if verdict.fires is None:
        return monitor.state if monitor.state == State.FIRING else State.NO_DATA
    return State.FIRING if verdict.fires else State.OK


def _alert_kind(monitor: Monitor, state: str, moment: datetime) -> Kind | None:
    """A monitor that fires again within its cool-down tells nobody, until that is over and it still fires."""
    if state == State.FIRING and not monitor.told:
        last = monitor.alerted_at
        cooled = last is None or last + timedelta(seconds=monitor.cooldown) <= moment
        # A clock that was set back must not silence it.
        return Kind.FIRED if cooled or (last is not None and last > moment) else None
    if state == State.OK and monitor.told:
        return Kind.RECOVERED
    return None


def _alert(monitor: Monitor, kind: Kind, verdict: Verdict, where: str, lane: int | None, moment: datetime) -> Alert:
    bound = verdict.low if verdict.low is not None and (verdict.value or 0) < verdict.low else verdict.high
    return Alert(
        project=monitor.project,
        monitor=monitor,
        destination_id=monitor.destination_id or lane,
        kind=kind,
        name=monitor.name,
        text=found_words(monitor, verdict, where),
        condition=condition_words(monitor),
        value=verdict.value,
        threshold=bound if bound is not None else verdict.low,
        at=moment,
        muted=monitor.is_muted,
    )
