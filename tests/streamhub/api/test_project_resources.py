"""Event transformations, incoming webhooks, keys, tokens and the inbox: the same as on their pages."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils.timezone import now

from delivery.hooks.secrets import secrets_of
from destinations.models import EventRule
from events.models import AuditEntry, Event, Project
from events.roles import Role
from events.write_keys import project_of
from streamhub.api_tokens import make_token


def actions() -> list[str]:
    return list(AuditEntry.objects.order_by("pk").values_list("action", flat=True))


# -- event transformations --------------------------------------------------------------------------------------------
def test_an_event_transformation_from_its_making_to_its_end(call: Callable, make_events: Callable) -> None:
    make_events(2, "Signed Up")
    tried = call("POST", "/event-transformations/preview", {"types": ["Signed Up"], "drop": True}).json()
    assert (tried["events"], tried["waiting"]) == ({"Signed Up": 2}, [])
    made = call("POST", "/event-transformations", {"types": ["Signed Up"], "to": "Joined"})
    assert (made.status_code, made.json()["to"]) == (201, "Joined")
    path = f"/event-transformations/{made.json()['id']}"
    assert call("PUT", path, made.json()).json() == made.json() == call("GET", path).json()
    assert call("PUT", path, {"types": ["Signed Up"], "category": "Growth"}).json()["category"] == "Growth"
    assert call("PUT", path, {"types": ["Signed Up"], "drop": True}, If_Match=made["ETag"]).status_code == 412
    taken = call("POST", "/event-transformations", {"types": ["Signed Up"], "drop": True})
    assert (taken.status_code, taken.json()["errors"][0]["field"]) == (422, "types")
    assert actions() == ["made", "created", "changed"]
    assert call("DELETE", path).status_code == 204
    assert not EventRule.objects.exists()


def test_all_event_transformations_at_once(call: Callable) -> None:
    rules = [{"types": ["a", "b"], "to": "c"}, {"types": ["debug"], "drop": True}]
    put = call("PUT", "/event-transformations", {"event_transformations": rules}).json()["data"]
    assert [one["types"] for one in put] == [["a", "b"], ["debug"]]
    assert call("PUT", "/event-transformations", {"event_transformations": put}).json()["data"] == put
    assert call("GET", "/event-transformations?limit=1").json()["data"] == put[:1]
    wrong = call("PUT", "/event-transformations", {"event_transformations": [*rules, {"types": ["a"], "drop": True}]})
    assert wrong.json()["errors"][0]["field"] == "event_transformations.2.types"
    for bad in ({}, {"event_transformations": 1}, {"event_transformations": [1]}, {"rules": []}):
        assert call("PUT", "/event-transformations", bad).status_code == 422


def test_event_transformations_have_versions(call: Callable) -> None:
    made = call("POST", "/event-transformations", {"types": ["a"], "to": "b"}).json()
    call("DELETE", f"/event-transformations/{made['id']}")
    versions = call("GET", "/event-transformations/versions").json()["data"]
    assert [(one["number"], one["event_transformations"]) for one in versions] == [
        (2, []),
        (1, [{"types": ["a"], "to": "b"}]),
    ]
    again = call("POST", "/event-transformations/versions/1/use").json()["data"]
    assert [(one["types"], one["to"]) for one in again] == [(["a"], "b")]
    assert call("GET", "/event-transformations/versions?limit=1").json()["data"][0]["number"] == 3
    assert call("POST", "/event-transformations/versions/9/use").status_code == 404


# -- incoming webhooks ------------------------------------------------------------------------------------------------
def test_incoming_webhooks_are_signed_looked_at_and_tried(call: Callable, project: Project, client: Client) -> None:
    address = call("GET", "/webhooks").json()["address"]
    made = call("POST", "/webhooks/secret").json()["secret"]
    assert [one["value"] for one in secrets_of(project)] == [made]
    assert call("POST", "/webhooks/secret", {"secret": "x" * 40, "overlap_hours": 1}).json() == {"secret": None}
    shown = call("GET", "/webhooks").json()["secrets"]
    assert (shown[0]["until"], len(shown), made in str(shown)) == (None, 2, False)
    client.post(address, b"{}", content_type="application/json")
    sent = call("POST", "/webhooks/samples", {"type": "event.track"}).json()
    assert (sent["status"], address in sent["command"]) == (200, True)
    assert call("POST", "/webhooks/samples", {"type": "event.none"}).status_code == 422
    received = call("GET", "/webhooks/received").json()
    assert [one["outcome"] for one in received["data"]] == ["stored", "refused"]
    assert str(Event.objects.get().uuid) == received["data"][0]["uuid"]
    assert len(call("GET", "/webhooks/received?limit=1").json()["data"]) == 1
    assert call("DELETE", f"/webhooks/secrets/{shown[1]['name']}").status_code == 204
    assert call("DELETE", f"/webhooks/secrets/{shown[1]['name']}").status_code == 404
    assert [one["value"] for one in secrets_of(project)] == ["x" * 40]


@pytest.mark.parametrize(
    ("body", "status"),
    [({"secret": ""}, 422), ({"secret": 1}, 422), ({"overlap_hours": "x"}, 422), ({"overlap_hours": 1e9}, 409)],
)
def test_webhook_secrets_that_are_refused(call: Callable, project: Project, body: dict[str, Any], status: int) -> None:
    assert call("POST", "/webhooks/secret", body).status_code == status
    assert secrets_of(project) == []


# -- keys and tokens --------------------------------------------------------------------------------------------------
def test_the_write_key_is_replaced_with_an_overlap(call: Callable, project: Project) -> None:
    old = project.api_key
    renewed = call("POST", "/write-key", {"overlap_hours": 2}).json()
    assert (renewed["old_write_key"], renewed["write_key"] == old) == (old, False)
    assert project_of(old) == project_of(renewed["write_key"]) == project
    assert call("DELETE", "/write-key/old").status_code == 204
    assert call("DELETE", "/write-key/old").status_code == 409
    assert (project_of(old), call("GET", "/write-key").json()["old_write_key"]) == (None, None)
    refused = call("POST", "/write-key", {"overlap_hours": 721})
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "overlap_hours")
    assert actions()[1:] == ["replaced the write key of", "ended the old write key of"]


def test_tokens_are_listed_and_revoked(call: Callable, project: Project) -> None:
    other, text = make_token(project, name="Old", role=Role.VIEWER, scopes=["events:read"], days=3)
    listed = call("GET", "/tokens").json()["data"]
    assert [one["name"] for one in listed] == ["Old", "CI"]
    assert text not in str(listed)
    assert call("POST", f"/tokens/{other.pk}/revoke").json()["revoked_at"]
    assert call("POST", f"/tokens/{other.pk}/revoke").status_code == 409
    assert call("POST", f"/tokens/{listed[1]['id']}/revoke").status_code == 200
    assert call("GET", "/tokens").status_code == 401


# -- secrets of destinations, and the inbox ---------------------------------------------------------------------------
def test_an_old_signing_secret_is_ended(call: Callable) -> None:
    signing = {"scheme": "standard", "secrets": [{"value": "whsec_" + "QUJD" * 8}]}
    call("PUT", "/destinations/Hook", {"url": "https://example.com/hook", "signing": signing})
    made = call("POST", "/destinations/Hook/signing-secret", {"overlap_hours": 1}).json()["secret"]
    listed = call("GET", "/destinations/Hook/signing-secrets").json()["data"]
    assert (listed[0]["until"], len(listed), made in str(listed)) == (None, 2, False)
    assert listed[1]["until"] > (now() + timedelta(minutes=58)).isoformat()
    assert call("DELETE", f"/destinations/Hook/signing-secrets/{listed[0]['name']}").status_code == 409
    assert call("DELETE", f"/destinations/Hook/signing-secrets/{listed[1]['name']}").status_code == 204
    assert call("DELETE", f"/destinations/Hook/signing-secrets/{listed[1]['name']}").status_code == 404
    assert [one["name"] for one in call("GET", "/destinations/Hook/signing-secrets").json()["data"]] == [
        listed[0]["name"]
    ]


def test_the_inbox_is_read_and_emptied(call: Callable, client: Client) -> None:
    call("DELETE", "/inbox")
    address = call("GET", "/inbox").json()["address"]
    client.post(f"{address}?status=503", b'{"a": 1}', content_type="application/json")
    arrived = call("GET", "/inbox").json()
    assert (arrived["total"], arrived["data"][0]["status"], arrived["data"][0]["body"]) == (1, 503, '{"a": 1}')
    assert call("DELETE", "/inbox").status_code == 204
    assert call("GET", "/inbox").json()["data"] == []
