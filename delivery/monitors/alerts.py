"""An alert: written down, announced as `monitor.alert`, and handed to those who tell people."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from delivery.models import Alert, Channel, Monitor, Notice
from delivery.monitors.wake import wake_notices
from destinations.models import Destination
from events.announce import announce
from events.announced import iso

TOPIC = "monitor.alert"
# The id under which alerts of destinations' health are announced: no monitor of a project has it.
HEALTH = "destination-health"


def raise_alert(alert: Alert, channels: Iterable[Channel]) -> Alert:
    """In the caller's transaction. A muted one is only written down."""
    told = [] if alert.muted else sorted(channels, key=lambda channel: channel.name)
    with transaction.atomic():
        alert.save()
        if not alert.muted:
            announce(alert.project_id, TOPIC, _fields(alert, told), alert.at)
        Notice.objects.bulk_create(
            Notice(alert=alert, channel=channel, channel_name=channel.name, next_at=alert.at) for channel in told
        )
        if told:
            transaction.on_commit(wake_notices)
    return alert


def test_alert(monitor: Monitor, moment: datetime) -> Alert:
    """To everybody who would be told, muted or not."""
    alert = Alert(
        project=monitor.project,
        monitor=monitor,
        destination=monitor.destination,
        kind=Alert.Kind.TEST,
        name=monitor.name,
        text="This is a test. Nothing is wrong.",
        value=monitor.value,
        threshold=monitor.threshold,
        at=moment,
    )
    return raise_alert(alert, monitor.channels.all())


def test_channel(channel: Channel, moment: datetime) -> Alert:
    """To this channel alone; nothing is announced."""
    alert = Alert.objects.create(
        project=channel.project,
        kind=Alert.Kind.TEST,
        name=channel.name,
        text="This is a test. Alerts arrive here.",
        at=moment,
    )
    Notice.objects.create(alert=alert, channel=channel, channel_name=channel.name, next_at=moment)
    transaction.on_commit(wake_notices)
    return alert


def health_alert(destination: Destination, kind: str, text: str, moment: datetime, level: int | None = None) -> Alert:
    """`level`: at least so many percent of its attempts fail."""
    alert = Alert(
        project_id=destination.project_id,
        destination=destination,
        kind=kind,
        name=destination.name,
        text=text,
        condition="Health of the destination",
        value=level,
        at=moment,
    )
    return raise_alert(alert, Channel.objects.filter(project=destination.project_id, health=True))


def _fields(alert: Alert, told: Iterable[Channel]) -> dict[str, object]:
    fields = {
        "monitor_id": str(alert.monitor_id) if alert.monitor_id else f"{HEALTH}-{alert.destination_id}",
        "monitor_name": alert.name,
        "alert_type": str(alert.kind),
        "triggered_at": iso(alert.at),
        "condition": alert.condition,
        "text": alert.text,
        "value": alert.value,
        "threshold": alert.threshold,
        "destination": alert.destination.name if alert.destination else None,
        "recipients": [channel.name for channel in told],
        "app_id": alert.project_id,
    }
    return {name: value for name, value in fields.items() if value not in (None, "")}
