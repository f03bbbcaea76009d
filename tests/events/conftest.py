"""How the tests of this folder send events in."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from events.models import Event, Project

Post = Callable[..., HttpResponse]


@pytest.fixture
def post(client: Client, project: Project) -> Post:
    """Posts events (dictionaries) or a raw body (bytes) to /2/httpapi; more keyword arguments are top-level keys."""

    def send(
        content: Any, path: str = "/2/httpapi", headers: dict[str, str] | None = None, **more: Any
    ) -> HttpResponse:
        if not isinstance(content, bytes):
            content = json.dumps({"api_key": project.api_key, "events": content} | more).encode()
        return client.post(path, content, content_type="application/json", headers=headers)

    return send


@pytest.fixture
def stored(post: Post) -> Callable[..., Event]:
    """Posts one event, given by its fields beside type and user, and returns its row."""

    def send(path: str = "/2/httpapi", top: dict[str, Any] | None = None, **fields: Any) -> Event:
        event = {"event_type": "Order Placed", "user_id": "user-1"} | fields
        answer = post([event], path, **(top or {}))
        assert answer.status_code == 200, answer.content
        return Event.objects.latest("pk")

    return send
