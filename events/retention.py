"""What is kept only for a time: insert ids beyond the deduplication window."""

from datetime import datetime

from django.utils.timezone import now

from events.accept import DEDUP_WINDOW
from events.models import SeenInsertId


def forget_old_insert_ids(batch: int = 10_000, at: datetime | None = None) -> int:
    """Removes insert ids seen longer ago than the window, `batch` rows at a time so that no statement holds its locks
    for long. Returns how many."""
    old = SeenInsertId.objects.filter(seen_at__lt=(at or now()) - DEDUP_WINDOW).order_by("seen_at")
    forgotten = 0
    while keys := list(old.values_list("key", flat=True)[:batch]):
        forgotten += SeenInsertId.objects.filter(key__in=keys).delete()[0]
        if len(keys) < batch:
            break
    return forgotten
