"""People who are signed in, and a project in which something has happened."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.utils.timezone import now
from pytest_django.plugin import DjangoDbBlocker

from delivery.models import Attempt, Delivery, State
from destinations.models import Destination
from events.models import Event, Membership, Project
from events.roles import Role
from tests.conftest import new_destination, new_events, new_project
from tests.delivery import recount


@pytest.fixture(autouse=True)
def empty_cache() -> None:
    cache.clear()


@pytest.fixture
def administrator(db: None) -> User:
    return User.objects.create_superuser("admin", password="correct horse battery")


@pytest.fixture
def member(db: None) -> User:
    return User.objects.create_user("member", password="correct horse battery")


@pytest.fixture
def staff_client(administrator: User) -> Client:
    client = Client()
    client.force_login(administrator)
    return client


@pytest.fixture
def member_client(member: User, project: Project) -> Client:
    """Signed in as an admin of the project, who is nobody elsewhere."""
    Membership.objects.create(project=project, user=member, role=Role.ADMIN)
    client = Client()
    client.force_login(member)
    return client


@pytest.fixture
def deliver() -> Callable[..., Delivery]:
    """Writes down that an event was delivered, or how far that got, `hours` ago."""
    return write_delivery


def write_delivery(event: Event, destination: Destination, state: str = State.DELIVERED, hours: float = 0) -> Delivery:
    moment = now() - timedelta(hours=hours)
    is_open = state in (State.QUEUED, State.RETRYING)
    delivery = Delivery.objects.create(
        project=event.project,
        destination=destination,
        event=event,
        state=state,
        attempts_made=0 if state == State.QUEUED else 1,
        created_at=moment,
        next_attempt_at=now() + timedelta(seconds=41) if is_open else None,
        finished_at=None if is_open else moment,
        last_status=200 if state == State.DELIVERED else 503,
    )
    if state != State.QUEUED:
        _attempt(delivery)
    recount.add(delivery)
    return delivery


def _attempt(delivery: Delivery) -> None:
    Attempt.objects.create(
        delivery=delivery,
        number=1,
        started_at=delivery.created_at,
        duration_ms=120,
        tries=[{"at": delivery.created_at.timestamp(), "ms": 120, "status": delivery.last_status, "error": ""}],
        request_method="POST",
        request_url=delivery.destination.url,
        request_headers=[["Content-Type", "application/json"]],
        request_body='{"name": "Order Placed", "total": 1.10}',
        status=delivery.last_status,
        response_headers=[["content-type", "text/html"]],
        response_body="<b>Service Unavailable</b>",
    )


@pytest.fixture
def busy(request: pytest.FixtureRequest, project: Project) -> Project:
    """Two destinations, one of them in trouble, and deliveries in every state."""
    return project if "standing" in request.fixturenames else make_busy(project)


def make_busy(project: Project) -> Project:
    good = new_destination(project, name="Order webhook")
    bad = new_destination(project, name="Support inbox")
    for number, event in enumerate(new_events(project, 12)):
        write_delivery(event, good, hours=number)
        state = [State.DELIVERED, State.EXPIRED, State.FAILED, State.RETRYING][number % 4]
        write_delivery(event, bad, state, hours=number)
    write_delivery(new_events(project)[0], good, State.QUEUED)
    return project


@pytest.fixture(scope="class")
def standing(django_db_setup: None, django_db_blocker: DjangoDbBlocker, redis_server: None) -> Iterator[Project]:
    """The busy project, made once for all tests of a class that asks for it, each of which undoes what it does to it.
    Not for tests that commit."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield make_busy(new_project())
        transaction.set_rollback(True)


@pytest.fixture
def project(request: pytest.FixtureRequest, db: None) -> Project:
    if "standing" in request.fixturenames:
        return Project.objects.get(pk=request.getfixturevalue("standing").pk)
    return new_project()
