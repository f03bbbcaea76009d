"""What pages say about the deliveries of a project. All of it is bounded: by 24 hours, or by a number of rows."""

from datetime import timedelta

from django.utils.timezone import now

from delivery.models import LOST_STATES, Delivery, State
from events.models import Project

COUNTED = 100


def failed_lately(project: Project) -> int:
    """How many deliveries made in the last 24 hours were lost, up to 100: reads the newest 100 of each lost state."""
    since = now() - timedelta(hours=24)
    newest = Delivery.objects.filter(project=project).order_by("-id")
    found = (
        created
        for state in LOST_STATES
        for created in newest.filter(state=state).values_list("created_at", flat=True)[:COUNTED]
    )
    return min(COUNTED, sum(created >= since for created in found))


def has_deliveries(project: Project) -> bool:
    """Whether anything was delivered yet: until then the overview shows the first steps."""
    return Delivery.objects.filter(project=project, state=State.DELIVERED).exists()
