"""Which event types a project has sent lately, and how many a day."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from math import ceil

from django.db.models import Min, Sum
from django.utils.timezone import now

from events.models import Project, TypeCount
from events.received import in_outbox

DAYS = 30
MOST_TYPES = 1_000


def seen_types(project: Project) -> dict[str, int]:
    """Event type -> events a day since it was first seen, within the last 30 days; in alphabetical order."""
    moment = now()
    first_day = moment.astimezone(UTC).date() - timedelta(days=DAYS)
    of_project = TypeCount.objects.filter(project=project, day__gte=first_day)
    counted = of_project.values_list("event_type").annotate(n=Sum("received"), first=Min("day")).order_by("-n")
    waiting = Counter(event_type for event_type, _ in in_outbox(project))
    daily = {}
    for event_type, count, first in counted[:MOST_TYPES]:
        since = datetime(first.year, first.month, first.day, tzinfo=UTC)
        days = max(1.0, (moment - since) / timedelta(days=1))
        daily[event_type] = ceil((count + waiting.pop(event_type, 0)) / days)
    return dict(sorted((daily | waiting).items(), key=lambda row: row[0].lower()))
