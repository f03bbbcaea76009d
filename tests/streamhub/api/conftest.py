"""A caller of the API, whose every answer is held against what the OpenAPI document says of it."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.test import Client

from events.models import Project
from events.roles import Role
from streamhub.api_tokens import make_token
from streamhub.scopes import SCOPES
from tests.streamhub.api.operations import model_of

Call = Callable[..., Any]


@pytest.fixture
def caller_for() -> Callable[..., Call]:
    """call(method, path below the project, body) with a token of the project."""

    def make(project: Project, role: str = Role.ADMIN, scopes: tuple[str, ...] = SCOPES) -> Call:
        known = {"username": "maker", "defaults": {"is_superuser": True}}
        maker = User.objects.get_or_create(**known)[0]
        text = make_token(project, name="CI", role=role, scopes=scopes, by=maker)[1]
        client = Client(raise_request_exception=True)

        def call(method: str, path: str = "", body: Any = None, **headers: str) -> HttpResponse:
            given = {"Authorization": f"Bearer {text}"} | {n.replace("_", "-"): value for n, value in headers.items()}
            content = "" if body is None else body if isinstance(body, (str, bytes)) else json.dumps(body)
            url = path if path.startswith("/api/") else f"/api/v1/projects/{project.slug}{path}"
            response = client.generic(method, url, content, content_type="application/json", headers=given)
            _refuse_undocumented(response)
            return response

        return call

    return make


@pytest.fixture
def call(project: Project, caller_for: Callable[..., Call]) -> Call:
    return caller_for(project)


def _refuse_undocumented(response: Any) -> None:
    if not response.content or response.status_code >= 400:
        return
    model = model_of(response.wsgi_request, response.status_code)
    model.model_validate({"response": response.json()})
