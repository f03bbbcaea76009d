"""What each resource does: the same that its pages do."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils.timezone import now

from cohorts.models import Cohort, Run, Sync
from delivery.models import Delivery, Replay, State
from destinations.models import Destination
from events.models import AuditEntry, Membership, Outbox, Project
from events.roles import Role
from streamhub.scopes import SCOPES
from tests.receiver import receiver

HOOK = {"url": "https://example.com/hook", "headers": [{"name": "X-Key", "value": "not-for-eyes", "secret": True}]}


# -- projects ---------------------------------------------------------------------------------------------------------
def test_a_projects_settings(call: Callable, project: Project) -> None:
    shown = call("GET").json()
    assert (shown["name"], shown["write_key"], shown["retention"]["events"]) == ("Shop", project.api_key, 30)
    wanted = {"name": "Store", "retention": {"events": 60}, "most_events_per_second": 50}
    changed = call("PUT", body=shown | wanted).json()
    assert changed["most_events_per_second"] == 50
    assert (changed["name"], changed["slug"], changed["retention"]["events"]) == ("Store", "shop", 60)
    assert call("GET", "/api/v1/projects").json()["data"] == [changed]
    wrong = {"name": "", "retention": {"bodies": 400}, "time_zone": "Mars", "colour": 1, "most_events_per_second": -1}
    refused = call("PUT", body=wrong).json()
    fields = {error["field"] for error in refused["errors"]}
    assert fields == {"name", "retention.bodies", "time_zone", "colour", "most_events_per_second"}
    project.refresh_from_db()
    assert (project.name, project.time_zone) == ("Store", "UTC")


def test_a_secret_key_is_shown_once(call: Callable, project: Project) -> None:
    key = call("POST", "/secret-key").json()["secret_key"]
    assert call("GET").json()["secret_key_ends_in"] == key[-4:]
    assert AuditEntry.objects.filter(action="made a secret key for").count() == 1


def test_deleting_a_project_takes_its_name(call: Callable, project: Project) -> None:
    assert call("DELETE", "?confirm=Shopp").status_code == 422
    assert call("DELETE", "?confirm=Shop").status_code == 204
    assert not Project.objects.filter(pk=project.pk).exists()
    assert call("GET").status_code == 401


def test_the_configuration_goes_out_and_comes_back(call: Callable) -> None:
    call("PUT", "/destinations/Hook", HOOK)
    whole = call("GET", "/configuration").json()
    assert whole["projects"][0]["destinations"][0]["headers"][0]["value"] is None
    assert call("POST", "/configuration", whole).json() == {"destinations": {"Hook": "unchanged"}}
    whole["projects"][0]["destinations"][0]["method"] = "PULL"
    refused = call("POST", "/configuration", whole)
    assert (refused.status_code, "PULL" in refused.json()["errors"][0]["message"]) == (422, True)


# -- destinations -----------------------------------------------------------------------------------------------------
def test_a_destination_from_its_making_to_its_end(call: Callable, project: Project) -> None:
    made = call("PUT", "/destinations/Hook", HOOK)
    assert made.status_code == 201
    assert "not-for-eyes" not in made.content.decode()
    pk = made.json()["id"]
    assert call("GET", f"/destinations/{pk}").json() == made.json()
    assert call("GET", "/destinations?name=Hook").json()["data"][0]["id"] == pk
    assert call("POST", "/destinations/Hook/enable").json()["enabled"] is True
    renamed = call("PUT", f"/destinations/{pk}", made.json() | {"name": "Orders"}).json()
    assert (renamed["name"], renamed["enabled"]) == ("Orders", False)
    kept = call("PATCH", "/destinations/Orders", {"enabled": True, "method": "PUT"}).json()
    assert (kept["enabled"], kept["headers"][0]["name"]) == (True, "X-Key")
    assert Destination.objects.get().header_list[0].value == "not-for-eyes"
    assert call("POST", "/destinations/Orders/pause").json()["paused_at"]
    assert call("POST", "/destinations/Orders/resume").json()["paused_at"] is None
    assert call("POST", "/destinations/Orders/disable").json()["enabled"] is False
    assert call("POST", "/destinations/Orders/duplicate").json()["name"] == "Orders copy"
    assert call("DELETE", "/destinations/Orders?confirm=Hook").status_code == 422
    assert call("DELETE", "/destinations/Orders?confirm=Orders").status_code == 204
    assert call("GET", f"/destinations/{pk}").status_code == 404


def test_a_destination_that_is_not_ready_stays_off_and_says_why(call: Callable) -> None:
    assert call("PUT", "/destinations/Hook", {}).json()["missing"][0]["field"] == "url"
    refused = call("POST", "/destinations/Hook/enable")
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "url")


def test_switching_by_put_takes_a_publisher(project: Project, caller_for: Callable) -> None:
    edit, publish = caller_for(project, Role.EDITOR), caller_for(project, Role.PUBLISHER)
    assert edit("PUT", "/destinations/Hook", HOOK | {"enabled": True}).status_code == 403
    assert edit("PUT", "/destinations/Hook", HOOK).status_code == 201
    assert publish("PATCH", "/destinations/Hook", {"enabled": True}).status_code == 200
    assert edit("PUT", "/destinations/Hook", HOOK).json()["enabled"] is True
    assert edit("PATCH", "/destinations/Hook", {"enabled": False}).status_code == 403
    assert Destination.objects.get().enabled


def test_a_moved_destination_asks_for_its_secrets_again(call: Callable) -> None:
    made = call("PUT", "/destinations/Hook", HOOK).json()
    moved = call("PUT", "/destinations/Hook", made | {"url": "https://evil.example/"})
    assert moved.status_code == 422
    assert "typed again" in moved.json()["errors"][0]["message"]


def test_filters_name_cohorts(call: Callable) -> None:
    call("PUT", "/cohorts/Payers", {"users": ["ada"]})
    rule = {"conditions": [{"path": "cohorts", "is": "in cohort", "value": ["Payers"]}]}
    call("PUT", "/destinations/Hook", HOOK)
    answer = call("PUT", "/destinations/Hook/filter", {"event_types": ["Order Placed"]})
    assert answer.json()["filter"]["event_types"] == ["Order Placed"]
    assert call("PUT", "/destinations/Hook/filter", rule | {"colour": 1}).status_code == 422
    assert call("PUT", "/destinations/Hook/filter", {}).json()["filter"] in ({}, None)
    assert call("POST", "/destinations/Hook/filter/effect", {"filter": {"event_types": ["x"]}}).json()["passing"] == 0


def test_templates_have_versions(call: Callable) -> None:
    call("PUT", "/destinations/Hook", HOOK)
    draft = {"mode": "template", "language": "jinja2", "template": '{"who": {{ input.user_id|tojson }}}'}
    shown = call("POST", "/destinations/Hook/preview", {"payload": draft, "data": {"user_id": "ada"}}).json()
    assert (shown["body"], shown["error"], shown["not_json"]) == ('{"who": "ada"}', None, None)
    missing = {"mode": "template", "language": "freemarker", "template": "${input.event_properties.totl}"}
    error = call("POST", "/destinations/Hook/preview", {"payload": missing}).json()["error"]
    assert (error["expression"], error["line"]) == ("input.event_properties.totl", 1)
    assert "add a default" in error["tip"]
    wrong = call("POST", "/destinations/Hook/preview", {"payload": draft | {"template": "{{ input. }}"}}).json()
    assert (wrong["body"], wrong["error"]["line"]) == (None, 1)
    assert call("PUT", "/destinations/Hook/template", draft).json()["template_version"] == 2
    assert call("PUT", "/destinations/Hook/template", draft | {"template": "{{ input. }}"}).status_code == 422
    versions = call("GET", "/destinations/Hook/template/versions").json()["data"]
    assert [(one["number"], one["mode"]) for one in versions] == [(2, "template"), (1, "raw")]
    assert call("POST", "/destinations/Hook/template/versions/1/use").json()["payload"] == {"mode": "raw"}
    again = call("POST", "/destinations/Hook/template/versions/2/use").json()
    assert (again["payload"]["template"], again["template_version"]) == (draft["template"], 4)
    assert call("GET", "/destinations/Hook/template/versions/9").status_code == 404


def test_transformations_have_versions(call: Callable) -> None:
    call("PUT", "/destinations/Hook", HOOK)
    assert call("GET", "/destinations/Hook/transformation/versions").json() == {"data": [], "next": None}
    steps = {"steps": [{"step": "constant", "property": "event_type", "value": "Sale"}]}
    call("PUT", "/destinations/Hook/transformation", steps)
    call("PUT", "/destinations/Hook/transformation", {})
    versions = call("GET", "/destinations/Hook/transformation/versions?limit=1").json()
    (newest,) = versions["data"]
    assert (newest["number"], newest["transformation"], newest["created_by"]) == (2, {}, None)
    older = call("GET", f"/destinations/Hook/transformation/versions?cursor={versions['next']}").json()["data"]
    assert [one["transformation"] for one in older] == [steps]
    assert call("POST", "/destinations/Hook/transformation/versions/1/use").json()["transformation"] == steps
    assert call("POST", "/destinations/Hook/transformation/versions/9/use").status_code == 404


def test_mappings_and_signing(call: Callable) -> None:
    call(
        "PUT",
        "/destinations/Hook",
        HOOK | {"signing": {"scheme": "standard", "secrets": [{"value": "whsec_" + "QUJD" * 8}]}},
    )
    assert call("PUT", "/destinations/Hook/mappings", {"colour": 1}).status_code == 422
    assert call("PUT", "/destinations/Hook/mappings", {}).status_code == 200
    made = call("POST", "/destinations/Hook/signing-secret", {"overlap_hours": 1}).json()["secret"]
    assert made.startswith("whsec_")
    assert call("POST", "/destinations/Hook/signing-secret", {"overlap_hours": 1e9}).status_code == 409
    assert call("POST", "/destinations/Hook/signing-secret", {"overlap_hours": "x"}).status_code == 422


def test_a_test_is_sent_for_real(call: Callable) -> None:
    with receiver() as receives:
        call("PUT", "/destinations/Hook", {"url": receives.url})
        answer = call("POST", "/destinations/Hook/test", {"data": {"event_type": "Ping"}}).json()
    assert (answer["ok"], answer["status"], len(receives.requests)) == (True, 200, 1)
    assert b"Ping" in receives.requests[0].body
    call("PUT", "/destinations/Empty", {})
    assert call("POST", "/destinations/Empty/test").status_code == 409


def test_the_catalog(call: Callable) -> None:
    slugs = [one["slug"] for one in call("GET", "/kinds").json()["data"]]
    assert "webhook" in slugs
    assert call("GET", "/kinds/braze").json()["parameters"]
    assert call("GET", "/kinds/none").status_code == 404


# -- deliveries -------------------------------------------------------------------------------------------------------
def test_the_log_and_its_filters(call: Callable, busy: Project) -> None:
    everything = call("GET", "/deliveries?limit=100").json()
    assert len(everything["data"]) == Delivery.objects.count()
    failed = call("GET", "/deliveries?state=undelivered&destination=Support inbox".replace(" ", "%20")).json()["data"]
    assert {one["state"] for one in failed} == {"failed", "expired"}
    assert {one["destination"] for one in failed} == {"Support inbox"}
    one = call("GET", f"/deliveries/{failed[0]['id']}").json()
    assert (one["attempts"][0]["status"], one["attempts"][0]["request"]["method"]) == (503, "POST")
    assert call("GET", f"/deliveries?who={one['event_uuid']}").json()["data"]
    assert call("GET", "/deliveries?since=2100-01-01").json()["data"] == []
    assert call("GET", "/deliveries?since=0001-01-01T00:00:00Z").status_code == 422
    assert call("GET", "/deliveries?destination=None").status_code == 422


def test_retrying_and_cancelling(call: Callable, busy: Project) -> None:
    failed = Delivery.objects.filter(state=State.FAILED).first()
    assert failed
    assert call("POST", f"/deliveries/{failed.pk}/retry").json()["state"] == "retrying"
    assert call("POST", f"/deliveries/{failed.pk}/cancel").json()["state"] == "cancelled"
    again = call("POST", f"/deliveries/{failed.pk}/cancel")
    assert (again.status_code, again.json()["type"]) == (409, "urn:streamhub:problem:conflict")
    waiting = list(Delivery.objects.filter(state__in=["queued", "retrying"]).values_list("pk", flat=True))
    assert call("POST", "/deliveries/cancel", {"ids": waiting}).json() == {"cancelled": len(waiting)}
    for wrong in ({}, {"ids": ["1"]}, {"ids": [True]}, {"ids": [10**30]}, {"ids": [1] * 501}):
        assert call("POST", "/deliveries/cancel", wrong).status_code == 422


def test_a_replay_is_tried_begun_and_stopped(call: Callable, busy: Project) -> None:
    wanted = {"states": ["failed", "expired"], "destination": "Support inbox"}
    tried = call("POST", "/replays/dry-run", wanted).json()
    assert (tried["matching"], tried["is_exact"], tried["rendered"]) == (6, True, 6)
    assert not Replay.objects.exists()
    begun = call("POST", "/replays", wanted | {"per_second": 5})
    assert (begun.status_code, begun.json()["expected"], begun.json()["per_second"]) == (201, 6, 5.0)
    assert begun.json()["by"].startswith("token “CI”")
    path = f"/replays/{begun.json()['id']}"
    assert [call("POST", f"{path}/{act}").json()["state"] for act in ("pause", "resume", "stop")] == [
        "paused", "running", "stopped",
    ]  # fmt: skip
    assert call("POST", f"{path}/stop").status_code == 409
    assert call("GET", "/replays").json()["data"][0]["id"] == begun.json()["id"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"kind": "backfill"}, "destination"),
        ({"kind": "sideways"}, "kind"),
        ({"states": ["queued"]}, "states"),
        ({"states": "failed"}, "states"),
        ({"destination": "None"}, "destination"),
        ({"since": "soon"}, "since"),
        ({"since": "2026-01-02", "until": "2026-01-01"}, "until"),
        ({"per_second": 0}, "per_second"),
        ({"per_second": True}, "per_second"),
        ({"answer": "6xx"}, "answer"),
        ({"ids": [{}]}, "ids"),
        ({"who": {}}, "who"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_replay_that_is_refused(call: Callable, busy: Project, body: dict[str, Any], field: str) -> None:
    refused = call("POST", "/replays", body)
    assert refused.status_code == 422
    assert field in [error["field"] for error in refused.json()["errors"]]
    assert not Replay.objects.exists()


# -- events -----------------------------------------------------------------------------------------------------------
def test_events_and_what_became_of_them(call: Callable, busy: Project, make_events: Callable) -> None:
    Outbox.objects.all().delete()
    make_events(2, "Signed Up")
    page = call("GET", "/events?event_type=Signed%20Up&user_id=user-1").json()
    assert [one["event_type"] for one in page["data"]] == ["Signed Up"] * 2
    one = page["data"][0]
    assert call("GET", f"/events/{one['uuid']}").json() == call("GET", f"/events/{one['id']}").json() == one
    assert one["data"]["event_properties"] == {"number": 1}
    assert call("GET", f"/events/{one['id']}/outcomes").json() == {"is_routed": False, "data": []}
    Outbox.objects.all().delete()
    outcomes = call("GET", f"/events/{one['id']}/outcomes").json()["data"]
    assert {(o["destination"], o["delivery_id"]) for o in outcomes} == {
        ("Order webhook", None),
        ("Support inbox", None),
    }
    begun = call("POST", f"/events/{one['id']}/backfill", {"destination": "Order webhook"})
    assert (begun.status_code, begun.json()["kind"]) == (201, "backfill")
    assert call("POST", f"/events/{one['id']}/backfill", {"destination": []}).status_code == 422
    walked, cursor = [], ""
    while True:
        part = call("GET", f"/events?limit=4&cursor={cursor}").json()
        walked += [event["id"] for event in part["data"]]
        if not (cursor := part["next"]):
            break
    assert walked == sorted(walked, reverse=True)
    assert len(walked) == 15


# -- cohorts ----------------------------------------------------------------------------------------------------------
def test_a_listed_cohort_with_its_members(call: Callable, project: Project) -> None:
    made = call("PUT", "/cohorts/Payers", {"users": ["ada", "bob", "cy"]})
    assert (made.status_code, made.json()["size"], made.json()["kind"]) == (201, 3, "listed")
    first = call("GET", "/cohorts/Payers/members?limit=2").json()
    assert first["data"][0] == {"user_id": "ada", "device_id": None}
    assert call("GET", f"/cohorts/Payers/members?cursor={first['next']}").json()["data"][0]["user_id"] == "cy"
    assert call("GET", "/cohorts/Payers/members?prefix=b").json()["data"] == [{"user_id": "bob", "device_id": None}]
    named = call("PUT", f"/cohorts/{made.json()['id']}", {"name": "Buyers", "kind": "listed"}).json()
    assert (named["name"], named["size"]) == ("Buyers", 3)
    assert call("POST", "/cohorts/Buyers/compute").status_code == 409
    assert call("PUT", "/cohorts/Buyers", {"users": [""]}).json()["errors"][0]["field"] == "users.0"
    assert call("DELETE", "/cohorts/Buyers?confirm=Buyers").status_code == 204
    assert not Cohort.objects.exists()


def test_a_defined_cohort_is_computed(call: Callable, project: Project) -> None:
    rules = {"match": "all", "conditions": [{"property": "user_properties.plan", "operator": "is", "value": "pro"}]}
    refused = call("PUT", "/cohorts/Pro", {"definition": {"colour": 1}})
    assert refused.status_code == 422
    assert all(error["field"].startswith("definition") for error in refused.json()["errors"])
    made = call("PUT", "/cohorts/Pro", {"definition": rules, "cadence": "hourly"})
    assert (made.status_code, made.json()["definition"]["conditions"]) == (201, rules["conditions"])
    assert call("PUT", "/cohorts/Pro", made.json()).json() == made.json()
    assert call("POST", "/cohorts/Pro/compute").status_code == 202
    Cohort.objects.update(busy_until=now() + timedelta(minutes=1))
    assert call("POST", "/cohorts/Pro/compute").json()["type"] == "urn:streamhub:problem:conflict"


def test_a_sync_and_its_runs(call: Callable, project: Project, make_destination: Callable) -> None:
    make_destination(name="Mailer", kind="cohort-webhook")
    call("PUT", "/cohorts/Payers", {"users": ["ada"]})
    path = "/cohorts/Payers/syncs/Mailer"
    assert call("GET", path).status_code == 404
    made = call("PUT", path, {"cadence": "hourly", "batch_size": 10})
    assert (made.status_code, made.json()["batch_size"]) == (201, 10)
    assert call("PUT", path, made.json() | {"properties": ["email"]}).json()["properties"] == ["email"]
    assert call("PUT", path, {"batch_size": 0}).json()["errors"][0]["field"] == "batch_size"
    assert Run.objects.count() == 1
    assert call("GET", "/syncs").json()["data"][0]["destination"] == "Mailer"
    begun = call("POST", f"{path}/runs", {"content": "everybody"})
    assert begun.status_code == 202
    assert call("POST", f"{path}/runs", {"content": "farewell"}).status_code == 422
    number = begun.json()["number"]
    assert call("GET", f"{path}/runs").json()["data"][0]["number"] == number
    assert call("POST", f"{path}/runs/{number}/cancel").status_code == 200
    assert call("POST", f"{path}/runs/{number}/cancel").status_code == 409
    assert call("GET", f"{path}/runs/{number}").json()["state"] == "cancelled"
    assert call("DELETE", f"{path}?tell_receiver=true").status_code == 204
    assert call("POST", f"{path}/runs").status_code == 409
    assert call("DELETE", path).status_code == 204
    assert not Sync.objects.exists()


def test_profiles(call: Callable, project: Project, make_events: Callable) -> None:
    make_events(1)
    profile = call("GET", "/profiles/user-1").json()
    assert (profile["user_id"], profile["cohorts"]) == ("user-1", [])
    assert call("GET", "/profiles?prefix=user").json()["data"] == [profile]
    assert call("GET", "/profiles/nobody").status_code == 404


# -- members and the trail --------------------------------------------------------------------------------------------
def test_members(call: Callable, project: Project) -> None:
    User.objects.create_user("ada")
    assert call("PUT", "/members/ada", {"role": "admin"}).json()["role"] == "admin"
    assert call("PUT", "/members/ada", {"role": "viewer"}).status_code == 409
    made = call("PUT", "/members/bob", {"role": "editor", "make": True}).json()
    assert "/welcome/" in made["password_link"]
    assert call("POST", "/members/bob/password-link").json()["password_link"]
    assert call("POST", "/members/ada/password-link").status_code == 200
    assert call("PUT", "/members/cy", {"role": "editor"}).status_code == 409
    assert call("PUT", "/members/cy", {"role": "king"}).status_code == 422
    assert [one["username"] for one in call("GET", "/members").json()["data"]] == ["ada", "bob"]
    assert call("DELETE", "/members/bob").status_code == 204
    assert call("DELETE", "/members/ada").status_code == 409
    assert Membership.objects.get().user.username == "ada"


def test_the_trail(call: Callable, project: Project) -> None:
    call("PUT", "/destinations/Hook", HOOK)
    page = call("GET", "/audit?object_type=destination").json()
    assert [entry["action"] for entry in page["data"]] == ["created"]
    assert "not-for-eyes" not in str(page)
    assert call("GET", "/audit?who=nobody").json()["data"] == []
    assert call("GET", f"/audit?object_id={10**30}").status_code == 422


def test_reading_scopes_do_not_write(project: Project, caller_for: Callable) -> None:
    reads = caller_for(project, Role.ADMIN, tuple(scope for scope in SCOPES if scope.endswith(":read")))
    assert reads("PUT", "/destinations/Hook", HOOK).status_code == 403
    assert reads("GET", "/destinations").status_code == 200


# -- monitors and annotations -----------------------------------------------------------------------------------------
def test_a_monitor_with_its_channel(project: Project, caller_for: Callable) -> None:
    edit, publish = caller_for(project, Role.EDITOR), caller_for(project, Role.PUBLISHER)
    chat = {"kind": "chat", "address": "https://hooks.example.com/not-for-eyes"}
    assert publish("PUT", "/alert-channels/Team", chat).json()["address"] is None
    assert publish("PUT", "/alert-channels/Team", chat | {"address": None, "health": True}).status_code == 200
    asked = {"metric": "events", "condition": "above", "threshold": 5, "window": 3600, "channels": ["Team"]}
    made = edit("PUT", "/monitors/Busy", asked)
    assert (made.status_code, made.json()["state"], made.json()["channels"]) == (201, "new", ["Team"])
    assert edit("PUT", "/monitors/Busy", made.json()).json() == made.json()
    assert edit("PUT", "/monitors/Busy", asked | {"enabled": False}).status_code == 403
    assert publish("PUT", "/monitors/Busy", asked | {"enabled": False}).json()["enabled"] is False
    refused = edit("PUT", "/monitors/Busy", asked | {"metric": "weather"})
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "metric")
    assert publish("POST", "/monitors/Busy/mute", {"hours": 8}).json()["muted_until"]
    assert publish("POST", "/monitors/Busy/mute", {"hours": 0}).json()["muted_until"] is None
    assert publish("POST", "/monitors/Busy/mute", {"hours": 2}).status_code == 422
    assert publish("POST", "/monitors/Busy/test").json()["kind"] == "test"
    assert publish("POST", "/alert-channels/Team/test").json()["kind"] == "test"
    assert len(edit("GET", "/alerts").json()["data"]) == 2
    assert len(edit("GET", "/alerts?monitor=Busy").json()["data"]) == 1
    assert publish("GET", "/alert-channels").json()["data"][0]["name"] == "Team"
    assert edit("DELETE", "/monitors/Busy").status_code == 204
    assert publish("DELETE", "/alert-channels/Team").status_code == 204
    assert edit("GET", "/monitors").json()["data"] == []


def test_annotations(call: Callable, project: Project) -> None:
    made = call("POST", "/annotations", {"label": "Release 2", "start": "2026-11-01T10:00:00Z", "category": "Releases"})
    assert (made.status_code, made.json()["category"], made.json()["start"]) == (
        201,
        "Releases",
        "2026-11-01T10:00:00Z",
    )
    path = f"/annotations/{made.json()['id']}"
    assert call("PATCH", path, {"end": "2026-11-01T11:00:00+00:00"}).json()["end"] == "2026-11-01T11:00:00Z"
    assert call("PATCH", path, {"end": "2026-11-01T09:00:00Z"}).json()["errors"][0]["field"] == "end"
    wrong = call("POST", "/annotations", {"label": 1, "start": "soon", "category": [], "colour": "red"}).json()
    assert {error["field"] for error in wrong["errors"]} == {"label", "start", "category", "colour"}
    assert len(call("GET", "/annotations?category=Releases&since=2026-11-01&until=2026-11-02").json()["data"]) == 1
    assert call("DELETE", path).status_code == 204
    assert call("GET", "/annotations").json()["data"] == []
