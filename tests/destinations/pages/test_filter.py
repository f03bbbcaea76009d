from html.parser import HTMLParser

import pytest
from django.urls import reverse

from destinations.filter_rules import USUAL_TOPICS
from destinations.models import Destination
from tests.destinations.pages.conftest import FORMS
from tests.destinations.stored import stored

pytestmark = pytest.mark.django_db
DOOR = "destination_filter"


def condition(path, operator="is", value=None):
    return {"property": path, "operator": operator} | ({} if value is None else {"value": value})


RULES = [
    condition("user_properties.plan", "in list", ["pro", "team", 3]),
    {"match": "any", "conditions": [condition("country", "is", "Germany"), condition("groups.company", "is set")]},
    condition("event_properties.total", "between", [5, 50]),
]
DEEP = {
    "match": "none",
    "conditions": [
        condition("country", "is", "France"),
        {"match": "any", "conditions": [{"match": "all", "conditions": [condition("city", "is", "Lyon")]}]},
    ],
}
ODD = condition("city", "is", "Paris ")


def fields_of(text):
    """The form's fields as a browser would send them back."""
    found, here = [], {}

    class Reader(HTMLParser):
        def handle_starttag(self, tag, attrs):
            attrs = dict(attrs)
            name, kind = attrs.get("name", ""), attrs.get("type", "")
            if tag == "input" and (kind not in ("checkbox", "radio") or "checked" in attrs):
                found.append((name, attrs.get("value", "on" if kind == "checkbox" else "")))
            elif tag == "select":
                here["select"] = name
            elif tag == "option" and "selected" in attrs:
                found.append((here["select"], attrs["value"]))
            elif tag == "textarea":
                here["area"] = name
                found.append((name, ""))

        def handle_endtag(self, tag):
            if tag == "textarea":
                here.pop("area")

        def handle_data(self, data):
            if "area" in here:
                found[-1] = (here["area"], data.removeprefix("\n").removeprefix("\r\n"))

    Reader(convert_charrefs=True).feed(text)
    fields = {}
    for name, value in found:
        if name and name not in ("expect", "csrfmiddlewaretoken"):
            fields.setdefault(name, []).append(value)
    return fields


STORED = {
    "nothing": {},
    "all topics, spelt out": {"topics": [*reversed(USUAL_TOPICS)]},
    "one topic": {"topics": ["event.track"]},
    "conditions and a group": {"event_types": ["Order Placed"], "match": "any", "conditions": RULES},
    "what rows cannot hold": {"match": "all", "conditions": [ODD, DEEP, DEEP]},
}


@pytest.mark.parametrize("name", STORED)
def test_shown_and_saved_untouched_it_stays_the_same(admin_client, show, destination, name):
    Destination.objects.filter(pk=destination.pk).update(filter=STORED[name])
    fields = fields_of(show(DOOR))
    url = reverse(DOOR, args=[destination.project.slug, destination.pk])
    assert admin_client.post(url, fields).status_code == 302
    assert stored(destination)["filter"] == STORED[name]


def test_builds_conditions_and_a_group(submit, destination):
    rows = {
        "match": "any",
        "rule-0-path": " event_properties.total ",
        "rule-0-operator": "at least",
        "rule-0-value": "50",
        "rule-1-path": "",
        "rule-1-value": "",
        "rule-2-match": "none",
        "rule-2-0-path": "country",
        "rule-2-0-operator": "in list",
        "rule-2-0-value": "Germany\r\nFrance",
        "rule-3-match": "all",
        "rule-3-0-path": "",
        "rule-3-0-operator": "is set",
    }
    assert submit(DOOR, events="all", **rows) is None
    assert stored(destination)["filter"] == {
        "match": "any",
        "conditions": [
            condition("event_properties.total", "at least", 50),
            {"match": "none", "conditions": [condition("country", "in list", ["Germany", "France"])]},
        ],
    }


