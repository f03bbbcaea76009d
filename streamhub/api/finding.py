"""What the addresses of the API name, within the token's project: by id, or by name where it is not all digits."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest

from cohorts.models import Cohort, Run, Sync
from delivery.models import Delivery, Replay
from destinations.models import Destination
from events.models import Event, Membership
from events.query import is_number
from streamhub.api.doors import caller_of
from streamhub.api.problems import not_found


def destination_or_none(request: HttpRequest, named: str, *, for_update: bool = False) -> Destination | None:
    """None where a destination of that name may be made. Raises Refused (404) for an id that is not there."""
    rows = Destination.objects.filter(project=caller_of(request).project)
    if for_update:
        rows = rows.select_for_update(of=("self",))
    rows = rows.select_related("project")
    if not named.isdecimal():
        return rows.filter(name=named).first()
    found = rows.filter(pk=int(named)).first() if is_number(named) else None
    if found is None:
        raise not_found(f"There is no destination {named[:60]} in this project.")
    return found


def destination_named(request: HttpRequest, named: str, *, for_update: bool = False) -> Destination:
    found = destination_or_none(request, named, for_update=for_update)
    if found is None:
        raise not_found(f"There is no destination “{named[:60]}” in this project.")
    return found


def cohort_or_none(request: HttpRequest, named: str) -> Cohort | None:
    rows = Cohort.objects.filter(project=caller_of(request).project).select_related("project")
    return rows.filter(public_id=named).first() or rows.filter(name=named).first()


def cohort_named(request: HttpRequest, named: str) -> Cohort:
    found = cohort_or_none(request, named)
    if found is None:
        raise not_found(f"There is no cohort “{named[:60]}” in this project.")
    return found


def sync_or_none(cohort: Cohort, destination: Destination) -> Sync | None:
    rows = Sync.objects.filter(cohort=cohort, destination=destination)
    return rows.select_related("cohort__project", "destination").first()


def sync_named(request: HttpRequest, cohort: str, destination: str) -> Sync:
    found = sync_or_none(cohort_named(request, cohort), destination_named(request, destination))
    if found is None:
        raise not_found("This cohort is not synced to that destination.")
    return found


def run_numbered(request: HttpRequest, cohort: str, destination: str, number: int) -> Run:
    runs = sync_named(request, cohort, destination).runs
    found = runs.filter(number=number).select_related("sync__cohort__project", "sync__destination").first()
    if found is None:
        raise not_found(f"This sync has no run {number}.")
    return found


def delivery_of(request: HttpRequest, pk: int) -> Delivery:
    rows = Delivery.objects.select_related("project", "destination", "destination__lane_health", "event")
    return _one(rows.filter(project=caller_of(request).project), "delivery", pk=pk)


def replay_of(request: HttpRequest, pk: int) -> Replay:
    rows = Replay.objects.select_related("project", "destination")
    return _one(rows.filter(project=caller_of(request).project), "replay", pk=pk)


def event_named(request: HttpRequest, named: str) -> Event:
    """By id or UUID."""
    rows = Event.objects.filter(project=caller_of(request).project).select_related("project")
    if is_number(named):
        return _one(rows, "event", pk=int(named))
    try:
        return _one(rows, "event", uuid=UUID(named))
    except ValueError:
        raise not_found(f"There is no event “{named[:60]}” in this project.") from None


def membership_of(request: HttpRequest, username: str) -> Membership | None:
    rows = Membership.objects.filter(project=caller_of(request).project, user__username=username)
    return rows.select_related("user", "project").first()


def _one(rows: Any, what: str, **key: Any) -> Any:
    found = rows.filter(**key).first()
    if found is None:
        raise not_found(f"There is no such {what} in this project.")
    return found
