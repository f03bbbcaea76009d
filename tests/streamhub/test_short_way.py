"""Ingest goes past the pages' middleware, and answers as everything else does where it matters."""

import pytest
from django.test import Client

from events.models import Project

EVENT = {"event_type": "Signed In", "user_id": "user-1"}


def post(client: Client, project: Project, path: str = "/2/httpapi", **extra):
    body = {"api_key": project.api_key, "events": [EVENT]}
    return client.post(path, body, content_type="application/json", **extra)


def test_answers_say_how_long_they_are(client: Client, project: Project) -> None:
    """Without it a server ends the connection, or sends in pieces, and SDKs connect anew for each request."""
    response = post(client, project)
    assert response.status_code == 200
    assert response["Content-Length"] == str(len(response.content))


def test_no_session_is_looked_at(client: Client, project: Project, django_assert_num_queries) -> None:
    client.cookies["sessionid"] = "some-session"
    post(client, project)  # the write key is remembered from here on
    response = post(client, project)
    assert "Cookie" not in response.get("Vary", "")
    assert "Content-Security-Policy" not in response


def test_what_holds_for_all_addresses_holds_here(client: Client, project: Project) -> None:
    assert post(client, project)["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("path", ["/2/httpapi", "/identify"])
def test_another_host_is_refused(client: Client, project: Project, settings, path: str) -> None:
    settings.ALLOWED_HOSTS = ["hub.example"]
    assert post(client, project, path, headers={"host": "elsewhere.example"}).status_code == 400
    assert post(client, project, headers={"host": "hub.example"}).status_code == 200
