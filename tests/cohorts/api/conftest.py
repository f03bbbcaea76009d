"""A client of the cohorts API, with the project's keys."""

from base64 import b64encode
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from cohorts.models import Cohort, Kind
from events.jsontext import dumps
from events.models import Project

SECRET = "shk_0123456789"


@pytest.fixture
def keys(project: Project) -> dict[str, str]:
    project.set_secret_key(SECRET)
    project.save()
    return {"Authorization": basic(f"{project.api_key}:{SECRET}")}


def basic(pair: str) -> str:
    return f"Basic {b64encode(pair.encode()).decode()}"


@pytest.fixture
def post(client: Client, keys: dict[str, str]) -> Callable[..., Any]:
    """Sends an object, or a body as it stands, to an address below /api/3/cohorts/."""

    def send(address: str, body: Any) -> Any:
        content = body if isinstance(body, (str, bytes)) else dumps(body)
        return client.post(f"/api/3/cohorts/{address}", content, content_type="application/json", headers=keys)

    return send


@pytest.fixture
def get(client: Client, keys: dict[str, str]) -> Callable[..., Any]:
    return lambda address: client.get(address, headers=keys)


@pytest.fixture
def friends(make_cohort: Callable[..., Cohort]) -> Cohort:
    """A listed cohort without members."""
    return make_cohort(name="Friends", kind=Kind.LISTED, definition={})
