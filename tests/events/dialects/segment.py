"""How tests send in the Segment-spec dialect."""

import gzip
import json
from base64 import b64encode
from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from events.models import Event, Project

Send = Callable[..., HttpResponse]


def basic(key: str) -> dict[str, str]:
    return {"Authorization": f"Basic {b64encode(f'{key}:'.encode()).decode()}"}


@pytest.fixture
def send(client: Client, project: Project) -> Send:
    """Posts a value as JSON, or bytes as they are. `key`: for Basic authentication, None for none."""

    def post(
        content: Any,
        path: str = "/v1/batch",
        *,
        key: str | None = project.api_key,
        zipped: bool = False,
        content_type: str = "text/plain",
        **headers: str,
    ) -> HttpResponse:
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        extra = (basic(key) if key is not None else {}) | headers
        if zipped:
            body, extra = gzip.compress(body), extra | {"Content-Encoding": "gzip"}
        return client.post(path, body, content_type=content_type, headers=extra)

    return post


@pytest.fixture
def arrived(send: Send) -> Callable[..., Event]:
    """Sends one message to `/v1/<type>` and returns its row."""

    def one(kind: str = "track", **fields: Any) -> Event:
        message = {"userId": "user-1"} | ({"event": "Order Placed"} if kind == "track" else {}) | fields
        answer = send(message, f"/v1/{kind}")
        assert (answer.status_code, answer.content) == (200, b"ok")
        return Event.objects.latest("pk")

    return one
