"""Has the hub announce something: stored as an event of its topic, routed like any other."""

from datetime import datetime

from django.db import transaction
from django.utils.timezone import now

from events.announced import ANNOUNCEMENTS, Fields, announced_data, identity
from events.models import Event, Outbox, SeenInsertId, dedup_key
from events.uuids import time_ordered_uuids
from events.wake import wake_router


def announce(project_id: int, topic: str, fields: Fields, moment: datetime) -> Event:
    """Stores the event with its place in the outbox, in the caller's transaction, and wakes the router after it."""
    (uuid,) = time_ordered_uuids(1, moment)
    with transaction.atomic():
        event = Event.objects.create(
            project_id=project_id,
            uuid=uuid,
            topic=topic,
            event_type=ANNOUNCEMENTS[topic].event_type,
            event_time=moment,
            received_at=moment,
            data=announced_data(project_id, topic, fields, moment, uuid),
        )
        Outbox.objects.create(event_id=event.pk)
        # Should a webhook bring it back, it is known.
        key = dedup_key(project_id, "", identity(topic, fields))
        SeenInsertId.objects.update_or_create(key=key, defaults={"seen_at": now()})
        transaction.on_commit(wake_router)
    return event
