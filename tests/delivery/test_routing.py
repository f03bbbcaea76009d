import pytest

from delivery import routing
from delivery.models import Delivery, State, Verdict
from delivery.routing import Router
from destinations import specification
from events.models import Outbox

pytestmark = pytest.mark.django_db


def test_each_wanting_destination_gets_one_delivery(make_destination, make_events):
    all_events, orders = make_destination(), make_destination(filter={"event_types": ["Order Placed"]})
    order, view = *make_events(1, "Order Placed"), *make_events(1, "Page Viewed")

    routed = Router().route()

    assert (routed.events, routed.deliveries, set(routed.versions)) == (2, 3, {all_events.pk, orders.pk})
    found = set(Delivery.objects.values_list("event_id", "destination_id"))
    assert found == {(order.pk, all_events.pk), (view.pk, all_events.pk), (order.pk, orders.pk)}
    assert not Outbox.objects.exists()


def test_the_rule_that_said_no_is_remembered(make_destination, make_events):
    orders = make_destination(filter={"event_types": ["Order Placed", "Order Paid"]})
    (view,) = make_events(1, "Page Viewed")
    Router().route()

    verdict = Verdict.objects.get(event_id=view.pk)
    assert verdict.refusals == {str(orders.pk): "event type is not one of Order Paid, Order Placed"}
    assert not Delivery.objects.exists()


LARGE = {"conditions": [{"property": "event_properties.number", "operator": "at least", "value": 1}]}


def test_conditions_see_the_properties_of_the_event(make_destination, make_events):
    large = make_destination(filter=LARGE)
    small, big = make_events(2)
    assert Router().route().deliveries == 1
    assert Delivery.objects.get().event_id == big.pk
    assert Verdict.objects.get(event_id=small.pk).refusals == {str(large.pk): "number is 0, not at least 1"}


def test_a_topic_that_is_not_chosen_is_not_sent(make_destination, make_events):
    identifies = make_destination(filter={"topics": ["event.identify"]})
    (event,) = make_events(1)
    Router().route()
    assert Verdict.objects.get(event_id=event.pk).refusals == {str(identifies.pk): "topic is not event.identify"}


@pytest.mark.parametrize(
    ("rules", "reads"),
    [
        ({}, False),
        ({"event_types": ["A"], "topics": ["event.track"]}, False),
        ({"conditions": [{"property": "event_type", "operator": "starts with", "value": "Order"}]}, False),
        (LARGE, True),
    ],
)
def test_event_data_is_read_only_for_conditions_on_properties(make_destination, make_events, monkeypatch, rules, reads):
    make_destination(), make_destination(filter=rules)
    events, asked = make_events(2), []
    monkeypatch.setattr(routing, "data_of", lambda ids: asked.append(ids) or {})
    Router().route()
    assert asked == ([[event.pk for event in events]] if reads else [])


def test_a_condition_on_the_type_works_without_the_data(make_destination, make_events):
    make_destination(filter={"conditions": [{"property": "event_type", "operator": "starts with", "value": "Order"}]})
    make_events(1, "Page Viewed"), make_events(1, "Order Paid")
    assert Router().route().deliveries == 1


def test_a_disabled_destination_gets_no_new_deliveries(make_destination, make_events):
    destination = make_destination()
    make_events(1)
    specification.set_enabled(destination, False)
    assert Router().route().deliveries == 0


def test_an_edited_filter_counts_from_the_next_batch(project, make_destination, make_events):
    router, destination = Router(), make_destination(filter={"event_types": ["Order Placed"]})
    make_events(1, "Page Viewed")
    assert router.route().deliveries == 0
    changed = specification.describe(destination) | {"filter": {"event_types": ["Page Viewed"]}}
    specification.save(project, changed, destination)
    make_events(1, "Page Viewed")
    assert router.route().deliveries == 1


def test_an_event_is_routed_once(make_destination, make_events):
    make_destination()
    make_events(3)
    router = Router()
    assert [router.route().deliveries, router.route().deliveries] == [3, 0]
    assert Delivery.objects.filter(state=State.QUEUED, attempts_made=0).count() == 3


def test_a_batch_stays_bounded_however_many_destinations_there_are(make_destination, make_events, monkeypatch):
    monkeypatch.setattr("delivery.routing.MOST_DELIVERIES", 12)
    for _ in range(4):
        make_destination()
    make_events(10)
    router = Router()
    router.route()
    assert router.route().deliveries <= 12
    while router.route().events:
        pass
    assert Delivery.objects.count() == 40
