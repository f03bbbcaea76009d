"""An event that changes what a destination watches of its user: an identify beside it, for that destination alone."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest

from delivery.event_outcomes import outcomes_of
from delivery.models import Delivery, Verdict
from delivery.removal import mark_destination
from delivery.requests import RequestBuilder
from delivery.routing import Router
from destinations import specification
from destinations.specification import InvalidDestination, describe, save
from events.accept import Incoming, accept
from events.models import Event, EventCount, Project
from events.shape import time_text

pytestmark = pytest.mark.django_db
ORDERS = {"event_types": ["Order Placed"]}


@pytest.fixture
def arrive(project):
    """An event that sets user properties; returns the identify made beside it, if there is one."""

    def send(topic="event.track", event_type="Order Placed", restrictions=None, **sets):
        moment, uuid = datetime.now(UTC), uuid4()
        data = {"event_type": event_type, "event_time": time_text(moment), "user_id": "u", "uuid": str(uuid)}
        data |= {"event_properties": {"total": 5}, "$insert_id": "i"}
        one = Incoming(topic, event_type, "u", None, moment, uuid, data, user_operations={"$set": sets})
        one.restrictions = restrictions
        before = set(Event.objects.values_list("pk", flat=True))
        accept(Project.objects.get(pk=project.pk), [one], moment)
        return Event.objects.exclude(pk__in=before).exclude(uuid=uuid).first()

    return send


def test_a_change_yields_an_identify_for_those_who_asked(make_destination, arrive):
    asked = make_destination(name="Asked", filter=ORDERS, identify_on=["plan"])
    other = make_destination(name="Other")
    identify = arrive(plan="pro")
    assert (identify.topic, identify.event_type, identify.user_id) == ("event.identify", "$identify", "u")
    assert identify.data["user_properties"] == {"plan": "pro"}
    assert identify.data["uuid"] == str(identify.uuid)
    assert not {"event_properties", "$insert_id"} & set(identify.data)
    Router().route()
    assert list(Delivery.objects.filter(event=identify).values_list("destination_id", flat=True)) == [asked.pk]
    assert Delivery.objects.filter(destination=other).count() == 1, "the event itself"
    words = "it tells of a change of plan, which it did not ask for."
    assert Verdict.objects.get(event_id=identify.pk).refusals == {str(other.pk): words}
    assert {one.name: one.refusal for one in outcomes_of(identify)} == {"Asked": "", "Other": words}
    assert b'"plan":"pro"' in RequestBuilder(asked).build(identify.data).body
    assert sum(EventCount.objects.filter(span=3600).values_list("received", flat=True)) == 1, "one event came in"


CASES = {
    "the same value again": (["plan"], {"plan": "pro"}, False),
    "another property": (["plan"], {"city": "Rome"}, False),
    "any property": (["*"], {"city": "Rome"}, True),
    "another value": (["plan"], {"plan": "free"}, True),
    "switched off": ([], {"plan": "free"}, False),
}


@pytest.mark.parametrize("name", CASES)
def test_what_counts_as_a_change(make_destination, arrive, name):
    asked, sets, made = CASES[name]
    arrive(plan="pro")
    make_destination(identify_on=asked)
    assert bool(arrive(**sets)) is made


def test_an_identify_yields_no_second_one(make_destination, arrive):
    make_destination(identify_on=["*"])
    assert arrive(topic="event.identify", event_type="$identify", plan="pro") is None


def test_what_keeps_the_event_from_a_destination_keeps_the_identify_too(make_destination, arrive):
    make_destination(name="Asked", identify_on=["*"])
    identify = arrive(plan="pro", restrictions={"integrations": {"Asked": False}})
    Router().route()
    assert not Delivery.objects.exists()
    assert "integrations say no" in next(iter(Verdict.objects.get(event_id=identify.pk).refusals.values()))


def test_the_project_watches_what_enabled_destinations_ask_for(make_destination, project):
    def watched():
        return Project.objects.get(pk=project.pk).watched_properties

    first, second = make_destination(identify_on=["plan", "city"]), make_destination(identify_on=["plan"])
    assert watched() == ["city", "plan"]
    specification.set_enabled(first, False)
    assert watched() == ["plan"]
    save(project, describe(second) | {"identify_on": ["*", "plan"]}, second)
    assert (watched(), describe(second)["identify_on"]) == (["*"], ["*"])
    mark_destination(second)
    assert watched() == []


@pytest.mark.parametrize("given", ["plan", [5], [" "], ["a"] * 101, ["a" * 1025], {"a": 1}])
def test_names_that_are_refused(make_destination, given):
    with pytest.raises(InvalidDestination) as caught:
        make_destination(identify_on=given)
    assert [problem.field for problem in caught.value.problems] == ["identify_on"]
