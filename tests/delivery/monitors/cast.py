"""A monitor that every test of pages may look at."""

from django.utils.timezone import now

from delivery.models import Monitor
from delivery.monitors.alerts import test_alert as send_test_alert
from delivery.monitors.specification import save_channel, save_monitor
from events.models import Project

ORDERS = {"name": "Orders", "metric": "events", "event_type": "Order Placed", "condition": "below", "threshold": 10}


def watching(project: Project) -> Monitor:
    """Watches orders, tells one e-mail address, and has told of a test."""
    found = Monitor.objects.filter(project=project, name="Orders").first()
    if found:
        return found
    channel = {"name": "Team", "kind": "email", "address": "team@example.com"}
    save_channel(project, channel)
    monitor = save_monitor(project, ORDERS | {"channels": ["Team"]})[0]
    send_test_alert(monitor, now())
    return monitor
