"""Moments as ids: rows are written in the order of time, so a time range is a range of the primary key."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet

# Processes that write at the same time write their batches crosswise, by seconds at most.
SLACK = timedelta(minutes=1)


def first_since(rows: "QuerySet[Any]", time_field: str, moment: datetime) -> int:
    """An id such that every row with `time_field` at `moment` or later has it or a higher one: ~20 key look-ups."""
    # Two queries: SQLite answers either from the key's end, but both at once by reading the whole table.
    low, high = (rows.order_by(end).values_list("pk", flat=True).first() for end in ("pk", "-pk"))
    if low is None or high is None:
        return 0
    high += 1
    target = moment - SLACK
    while low < high:
        middle = (low + high) // 2
        at = rows.filter(pk__gte=middle).order_by("pk").values_list("pk", time_field).first()
        if at is None or at[1] >= target:
            high = middle
        else:
            low = at[0] + 1
    return low
