"""Invented traffic: its counters agree with its rows, and nothing of it can leave."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.db.models import Sum
from django.urls import reverse

from delivery.models import Attempt, Delivery, LaneCount
from destinations.models import Destination
from events.counters import HOUR
from events.models import Event, EventCount, Outbox, Project

pytestmark = pytest.mark.django_db


@pytest.fixture
def seeded() -> Project:
    call_command("seed", "--deliveries", "400", stdout=StringIO())
    return Project.objects.get()


def test_counters_agree_with_the_rows(seeded):
    assert 300 < Delivery.objects.count() < 500
    assert Attempt.objects.count() == Delivery.objects.count()
    counted = LaneCount.objects.filter(span=HOUR).aggregate(Sum("created"), Sum("delivered"))
    assert counted["created__sum"] == Delivery.objects.count()
    assert counted["delivered__sum"] == Delivery.objects.filter(state="delivered").count()
    assert EventCount.objects.filter(span=HOUR).aggregate(Sum("received"))["received__sum"] == Event.objects.count()


def test_nothing_of_it_is_sent(seeded):
    assert not Destination.objects.filter(enabled=True).exists()
    assert not Outbox.objects.exists()


def test_its_pages_open(seeded, admin_client):
    for name in ("overview", "deliveries", "destinations", "events"):
        assert admin_client.get(reverse(name, args=[seeded.slug])).status_code == 200


def test_a_second_one_gets_a_name_of_its_own(seeded):
    out = StringIO()
    call_command("seed", "--deliveries", "10", stdout=out)
    assert "Sample traffic 2" in out.getvalue()
