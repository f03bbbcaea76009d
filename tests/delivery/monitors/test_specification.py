"""What a monitor and a channel may be, and what they look like as data."""

import pytest
from django.db import connection

from delivery.models import Channel, Monitor
from delivery.monitors.specification import (
    InvalidMonitor,
    describe_channel,
    describe_monitor,
    save_channel,
    save_monitor,
)
from events.models import AuditEntry

pytestmark = pytest.mark.django_db
GOOD = {"name": "M", "metric": "events", "condition": "above", "threshold": 10, "window": 300}
URL = "https://hooks.example.com/services/T0/B0/s3cr3t"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": ""}, "name"), ({"name": "x" * 101}, "name"), ({"name": "a\0"}, "name"),
        ({"metric": "nope"}, "metric"),
        ({"window": 61}, "window"), ({"window": True}, "window"), ({"metric": "users", "window": 60}, "window"),
        ({"condition": "odd"}, "condition"), ({"threshold": "ten"}, "threshold"), ({"threshold": True}, "threshold"),
        ({"threshold": float("nan")}, "threshold"), ({"threshold": 1e20}, "threshold"),
        ({"condition": "band", "threshold": 90, "window": 3600}, "threshold"),
        ({"condition": "band", "threshold": 95}, "window"),
        ({"condition": "falls", "threshold": 100}, "threshold"), ({"condition": "rises", "threshold": 0}, "threshold"),
        ({"metric": "cohort", "window": 3600}, "cohort"),
        ({"metric": "cohort", "cohort": "x", "window": 3600}, "cohort"),
        ({"metric": "p95", "destination": "No such"}, "destination"), ({"destination": "D"}, "destination"),
        ({"event_type": "x" * 256}, "event_type"), ({"cooldown": -1}, "cooldown"), ({"channels": ["No"]}, "channels"),
        ({"channels": "No"}, "channels"), ({"enabled": 1}, "enabled"), ({"colour": "red"}, "colour"),
    ],
)  # fmt: skip
def test_monitors_that_are_refused(project, change, field):
    with pytest.raises(InvalidMonitor) as refused:
        save_monitor(project, GOOD | change)
    assert [problem.field for problem in refused.value.problems] == [field]
    assert not Monitor.objects.exists()


def test_described_it_can_be_made_again(project, make_destination):
    make_destination(name="Lane")
    save_channel(project, {"name": "Team", "kind": "email", "address": "team@example.com"})
    given = GOOD | {"metric": "p95", "destination": "Lane", "channels": ["Team"]}
    monitor, change = save_monitor(project, given)
    assert change == "created"
    described = describe_monitor(monitor)
    assert described["destination"] == "Lane"
    assert save_monitor(project, described, monitor)[1] == "unchanged"
    assert AuditEntry.objects.filter(object_type="monitor").count() == 1


def test_one_that_asks_something_else_begins_anew_and_another_name_does_not(project):
    monitor, _ = save_monitor(project, GOOD)
    Monitor.objects.update(state="firing", told=True)
    monitor.refresh_from_db()
    save_monitor(project, GOOD | {"name": "N"}, monitor)
    assert Monitor.objects.get().state == "firing"
    save_monitor(project, GOOD | {"name": "N", "threshold": 20}, monitor)
    assert (Monitor.objects.get().state, Monitor.objects.get().told) == ("new", False)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"kind": "email", "address": "nobody"}, "address"), ({"kind": "email", "address": ""}, "address"),
        ({"kind": "email", "address": "a@example.com\nBcc: b@example.com"}, "address"),
        ({"kind": "chat", "address": "http://10.0.0.1/x"}, "address"),
        ({"kind": "chat", "address": "ftp://x"}, "address"),
        ({"kind": "pager", "address": "x"}, "kind"),
        ({"kind": "email", "address": "a@example.com", "health": "x"}, "health"),
    ],
)  # fmt: skip
def test_channels_that_are_refused(project, given, field):
    with pytest.raises(InvalidMonitor) as refused:
        save_channel(project, {"name": "C"} | given)
    assert [problem.field for problem in refused.value.problems] == [field]


def test_a_chats_address_is_encrypted_hidden_and_kept(project):
    channel, _ = save_channel(project, {"name": "Ops", "kind": "chat", "address": URL})
    with connection.cursor() as cursor:
        cursor.execute("SELECT address FROM delivery_channel")
        assert "s3cr3t" not in cursor.fetchone()[0]
    assert describe_channel(channel)["address"] is None
    assert channel.shown_address == "https://hooks.example.com/••••••••"
    save_channel(project, {"name": "Ops", "kind": "chat", "address": "", "health": True}, channel)
    assert Channel.objects.get().address == URL
    save_channel(project, {"name": "Ops", "kind": "chat", "address": f"{URL}2"}, channel)
    assert not [entry for entry in AuditEntry.objects.all() if "s3cr3t" in str(entry.changes)]
    assert ["address", "••••••••", "••••••••"] in AuditEntry.objects.latest("pk").changes
