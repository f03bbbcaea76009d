"""Warnings and holds of destinations are alerts too: one for each change, however many deliveries fail."""

from datetime import timedelta

import pytest
from django.utils.timezone import now

from delivery import breaker
from delivery.lane_counters import count_changes
from delivery.models import Alert, Notice
from delivery.monitors.specification import save_channel
from delivery.transports.seam import Outcome, Try
from events.models import Event

pytestmark = pytest.mark.django_db


@pytest.fixture
def lane(project, make_destination):
    save_channel(project, {"name": "Team", "kind": "email", "address": "team@example.com", "health": True})
    save_channel(project, {"name": "Others", "kind": "email", "address": "others@example.com"})
    return make_destination(name="Support inbox", sending={"pause_at": 90})


def fail(lane, count, status=503):
    outcome = Outcome(None, [Try(0.0, 0.1, status, "")], status=status)
    count_changes([], [(lane.pk, outcome)] * count, now())


def kinds():
    return list(Alert.objects.order_by("pk").values_list("kind", flat=True))


def test_each_change_of_level_is_told_once(lane):
    fail(lane, 12)
    fail(lane, 10, 200)
    for _ in range(3):
        breaker.judge([lane.pk], now())
    assert kinds() == ["failing"]
    (alert,) = Alert.objects.all()
    assert (alert.name, alert.destination, alert.value) == ("Support inbox", lane, 50)
    assert "12 of the last 22 attempts failed" in alert.text
    assert [notice.channel_name for notice in Notice.objects.all()] == ["Team"]
    told = Event.objects.get(topic="monitor.alert").data["event_properties"]
    assert (told["alert_type"], told["destination"]) == ("failing", "Support inbox")
    fail(lane, 20)
    breaker.judge([lane.pk], now())
    assert kinds() == ["failing", "failing"]
    later = now() + timedelta(minutes=10)
    breaker.judge([lane.pk], later)
    breaker.judge([lane.pk], later)
    assert kinds() == ["failing", "failing", "healthy"]


def test_held_and_let_go(lane):
    fail(lane, 30)
    breaker.judge([lane.pk], now())
    breaker.judge([lane.pk], now())
    assert kinds() == ["failing", "held"]
    assert breaker.resume(lane.pk, now())
    assert not breaker.resume(lane.pk, now())
    assert kinds() == ["failing", "held", "healthy"]
