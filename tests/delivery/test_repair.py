from datetime import timedelta

import django_rq
import pytest
from django.utils.timezone import now

from delivery.claims import Wish, claim
from delivery.models import Attempt, Delivery, State
from delivery.repair import CannotRetry, retry_now
from delivery.routing import Router
from destinations.specification import set_enabled
from events.wake import FRESH, RETRY

pytestmark = pytest.mark.django_db


@pytest.fixture
def make_delivery(make_destination, make_events):
    def make(**columns):
        make_destination()
        make_events()
        Router().route()
        found = Delivery.objects.latest("pk")
        Delivery.objects.filter(pk=found.pk).update(**columns)
        return Delivery.objects.select_related("destination").get(pk=found.pk)

    return make


def waiting_jobs(queue):
    return django_rq.get_queue(queue).count


@pytest.mark.parametrize(("state", "queue"), [(State.QUEUED, FRESH), (State.RETRYING, RETRY)])
def test_an_open_delivery_becomes_due_and_its_queue_is_woken(
    make_delivery, django_capture_on_commit_callbacks, state, queue
):
    delivery = make_delivery(state=state, attempts_made=3, next_attempt_at=now() + timedelta(hours=2))
    django_rq.get_connection("default").flushdb()
    with django_capture_on_commit_callbacks(execute=True):
        retry_now(delivery)
    assert delivery.next_attempt_at <= now()
    assert (delivery.state, delivery.attempts_made) == (state, 3)
    assert waiting_jobs(queue) == 1


@pytest.mark.parametrize("state", [State.FAILED, State.EXPIRED])
def test_a_lost_delivery_gets_a_new_round(make_delivery, django_capture_on_commit_callbacks, state):
    delivery = make_delivery(state=state, attempts_made=10, next_attempt_at=None, finished_at=now())
    django_rq.get_connection("default").flushdb()
    with django_capture_on_commit_callbacks(execute=True):
        retry_now(delivery)
    assert (delivery.state, delivery.attempts_made, delivery.finished_at) == (State.RETRYING, 0, None)
    assert delivery.next_attempt_at <= now()
    assert waiting_jobs(RETRY) == 1
    assert [one.delivery for one in claim([Wish(delivery.destination_id, 5, 30)], State.RETRYING)] == [delivery.pk]


def test_a_worker_that_has_it_in_hand_keeps_it(make_delivery):
    delivery = make_delivery()
    (claimed,) = claim([Wish(delivery.destination_id, 1, 60)], State.QUEUED)
    with pytest.raises(CannotRetry, match="being sent this moment"):
        retry_now(delivery)
    delivery.refresh_from_db()
    assert delivery.lease_until == claimed.lease


def test_a_lease_that_has_ended_does_not_hold_it(make_delivery):
    delivery = make_delivery(lease_until=now() - timedelta(seconds=1))
    retry_now(delivery)
    assert delivery.lease_until is None


def test_what_has_arrived_is_sent_again_and_its_attempts_stay(make_delivery):
    delivery = make_delivery(state=State.DELIVERED, attempts_made=1, next_attempt_at=None, finished_at=now())
    Attempt.objects.create(delivery=delivery, number=1, started_at=now(), duration_ms=1, status=200)
    retry_now(delivery)
    assert (delivery.state, delivery.attempts_made, delivery.finished_at) == (State.RETRYING, 0, None)
    assert delivery.attempts.count() == 1


def test_a_delivery_that_changed_meanwhile_is_left_alone(make_delivery):
    delivery = make_delivery(state=State.EXPIRED, next_attempt_at=None)
    Delivery.objects.filter(pk=delivery.pk).update(state=State.DELIVERED)
    with pytest.raises(CannotRetry):
        retry_now(delivery)
    assert delivery.state == State.DELIVERED


def test_a_destination_that_is_off_has_to_be_switched_on_first(make_delivery):
    delivery = make_delivery()
    set_enabled(delivery.destination, False)
    with pytest.raises(CannotRetry, match="is switched off"):
        retry_now(delivery)
