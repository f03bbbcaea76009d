"""What has been kept long enough goes: bodies of attempts, deliveries with their attempts, events (ten lines on why not
by partitions: docs/decisions). Nothing that is open goes, nor an event that some delivery still shows.

Ids rise with time, so each walk goes along an index from the oldest row to the first that is young enough.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial

from django.db.models import QuerySet
from django.utils.timezone import now

from delivery.models import Delivery
from delivery.row_removal import delete_closed, delete_events, remove_bodies
from events.models import Event, Project
from events.small_steps import SmallSteps
from events.time_bounds import first_since

Removal = Callable[[Sequence[int]], int]


def remove_old(steps: SmallSteps, at: datetime | None = None) -> bool:
    """Removes what is older than its project wants. False where the time was up before all was gone."""
    moment = at or now()
    return all(_remove_old_of(project, steps, moment) for project in Project.objects.order_by("pk"))


def _remove_old_of(project: Project, steps: SmallSteps, moment: datetime) -> bool:
    return (
        _remove_bodies(project, steps, moment - timedelta(days=project.keep_bodies))
        and _remove_deliveries(project, steps, moment - timedelta(days=project.keep_deliveries))
        and _remove_events(project, steps, moment - timedelta(days=project.keep_events))
    )


def _remove_bodies(project: Project, steps: SmallSteps, before: datetime) -> bool:
    """Goes on where it ended the last time: without that mark it would meet the same rows again every time."""

    def remove(ids: Sequence[int]) -> int:
        Project.everything.filter(pk=project.pk).update(bodies_removed_to=ids[-1])
        return remove_bodies(ids)

    rows = Delivery.objects.filter(project=project)
    end = first_since(rows, "created_at", before)
    return _walk(rows.filter(pk__gt=project.bodies_removed_to, pk__lt=end), steps, remove)


def _remove_deliveries(project: Project, steps: SmallSteps, before: datetime) -> bool:
    """Of one that was sent again the time counts from its latest end."""
    rows = Delivery.objects.filter(project=project)
    end = first_since(rows, "created_at", before)
    return _walk(rows.filter(pk__lt=end), steps, lambda ids: delete_closed(ids, before))


def _remove_events(project: Project, steps: SmallSteps, before: datetime) -> bool:
    rows = Event.objects.filter(project=project)
    end = first_since(rows, "received_at", before)
    return _walk(rows.filter(pk__lt=end), steps, delete_events)


def _walk(rows: "QuerySet", steps: SmallSteps, remove: Removal) -> bool:
    """Over all `rows` in the order of their ids; True once the end is reached."""
    last = 0
    while not steps.is_over:
        ids = list(rows.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[: steps.size])
        if not ids:
            return True
        steps.take(partial(remove, ids))
        last = ids[-1]
    return False
