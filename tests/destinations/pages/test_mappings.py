import pytest
from django.urls import reverse

from destinations.models import Destination
from tests.destinations.pages.test_filter import fields_of
from tests.destinations.stored import stored

pytestmark = pytest.mark.django_db
DOOR = "destination_mappings"


def test_chosen_and_typed_properties_are_saved(submit, destination, make_events):
    make_events(1, total=5, currency="EUR")
    changes = {
        "event_forward": "chosen",
        "event": ["total"],
        "event_more": "colour\r\n\r\n size ",
        "user_forward": "chosen",
    }
    assert submit(DOOR, **changes) is None
    assert stored(destination)["mappings"] == {"properties": {"event": ["total", "colour", "size"], "user": []}}


def test_forwarding_everything_again_leaves_nothing_behind(submit, destination):
    Destination.objects.filter(pk=destination.pk).update(mappings={"properties": {"user": ["plan"]}})
    assert submit(DOOR) is None
    assert "mappings" not in stored(destination)


def test_untouched_it_changes_nothing(submit, show, destination, make_events):
    make_events(1, total=5, a=1)
    mappings = {"properties": {"event": ["total", "colour", "a"], "group": ["company.seats"]}}
    Destination.objects.filter(pk=destination.pk).update(mappings=mappings)
    assert submit(DOOR, **fields_of(show(DOOR))) is None
    assert stored(destination)["mappings"] == mappings


def test_seen_properties_are_offered(show, make_events):
    make_events(1, colour="red")
    text = show(DOOR)
    assert 'value="colour"' in text
    assert "This kind has no fields to map. You can still use properties in the template." in text


def test_a_group_property_without_its_type_is_refused(submit, destination):
    before = stored(destination)
    text = submit(DOOR, group_forward="chosen", group_more="plan")
    assert "the group’s type too" in text
    assert 'id="id_group_more_error"' in text
    assert stored(destination) == before


STEPS = [
    {"step": "rename", "property": "event_properties.total", "to": "amount"},
    {"step": "sha256", "property": "user_properties.email", "trim": True, "lower": True},
    {"step": "lookup", "property": "event_properties.plan", "table": {"a=b": "c"}},
    {"step": "cast", "property": "event_properties.amount", "to": "integer"},
]


def test_changes_that_are_stored_are_shown_and_kept(submit, show, destination):
    Destination.objects.filter(pk=destination.pk).update(mappings={"steps": STEPS})
    assert "Kept as it is." in show(DOOR)
    assert submit(DOOR, **fields_of(show(DOOR))) is None
    assert stored(destination)["mappings"] == {"steps": STEPS}


def test_typed_changes_are_saved(submit, destination):
    row = {"step-0-step": "lookup", "step-0-path": "event_properties.plan", "step-0-text": "p = pro\r\n5 = five"}
    assert submit(DOOR, **row, **{"step-4-step": "rename"}) is None
    step = {"step": "lookup", "property": "event_properties.plan", "table": {"p": "pro", "5": "five"}}
    assert stored(destination)["mappings"] == {"steps": [step]}


def test_what_is_wrong_with_a_change_stands_at_its_field(submit, destination):
    before = stored(destination)
    text = submit(DOOR, **{"step-0-step": "rename", "step-0-path": "event_properties.total"})
    assert 'href="#id_step-0-text"' in text
    assert "Write the new name." in text
    assert stored(destination) == before


def test_rows_come_and_go(destination, client, admin_client):
    door = reverse("destination_mapping_steps", args=[destination.project.slug, destination.pk])
    posted = {"step-0-step": "drop", "step-0-path": "platform", "do": "add-step"}
    answer = admin_client.post(door, posted, headers={"HX-Request": "true"})
    assert "sh:rows" in answer["HX-Trigger-After-Settle"]
    assert answer.content.decode().count('class="sh-shaped"') == 2
    whole = admin_client.post(door, posted | {"do": "remove-step-0"}).content.decode()
    assert "Nothing is changed." in whole
