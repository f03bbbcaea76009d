"""Paused: deliveries are made and held, and go out once sending is resumed."""

import pytest
from django.urls import reverse

from delivery.claims import Wish, claim
from delivery.models import Delivery, State
from delivery.repair import CannotRetry, retry_now
from delivery.routing import Router
from delivery.transports import make_transport
from destinations.addresses import parse_networks
from destinations.models import Destination
from destinations.pausing import pause, resume
from tests.delivery.road import run_fresh
from tests.receiver import receiver

pytestmark = pytest.mark.django_db


@pytest.fixture
def destination(make_destination):
    return make_destination(name="Orders to CRM")


@pytest.fixture
def held(destination, make_events):
    pause(destination)
    make_events(3)
    Router().route()
    return Delivery.objects.select_related("destination", "project")


def test_deliveries_are_made_and_not_taken(destination, held):
    wish = Wish(destination.pk, 10, 30.0)
    assert held.count() == 3
    assert claim([wish], State.QUEUED) == []
    resume(destination)
    assert len(claim([wish], State.QUEUED)) == 3


def test_pausing_twice_keeps_the_first_moment(destination):
    pause(destination)
    since = destination.paused_at
    pause(destination)
    assert Destination.objects.get().paused_at == since


def test_each_change_is_seen_by_workers(destination):
    versions = [destination.updated_at]
    for act in (pause, resume):
        act(destination)
        versions.append(Destination.objects.get().updated_at)
    assert versions == sorted(set(versions))


def test_retrying_by_hand_says_why_not(held):
    with pytest.raises(CannotRetry, match="is paused"):
        retry_now(held.first())


def test_the_pages_say_so(admin_client, destination, held):
    def page(name, *arguments):
        return admin_client.get(reverse(name, args=[destination.project.slug, *arguments])).content.decode()

    text = page("destination", destination.pk)
    for words in ("Sending is paused", "3 deliveries wait", "Resume sending", ">Paused<"):
        assert words in text
    assert ">Held<" in page("deliveries")
    assert "Held: sending is paused." in page("delivery", held.first().pk)
    assert ">Paused<" in page("destinations")


def test_from_the_menu(admin_client, destination):
    url = reverse("destination_pause", args=[destination.project.slug, destination.pk])
    assert "Orders to CRM is paused." in admin_client.post(url, {"paused": "1"}, follow=True).content.decode()
    assert Destination.objects.get().paused_at
    assert "is sending again" in admin_client.post(url, follow=True).content.decode()
    assert Destination.objects.get().paused_at is None
    assert admin_client.get(url).status_code == 405


def test_a_delivered_one_is_not_held(destination, held):
    held.update(state=State.DELIVERED)
    assert {delivery.shown_state for delivery in held.all()} == {"delivered"}


def test_on_the_road(make_destination, make_events):
    transport = make_transport(allowed_networks=parse_networks("127.0.0.0/8"))
    with receiver() as received:
        found = make_destination(url=received.url)
        pause(found)
        make_events(2)
        run_fresh(transport)
        assert (received.requests, Delivery.objects.filter(state=State.QUEUED).count()) == ([], 2)
        resume(found)
        run_fresh(transport)
        assert len(received.requests) == 2
    transport.close()
