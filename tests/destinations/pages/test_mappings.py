import pytest

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
