import pytest
from django.contrib.messages import get_messages
from django.urls import reverse

from destinations.models import Destination, EventRule
from destinations.saved_event_rules import replace_rules, rules_of, save_rule
from events.models import Project
from tests.destinations.stored import stored

pytestmark = pytest.mark.django_db


@pytest.fixture
def go(admin_client, project):
    def send(door, *args, **posted):
        url = reverse(door, args=[project.slug, *args])
        return admin_client.post(url, posted) if posted else admin_client.get(url)

    return send


def test_a_rule_is_added_changed_and_removed(go, project, make_events):
    make_events(2, "order_placed")
    assert 'value="order_placed"' in go("event_rule_new").content.decode()
    added = go("event_rule_new", types=["order_placed"], more_types="Order Placed\r\n", act="name", to="purchase")
    assert added["Location"] == reverse("event_rules", args=[project.slug])
    rule = EventRule.objects.get()
    assert rule.as_given == {"types": ["order_placed", "Order Placed"], "to": "purchase"}
    text = go("event_rules").content.decode()
    assert "purchase" in text
    assert '<td data-label="Events" class="is-num">2</td>' in text
    go("event_rule", rule.pk, types=["order_placed"], act="name", to="", category="Checkout")
    rule.refresh_from_db()
    assert rule.as_given == {"types": ["order_placed"], "category": "Checkout"}
    assert "Checkout" in go("event_rules").content.decode()
    go("event_rule", rule.pk, types=["order_placed"], act="drop", to="purchase")
    rule.refresh_from_db()
    assert rule.as_given == {"types": ["order_placed"], "drop": True}
    go("event_rule", rule.pk, do="remove")
    assert not EventRule.objects.exists()


def test_what_is_wrong_stands_at_its_field(go, project):
    save_rule(project, {"types": ["debug"], "drop": True})
    text = go("event_rule_new", more_types="debug", act="name", to="x").content.decode()
    assert "“debug” stands in another rule" in text
    text = go("event_rule_new", more_types="a", act="name", to=" ").content.decode()
    assert "Give them a name or a category, or drop them." in text
    assert EventRule.objects.count() == 1


def test_the_preview_counts_and_warns(go, make_events, make_destination):
    make_events(3, "order_placed"), make_events(1, "View")
    make_destination(name="Orders", filter={"event_types": ["order_placed"]})
    draft = {"types": ["order_placed"], "act": "name", "to": "purchase"}
    text = go("event_rule_preview", **draft).content.decode()
    assert "<b>3 of 4</b> would have been “purchase”" in text
    assert "The filter of" in text
    assert "asks for “order_placed”" in text
    text = go("event_rule_preview", **draft | {"to": "order_placed", "more_types": "Order"}).content.decode()
    assert "asks for" not in text
    assert "Name at least one event type" in go("event_rule_preview", act="drop").content.decode()


def test_the_filter_tab_shows_names_as_they_are_seen(show, submit, destination, project, make_events):
    assert 'name="raw"' not in show("destination_filter")
    make_events(1, "order_placed"), make_events(1, "debug")
    save_rule(project, {"types": ["order_placed"], "to": "purchase"})
    save_rule(project, {"types": ["debug"], "drop": True})
    text = show("destination_filter")
    assert 'value="purchase"' in text
    assert 'value="order_placed"' not in text
    assert "dropped by the project: “debug” dropped" in text, "of the newest event it says why"
    assert submit("destination_filter", raw="raw") is None
    assert stored(destination)["events"] == "raw"
    assert 'value="order_placed"' in show("destination_filter")
    assert submit("destination_filter", raw="transformed") is None
    assert "events" not in stored(destination)
    assert not Destination.objects.get(pk=destination.pk).raw_events


def test_of_another_project_there_is_nothing_here(go):
    other = save_rule(Project.objects.create(name="Other"), {"types": ["a"], "drop": True})
    assert go("event_rule", other.pk).status_code == 404
    assert go("event_rule", other.pk, do="remove").status_code == 404
    assert EventRule.objects.exists()


def test_versions_are_compared_and_taken_up_again(go, project, admin_client):
    assert "Each saved change is kept." not in go("event_rules").content.decode()
    rule = save_rule(project, {"types": ["a", "b"], "to": "c"})
    save_rule(project, {"types": ["a", "b"], "to": "c"}, rule)  # no change, no version
    go("event_rule", rule.pk, types=["a"], act="drop")
    url = reverse("event_rules", args=[project.slug])
    text = admin_client.get(f"{url}?compare=1").content.decode()
    assert "Use version 1 again" in text
    assert "<del>- a → c\n</del>" in text
    assert "<ins>+ a dropped\n</ins>" in text
    assert "admin</small>" in text
    part = admin_client.get(f"{url}?compare=1", headers={"HX-Request": "true", "HX-Target": "versions"})
    assert part.content.decode().lstrip().startswith("<section")
    go("event_rules", version="1")
    assert rules_of(project) == [{"types": ["a", "b"], "to": "c"}]
    assert [one.number for one in project.event_rules_versions.all()] == [3, 2, 1]


@pytest.mark.parametrize(("number", "words"), [("9", "There is no such version."), ("x", "There is no such version.")])
def test_a_version_that_is_not_there(go, project, number, words):
    save_rule(project, {"types": ["a"], "drop": True})
    response = go("event_rules", version=number)
    assert words in str([str(one) for one in get_messages(response.wsgi_request)])
    assert rules_of(project) == [{"types": ["a"], "drop": True}]


def test_a_version_that_would_be_refused_now_says_why(go, project):
    save_rule(project, {"types": ["a"], "drop": True})
    project.event_rules_versions.update(rules=[{"types": ["$identify"], "to": "x"}])
    response = go("event_rules", version="1")
    (message,) = get_messages(response.wsgi_request)
    assert "Version 1 cannot be used: “$identify” keeps its name" in str(message)
    assert rules_of(project) == [{"types": ["a"], "drop": True}]


def test_a_file_makes_a_version_where_it_changes_something(project):
    for _ in range(2):
        replace_rules(project, [{"types": ["a"], "category": "Growth"}, {"types": ["b"], "drop": True}])
    (version,) = project.event_rules_versions.all()
    assert (version.kind, version.text) == ("2 rules", "a in Growth\nb dropped")
