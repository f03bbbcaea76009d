"""Every operation × every role × its scope × another project's things, from the OpenAPI document itself."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.db import transaction
from django.test import Client

from events.models import AuditEntry, Membership, Project
from events.roles import Role
from streamhub.permissions import DOORS
from streamhub.scopes import SCOPES, covers
from tests.streamhub.api.operations import Operation, addresses, operations

EVERY = operations()
MADE = ("{cohort}", "{username}", "{monitor}", "{channel}", "{sample}")  # a PUT makes what is not there


@pytest.fixture(scope="class")
def address(standing: Project) -> Callable[[Operation, str], str]:
    """Of an operation under a project's slug, about things of the busy project."""
    Membership.objects.create(project=standing, user=User.objects.create_user("somebody"), role=Role.VIEWER)
    return addresses(standing)


@pytest.mark.usefixtures("standing")
class TestEveryOperation:
    """The project is made once; each test undoes what it does to it."""

    @pytest.mark.parametrize("operation", EVERY, ids=str)
    def test_each_role_and_scope_gets_as_far_as_the_tables_say(
        self, operation: Operation, busy: Project, address: Callable[[Operation, str], str], caller_for: Callable
    ) -> None:
        url = address(operation, busy.slug)
        wrong_scopes = tuple(scope for scope in SCOPES if not covers([scope], operation.scope))
        refused = caller_for(busy, Role.ADMIN, wrong_scopes)(operation.method, url, {})
        assert refused.status_code == 403, refused.content
        assert operation.scope in refused.json()["detail"]
        for role in Role:
            with transaction.atomic():
                response = caller_for(busy, role, (operation.scope,))(operation.method, url, {})
                transaction.set_rollback(True)
            if role.allows(Role(operation.role)):
                assert response.status_code < 500
                assert response.status_code not in (401, 403, 404), (role, response.content)
            else:
                assert response.status_code == 403, role
                assert response.json()["type"] == "urn:streamhub:problem:role"

    @pytest.mark.parametrize("operation", EVERY, ids=str)
    def test_things_of_another_project_are_not_found(
        self, operation: Operation, busy: Project, address: Callable[[Operation, str], str], caller_for: Callable
    ) -> None:
        other = Project.objects.create(name="Other")
        foreign, own = address(operation, busy.slug), address(operation, other.slug)
        call, before = caller_for(other), AuditEntry.objects.filter(project=busy).count()
        if "{project}" in operation.path:
            assert call(operation.method, foreign, {}).status_code == 404
        answer = call(operation.method, own, {})
        names_a_thing = operation.path.count("{") > 1 and "/kinds/" not in operation.path
        makes_it = operation.method == "PUT" and operation.path.endswith(MADE)
        assert answer.status_code == 404 if names_a_thing and not makes_it else answer.status_code < 500
        assert AuditEntry.objects.filter(project=busy).count() == before

    @pytest.mark.parametrize("operation", EVERY, ids=str)
    def test_without_a_token_nothing_opens(
        self, operation: Operation, busy: Project, address: Callable[[Operation, str], str]
    ) -> None:
        client = Client()
        client.force_login(User.objects.create_superuser("root"))
        for headers in ({}, {"Authorization": "Bearer sht_wrong"}, {"Authorization": f"Bearer {busy.api_key}"}):
            response = client.generic(operation.method, address(operation, busy.slug), headers=headers)
            assert response.status_code == 401
            assert response["Content-Type"] == "application/problem+json"
            assert response["WWW-Authenticate"].startswith("Bearer")
            assert set(response.json()) == {"type", "title", "status", "detail", "errors"}


def test_what_changes_something_takes_what_its_page_takes() -> None:
    """The roles stand in one table; a token that only reads changes nothing."""
    for operation in EVERY:
        if operation.method in ("PUT", "PATCH", "DELETE"):
            assert operation.scope.endswith(":write"), operation
            assert operation.role != Role.VIEWER, operation
    assert {operation.role for operation in EVERY} == set(Role.values)
    assert {operation.scope for operation in EVERY} == set(SCOPES)
    assert DOORS["tokens"].see == Role.ADMIN
