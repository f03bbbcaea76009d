"""What is done to a monitor or a channel besides changing it: switching, muting, deleting."""

from datetime import timedelta

from django.db import transaction
from django.utils.timezone import now

from delivery.models import Channel, Monitor
from delivery.monitors.specification import describe_channel, describe_monitor
from delivery.monitors.wake import wake_monitors
from events import audit
from events.audit_changes import differences

MUTES = {1: "an hour", 8: "8 hours", 24: "a day", 168: "a week"}  # hours


def switch(monitor: Monitor, *, on: bool) -> None:
    """Switched on, it begins anew."""
    with transaction.atomic():
        anew = {"state": Monitor.State.NEW, "state_since": None, "value": None, "told": False}
        Monitor.objects.filter(pk=monitor.pk).update(enabled=on, **anew)
        audit.record("switched on" if on else "switched off", monitor)
    if on:
        transaction.on_commit(wake_monitors)


def mute(monitor: Monitor, hours: int) -> None:
    """For so many hours from now on, one of MUTES; 0: no more."""
    monitor.muted_until = now() + timedelta(hours=hours) if hours else None
    with transaction.atomic():
        monitor.save(update_fields=["muted_until"])
        audit.record("muted" if hours else "unmuted", monitor)


@transaction.atomic
def delete_monitor(monitor: Monitor) -> None:
    audit.record("deleted", monitor, differences(describe_monitor(monitor), None))
    monitor.delete()


@transaction.atomic
def delete_channel(channel: Channel) -> None:
    audit.record("deleted", channel, differences(describe_channel(channel), None))
    channel.delete()
