"""A cohort and its users; what a receiver knows of a cohort from its batches."""

from collections.abc import Callable, Iterator
from ipaddress import ip_network
from typing import Any

import orjson
import pytest
from django.utils.timezone import now

from cohorts import runs
from cohorts.models import Cohort, Kind, Run, Sync
from delivery.models import Delivery, State
from delivery.transports import Transport, make_transport
from destinations.models import Destination
from events.models import Profile, Project
from tests.delivery.road import pass_time, run_fresh, run_retries
from tests.receiver import Receiver, receiver


@pytest.fixture
def make_users(project: Project) -> Callable[..., None]:
    """Users by id, each with the properties given."""

    def make(*user_ids: str, **properties: Any) -> None:
        moment = now()
        Profile.objects.bulk_create(
            Profile(
                project=project,
                identity=f"u:{user_id}",
                properties=properties,
                groups={},
                created_at=moment,
                updated_at=moment,
            )
            for user_id in user_ids
        )

    return make


@pytest.fixture
def make_cohort(project: Project) -> Callable[..., Cohort]:
    """A defined cohort of the users who pay, or what else is given."""

    def make(**given: Any) -> Cohort:
        paying = {
            "match": "all",
            "conditions": [{"property": "user_properties.plan", "operator": "is", "value": "pro"}],
        }
        return Cohort.objects.create(
            **{"project": project, "name": "Paying", "kind": Kind.DEFINED, "definition": paying} | given
        )

    return make


@pytest.fixture
def transport() -> Iterator[Transport]:
    transport = make_transport("curl", allowed_networks=(ip_network("127.0.0.0/8"),))
    yield transport
    transport.close()


@pytest.fixture
def recorder() -> Iterator[Receiver]:
    """A receiver that notes what it answered; `refuses`: it answers 503."""
    with receiver() as hook:
        hook.statuses = {}  # type: ignore[attr-defined]
        hook.refuses = False  # type: ignore[attr-defined]

        def answer(number: int) -> int:
            status = 503 if hook.refuses else 200  # type: ignore[attr-defined]
            hook.statuses[number] = status  # type: ignore[attr-defined]
            return status

        hook.script = answer
        yield hook


@pytest.fixture
def make_sync(
    make_destination: Callable[..., Destination], make_cohort: Callable[..., Cohort], recorder: Receiver
) -> Callable[..., Sync]:
    def make(cohort: Cohort | None = None, **given: Any) -> Sync:
        destination = make_destination(url=recorder.url)
        return Sync.objects.create(cohort=cohort or make_cohort(), destination=destination, **given)

    return make


def go(run: Run, transport: Transport, to_the_end: bool = False) -> Run:
    """The run as far as it goes: prepared, sent, and looked at; to the end, with the last attempt of what fails."""
    runs.move_on(run)
    run_fresh(transport)
    if to_the_end and Delivery.objects.filter(state=State.RETRYING).update(attempts_made=9):
        pass_time(hours=5)
        run_retries(transport)
    return runs.move_on(run)


def told(hook: Receiver) -> set[str]:
    """Who is in the cohort, for one who applied all batches that were answered well, in the order they came in.

    `hook.statuses`: what the request of that number was answered.
    """
    users: set[str] = set()
    for body in (body for number, body in enumerate(hook.bodies, 1) if hook.statuses[number] == 200):  # type: ignore[attr-defined]
        batch = orjson.loads(body)
        ids = {user["user_id"] for user in batch["users"]}
        users = users | ids if batch["in_cohort"] else users - ids
    return users
