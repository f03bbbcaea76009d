import pytest

from destinations.event_paths import EVENT_FIELDS
from destinations.property_paths import MOST_PATHS, paths_of, recent_paths, recent_properties
from events.models import Event

DATA = {
    "event_type": "Order Placed",
    "event_properties": {"total": 5, "items": [{"sku": "A"}, {"colour": "red"}, 3], "utm": {"source": "x"}},
    "user_properties": {"plan": "pro"},
    "groups": {"company": ["Acme"]},
    "group_properties": {"company": {"Acme": {"seats": 5}, "Other": {"tier": {"name": "a"}}}},
    "plan": {"version": "2"},
    "data": None,
}
FOUND = [
    "event_properties.items", "event_properties.items.colour", "event_properties.items.sku", "event_properties.total",
    "event_properties.utm", "event_properties.utm.source", "user_properties.plan", "groups.company",
    "group_properties.company.seats", "group_properties.company.tier", "group_properties.company.tier.name",
    "plan.version",
]  # fmt: skip


def test_every_way_to_a_value_and_the_fields():
    assert paths_of([DATA]) == [*FOUND, *EVENT_FIELDS]


ODD = [{}, {"event_properties": [1]}, {"group_properties": {"company": "Acme"}}, {"groups": None}]


@pytest.mark.parametrize("data", ODD)
def test_odd_events_add_nothing(data):
    assert paths_of([data]) == list(EVENT_FIELDS)


def test_as_many_as_a_page_can_hold():
    many = {"event_properties": {f"p{n}": n for n in range(2 * MOST_PATHS)}}
    assert len(paths_of([many])) == MOST_PATHS + len(EVENT_FIELDS)


@pytest.mark.django_db
def test_of_a_projects_newest_events(project, make_events):
    make_events(1, colour="red")
    assert "event_properties.colour" in recent_paths(project)


@pytest.mark.django_db
def test_the_names_to_forward_by(project, make_events):
    (event,) = make_events(1)
    Event.objects.filter(pk=event.pk).update(data=DATA)
    assert recent_properties(project) == {
        "event": ["items", "total", "utm"],
        "user": ["plan"],
        "group": ["company.seats", "company.tier"],
    }
