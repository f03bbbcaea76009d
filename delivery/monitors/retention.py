"""Alerts and gauges are kept for a time."""

from datetime import datetime, timedelta

from delivery.models import Alert
from delivery.monitors.gauges import forget_old_gauges

KEPT = timedelta(days=90)


def forget_old_alerts(moment: datetime, batch: int = 1_000) -> int:
    """Removes alerts, with who was told of them, and gauges that are too old. Returns how many."""
    forgotten = forget_old_gauges(moment)
    old = Alert.objects.filter(at__lt=moment - KEPT).order_by("at")
    while ids := list(old.values_list("pk", flat=True)[:batch]):
        forgotten += Alert.objects.filter(pk__in=ids).delete()[0]
    return forgotten
