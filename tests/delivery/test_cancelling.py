from datetime import timedelta

import pytest
from django.utils.timezone import now

from delivery.cancelling import CannotCancel, cancel, cancel_many
from delivery.claims import Wish, claim
from delivery.models import Delivery, LaneCount, State
from delivery.repair import retry_now
from delivery.routing import Router
from events.models import AuditEntry, Project
from tests.delivery import recount

pytestmark = pytest.mark.django_db


@pytest.fixture
def make_delivery(make_destination, make_events):
    def make(**columns):
        make_destination()
        make_events()
        Router().route()
        found = Delivery.objects.latest("pk")
        Delivery.objects.filter(pk=found.pk).update(**columns)
        LaneCount.objects.all().delete()
        found = Delivery.objects.select_related("destination").get(pk=found.pk)
        recount.add(found)
        return found

    return make


def counters_agree():
    return recount.sums(LaneCount, "destination_id") == recount.deliveries()


@pytest.mark.parametrize("state", [State.QUEUED, State.RETRYING])
def test_what_waits_is_called_off_and_counted(make_delivery, state):
    delivery = make_delivery(state=state, next_attempt_at=now() + timedelta(hours=2))
    cancel(delivery)
    assert (delivery.state, delivery.next_attempt_at) == (State.CANCELLED, None)
    assert delivery.finished_at is not None
    assert counters_agree()
    assert claim([Wish(delivery.destination_id, 5, 30)], state, now() + timedelta(days=1)) == []
    assert AuditEntry.objects.filter(action="cancelled").exists()


@pytest.mark.parametrize("state", [State.DELIVERED, State.FAILED, State.EXPIRED, State.CANCELLED])
def test_what_has_ended_stays_as_it_is(make_delivery, state):
    delivery = make_delivery(state=state, next_attempt_at=None)
    with pytest.raises(CannotCancel, match="has ended already"):
        cancel(delivery)
    assert delivery.state == state


def test_what_a_worker_has_in_hand_is_left_to_it(make_delivery):
    delivery = make_delivery()
    claim([Wish(delivery.destination_id, 1, 60)], State.QUEUED)
    with pytest.raises(CannotCancel, match="being sent this moment"):
        cancel(delivery)
    assert delivery.state == State.QUEUED


def test_what_is_called_off_before_its_first_attempt_is_as_new_when_sent_again(make_delivery):
    delivery = make_delivery()
    cancel(delivery)
    retry_now(delivery)
    assert (delivery.state, delivery.finished_at) == (State.QUEUED, None)
    assert counters_agree()


def test_many_at_once_and_none_of_another_project(make_delivery):
    own = [make_delivery(), make_delivery(), make_delivery(state=State.DELIVERED)]
    assert cancel_many(Project.objects.create(name="Other"), [d.pk for d in own]) == 0
    assert cancel_many(own[0].project, [d.pk for d in own]) == 2
    found = Delivery.objects.filter(pk__in=[d.pk for d in own])
    assert sorted(found.values_list("state", flat=True)) == ["cancelled", "cancelled", "delivered"]
