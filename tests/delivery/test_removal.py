"""Deleting what has a long log: hidden at once, gone bit by bit, and again after an interruption."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.timezone import now
from django_rq import get_queue

from delivery import removal
from delivery.claims import Wish, claim
from delivery.models import Attempt, Delivery, LaneCount, State, Verdict
from delivery.removal import mark_destination, mark_project, remove_marked
from delivery.routing import Router
from destinations.models import Destination, Header
from events.models import Event, Group, Profile, Project
from tests.delivery.test_retention import AtOnce
from tests.redis_elsewhere import redis_at

pytestmark = pytest.mark.django_db


@pytest.fixture
def lane(make_destination, make_events):
    """A destination with 10 deliveries and a header, and another one."""
    lane = make_destination(name="Orders", headers=[{"name": "X-A", "value": "b"}])
    make_destination(name="Other")
    make_events(10)
    Router().route()
    for delivery in Delivery.objects.all():
        Attempt.objects.create(delivery=delivery, number=1, started_at=now(), duration_ms=1)
    return lane


def pass_time():
    """What was marked was marked long ago."""
    for model in (Destination, Project):
        model.everything.exclude(removed_at=None).update(removed_at=now() - 2 * removal.REMEMBERED)


def test_a_destination_is_hidden_at_once(lane, project, admin_client, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        url = reverse("destination_delete", args=[project.slug, lane.pk])
        text = admin_client.post(url, {"expect": "Orders"}, follow=True).content.decode()
    assert "Orders was deleted." in text
    assert [d.name for d in project.destinations.all()] == ["Other"]
    assert admin_client.get(reverse("destination", args=[project.slug, lane.pk])).status_code == 404
    assert admin_client.get(reverse("deliveries", args=[project.slug])).status_code == 200
    assert get_queue("default").count == 1
    assert Delivery.objects.filter(destination=lane).count() == 10


def test_its_lane_stops_and_its_name_is_free(lane, make_destination, make_events):
    mark_destination(lane)
    assert claim([Wish(lane.pk, 10, 60)], State.QUEUED) == []
    make_events(1)
    Router().route()
    assert Delivery.objects.filter(destination=lane).count() == 10
    assert make_destination(name="Orders").pk != lane.pk


def test_everything_of_it_goes_and_nothing_else(lane):
    mark_destination(lane)
    remove_marked(AtOnce())
    assert not Delivery.objects.filter(destination=lane).exists()
    assert Attempt.objects.count() == Delivery.objects.count() == 10
    assert Destination.everything.filter(pk=lane.pk).exists()  # some worker may still know it
    pass_time()
    assert remove_marked(AtOnce())
    assert not Destination.everything.filter(pk=lane.pk).exists()
    assert not Header.objects.exists()
    assert not LaneCount.objects.filter(destination=lane.pk).exists()
    assert Event.objects.count() == 10


def test_it_goes_on_after_an_interruption(lane):
    mark_destination(lane)
    pass_time()
    assert not remove_marked(AtOnce(most=2))
    assert 0 < Delivery.objects.filter(destination=lane).count() < 10
    assert remove_marked(AtOnce())
    assert not Destination.everything.filter(pk=lane.pk).exists()


def test_what_a_worker_has_in_hand_is_left_to_it(lane):
    (claimed,) = claim([Wish(lane.pk, 1, 60)], State.QUEUED)
    mark_destination(lane)
    pass_time()
    assert not remove_marked(AtOnce())
    assert Delivery.objects.filter(destination=lane).get().pk == claimed.delivery
    Delivery.objects.filter(destination=lane).update(lease_until=now() - timedelta(seconds=1))
    assert remove_marked(AtOnce())


def test_a_project_goes_with_all_it_has(lane, project, admin_client, make_events):
    Profile.objects.create(
        project=project, identity="u:x", properties={}, groups={}, created_at=now(), updated_at=now()
    )
    Group.objects.create(project=project, group_type="a", group_name="b", properties={}, updated_at=now())
    Verdict.objects.create(event_id=Event.objects.first().pk, refusals={})
    other = Project.objects.create(name="Kept")
    slug, key = project.slug, project.api_key
    mark_project(project)
    assert not Project.objects.filter(pk=project.pk).exists()
    assert admin_client.get(reverse("overview", args=[slug])).status_code == 404
    assert Project.objects.create(name="Shop", api_key=key).slug == slug
    pass_time()
    assert remove_marked(AtOnce())
    for model in (Delivery, Attempt, Event, Verdict, LaneCount, Profile, Group):
        assert not model.objects.exists(), model
    assert set(Project.everything.values_list("name", flat=True)) == {"Kept", "Shop"}
    assert other.slug


def test_without_redis_the_clock_does_it(lane, monkeypatch):
    redis_at(monkeypatch)
    removal.soon()
