"""What is kept only for a time: insert ids beyond the deduplication window, counters, the audit trail."""

from datetime import datetime, timedelta

from django.conf import settings
from django.utils.timezone import now

from events.accept import DEDUP_WINDOW
from events.counters import remove_old
from events.models import AuditEntry, EventCount, SeenInsertId, TypeCount, TypeRate
from events.received import TYPES_KEPT
from events.seen_types import DAYS


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


def forget_old_counts(at: datetime | None = None) -> int:
    """Removes counters that nothing reads any more, those of one minute, hour or day at a time. Returns how many."""
    moment = at or now()
    forgotten = remove_old(EventCount, moment) + remove_old(TypeRate, moment, TYPES_KEPT)
    old = TypeCount.objects.filter(day__lt=(moment - timedelta(days=DAYS + 2)).date()).order_by("day")
    while day := old.values_list("day", flat=True).first():
        forgotten += TypeCount.objects.filter(day=day).delete()[0]
    return forgotten


def forget_old_audit_entries(batch: int = 10_000, at: datetime | None = None) -> int:
    """Removes entries older than STREAMHUB_AUDIT_DAYS, `batch` rows at a time. Returns how many."""
    old = AuditEntry.objects.filter(at__lt=(at or now()) - timedelta(days=settings.AUDIT_DAYS)).order_by("at")
    forgotten = 0
    while ids := list(old.values_list("pk", flat=True)[:batch]):
        forgotten += AuditEntry.objects.filter(pk__in=ids).delete()[0]
    return forgotten
