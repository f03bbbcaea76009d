"""What is old goes, bit by bit, with everything that hangs on it; what is open or young stays."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils.timezone import now

from delivery.models import Attempt, Delivery, State, Verdict
from delivery.retention import remove_old
from events.models import Event, Outbox, Project
from events.small_steps import SmallSteps

pytestmark = pytest.mark.django_db


class AtOnce(SmallSteps):
    """Small, and without rests."""

    def __init__(self, most: int = 10_000) -> None:
        super().__init__(60)
        self.most, self.taken, self.size = most, 0, 3

    def take(self, work):
        self.taken += 1
        return work()

    @property
    def is_over(self) -> bool:
        return self.taken >= self.most


@pytest.fixture
def make(project, make_destination):
    """Makes an event of so many days ago, and its delivery in a state with one attempt, in the order of time."""
    destination = make_destination()

    def make(days, state=State.DELIVERED, ended=None, of=project):
        at = now() - timedelta(days=days)
        event = Event.objects.create(
            project=of, uuid=uuid4(), topic="event.track", event_type="A", event_time=at, received_at=at
        )
        Verdict.objects.create(event_id=event.pk, refusals={"1": "no"})
        if state is None:
            return event
        finished = None if state in (State.QUEUED, State.RETRYING) else now() - timedelta(days=ended or days)
        delivery = Delivery.objects.create(
            project=of, destination=destination, event=event, state=state, created_at=at, finished_at=finished
        )
        Attempt.objects.create(
            delivery=delivery, number=1, started_at=at, duration_ms=1, request_body="b", response_body="r",
            earlier_answers=[None],
        )  # fmt: skip
        return delivery

    return make


def left(model=Delivery):
    return set(model.objects.values_list("pk", flat=True))


def test_old_deliveries_go_with_attempts_and_young_or_open_ones_stay(make):
    make(40)
    make(39, State.FAILED)
    kept = [make(38, State.QUEUED), make(37, State.RETRYING), make(36, ended=3), make(2)]
    assert remove_old(AtOnce())
    assert left() == {delivery.pk for delivery in kept}
    assert set(Attempt.objects.values_list("delivery", flat=True)) == left()
    assert left(Event) == {delivery.event_id for delivery in kept}
    assert left(Verdict) == left(Event)


def test_events_go_unless_a_delivery_shows_them_or_they_are_not_routed(make, project):
    make(40, None)
    waiting, young = make(39, None), make(1, None)
    Outbox.objects.create(event_id=waiting.pk)
    held = make(38, State.QUEUED)
    assert remove_old(AtOnce())
    assert left(Event) == {waiting.pk, young.pk, held.event_id}


def test_bodies_go_first_and_are_looked_at_once(make, project):
    old, held, young = make(20), make(19, State.QUEUED), make(3)
    assert remove_old(AtOnce())
    cleaned = old.attempts.get()
    assert (cleaned.request_body, cleaned.response_body, cleaned.earlier_answers) == ("", "", None)
    assert cleaned.notes == {"removed": True}
    assert [d.attempts.get().request_body for d in (held, young)] == ["b", "b"]
    project.refresh_from_db()
    assert project.bodies_removed_to == held.pk
    again = AtOnce()
    remove_old(again)
    assert again.taken == 0


def test_each_project_has_its_own_times(make, project):
    patient = Project.objects.create(name="Patient", keep_events=90, keep_deliveries=90, keep_bodies=90)
    make(40)
    kept = make(40, of=patient)
    assert remove_old(AtOnce())
    assert left() == {kept.pk}
    assert kept.attempts.get().request_body == "b"


def test_what_the_time_was_too_short_for_goes_the_next_time(make):
    for _ in range(8):
        make(40)
    assert not remove_old(AtOnce(most=4))
    assert 0 < Delivery.objects.count() < 8
    assert remove_old(AtOnce())
    assert not left()
    assert not left(Event)
