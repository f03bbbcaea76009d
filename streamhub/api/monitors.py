"""/monitors, /alerts and /alert-channels: numbers that are watched, what they told, and whom."""

from typing import Annotated, Any

from django.core.handlers.wsgi import WSGIRequest
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.timezone import now
from ninja import Field, Query, Schema

from delivery.models import Alert, Channel, Monitor
from delivery.monitors.acts import MUTES, delete_channel, delete_monitor, mute
from delivery.monitors.alerts import test_alert, test_channel
from delivery.monitors.backtest import look_back
from delivery.monitors.specification import describe_channel, describe_monitor, draft_of, save_channel, save_monitor
from delivery.monitors.wake import wake_monitors
from events.checking import Problem
from streamhub.api.answers import PageQuery, answer, moment, nothing, number_of, page, refuse_stale, versioned
from streamhub.api.doors import Resource, body_of, caller_of
from streamhub.api.problems import invalid, not_found

router = Resource()
READ, WRITE = "monitors:read", "monitors:write"
ALL = "/projects/{project}/monitors"
ONE = f"{ALL}/{{monitor}}"
CHANNELS = "/projects/{project}/alert-channels"
CHANNEL = f"{CHANNELS}/{{channel}}"


class MonitorIn(Schema):
    """docs/monitors.md tells of each. `window` and `cooldown` in seconds; `channels`: names."""

    name: str | None = None
    metric: str
    event_type: str | None = None
    destination: str | None = None
    cohort: str | None = None
    condition: str
    threshold: float
    window: int
    cooldown: int | None = None
    tells_recovery: bool = True
    channels: list[str] | None = None
    enabled: bool = True


class MonitorOut(Schema):
    """`state`: new, ok, firing or "no data"."""

    id: int
    name: str
    metric: str
    condition: str
    threshold: float
    window: int
    cooldown: int
    tells_recovery: bool
    channels: list[str]
    enabled: bool
    state: str
    state_since: str | None
    value: float | None
    muted_until: str | None


class MonitorPreviewOut(Schema):
    """`fired`: how often it would have begun to fire. `points`: each window's end with its value, `seconds` apart."""

    fired: int
    seconds: int
    points: list[dict[str, Any]]


class MonitorsOut(Schema):
    data: list[MonitorOut]
    next: str | None


class MuteIn(Schema):
    """Hours; 0: it tells of alerts again."""

    hours: int


class AlertQuery(PageQuery):
    """`monitor`: its name."""

    monitor: Annotated[str, Field(max_length=100)] = ""


class AlertOut(Schema):
    id: int
    kind: str
    name: str
    text: str
    condition: str
    value: float | None
    threshold: float | None
    at: str
    muted: bool


class AlertsOut(Schema):
    data: list[AlertOut]
    next: str | None


class ChannelIn(Schema):
    """`kind`: email or chat. `address` null keeps what is stored. `health`: told of destinations that fail, too."""

    kind: str
    address: str | None = None
    health: bool = False


class ChannelOut(Schema):
    """A chat's address is a secret: null."""

    name: str
    kind: str
    address: str | None
    health: bool


class ChannelsOut(Schema):
    data: list[ChannelOut]
    next: str | None


@router.door("GET", ALL, "monitors", READ, gives=MonitorsOut)
def list_monitors(request: HttpRequest, project: str, query: Query[PageQuery]) -> HttpResponse:
    """Monitors, oldest first."""
    rows = _monitors(request).order_by("pk")
    if after := number_of(query.cursor):
        rows = rows.filter(pk__gt=after)
    return page(rows[: query.limit + 1], query.limit, lambda row: row.pk, shown)


@router.door("GET", ONE, "monitor", READ, gives=MonitorOut)
def get_monitor(request: HttpRequest, project: str, monitor: str) -> HttpResponse:
    """A monitor, by name."""
    return versioned(request, shown(_named(request, monitor)))


@router.door("PUT", ONE, "monitor_edit", WRITE, takes=MonitorIn, gives=MonitorOut)
def put_monitor(request: WSGIRequest, project: str, monitor: str) -> HttpResponse:
    """Make or replace the monitor of this name. Switching one on or off takes a publisher."""
    given = {key: value for key, value in body_of(request).items() if key not in READ_ONLY}
    with transaction.atomic():
        existing = _monitors(request).filter(name=monitor).first()
        refuse_stale(request, shown(existing) if existing else None)
        given = {"name": monitor, **({"enabled": existing.enabled} if existing else {}), **given}
        if existing and given["enabled"] != existing.enabled:
            caller_of(request).must("monitor_act", WRITE, "on")
        saved, _ = save_monitor(caller_of(request).project, given, existing)
    wake_monitors()
    return versioned(request, shown(saved), 200 if existing else 201)


@router.door("DELETE", ONE, "monitor_act", WRITE, act="delete", status=204)
def remove_monitor(request: HttpRequest, project: str, monitor: str) -> HttpResponse:
    """Delete a monitor; its alerts stay."""
    delete_monitor(_named(request, monitor))
    return nothing()