WRONG = {
    "no property": ({"rule-0-value": "x"}, "rule-0-path", "Name the property"),
    "no field of an event": ({"rule-0-path": "colour"}, "rule-0-path", "is no field of an event"),
    "no value": ({"rule-0-path": "country"}, "rule-0-value", "The value is missing."),
    "a bound that is missing": (
        {"rule-0-path": "country", "rule-0-operator": "between", "rule-0-value": "1"},
        "rule-0-upper",
        "The value is missing.",
    ),
    "an operator that is none": (
        {"rule-0-path": "country", "rule-0-operator": "like", "rule-0-value": "x"},
        "rule-0-operator",
        "is no operator",
    ),
    "a row of a group, blank ones before it": (
        {
            "rule-1-match": "any",
            "rule-1-0-path": "",
            "rule-1-1-path": "country",
            "rule-1-1-operator": "matches",
            "rule-1-1-value": "(",
        },
        "rule-1-1-value",
        "This is no regular expression",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_problem_stands_at_its_field_and_what_was_typed_stays(submit, destination, name):
    rows, field, words = WRONG[name]
    before = stored(destination)
    text = submit(DOOR, **rows)
    error = text[text.index(f'id="id_{field}_error"') :]
    assert words in error[: error.index("</p>")]
    assert f'href="#id_{field}"' in text
    fields = fields_of(text)
    assert {key: [value] for key, value in rows.items() if value and value != "like"}.items() <= fields.items()
    assert stored(destination) == before


def test_no_topic_is_refused(submit):
    assert "topics is empty, so nothing would be sent." in submit(DOOR, topics=[])


def test_kept_text_that_is_no_rule_is_refused(submit, destination):
    before = stored(destination)
    for kept in ("[", '"x"', '{"match": "any", "conditions": []}', '{"property": "nowhere", "operator": "is set"}'):
        assert "Nothing was saved." in submit(DOOR, **{"rule-0-path": None, "rule-0-kept": kept})
    assert stored(destination) == before


@pytest.fixture
def ask(admin_client, destination):
    """A fragment of the page for what stands in the form."""

    def post(part, htmx=True, **fields):
        url = reverse(f"{DOOR}_{part}", args=[destination.project.slug, destination.pk])
        headers = {"HX-Request": "true"} if htmx else {}
        response = admin_client.post(url, FORMS[DOOR] | fields, headers=headers)
        assert response.status_code == 200
        return response.content.decode()

    return post


TYPED = {"rule-0-path": "country", "rule-0-operator": "contains", "rule-0-value": "Ger"}
GROUP = {"rule-1-match": "none", "rule-1-0-path": "city", "rule-1-0-operator": "is", "rule-1-0-value": "Ulm"}
CHANGES = {
    "condition": {"rule-2-path"},
    "group": {"rule-2-match", "rule-2-0-path"},
    "condition-1": {"rule-1-1-path"},
    "condition-7": set(),
    "": set(),
}


@pytest.mark.parametrize("act", CHANGES)
@pytest.mark.parametrize("htmx", [True, False])
def test_rows_are_added_and_what_was_typed_stays(ask, destination, act, htmx):
    before = stored(destination)
    text = ask("rules", htmx=htmx, do=act, **TYPED, **GROUP)
    fields = fields_of(text)
    assert {key: [value] for key, value in (TYPED | GROUP).items()}.items() <= fields.items()
    rows = {name for name in fields if name.startswith("rule-") and name.endswith(("path", "match"))}
    assert rows - {"rule-0-path", "rule-1-match", "rule-1-0-path"} == CHANGES[act]
    assert ("<h1>" in text) != htmx
    assert "Nothing was saved" not in text
    assert stored(destination) == before


@pytest.mark.parametrize(
    ("act", "left"),
    [
        ("remove-0", {"rule-1-match", "rule-1-0-path"}),
        ("remove-1", {"rule-0-path"}),
        ("remove-1-0", {"rule-0-path"}),
    ],
)
def test_rows_are_removed(ask, act, left):
    fields = fields_of(ask("rules", do=act, **TYPED, **GROUP))
    assert {name for name in fields if name.startswith("rule-") and name.endswith(("path", "match"))} == left


def test_a_blank_row_is_always_left(ask):
    assert fields_of(ask("rules", do="remove-0", **TYPED))["rule-0-path"] == [""]


def test_the_effect_of_what_is_typed(ask, make_events):
    make_events(2, "Order Placed", total=10)
    make_events(1, "Order Placed", total=90)
    text = ask("effect", **{"rule-0-path": "event_properties.total", "rule-0-operator": ">", "rule-0-value": "50"})
    assert "<b>1 of 3</b>" in text
    assert "Not worked out yet. The value is missing." in ask("effect", **{"rule-0-path": "country"})


def test_no_event_has_come_in(ask):
    assert "No event has come in" in ask("effect")


def test_explains_the_chosen_event_rule_by_rule(ask, make_events):
    event, other = make_events(2, "Order Placed", total=10)
    rows = {"rule-0-path": "event_properties.total", "rule-0-operator": "at least", "rule-0-value": "50"}
    text = ask("explanation", event=str(event.pk), **rows)
    assert "Would not be sent" in text
    assert "total is 10, not at least 50" in text
    assert f"/events/{event.pk}/" in text
    assert "Would be sent" in ask("explanation", event=str(other.pk))
    assert "not there any more" in ask("explanation", event="999999")
    assert "Not worked out yet" in ask("explanation", event=str(event.pk), **{"rule-0-path": "country"})


def test_the_page_explains_the_event_it_is_asked_for(show, make_events):
    event, *_ = make_events(30, "Signed Up")
    text = show(DOOR, f"?event={event.pk}")
    assert f'<option value="{event.pk}" selected>' in text
    assert "Would not be sent" in text
    assert "event type is not Order Placed" in text


def test_without_scripts_the_effect_is_a_link_away(show, make_events):
    make_events(1, "Order Placed")
    assert "?effect#effect-card" in show(DOOR)
    assert "<b>1 of 1</b>" in show(DOOR, "?effect")


def test_properties_of_recent_events_are_suggested(show, make_events):
    make_events(1, colour="red")
    assert '<option value="event_properties.colour">' in show(DOOR)


def test_identifies_on_change_are_switched(submit, show, destination):
    assert submit("destination_filter", on_change="on", identify_on="plan\r\n city ") is None
    assert stored(destination)["identify_on"] == ["plan", "city"]
    assert submit("destination_filter", **fields_of(show("destination_filter"))) is None
    assert stored(destination)["identify_on"] == ["plan", "city"]
    assert submit("destination_filter", on_change="on") is None
    assert stored(destination)["identify_on"] == ["*"]
    assert submit("destination_filter") is None
    assert "identify_on" not in stored(destination)
