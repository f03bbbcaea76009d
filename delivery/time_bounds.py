"""Moments as delivery ids: rows are written in the order of time, so a time range is a range of the primary key."""

from datetime import datetime, timedelta

from delivery.models import Delivery

# Workers that route at the same time write their batches crosswise, by seconds at most.
SLACK = timedelta(minutes=1)


def first_since(moment: datetime) -> int:
    """An id such that every delivery created at `moment` or later has it or a higher one. About 20 key look-ups."""
    keys = Delivery.objects.order_by("pk").values_list("pk", flat=True)
    low, high = keys.first(), keys.last()  # each a look at one end of the key; both at once would be a scan on SQLite
    if low is None or high is None:
        return 0
    high += 1
    target = moment - SLACK
    while low < high:
        middle = (low + high) // 2
        at = Delivery.objects.filter(pk__gte=middle).order_by("pk").values_list("pk", "created_at").first()
        if at is None or at[1] >= target:
            high = middle
        else:
            low = at[0] + 1
    return low