@router.door("POST", f"{ONE}/mute", "monitor_act", WRITE, act="mute", takes=MuteIn, gives=MonitorOut)
def mute_monitor(request: WSGIRequest, project: str, monitor: str) -> HttpResponse:
    """Tell nobody for some hours."""
    found, hours = _named(request, monitor), body_of(request).get("hours")
    if type(hours) is not int or hours not in (0, *MUTES):
        raise invalid([Problem("hours", f"It can be muted for {', '.join(map(str, MUTES))} hours; 0 ends that.")])
    mute(found, hours)
    return versioned(request, shown(found))


@router.door("POST", f"{ONE}/test", "monitor_act", WRITE, act="test", gives=AlertOut)
def test_monitor(request: HttpRequest, project: str, monitor: str) -> HttpResponse:
    """Tell its channels of a test."""
    return answer(_alert(test_alert(_named(request, monitor), now())))


@router.door(
    "POST", "/projects/{project}/monitor-previews", "monitor_preview", READ, takes=MonitorIn, gives=MonitorPreviewOut
)
def preview_monitor(request: WSGIRequest, project: str) -> HttpResponse:
    """What a monitor would have seen lately, and how often it would have begun to fire; nothing is saved."""
    given = {key: value for key, value in body_of(request).items() if key not in READ_ONLY}
    past = look_back(draft_of(caller_of(request).project, given), now())
    points = [{"at": moment(one.at), "value": one.verdict.value, "fires": one.verdict.fires} for one in past.points]
    return answer({"fired": past.fired, "seconds": past.step, "points": points})


@router.door("GET", "/projects/{project}/alerts", "monitor_alerts", READ, gives=AlertsOut)
def list_alerts(request: HttpRequest, project: str, query: Query[AlertQuery]) -> HttpResponse:
    """What was told, newest first."""
    rows = Alert.objects.filter(project=caller_of(request).project).order_by("-pk")
    if query.monitor:
        rows = rows.filter(monitor=_named(request, query.monitor))
    if before := number_of(query.cursor):
        rows = rows.filter(pk__lt=before)
    return page(rows[: query.limit + 1], query.limit, lambda row: row.pk, _alert)


@router.door("GET", CHANNELS, "alert_channels", READ, gives=ChannelsOut)
def list_channels(request: HttpRequest, project: str) -> HttpResponse:
    """Whom alerts are told, by name."""
    rows = caller_of(request).project.alert_channels.order_by("name")
    return answer({"data": [describe_channel(row) for row in rows], "next": None})


@router.door("PUT", CHANNEL, "alert_channel", WRITE, takes=ChannelIn, gives=ChannelOut)
def put_channel(request: WSGIRequest, project: str, channel: str) -> HttpResponse:
    """Make or replace the channel of this name."""
    owner = caller_of(request).project
    existing = owner.alert_channels.filter(name=channel).first()
    saved, _ = save_channel(owner, {"name": channel} | body_of(request), existing)
    return versioned(request, describe_channel(saved), 200 if existing else 201)


@router.door("DELETE", CHANNEL, "alert_channel_act", WRITE, act="delete", status=204)
def remove_channel(request: HttpRequest, project: str, channel: str) -> HttpResponse:
    """Delete a channel; its monitors stay."""
    delete_channel(_channel(request, channel))
    return nothing()


@router.door("POST", f"{CHANNEL}/test", "alert_channel_act", WRITE, act="test", gives=AlertOut)
def test_a_channel(request: HttpRequest, project: str, channel: str) -> HttpResponse:
    """Tell it of a test."""
    return answer(_alert(test_channel(_channel(request, channel), now())))


def shown(monitor: Monitor) -> dict[str, Any]:
    return {
        "id": monitor.pk,
        **describe_monitor(monitor),
        "state": monitor.state,
        "state_since": moment(monitor.state_since),
        "value": monitor.value,
        "muted_until": moment(monitor.muted_until),
    }


READ_ONLY = ("id", "state", "state_since", "value", "muted_until")


def _monitors(request: HttpRequest) -> Any:
    return Monitor.objects.filter(project=caller_of(request).project).select_related("project", "destination")


def _named(request: HttpRequest, name: str) -> Monitor:
    found = _monitors(request).filter(name=name).first()
    if found is None:
        raise not_found(f"There is no monitor “{name[:60]}” in this project.")
    return found


def _channel(request: HttpRequest, name: str) -> Channel:
    found = caller_of(request).project.alert_channels.select_related("project").filter(name=name).first()
    if found is None:
        raise not_found(f"There is no channel “{name[:60]}” in this project.")
    return found


def _alert(alert: Alert) -> dict[str, Any]:
    texts = {
        name: getattr(alert, name) for name in ("kind", "name", "text", "condition", "value", "threshold", "muted")
    }
    return {"id": alert.pk, **texts, "at": moment(alert.at)}
