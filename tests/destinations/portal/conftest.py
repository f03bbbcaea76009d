from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.http import QueryDict

from destinations.models import KindVersion
from destinations.portal import drafts, life, published
from destinations.portal.posted import definition_of
from destinations.portal.trial import Given
from events.models import Membership, Project
from events.roles import Role
from tests.destinations.portal.seed import TYPED


@pytest.fixture(autouse=True)
def nothing_kept() -> Iterator[None]:
    """Keys of versions come again in each test."""
    published.version.cache_clear()
    yield
    published.version.cache_clear()


def posted(typed: dict[str, Any]) -> QueryDict:
    data = QueryDict(mutable=True)
    for name, value in typed.items():
        data.setlist(name, value if isinstance(value, list) else [value])
    return data


@pytest.fixture
def author(project: Project) -> User:
    user = User.objects.create_user("author")
    Membership.objects.create(project=project, user=user, role=Role.PUBLISHER)
    return user


@pytest.fixture
def definition() -> dict[str, Any]:
    return definition_of(posted(TYPED), {"section": "events"})


@pytest.fixture
def draft(project: Project, author: User, definition: dict[str, Any]) -> KindVersion:
    version = drafts.begin(project, "Acme CRM", "events", author)
    drafts.keep(version, definition, Given(), None, author)
    return version


@pytest.fixture
def publish(admin_user: User) -> Callable[[KindVersion], None]:
    def through(version: KindVersion) -> None:
        life.submit(version)
        life.approve(version, admin_user)
        life.publish(version)

    return through
