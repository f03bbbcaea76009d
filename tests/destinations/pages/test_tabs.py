"""What holds for every tab of a destination."""

import pytest
from django.urls import reverse

from destinations.models import Destination
from destinations.tabs import TABS
from events.models import Project
from tests.destinations.pages.conftest import FORMS
from tests.destinations.stored import stored

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("door", FORMS)
def test_untouched_it_changes_nothing(submit, destination, door):
    before = stored(destination)
    assert submit(door) is None
    assert stored(destination) == before


@pytest.mark.parametrize("tab", TABS, ids=lambda tab: tab.door)
def test_the_page_is_the_current_tab_and_shows_no_secret(show, tab):
    text = show(tab.door)
    assert f'aria-current="page">{tab.text}' in text
    assert "sk_live" not in text


CHANGES = {
    "name": ("destination", {"name": " New name "}, lambda s: s["name"], "New name"),
    "method": ("destination", {"method": "PUT"}, lambda s: s["method"], "PUT"),
    "url in its normal form": (
        "destination",
        {"url": "https://EXAMPLE.com/x%20y"},
        lambda s: s["url"],
        "https://example.com/x%20y",
    ),
    "timeouts": (
        "destination",
        {"connect_timeout": "1.5", "total_timeout": "20"},
        lambda s: s["timeouts"],
        {"connect": 1.5, "total": 20.0},
    ),
    "a template": (
        "destination_payload",
        {"body": "jinja2", "template": "{\r\n}"},
        lambda s: s["payload"],
        {"mode": "template", "language": "jinja2", "template": "{\n}"},
    ),
    "all events": ("destination_filter", {"events": "all"}, lambda s: s["filter"], {}),
    "typed events": (
        "destination_filter",
        {"more_types": "A\r\n\r\n B "},
        lambda s: s["filter"],
        {"event_types": ["Order Placed", "A", "B"]},
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_saves_and_leaves_the_other_tabs_alone(submit, destination, name):
    door, changes, read, expected = CHANGES[name]
    before = stored(destination)
    assert submit(door, **changes) is None
    after = stored(destination)
    assert read(after) == expected
    assert len([key for key in before if before[key] != after[key]]) == 1


WRONG = {
    "no name": ("destination", {"name": ""}, "Give the destination a name."),
    "no http": ("destination", {"url": "ftp://example.com/"}, "must begin with https://"),
    "a private address": ("destination", {"url": "http://10.0.0.8/"}, "is a private address"),
    "no method of ours": ("destination", {"method": "TRACE"}, "is not one of GET"),
    "a timeout that is no number": ("destination", {"connect_timeout": "soon"}, "Enter a number."),
    "a timeout out of bounds": ("destination", {"total_timeout": "600"}, "from 1 to 60"),
    "a template": ("destination_payload", {"body": "jinja2", "template": "{% if %}"}, "this can’t be rendered"),
    "no event type": ("destination_filter", {"event_types": []}, "nothing would be sent"),
}


@pytest.mark.parametrize("name", WRONG)
def test_refuses_in_words_and_saves_nothing(submit, destination, name):
    door, changes, words = WRONG[name]
    before = stored(destination)
    text = submit(door, **changes)
    assert words in text
    assert "Nothing was saved." in text
    assert stored(destination) == before


def test_a_tab_with_something_missing_says_so(show, destination):
    Destination.objects.filter(pk=destination.pk).update(url="", payload_mode="template")
    text = show("destination_filter")
    assert text.count("1 to do") == 2
    assert reverse("destination_payload", args=[destination.project.slug, destination.pk]) + "#payload" in show()


def test_another_project_cannot_touch_it(admin_client, destination):
    other = Project.objects.create(name="Other")
    for name in (*FORMS, "destination_preview", "destination_delete", "destination_switch"):
        url = reverse(name, args=[other.slug, destination.pk])
        fields = FORMS.get(name, {}) | {"expect": destination.name}
        assert admin_client.post(url, fields).status_code == 404
    assert Destination.objects.get() == destination
