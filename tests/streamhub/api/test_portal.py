"""A kind of the project's own by the API: drafted, tried, submitted, published, revised, withdrawn."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from destinations.models import KindVersion, PortalKind
from destinations.portal import life
from events.models import AuditEntry, Project
from streamhub.api_tokens import make_token
from tests.receiver import receiver

DEFINITION: dict[str, Any] = {
    "name": "Acme",
    "section": "events",
    "category": "Other",
    "summary": "Sends events to Acme.",
    "parameters": [{"name": "url", "label": "URL", "type": "url", "required": True}],
    "request": {
        "method": "POST",
        "url": "${parameters.url}",
        "content_type": "application/json",
        "language": "freemarker",
        "template": '{"event": "${input.event_type?json_string}"}',
    },
    "topics": ["event.track"],
}


def test_a_kind_from_its_draft_to_the_catalog_and_out(call: Callable, project: Project) -> None:
    made = call("POST", "/portal", {"definition": DEFINITION, "slug": "acme"})
    assert (made.status_code, made.json()["stage"], made.json()["problems"]) == (201, "draft", [])
    assert call("POST", "/portal", {"definition": DEFINITION, "slug": "acme"}).json()["slug"] == "acme-2"
    changed = call(
        "PUT", "/portal/acme", {"definition": DEFINITION | {"summary": "Events for Acme."}}, If_Match=made["ETag"]
    )
    assert changed.json()["definition"]["summary"] == "Events for Acme."
    assert call("PUT", "/portal/acme", {"definition": DEFINITION}, If_Match=made["ETag"]).status_code == 412
    assert call("POST", "/portal/acme/publish").status_code == 409
    assert call("POST", "/portal/acme/submit").json()["stage"] == "submitted"
    assert call("PUT", "/portal/acme", {"definition": DEFINITION}).status_code == 409
    life.approve(KindVersion.objects.get(kind__slug="acme"), User.objects.create_superuser("reviewer"))
    assert call("POST", "/portal/acme/publish").json()["current"] == 1
    assert call("GET", "/kinds/acme").json()["summary"] == "Events for Acme."
    assert call("POST", "/portal/acme/revise").json()["version"] == 2
    assert call("POST", "/portal/acme/revise").status_code == 409
    assert call("POST", "/portal/acme/withdraw").json()["withdrawn_at"]
    assert call("GET", "/kinds/acme").status_code == 404
    assert call("POST", "/portal/acme/restore").json()["withdrawn_at"] is None
    assert [one["slug"] for one in call("GET", "/portal").json()["data"]] == ["acme", "acme-2"]
    assert AuditEntry.objects.filter(action="published", by_name__startswith="token “CI”").exists()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"parameters": "2026-02-30"}, "definition.parameters"),
        ({"mappings": [1]}, "definition.mappings"),
        ({"request": 10**30}, "definition.request"),
        ({"request": {"headers": {"a": 1}}}, "definition.request.headers"),
    ],
)
def test_a_definition_without_the_shape_of_one(
    wrong: dict, field: str, call: Callable, staff_client: Client, project: Project
) -> None:
    call("POST", "/portal", {"definition": DEFINITION, "slug": "acme"})
    for method, path in (("PUT", ""), ("POST", "/preview"), ("POST", "/test")):
        answer = call(method, f"/portal/acme{path}", {"definition": DEFINITION | wrong})
        assert (answer.status_code, [one["field"] for one in answer.json()["errors"]]) == (422, [field])
    page = reverse("portal_kind", args=[project.slug, PortalKind.objects.get().pk])
    assert staff_client.get(page).status_code == 200


def test_whoever_made_the_token_is_its_author(call: Callable) -> None:
    call("POST", "/portal", {"definition": DEFINITION})
    assert KindVersion.objects.get().author == User.objects.get(username="maker")


def test_what_is_wrong_is_named_by_its_place(call: Callable) -> None:
    wrong = DEFINITION | {"colour": 1, "parameters": [{"name": "a b", "type": "url"}]}
    refused = call("POST", "/portal", {"definition": wrong}).json()
    assert {"definition.colour", "definition.parameters.0.name"} <= {error["field"] for error in refused["errors"]}
    assert not PortalKind.objects.exists()
    assert call("POST", "/portal", {"definition": []}).json()["errors"][0]["field"] == "definition"
    assert call("POST", "/portal", {"definition": DEFINITION, "logo": "x"}).json()["errors"][0]["field"] == "logo"
    call("POST", "/portal", {"definition": DEFINITION, "slug": "acme"})
    kept = call("PUT", "/portal/acme", {"definition": wrong}).json()
    assert (kept["stage"], "definition.colour" in str(kept["problems"])) == ("draft", True)
    assert call("POST", "/portal/acme/submit").status_code == 422


def test_a_kind_is_tried_before_it_is_submitted(call: Callable) -> None:
    call("POST", "/portal", {"definition": DEFINITION, "slug": "acme"})
    tried = call("POST", "/portal/acme/preview", {"event": {"event_type": "Ping"}}).json()
    assert (tried["request"]["body"], tried["why_not"]) == ('{"event": "Ping"}', None)
    broken = DEFINITION | {"request": DEFINITION["request"] | {"template": "${input.nothing}"}}
    assert call("POST", "/portal/acme/preview", {"definition": broken}).json()["why_not"]
    with receiver() as receives:
        sent = call("POST", "/portal/acme/test", {"parameters": {"url": receives.url}, "event": {"event_type": "Ping"}})
    assert (sent.json()["status"], receives.requests[0].body) == (200, b'{"event": "Ping"}')
    assert call("POST", "/portal/acme/test", {"parameters": {"url": "x"}}).status_code == 409
    assert call("POST", "/portal/acme/test", {"parameters": {"url": 1}}).json()["errors"][0]["field"] == "parameters"


# -- other projects ---------------------------------------------------------------------------------------------------
def test_a_project_is_made_with_a_token_of_its_own(call: Callable, project: Project, caller_for: Callable) -> None:
    asked = {"name": "Second", "time_zone": "Europe/Warsaw", "retention": {"events": 7, "deliveries": 7, "bodies": 7}}
    made = call("POST", "/api/v1/projects", asked)
    assert (made.status_code, made.json()["slug"], made.json()["retention"]["events"]) == (201, "second", 7)
    headers = {"Authorization": f"Bearer {made.json()['token']}"}
    assert call("GET", "/api/v1/projects/second/members", **headers).json()["data"][0]["username"] == "maker"
    assert call("GET", "/api/v1/projects/second").status_code == 404
    for wrong, field in (({"name": "Second"}, "name"), ({}, "name"), ({"name": "X", "colour": 1}, "colour")):
        assert call("POST", "/api/v1/projects", wrong).json()["errors"][0]["field"] == field
    assert Project.objects.count() == 2


def test_only_who_may_make_projects_lets_a_token_make_them(project: Project, caller_for: Callable) -> None:
    maker = caller_for(project)
    User.objects.filter(username="maker").update(is_superuser=False)
    assert maker("POST", "/api/v1/projects", {"name": "Second"}).status_code == 403
    User.objects.all().delete()
    assert maker("POST", "/api/v1/projects", {"name": "Second"}).status_code == 403
    assert not Project.objects.filter(name="Second").exists()
    somebody = User.objects.create_user("somebody")
    with pytest.raises(ValueError, match="may make projects"):
        make_token(project, name="CI", role="admin", scopes=["projects:write"], by=somebody)
