"""Trying things out by the API before they count: templates, filters, transformations, cohorts, monitors."""

from collections.abc import Callable

import pytest
from django.utils.timezone import now

from cohorts.models import Cohort
from delivery.models import Monitor
from destinations.models import Destination, Sample
from events.models import Event, Profile, Project

HOOK = {"url": "https://example.com/hook"}


@pytest.fixture
def hook(call: Callable) -> Destination:
    call("PUT", "/destinations/Hook", HOOK)
    return Destination.objects.get()


def test_a_template_is_tried_on_recent_events(call: Callable, hook: Destination, make_events: Callable) -> None:
    make_events(3, "Signed Up")
    draft = {"mode": "template", "language": "jinja2", "template": "{{ input.event_properties.number // 2 }}!"}
    tried = call("POST", "/destinations/Hook/template/trial", {"payload": draft}).json()
    assert (tried["tried"], tried["rendered"], tried["not_json"], tried["changed"]) == (3, 3, 3, 3)
    assert len(tried["cases"]["not_json"]) == 3
    assert tried["cases"]["not_json"][0]["event"] in {str(one.uuid) for one in Event.objects.all()}
    assert call("POST", "/destinations/Hook/template/trial").json()["changed"] == 0
    wrong = call("POST", "/destinations/Hook/template/trial", {"payload": draft | {"template": "{{"}})
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "payload.template")


def test_a_filter_is_explained_rule_by_rule(call: Callable, hook: Destination, make_events: Callable) -> None:
    make_events(1, "Signed Up")
    event = Event.objects.get()
    passes = call("POST", "/destinations/Hook/filter/explanation", {"event": event.pk}).json()
    assert passes == {"refusal": None, "withheld": None, "rules": []}
    draft = {"event_types": ["Order Placed"]}
    told = call("POST", "/destinations/Hook/filter/explanation", {"event": str(event.uuid), "filter": draft}).json()
    assert (told["rules"][0]["saw"], told["rules"][0]["passed"]) == ("Signed Up", False)
    assert told["refusal"]
    assert call("POST", "/destinations/Hook/filter/explanation", {"event": True}).status_code == 422
    assert call("POST", "/destinations/Hook/filter/explanation", {"event": 10**12}).status_code == 404


def test_a_transformation_is_tried_then_set(call: Callable, hook: Destination, make_events: Callable) -> None:
    make_events(2, "Signed Up")
    draft = {
        "language": "jinja2",
        "template": '{% set e = input %}{"event_type": "New", "user_id": {{ e.user_id|tojson }}}',
    }
    asked = {"transformation": draft, "event": str(Event.objects.latest("pk").uuid)}
    tried = call("POST", "/destinations/Hook/transformation/preview", asked).json()
    assert (tried["before"]["event_type"], tried["after"][0]["event"]["event_type"]) == ("Signed Up", "New")
    assert (tried["lately"]["events"], tried["lately"]["sent"], tried["error"]) == (2, 2, None)
    failing = {"transformation": draft | {"template": "{{ 1 // 0 }}"}, "data": {"event_type": "x"}}
    assert call("POST", "/destinations/Hook/transformation/preview", failing).json()["error"]["message"]
    refused = call("POST", "/destinations/Hook/transformation/preview", {"transformation": {"colour": 1}})
    assert refused.status_code == 422
    assert all(error["field"].startswith("transformation") for error in refused.json()["errors"])
    assert call("PUT", "/destinations/Hook/transformation", draft).json()["transformation"] == draft
    assert "transformation" not in call("PUT", "/destinations/Hook/transformation", {}).json()


def test_events_are_kept_to_try_things_on(call: Callable, hook: Destination) -> None:
    kept = call("PUT", "/destinations/Hook/samples/VIP", {"data": {"event_type": "Big"}})
    again = call("PUT", "/destinations/Hook/samples/VIP", {"data": {"event_type": "Bigger"}})
    assert (kept.status_code, again.status_code, Sample.objects.get().data) == (201, 200, {"event_type": "Bigger"})
    assert [one["name"] for one in call("GET", "/destinations/Hook/samples").json()["data"]] == ["VIP"]
    assert call("PUT", "/destinations/Hook/samples/VIP", {"data": 1}).status_code == 422
    assert call("PUT", f"/destinations/Hook/samples/{'x' * 61}", {"data": {}}).status_code == 422
    assert call("DELETE", "/destinations/Hook/samples/VIP").status_code == 204
    assert call("DELETE", "/destinations/Hook/samples/VIP").status_code == 404


def test_a_cohort_is_counted_before_it_is_saved(call: Callable, project: Project) -> None:
    Profile.objects.create(
        project=project, identity="u:ada", properties={"plan": "pro"}, created_at=now(), updated_at=now()
    )
    known = {"match": "all", "conditions": [{"property": "user_properties.plan", "operator": "is", "value": "pro"}]}
    assert call("POST", "/cohort-previews", {"definition": known}).json() == {
        "users": 1,
        "sample": [{"user_id": "ada", "device_id": None}],
    }
    refused = call("POST", "/cohort-previews", {"definition": known | {"colour": 1}})
    assert refused.json()["errors"][0]["field"].startswith("definition")
    assert not Cohort.objects.exists()


def test_members_come_and_go(call: Callable) -> None:
    call("PUT", "/cohorts/Payers", {"users": ["ada", "bob"]})
    changed = call("POST", "/cohorts/Payers/members", {"add": ["cy", "ada"], "remove": ["bob", "nobody"]})
    assert (changed.status_code, changed.json()["size"]) == (200, 2)
    assert [one["user_id"] for one in call("GET", "/cohorts/Payers/members").json()["data"]] == ["ada", "cy"]
    wrong = call("POST", "/cohorts/Payers/members", {"add": ["", "x"], "remove": 1, "colour": 1}).json()
    assert {error["field"] for error in wrong["errors"]} == {"add.0", "remove", "colour"}
    rules = {"match": "all", "conditions": [{"property": "user_properties.plan", "operator": "is", "value": "pro"}]}
    call("PUT", "/cohorts/Pro", {"definition": rules})
    assert call("POST", "/cohorts/Pro/members", {"add": ["ada"]}).status_code == 409


def test_a_monitor_looks_back_before_it_is_saved(call: Callable) -> None:
    asked = {"metric": "events", "condition": "above", "threshold": 5, "window": 3600}
    past = call("POST", "/monitor-previews", asked).json()
    assert (past["fired"], past["seconds"], bool(past["points"])) == (0, 3600, True)
    assert call("POST", "/monitor-previews", asked | {"metric": "weather"}).json()["errors"][0]["field"] == "metric"
    assert not Monitor.objects.exists()
