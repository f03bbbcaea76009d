import pytest

from delivery.models import Delivery, State, Verdict
from delivery.routing import Router
from destinations import specification
from events.models import Outbox

pytestmark = pytest.mark.django_db


def test_each_wanting_destination_gets_one_delivery(make_destination, make_events):
    all_events, orders = make_destination(), make_destination(filter={"event_types": ["Order Placed"]})
    order, view = *make_events(1, "Order Placed"), *make_events(1, "Page Viewed")

    routed = Router().route()

    assert (routed.events, routed.deliveries, routed.lanes) == (2, 3, {all_events.pk, orders.pk})
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
