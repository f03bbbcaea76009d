"""A cohort and its users; what a receiver knows of a cohort from its batches."""

from collections.abc import Callable
from typing import Any

import orjson
import pytest
from django.utils.timezone import now

from cohorts.models import Cohort, Kind
from events.models import Profile, Project
from tests.receiver import Receiver


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
