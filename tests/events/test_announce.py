"""What the hub announces: an event in the export shape, known again when it comes back."""

from datetime import UTC, datetime

import pytest

from events.announce import announce
from events.announced import ANNOUNCEMENTS, identity, iso
from events.models import Event, Outbox, SeenInsertId, dedup_key

AT = datetime(2026, 1, 15, 9, 30, 0, 123000, tzinfo=UTC)
FIELDS = {"monitor_id": "7", "monitor_name": "Orders", "alert_type": "triggered", "triggered_at": iso(AT), "value": 0}


@pytest.mark.django_db
def test_an_event_of_its_topic(project):
    event = announce(project.pk, "monitor.alert", FIELDS, AT)
    stored = Event.objects.get()
    assert stored == event
    assert Outbox.objects.filter(event_id=event.pk).exists()
    assert (stored.topic, stored.event_type, stored.event_time, stored.who) == (
        "monitor.alert",
        "Monitor alert",
        AT,
        "",
    )
    assert stored.data == {
        "type": "monitor.alert",
        "event_type": "Monitor alert",
        "event_time": "2026-01-15 09:30:00.123",
        "uuid": str(stored.uuid),
        "app": project.pk,
        "event_properties": FIELDS,
    }
    assert stored.input["user_id"] is None
    assert SeenInsertId.objects.get().key == dedup_key(project.pk, "", identity("monitor.alert", FIELDS))


@pytest.mark.parametrize("topic", ANNOUNCEMENTS)
def test_each_is_known_by_fields_that_it_has(topic):
    one = ANNOUNCEMENTS[topic]
    assert {one.moment, *one.identity} <= one.fields.keys()
    fields = {name: name for name in one.fields}
    assert identity(topic, fields) != identity(topic, fields | {one.identity[0]: "another"})
    assert identity(topic, fields) == identity(topic, fields | {"label": "another", "size": 5})


def test_times():
    assert iso(AT) == "2026-01-15T09:30:00.123Z"
