"""Deleting a destination or a whole project, however long its log is: hidden at once, its rows go in small steps.

Being marked is a fact in the database, so what was interrupted goes on with the next run. The row itself goes last:
by then nobody who still knew it adds to it.
"""

import logging
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial

import django_rq
from django.db import IntegrityError, models, transaction
from django.db.models import QuerySet
from django.utils.timezone import now
from redis.exceptions import RedisError

from delivery.models import Delivery
from delivery.row_removal import delete_events, delete_unleased
from destinations.models import Destination
from destinations.specification import describe
from destinations.watched import watch
from events import audit
from events.audit_changes import differences
from events.hub_redis import hub_redis
from events.models import Event, Project, new_token, new_write_key
from events.small_steps import SmallSteps

log = logging.getLogger(__name__)

# A web process remembers a write key this long, and a worker a destination: until then rows may still be added.
REMEMBERED = timedelta(seconds=90)
Removal = Callable[[Sequence[int]], int]


@transaction.atomic
def mark_destination(destination: Destination) -> None:
    """Switches it off, hides it and frees its name."""
    audit.record("deleted", destination, differences(describe(destination), None))
    _mark_destinations(Destination.everything.filter(pk=destination.pk))
    watch(destination.project)
    transaction.on_commit(soon)


@transaction.atomic
def mark_project(project: Project) -> None:
    """Switches its destinations off, hides it and frees its name, address and write key: it takes nothing any more."""
    audit.record("deleted", project)
    _mark_destinations(Destination.everything.filter(project=project, removed_at=None))
    project.name = _freed(project.name, project.pk)
    project.slug, project.api_key, project.inbox_token = f"deleted-{new_token()}", new_write_key(), new_token()
    project.secret_key_hash, project.removed_at = "", now()
    project.save()
    transaction.on_commit(soon)


def _mark_destinations(found: "QuerySet[Destination]") -> None:
    for pk, name in found.values_list("pk", "name"):
        freed = _freed(name, pk)
        Destination.everything.filter(pk=pk).update(enabled=False, name=freed, removed_at=now(), updated_at=now())


def _freed(name: str, pk: int) -> str:
    return f"{name[:70]} (deleted, {pk})"


def soon() -> None:
    """Has the rows removed without waiting for the clock. Never raises: the clock comes anyway."""
    try:
        django_rq.get_queue("default", connection=hub_redis()).enqueue("delivery.jobs.remove_rows", result_ttl=0)
    except RedisError as error:
        log.warning("Redis did not take the job (%s); the clock will", error)


# -- in the background -----------------------------------------------------------------------------------------------
def remove_marked(steps: SmallSteps) -> bool:
    """Goes on with all that is marked. False where something is left."""
    projects = Project.everything.exclude(removed_at=None)
    lanes = Destination.everything.exclude(removed_at=None)
    done = [_remove_destination(lane, steps) for lane in lanes]
    return all([*done, *(_remove_project(project, steps) for project in projects)])


def _remove_destination(destination: Destination, steps: SmallSteps) -> bool:
    rows = Delivery.objects.filter(destination=destination)
    return _remove_all(rows, steps, _unleased) and _remove_itself(destination, steps)


def _remove_project(project: Project, steps: SmallSteps) -> bool:
    deliveries, events = Delivery.objects.filter(project=project), Event.objects.filter(project=project)
    return (
        _remove_all(deliveries, steps, _unleased)
        and _remove_all(events, steps, delete_events)
        and _remove_itself(project, steps)
    )


def _remove_itself(marked: Destination | Project, steps: SmallSteps) -> bool:
    """The row, once what refers to it is gone, whatever table that is in."""
    if marked.removed_at is None or now() - marked.removed_at < REMEMBERED:
        return False
    if not all(_remove_all(rows, steps, partial(_delete, rows)) for rows in _dependents(marked)):
        return False
    try:
        steps.take(lambda: marked.delete()[0])
    except IntegrityError:  # somebody has added a row after all: the next run takes that too
        return False
    return True


def _dependents(marked: models.Model) -> list[QuerySet]:
    """Rows that would be deleted with it, by table, but for the counters', which are few."""
    found = [f for f in marked._meta.get_fields(include_hidden=True) if isinstance(f, models.ForeignObjectRel)]
    cascading = [f for f in found if f.on_delete is models.CASCADE]
    plain = [f for f in cascading if not isinstance(f.related_model._meta.pk, models.CompositePrimaryKey)]
    return [f.related_model._base_manager.filter(**{f.field.name: marked.pk}) for f in plain]


def _delete(rows: QuerySet, ids: Sequence[int]) -> int:
    return rows.filter(pk__in=ids).delete()[0]


def _unleased(ids: Sequence[int]) -> int:
    return delete_unleased(ids, now())


def _remove_all(rows: QuerySet, steps: SmallSteps, remove: Removal) -> bool:
    """True once there are none. What can't go yet, because a worker has it in hand, is left for the next time."""
    last = 0
    while not steps.is_over:
        ids = list(rows.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[: steps.size])
        if not ids:
            return not rows.exists()
        steps.take(partial(remove, ids))
        last = ids[-1]
    return False
